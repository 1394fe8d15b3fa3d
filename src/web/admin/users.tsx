import { useSignal } from '@preact/signals';
import type { OneTimePassword, UserView } from '../../api/access.ts';
import { Outcome, useAction } from '../action.tsx';
import { useLoaded, WhenLoaded } from '../loaded.tsx';
import { ask } from '../server.ts';
import { Table } from '../table.tsx';
import { count, moment, words } from '../words.ts';
import { adminWords, userState } from './admin-words.ts';

const roles: readonly UserView['role'][] = ['agent', 'supervisor', 'engineer', 'wall', 'admin'];

/** Users: added, changed, given another password, disabled, logged out. */
export function Users() {
  const users = useLoaded(() => ask<{ users: UserView[] }>('GET', '/users'), []);
  const edited = useSignal<UserView | null>(null);
  const secret = useSignal<OneTimePassword | null>(null);
  const action = useAction();
  const act = (what: () => Promise<string>) =>
    action.run(async () => {
      const done = await what();
      users.again();
      return done;
    });
  const pathOf = (name: string) => `/users/${encodeURIComponent(name)}`;
  const save = (fields: FormData) => {
    const { name, ...changes } = userOf(fields);
    return act(async () => {
      if (edited.value === null) {
        const { extension, ...user } = changes;
        secret.value = await ask<OneTimePassword>('POST', '/users', {
          ...{ name, ...user },
          ...(extension !== null && { extension }),
        });
        return `${name} is added.`;
      }
      await ask('PATCH', pathOf(edited.value.name), changes);
      const said = `${edited.value.name} is changed.`;
      edited.value = null;
      return said;
    });
  };
  const reset = ({ name }: UserView) =>
    act(async () => {
      secret.value = await ask<OneTimePassword>('POST', `${pathOf(name)}/reset`);
      return `${name} has a new one-time password.`;
    });
  const disable = ({ disabled, name }: UserView) =>
    act(async () => {
      await ask('PATCH', pathOf(name), { disabled: !disabled });
      return `${name} is ${disabled ? 'enabled' : 'disabled'}.`;
    });
  const end = ({ name }: UserView) =>
    act(async () => {
      const { ended } = await ask<{ ended: number }>('DELETE', `${pathOf(name)}/sessions`);
      return `Sessions of ${name} that were ended: ${count(ended)}.`;
    });
  return (
    <>
      <h2 id="users">{adminWords.users}</h2>
      {secret.value !== null && <Secret secret={secret.value} />}
      <Outcome {...action} />
      <WhenLoaded loaded={users}>
        {({ users: all }) => (
          <Table labelledBy="users" headings={headings}>
            {all.map((user) => (
              <UserRow
                key={user.name}
                user={user}
                isBusy={action.isBusy}
                actions={[
                  [adminWords.change, () => (edited.value = user)],
                  [adminWords.reset, () => void reset(user)],
                  [user.disabled ? adminWords.enable : adminWords.disable, () => void disable(user)],
                  [adminWords.endSessions, () => void end(user)],
                ]}
              />
            ))}
          </Table>
        )}
      </WhenLoaded>
      <UserForm
        key={edited.value?.name ?? ''}
        user={edited.value}
        isBusy={action.isBusy}
        save={save}
        cancel={() => (edited.value = null)}
      />
    </>
  );
}

const headings = [
  adminWords.name,
  adminWords.role,
  adminWords.groups,
  adminWords.extension,
  adminWords.state,
  adminWords.lastLogIn,
  adminWords.sessions,
  adminWords.actions,
];

function UserRow(props: { user: UserView; isBusy: boolean; actions: [string, () => void][] }) {
  const { actions, isBusy, user } = props;
  return (
    <tr>
      <th scope="row">{user.name}</th>
      <td>{user.role}</td>
      <td dir="auto">{user.groups.join(', ')}</td>
      <td>{user.extension ?? ''}</td>
      <td>{userState(user)}</td>
      <td>{user.lastLogInAt === null ? '' : moment(user.lastLogInAt)}</td>
      <td>{count(user.sessions)}</td>
      <td class="actions">
        {actions.map(([word, act]) => (
          <button
            key={word}
            type="button"
            aria-label={`${word}: ${user.name}`}
            disabled={isBusy}
            onClick={act}
          >
            {word}
          </button>
        ))}
      </td>
    </tr>
  );
}

/** Said once: nobody can look it up again. */
function Secret({ secret: { expiresAt, password, user } }: { secret: OneTimePassword }) {
  return (
    <p role="status" class="secret">
      One-time password of {user.name}: <code>{password}</code>. It is valid until {moment(expiresAt)} and is
      shown only now.
    </p>
  );
}

function UserForm(props: {
  user: UserView | null;
  isBusy: boolean;
  save: (fields: FormData) => Promise<boolean>;
  cancel: () => void;
}) {
  const { cancel, isBusy, save, user } = props;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    if (await save(new FormData(form))) form.reset();
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <h2>{user === null ? adminWords.addUser : `${adminWords.change}: ${user.name}`}</h2>
      <div class="fields">
        <label>
          {adminWords.name}
          <input
            name="name"
            required
            autocomplete="off"
            readOnly={user !== null}
            defaultValue={user?.name ?? ''}
          />
        </label>
        <label>
          {adminWords.role}
          <select name="role">
            {roles.map((role) => (
              <option key={role} selected={role === user?.role}>
                {role}
              </option>
            ))}
          </select>
        </label>
        <label>
          {adminWords.groups}
          <input name="groups" defaultValue={user?.groups.join(', ') ?? ''} />
        </label>
        <label>
          {adminWords.extension}
          <input name="extension" inputMode="numeric" defaultValue={user?.extension ?? ''} />
        </label>
        <button type="submit" disabled={isBusy}>
          {user === null ? adminWords.add : adminWords.change}
        </button>
        {user !== null && (
          <button type="button" onClick={cancel}>
            {words.cancel}
          </button>
        )}
      </div>
    </form>
  );
}

function userOf(fields: FormData) {
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const groups = text('groups')
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '');
  const extension = text('extension');
  return { name: text('name'), role: text('role'), groups, extension: extension === '' ? null : extension };
}

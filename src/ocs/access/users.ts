import { CodedError } from '../../domain/errors.ts';
import type { Role } from '../../api/roles.ts';
import type { Clock } from '../clock.ts';
import type { AuditEntry } from '../store/access/audit.ts';
import type { Store } from '../store/store.ts';
import type { User } from '../store/access/users.ts';
import { createOneTimePassword, type Passwords } from './passwords.ts';
import type { Sessions } from './sessions.ts';

/** A one-time password that nobody used holds so long. */
export const oneTimeMs = 24 * 3_600_000;

type Who = Pick<AuditEntry, 'who' | 'address'>;

/** What an admin changes of a user; what is absent stays. */
export interface UserChange {
  role?: Role | undefined;
  groups?: readonly string[] | undefined;
  extension?: string | null | undefined;
  disabled?: boolean | undefined;
}

/** The users, as an admin keeps them. Each change is in the audit with what was before. */
export interface UserKeeping {
  /** @throws CodedError BAD_ARGUMENT when there is one of this name, or for an agent without a group */
  add(
    by: Who,
    user: Pick<User, 'name' | 'role' | 'groups' | 'extension'>,
  ): Promise<{ user: User; password: string }>;
  /** Role and groups hold from the next request on; who is disabled is logged out. @throws CodedError UNKNOWN_USER */
  change(by: Who, name: string, change: UserChange): User;
  /** @throws CodedError UNKNOWN_USER */
  reset(by: Who, name: string): Promise<{ user: User; password: string }>;
  /** @throws CodedError UNKNOWN_USER */
  endSessions(by: Who, name: string): number;
}

export function createUserKeeping(parts: {
  clock: Clock;
  passwords: Passwords;
  sessions: Sessions;
  store: Store;
  wireClock: Clock;
}): UserKeeping {
  const { clock, passwords, sessions, store, wireClock } = parts;
  const note = (by: Who, action: string, object: string, more: Partial<AuditEntry> = {}) => {
    store.audit.add({ ...by, at: clock.now(), action, object, ...more });
  };
  const need = (name: string): User => {
    const user = store.users.get(name);
    if (user !== undefined) return user;
    throw new CodedError('UNKNOWN_USER', `there is no user ${JSON.stringify(name)}`, {
      field: 'name',
      found: name,
      expected: 'the name of a user, as the list of users has it',
    });
  };
  return {
    add: async (by, { name, role, groups, extension }) => {
      checkGroups(role, groups);
      const password = createOneTimePassword();
      const passwordHash = await passwords.hash(password);
      const user: User = {
        name,
        role,
        groups,
        extension,
        passwordHash,
        oneTimeUntil: wireClock.now() + oneTimeMs,
        disabled: false,
        createdAt: wireClock.now(),
        lastLogInAt: null,
      };
      store.transaction(() => {
        // Now, for another may have been added while the password was worked on.
        if (store.users.get(name) !== undefined) {
          throw new CodedError('BAD_ARGUMENT', `there is a user ${name} already`, {
            field: 'name',
            found: name,
            expected: 'a name that no user has; a user that was disabled can be enabled again',
          });
        }
        store.users.save(user);
        note(by, 'addUser', name, { after: told(user) });
      });
      return { user, password };
    },
    change: (by, name, change) =>
      store.transaction(() => {
        const before = need(name);
        const user: User = {
          ...before,
          role: change.role ?? before.role,
          groups: change.groups ?? before.groups,
          extension: change.extension === undefined ? before.extension : change.extension,
          disabled: change.disabled ?? before.disabled,
        };
        checkGroups(user.role, user.groups);
        store.users.save(user);
        // What is open in a browser was made for what the user was.
        const isLess = user.disabled || user.role !== before.role || !sameGroups(user, before);
        if (isLess) sessions.endAll(name);
        note(by, 'changeUser', name, { before: told(before), after: told(user) });
        return user;
      }),
    reset: async (by, name) => {
      need(name);
      const password = createOneTimePassword();
      const passwordHash = await passwords.hash(password);
      const user = store.transaction(() => {
        const fresh: User = { ...need(name), passwordHash, oneTimeUntil: wireClock.now() + oneTimeMs };
        store.users.save(fresh);
        sessions.endAll(name);
        note(by, 'resetPassword', name);
        return fresh;
      });
      return { user, password };
    },
    endSessions: (by, name) =>
      store.transaction(() => {
        need(name);
        const ended = sessions.endAll(name);
        note(by, 'endSessions', name, { after: { ended } });
        return ended;
      }),
  };
}

/** Of agents where they work; of supervisors and wall screens what they see, all when there are none. @throws CodedError BAD_ARGUMENT */
function checkGroups(role: Role, groups: readonly string[]): void {
  const mayHave = role === 'agent' || role === 'supervisor' || role === 'wall';
  if (role === 'agent' ? groups.length > 0 : mayHave || groups.length === 0) return;
  throw new CodedError('BAD_ARGUMENT', `groups: a user with the role ${role} has ${String(groups.length)}`, {
    field: 'groups',
    found: groups.length,
    expected:
      role === 'agent'
        ? 'the groups in which the agent works, one at least'
        : 'none: groups are for agents, supervisors and wall screens',
  });
}

function sameGroups(a: User, b: User): boolean {
  return [...a.groups].sort().join('\n') === [...b.groups].sort().join('\n');
}

/** What the audit keeps of a user. */
function told({ disabled, extension, groups, role }: User): object {
  return { role, groups, extension, disabled };
}

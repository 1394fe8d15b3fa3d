import { useSignal } from '@preact/signals';
import type { SessionView } from '../../api/access.ts';
import { allowAlerts } from './alerts.ts';
import type { Work } from './kept.ts';
import { words } from './words.ts';

/** Where the agent sits today. The click lets the page sound and notify. */
export function StartWork({ start, user }: { start: (work: Work) => void; user: SessionView }) {
  const extension = useSignal(user.extension ?? '');
  const group = useSignal(user.groups[0] ?? '');
  const { extension: label, group: groupLabel, heading, noGroup, submit } = words.start;
  if (user.groups.length === 0) return <p>{noGroup}</p>;
  return (
    <form
      class="start"
      onSubmit={(event) => {
        event.preventDefault();
        allowAlerts();
        start({ extension: extension.value.trim(), group: group.value });
      }}
    >
      <h2>{heading}</h2>
      <label>
        {label}
        <input
          inputMode="numeric"
          required
          pattern="\s*[0-9]{2,20}\s*"
          value={extension.value}
          onInput={({ currentTarget }) => (extension.value = currentTarget.value)}
        />
      </label>
      {user.groups.length > 1 && (
        <label>
          {groupLabel}
          <select value={group.value} onChange={({ currentTarget }) => (group.value = currentTarget.value)}>
            {user.groups.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      <button type="submit">{submit}</button>
    </form>
  );
}

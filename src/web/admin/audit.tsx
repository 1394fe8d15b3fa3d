import { useSignal } from '@preact/signals';
import type { AuditReply } from '../../api/access.ts';
import { keepQuery } from '../address.ts';
import { Outcome, useAction } from '../action.tsx';
import { useLoaded, WhenLoaded } from '../loaded.tsx';
import { ask } from '../server.ts';
import { Table } from '../table.tsx';
import { moment } from '../words.ts';
import { adminWords } from './admin-words.ts';
import { changesOf } from './changes.ts';

const filters = ['who', 'action', 'phone', 'customerId'] as const;
type Entry = AuditReply['entries'][number];

/** Who did what; the filters are in the address. */
export function Audit({ query }: { query: URLSearchParams }) {
  const asked = new URLSearchParams(
    filters.flatMap((name) => {
      const value = query.get(name);
      return value === null || value === '' ? [] : [[name, value]];
    }),
  );
  const wanted = asked.toString();
  const pageBefore = (before: number | null) =>
    ask<AuditReply>('GET', `/audit?limit=50&${wanted}${before === null ? '' : `&before=${before}`}`);
  const first = useLoaded(() => pageBefore(null), [wanted]);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const next = new URLSearchParams({ part: 'audit' });
    for (const [name, value] of new FormData(event.currentTarget as HTMLFormElement)) {
      if (typeof value === 'string' && value.trim() !== '') next.set(name, value.trim());
    }
    keepQuery(next);
  };
  return (
    <>
      <h2 id="audit">{adminWords.audit}</h2>
      <form class="fields" key={wanted} onSubmit={submit}>
        {filters.map((name) => (
          <label key={name}>
            {adminWords[name]}
            <input name={name} autocomplete="off" defaultValue={query.get(name) ?? ''} />
          </label>
        ))}
        <button type="submit">{adminWords.find}</button>
      </form>
      <WhenLoaded loaded={first}>
        {(page) => (
          <Entries key={`${wanted} ${page.entries[0]?.id ?? ''}`} first={page} pageBefore={pageBefore} />
        )}
      </WhenLoaded>
    </>
  );
}

function Entries(props: { first: AuditReply; pageBefore: (before: number | null) => Promise<AuditReply> }) {
  const { first, pageBefore } = props;
  const more = useSignal<AuditReply[]>([]);
  const action = useAction();
  const pages = [first, ...more.value];
  const next = pages.at(-1)?.next ?? null;
  const entries = pages.flatMap((page) => page.entries);
  const goOn = () =>
    action.run(async () => {
      more.value = [...more.value, await pageBefore(next)];
      return '';
    });
  if (entries.length === 0) return <p class="quiet">{adminWords.noEntries}</p>;
  const { action: what, address, at, changed, object, reason, who } = adminWords;
  return (
    <>
      <Table labelledBy="audit" headings={[at, who, address, what, object, changed, reason]}>
        {entries.map((entry) => (
          <EntryRow key={entry.id} entry={entry} />
        ))}
      </Table>
      <Outcome {...action} />
      {next !== null && (
        <button type="button" disabled={action.isBusy} onClick={() => void goOn()}>
          {adminWords.older}
        </button>
      )}
    </>
  );
}

function EntryRow({ entry }: { entry: Entry }) {
  return (
    <tr>
      <th scope="row">{moment(entry.at)}</th>
      <td>{entry.who}</td>
      <td>{entry.address}</td>
      <td>{entry.action}</td>
      <td dir="auto">{entry.object ?? ''}</td>
      <td>
        {changesOf(entry.before, entry.after).map((text) => (
          <div key={text}>
            <code>{text}</code>
          </div>
        ))}
      </td>
      <td>{entry.reason ?? ''}</td>
    </tr>
  );
}

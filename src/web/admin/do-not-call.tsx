import { useSignal } from '@preact/signals';
import type { DncBatchesReply } from '../../api/do-not-call.ts';
import { Outcome, useAction } from '../action.tsx';
import { ConfirmWithReason } from '../confirm.tsx';
import { useLoaded, WhenLoaded, type Loaded } from '../loaded.tsx';
import { ask } from '../server.ts';
import { Table } from '../table.tsx';
import { count, moment } from '../words.ts';
import { adminWords } from './admin-words.ts';
import { ImportFile, type ImportTarget } from './import-file.tsx';

interface Found {
  /** What was looked for, as the server takes it. */
  query: string;
  listed: boolean;
  entries: {
    id: number;
    phone: string | null;
    customerId: string | null;
    message: string | null;
    createdAt: number;
  }[];
}

/** The Do Not Call list: somebody on it, files into it, files that are taken back. */
export function DoNotCall({ isAdmin }: { isAdmin: boolean }) {
  const batches = useLoaded(() => ask<DncBatchesReply>('GET', '/dnc/batches'), []);
  const target: ImportTarget = {
    columns: ['phone', 'customer_id', 'message', 'campaign', 'list'],
    path: () => '/dnc/import',
    query: () => ({}),
    summary: (tried, { added, moreSkipped = 0, skipped, waiting = 0 }) =>
      `${tried ? 'Would be' : 'Were'} new: ${count(added)}${tried ? `, of whom ${count(waiting)} wait to be called` : ''}. ` +
      `Lines left out: ${count(skipped.length + moreSkipped)}.`,
    done: batches.again,
  };
  return (
    <>
      <h2>{adminWords.dnc}</h2>
      <Somebody isAdmin={isAdmin} />
      <h2>{adminWords.importDnc}</h2>
      <ImportFile target={target} />
      <h2 id="batches">{adminWords.batches}</h2>
      <Batches batches={batches} isAdmin={isAdmin} />
    </>
  );
}

function Somebody({ isAdmin }: { isAdmin: boolean }) {
  const phone = useSignal('');
  const customerId = useSignal('');
  const message = useSignal('');
  const found = useSignal<Found | null>(null);
  const isAsked = useSignal(false);
  const action = useAction();
  const who = () => ({
    ...(phone.value.trim() !== '' && { phone: phone.value }),
    ...(customerId.value.trim() !== '' && { customerId: customerId.value }),
  });
  const find = async (query = new URLSearchParams(who()).toString()) => {
    found.value = null;
    found.value = { ...(await ask<Omit<Found, 'query'>>('GET', `/dnc?${query}`)), query };
    return found.value.listed ? '' : adminWords.notListed;
  };
  const add = async () => {
    const note = message.value.trim() === '' ? {} : { message: message.value };
    const { added } = await ask<{ added: number }>('POST', '/dnc', { ...who(), ...note });
    await find();
    return `Added: ${count(added)}.`;
  };
  /** Those that are shown, whatever the fields say by now. */
  const remove = async ({ query }: Found, reason: string) => {
    const { removed } = await ask<{ removed: number }>('DELETE', `/dnc?${query}&${because(reason)}`);
    await find(query);
    return `Removed: ${count(removed)}.`;
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void action.run(() => find());
      }}
    >
      <div class="fields">
        <label>
          {adminWords.phone}
          <input
            type="tel"
            autocomplete="off"
            value={phone}
            onInput={(event) => (phone.value = event.currentTarget.value)}
          />
        </label>
        <label>
          {adminWords.customerId}
          <input value={customerId} onInput={(event) => (customerId.value = event.currentTarget.value)} />
        </label>
        <label>
          {adminWords.message}
          <input value={message} onInput={(event) => (message.value = event.currentTarget.value)} />
        </label>
        <button type="submit">{adminWords.find}</button>
        <button type="button" disabled={action.isBusy} onClick={() => void action.run(add)}>
          {adminWords.add}
        </button>
      </div>
      <Outcome {...action} />
      {isAsked.value && found.value !== null && (
        <ConfirmWithReason
          question={askRemove(found.value)}
          yes={adminWords.remove}
          run={(reason) => void action.run(() => remove(found.value as Found, reason))}
          close={() => (isAsked.value = false)}
        />
      )}
      {found.value?.listed === true && (
        <Table
          label={adminWords.dnc}
          headings={[adminWords.phone, adminWords.customerId, adminWords.message, adminWords.since]}
        >
          {found.value.entries.map((entry) => (
            <tr key={entry.id}>
              <th scope="row">{entry.phone ?? ''}</th>
              <td dir="auto">{entry.customerId ?? ''}</td>
              <td dir="auto">{entry.message ?? ''}</td>
              <td>{moment(entry.createdAt)}</td>
            </tr>
          ))}
        </Table>
      )}
      {isAdmin && found.value?.listed === true && (
        <p class="actions">
          <button type="button" disabled={action.isBusy} onClick={() => (isAsked.value = true)}>
            {adminWords.remove}
          </button>
        </p>
      )}
    </form>
  );
}

function because(reason: string): string {
  return new URLSearchParams({ reason }).toString();
}

function askRemove({ entries }: Found): string {
  const who = entries.map(({ customerId, phone }) => phone ?? customerId).join(', ');
  return `Remove ${who} from Do Not Call? They can be called again.`;
}

function Batches({ batches, isAdmin }: { batches: Loaded<DncBatchesReply>; isAdmin: boolean }) {
  const asked = useSignal<{ name: string; entries: number } | null>(null);
  const action = useAction();
  const undo = (name: string, reason: string) =>
    action.run(async () => {
      const { removed } = await ask<{ removed: number }>(
        'DELETE',
        `/dnc/batches/${encodeURIComponent(name)}?${because(reason)}`,
      );
      batches.again();
      return `Taken back: ${count(removed)}.`;
    });
  const { batch, entries, noBatches, since, undo: undoWord } = adminWords;
  return (
    <>
      <Outcome {...action} />
      {asked.value !== null && (
        <ConfirmWithReason
          question={`Take back ${asked.value.name}, ${count(asked.value.entries)} entries? They can be called again.`}
          yes={undoWord}
          run={(
            (name) => (reason: string) =>
              void undo(name, reason)
          )(asked.value.name)}
          close={() => (asked.value = null)}
        />
      )}
      <WhenLoaded loaded={batches}>
        {({ batches: all }) =>
          all.length === 0 ? (
            <p class="quiet">{noBatches}</p>
          ) : (
            <Table labelledBy="batches" headings={[batch, entries, since, ...(isAdmin ? [undoWord] : [])]}>
              {all.map((each) => (
                <tr key={each.name}>
                  <th scope="row" dir="auto">
                    {each.name}
                  </th>
                  <td>{count(each.entries)}</td>
                  <td>{moment(each.createdAt)}</td>
                  {isAdmin && (
                    <td>
                      <button
                        type="button"
                        aria-label={`${undoWord} ${each.name}`}
                        disabled={action.isBusy}
                        onClick={() => (asked.value = each)}
                      >
                        {undoWord}
                      </button>
                    </td>
                  )}
                </tr>
              ))}
            </Table>
          )
        }
      </WhenLoaded>
    </>
  );
}

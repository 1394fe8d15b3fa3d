import { useSignal } from '@preact/signals';
import { useLoaded, WhenLoaded } from '../loaded.tsx';
import { ask } from '../server.ts';
import { Table } from '../table.tsx';
import { count } from '../words.ts';
import { adminWords, listSummary } from './admin-words.ts';
import { ImportFile, type ImportTarget } from './import-file.tsx';

const columns = [
  'phone',
  'tz',
  'daily_from',
  'daily_till',
  'dial_sched_time',
  'record_id',
  'chain_id',
  'chain_n',
  'record_type',
  'customer_id',
];

/** The calling lists, and a file into one. */
export function Lists() {
  const lists = useLoaded(() => ask<{ lists: { list: string; records: number }[] }>('GET', '/lists'), []);
  const list = useSignal('');
  const zone = useSignal(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const path = () => `/lists/${encodeURIComponent(list.value.trim())}/import`;
  const target: ImportTarget = {
    columns,
    path,
    query: () => ({ tz: zone.value }),
    summary: (tried, { added, doNotCall, moreSkipped = 0, skipped }) =>
      listSummary(tried, added, skipped.length + moreSkipped, doNotCall),
    done: lists.again,
  };
  return (
    <>
      <h2 id="lists">{adminWords.lists}</h2>
      <WhenLoaded loaded={lists}>
        {({ lists: all }) =>
          all.length === 0 ? (
            <p class="quiet">{adminWords.noLists}</p>
          ) : (
            <Table labelledBy="lists" headings={[adminWords.list, adminWords.records]}>
              {all.map((each) => (
                <tr key={each.list}>
                  <th scope="row">{each.list}</th>
                  <td>{count(each.records)}</td>
                </tr>
              ))}
            </Table>
          )
        }
      </WhenLoaded>
      <h2>{adminWords.importList}</h2>
      <p class="quiet">{adminWords.dialling}</p>
      <div class="fields">
        <label>
          {adminWords.into}
          <input value={list.value} required onInput={(event) => (list.value = event.currentTarget.value)} />
        </label>
        <label>
          {adminWords.zone}
          <input value={zone.value} onInput={(event) => (zone.value = event.currentTarget.value)} />
        </label>
      </div>
      <ImportFile target={target} />
    </>
  );
}

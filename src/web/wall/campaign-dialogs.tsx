import { useSignal } from '@preact/signals';
import type { DueRecord, DueReply } from '../../api/campaigns.ts';
import { Dialog, DialogButtons } from '../dialog.tsx';
import { useLoaded, WhenLoaded } from '../loaded.tsx';
import { ask, unloadCampaign } from '../server.ts';
import { Table } from '../table.tsx';
import * as say from '../words.ts';
import { words } from '../words.ts';

/** What is dialled next, and why other records wait. @param mayLook whoever may not see records sees the reasons alone */
export function Waits({ close, mayLook, name }: { close: () => void; mayLook: boolean; name: string }) {
  const path = `/campaigns/${encodeURIComponent(name)}`;
  const loaded = useLoaded(
    () => ask<Partial<DueReply> & Omit<DueReply, 'records'>>('GET', mayLook ? `${path}/due` : path),
    [name],
  );
  return (
    <Dialog heading={`${words.wall.waitsHeading} ${name}`} close={close}>
      <WhenLoaded loaded={loaded}>
        {({ nextDueAt, obstacles, records = [], waits }) => (
          <>
            <p>{nextDueAt === null ? words.wall.noneDue : say.dueText(nextDueAt, Date.now())}</p>
            <ul>
              {[...obstacles, ...waits.map(({ explanation }) => explanation)].map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
            {records.length > 0 && <Next records={records} />}
          </>
        )}
      </WhenLoaded>
      <form method="dialog">
        <button type="submit">{words.close}</button>
      </form>
    </Dialog>
  );
}

function Next({ records }: { records: readonly DueRecord[] }) {
  const { attempts, due, number, type } = words.wall;
  return (
    <Table label={words.wall.waits} headings={[number, due, attempts, type]}>
      {records.map((record) => (
        <tr key={record.recordHandle}>
          <th scope="row">{record.phone}</th>
          <td>{record.dueAt <= Date.now() ? words.wall.now : say.dayTime(record.dueAt)}</td>
          <td>{say.count(record.attempts)}</td>
          <td dir="auto">{say.recordText(record)}</td>
        </tr>
      ))}
    </Table>
  );
}

/** Asks for the name: whoever unloads the wrong campaign stops the work of many. */
export function Unload({ close, name }: { close: () => void; name: string }) {
  const typed = useSignal('');
  const refusal = useSignal('');
  const unload = async () => {
    refusal.value = '';
    try {
      await unloadCampaign(name);
      close();
    } catch (error) {
      refusal.value = (error as Error).message;
    }
  };
  return (
    <Dialog heading={`${words.wall.unload} ${name}`} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void unload();
        }}
      >
        <p>{words.wall.unloadMeans}</p>
        <label>
          {words.wall.typeName}
          <input value={typed.value} onInput={({ currentTarget }) => (typed.value = currentTarget.value)} />
        </label>
        <p role="alert" class="refusal">
          {refusal}
        </p>
        <DialogButtons submit={words.wall.unload} disabled={typed.value.trim() !== name} close={close} />
      </form>
    </Dialog>
  );
}

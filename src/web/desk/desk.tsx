import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { PageProps } from '../page.ts';
import { beforeLogOut } from '../server.ts';
import { useNow } from '../now.ts';
import { stayAwake } from './alerts.ts';
import type { AgentNow } from './desk-signals.ts';
import { createDesk, type Desk } from './desk-state.ts';
import { CallDesk } from './call-desk.tsx';
import './desk.css';
import { IdleDesk } from './idle-desk.tsx';
import { StartWork } from './start-work.tsx';
import { StateLine } from './state-line.tsx';
import { words } from './words.ts';

/** How often an idle desk looks for what runs. */
const lookMs = 15_000;

/** Where an agent works: its state, the customer who is called, and what comes of it. */
export function DeskPage({ user }: PageProps) {
  const desk = useMemo(() => createDesk(user.name), [user.name]);
  useEffect(() => runDesk(desk), [desk]);
  const { agent, connection, fault, notice, work } = desk;
  const isFieldless = fault.value !== null && (fault.value.field === null || desk.record.value === null);
  return (
    <>
      <p role="alert" class="refusal">
        {isFieldless ? fault.value?.text : ''}
      </p>
      <Connection desk={desk} />
      <p role="status" class="notice">
        {notice}
      </p>
      {work.value === null && <StartWork user={user} start={desk.startWork} />}
      {work.value !== null && agent.value === null && connection.value === 'connecting' && (
        <p>{words.start.busy}</p>
      )}
      {work.value !== null && agent.value !== null && <AtWork desk={desk} agent={agent.value} />}
    </>
  );
}

/** What goes on while the page is there. @returns ends it */
function runDesk(desk: Desk): () => void {
  desk.resume();
  const letGo = stayAwake();
  const ticker = new Worker(new URL('./ticker.ts', import.meta.url), { type: 'module' });
  ticker.onmessage = desk.tick;
  const look = setInterval(() => {
    if (desk.connection.value === 'up' && desk.record.value === null) void desk.look();
  }, lookMs);
  beforeLogOut.value = desk.logOut;
  return () => {
    beforeLogOut.value = null;
    clearInterval(look);
    ticker.terminate();
    letGo();
    desk.leave();
  };
}

function Connection({ desk }: { desk: Desk }) {
  const { connection, record } = desk;
  const isLost = connection.value === 'lost';
  return (
    <div role="alert" class="connection">
      {isLost && <p class="fault">{record.value === null ? words.lost : words.lostInCall}</p>}
      {connection.value === 'elsewhere' && (
        <p class="fault">
          {words.elsewhere}{' '}
          <button type="button" onClick={desk.workHere}>
            {words.workHere}
          </button>
        </p>
      )}
    </div>
  );
}

function AtWork({ agent, desk }: { agent: AgentNow; desk: Desk }) {
  const now = useNow();
  const asks = useSignal<'reason' | null>(null);
  const { draft, record } = desk;
  return (
    <>
      <StateLine agent={agent} at={now} desk={desk} />
      {record.value !== null && draft.value !== null ? (
        <CallDesk desk={desk} agent={agent} record={record.value} draft={draft.value} now={now} asks={asks} />
      ) : (
        <IdleDesk desk={desk} agent={agent} now={now} asks={asks} />
      )}
    </>
  );
}

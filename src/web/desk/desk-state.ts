import { batch } from '@preact/signals';
import type { DeskReply } from '../../api/desk.ts';
import type { AgentState } from '../../api/presence.ts';
import { ask as askServer, checkSession, session } from '../server.ts';
import { createDeskSignals, type AgentNow, type DeskSignals } from './desk-signals.ts';
import type { Work } from './kept.ts';
import { DeskRefusal, openDeskLink, type DeskLink, type Message } from './link.ts';
import { createLogIn } from './log-in.ts';
import { createRecordWork } from './record-work.ts';
import { words } from './words.ts';

/** The desk of the agent who is logged in: what it shows, and what the agent does. */
export function createDesk(user: string) {
  const signals = createDeskSignals(user);
  const { agent, campaigns, connection, draft, failed, fault, notice, readyAt, record, store, work } =
    signals;
  let link: DeskLink | null = null;
  const request = (name: string, more: Message = {}) =>
    link === null ? Promise.reject(new DeskRefusal('LOST', 'nobody is logged in')) : link.ask(name, more);
  const own = createRecordWork(signals, request);
  /** Asks what has no effect when it is not asked again. */
  const ask = async (name: string, more: Message = {}) => {
    try {
      fault.value = null;
      await request(name, more);
    } catch (error) {
      failed(error);
    }
  };
  const look = async () => {
    const found = await askServer<DeskReply>('GET', '/desk').catch(() => null);
    if (found !== null) campaigns.value = found.campaigns;
  };
  /** What was done with a record stays until OCS has it. */
  const stopWork = () => {
    logIn.stop();
    own.leave();
    link?.stop();
    link = null;
    batch(() => {
      connection.value = 'off';
      for (const each of [agent, record, work, readyAt]) each.value = null;
      store();
    });
  };
  /** OCS let the agent go: it has no record. */
  const letGo = () => {
    own.forget();
    stopWork();
  };
  const logIn = createLogIn(signals, own, { ask, look, request, stopWork });
  const event = createEvents(signals, own, { letGo, look });

  /** @returns whether the connection shall come back */
  const closed = (code: number, wasOpen: boolean): boolean => {
    if (code === 4001) connection.value = 'elsewhere';
    else if (code === 4005) session.value = null;
    else {
      connection.value = 'lost';
      // A browser does not tell why it was refused.
      if (!wasOpen) void checkSession();
      return work.value !== null;
    }
    return false;
  };
  const connect = () => {
    link?.stop();
    connection.value = 'connecting';
    link = openDeskLink({ open: () => void logIn.run(), event, closed });
  };

  return {
    ...signals,
    ...own,
    startWork: (wanted: Work) => {
      work.value = wanted;
      notice.value = '';
      fault.value = null;
      store();
      connect();
    },
    /** This window has the desk from now on. */
    workHere: connect,
    /** After a reload, or a new log-in. */
    resume: () => {
      if (work.value !== null) connect();
    },
    /** The window goes elsewhere; what is open stays open. */
    leave: () => {
      logIn.stop();
      own.leave();
      link?.stop();
    },
    /** Each few seconds: the page runs. */
    tick: () => {
      logIn.awake();
      if (connection.value !== 'up') return;
      request('Alive').catch(() => undefined);
      if (agent.value?.state === 'ready') readyAt.value = Date.now();
      if (agent.value?.state === 'not_ready') readyAt.value = null;
      store();
    },
    look,
    ready: () => ask('Ready'),
    notReady: (reason: string) => ask('NotReady', { GSW_REASON: reason }),
    /** Resolves when OCS let the agent go, which waits for the record. */
    logOut: async () => {
      if (connection.value !== 'up') return;
      await request('LogOut');
      letGo();
    },
    released: () => ask('CallReleased', { GSW_RECORD_HANDLE: draft.value?.handle ?? 0 }),
  };
}
export type Desk = ReturnType<typeof createDesk>;

/** What OCS says on its own. */
function createEvents(
  { agent, draft, notice, record }: DeskSignals,
  own: Pick<ReturnType<typeof createRecordWork>, 'forget' | 'show'>,
  on: { letGo: () => void; look: () => Promise<void> },
): (message: Message) => void {
  const beAt = (message: Message) => {
    const state = message['GSW_AGENT_STATE'] as AgentState;
    const reason = message['GSW_REASON'];
    const before = agent.value;
    agent.value = {
      state,
      next: message['GSW_NEXT_STATE'] as AgentNow['next'],
      reason: reason === undefined ? null : String(reason),
      since: performance.now() - Number(message['GSW_STATE_MS']),
    };
    const isIdle = state === 'ready' || state === 'not_ready';
    // The call never came, or somebody else closed the record.
    if (isIdle && record.value !== null && draft.value?.closing === null) own.forget();
    if (isIdle && before?.state !== state) void on.look();
  };
  const callEnded = (message: Message) => {
    if (message['GSW_CALL_STATUS'] === 'not_taken') notice.value = words.notTaken;
    // After a new log-in it is how an open record is shown.
    if (record.value !== null || agent.value === null) own.show(message);
  };
  return (message) => {
    batch(() => {
      const name = String(message['GSW_USER_EVENT']);
      if (name === 'AgentState') beAt(message);
      else if (name === 'CallEnded') callEnded(message);
      else if (name.startsWith('Call')) own.show(message);
      else if (name === 'LogOutAcknowledge') {
        on.letGo();
        notice.value = words.loggedOut;
      }
    });
  };
}

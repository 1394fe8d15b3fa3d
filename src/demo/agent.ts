import { callResult } from '../domain/result.ts';
import { openDesktop, type Message } from './desktop.ts';

/** How a simulated agent spends its time, in ms of the OCS clock. */
export interface AgentHabits {
  talkMs: [number, number];
  wrapUpMs: [number, number];
}

export interface AgentLogin {
  /** Tried in turn; with more than one the agent logs in again when the connection ends. */
  urls: readonly string[];
  agentId: string;
  extension: string;
  group: string;
}

/** What the room is told of an agent. */
export interface AgentTold {
  /** Refusals, a lost connection, and anything else unexpected. */
  failed: (message: string) => void;
  /** It has logged in again. */
  back: () => void;
}

/** One simulated agent at the desktop protocol. */
export interface SimulatedAgent {
  /** Logs out once the open record is closed; resolves when OCS let the agent go or the connection ended. */
  logOut(): Promise<void>;
}

/**
 * Logs an agent in, makes it ready, and lets it work: each call is talked through with two updates of the
 * record on the way (result, then a note), released, and closed with RecordProcessed, now and then with
 * DoNotCall. What OCS has not acknowledged is said again on the next connection.
 *
 * @param speed factor by which OCS time runs faster than the wall clock
 */
export function startAgent(
  login: AgentLogin,
  habits: AgentHabits,
  speed: number,
  random: () => number,
  { failed, back }: AgentTold,
): Promise<SimulatedAgent> {
  const { agentId } = login;
  const timers = new Set<NodeJS.Timeout>();
  /** Records that this agent has in hand. */
  const open = new Set<number>();
  const ended = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<SimulatedAgent>();

  const later = (ms: number, run: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms / speed);
    timers.add(timer);
  };
  const between = ([low, high]: [number, number]) => low + random() * (high - low);

  const wrapUp = (handle: number) => {
    const record = { GSW_RECORD_HANDLE: handle };
    later(between(habits.wrapUpMs), () => {
      open.delete(handle);
      if (random() < 0.04) desktop.ask('DoNotCall', record);
      else {
        desktop.ask('RecordProcessed', {
          ...record,
          GSW_CALL_RESULT: callResult.Answer,
          disposition: 'done',
        });
      }
    });
  };
  const converse = (handle: number) => {
    const talk = between(habits.talkMs);
    const record = { GSW_RECORD_HANDLE: handle };
    later(talk * 0.3, () => {
      desktop.ask('UpdateCallCompletionStats', { ...record, GSW_CALL_RESULT: callResult.Answer });
    });
    later(talk * 0.8, () => {
      desktop.ask('UpdateCallCompletionStats', { ...record, note: `spoke with agent ${agentId}` });
    });
    later(talk, () => {
      desktop.ask('CallReleased', record);
      wrapUp(handle);
    });
  };
  /** A record is shown again after a log-in, also to an agent who goes on with it. */
  const takes = (handle: number) => {
    if (open.has(handle) || desktop.hasSaid(handle)) return false;
    open.add(handle);
    return true;
  };

  const hear = (message: Message) => {
    const handle = Number(message['GSW_RECORD_HANDLE']);
    switch (message['GSW_USER_EVENT']) {
      case 'LoginAcknowledge':
        if (desktop.isBack()) back();
        desktop.ask('Ready');
        break;
      case 'ReadyAcknowledge':
        ready.resolve({
          logOut: () => {
            desktop.logOut();
            return ended.promise;
          },
        });
        break;
      case 'CallConnected':
        if (takes(handle)) converse(handle);
        break;
      case 'CallEnded':
        // Its call ended while nobody could say so.
        if (desktop.isBack() && message['GSW_CALL_STATUS'] === 'released' && takes(handle)) wrapUp(handle);
        break;
      case 'LogOutAcknowledge':
        desktop.close();
        break;
      case 'Error':
        failed(`${agentId}: ${String(message['GSW_ERROR'])}: ${String(message['GSW_ERROR_MESSAGE'])}`);
        break;
      default:
        break;
    }
  };
  const desktop = openDesktop({
    urls: login.urls,
    login: { GSW_AGENT_ID: agentId, GSW_EXTENSION: login.extension, GSW_GROUP: login.group },
    hear,
    failed: (url) => {
      failed(`${agentId}: the connection to ${url} failed`);
    },
    ended: (wasAskedFor) => {
      for (const timer of timers) clearTimeout(timer);
      const lost = new Error(`${agentId}: OCS closed the connection`);
      if (!wasAskedFor) failed(lost.message);
      ready.reject(lost);
      ended.resolve();
    },
  });
  return ready.promise;
}

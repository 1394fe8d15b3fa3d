import { callResult } from '../domain/result.ts';

/** How a simulated agent spends its time, in ms of the OCS clock. */
export interface AgentHabits {
  talkMs: [number, number];
  wrapUpMs: [number, number];
}

export interface AgentLogin {
  url: string;
  agentId: string;
  extension: string;
  group: string;
}

type Message = Record<string, string | number>;

/** One simulated agent at the desktop protocol. */
export interface SimulatedAgent {
  /** Logs out once the open record is closed; resolves when OCS let the agent go or the connection ended. */
  logOut(): Promise<void>;
}

/**
 * Logs an agent in, makes it ready, and lets it work: each call is talked through with two updates of the
 * record on the way (result, then a note), released, and closed with RecordProcessed, now and then with
 * DoNotCall.
 *
 * @param speed factor by which OCS time runs faster than the wall clock
 * @param failed hears of refusals, a lost connection, and anything else unexpected
 */
export function startAgent(
  login: AgentLogin,
  habits: AgentHabits,
  speed: number,
  random: () => number,
  failed: (message: string) => void,
): Promise<SimulatedAgent> {
  const socket = new WebSocket(login.url);
  const timers = new Set<NodeJS.Timeout>();
  let reference = 0;
  let loggingOut = false;
  const ended = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<SimulatedAgent>();

  const ask = (request: string, fields: Message = {}) => {
    reference += 1;
    socket.send(JSON.stringify({ GSW_AGENT_REQ_TYPE: request, GSW_REFERENCE_ID: reference, ...fields }));
  };
  const later = (ms: number, run: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms / speed);
    timers.add(timer);
  };
  const between = ([low, high]: [number, number]) => low + random() * (high - low);

  const converse = (handle: number) => {
    const talk = between(habits.talkMs);
    const record = { GSW_RECORD_HANDLE: handle };
    later(talk * 0.3, () => {
      ask('UpdateCallCompletionStats', { ...record, GSW_CALL_RESULT: callResult.Answer });
    });
    later(talk * 0.8, () => {
      ask('UpdateCallCompletionStats', { ...record, note: `spoke with agent ${login.agentId}` });
    });
    later(talk, () => {
      ask('CallReleased', record);
      later(between(habits.wrapUpMs), () => {
        const unwanted = random() < 0.04;
        if (unwanted) ask('DoNotCall', record);
        else ask('RecordProcessed', { ...record, GSW_CALL_RESULT: callResult.Answer, disposition: 'done' });
      });
    });
  };

  socket.addEventListener('open', () => {
    ask('Login', { GSW_AGENT_ID: login.agentId, GSW_EXTENSION: login.extension, GSW_GROUP: login.group });
  });
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    switch (message.GSW_USER_EVENT) {
      case 'LoginAcknowledge':
        ask('Ready');
        break;
      case 'ReadyAcknowledge':
        ready.resolve({
          logOut: () => {
            loggingOut = true;
            if (socket.readyState === WebSocket.OPEN) ask('LogOut');
            return ended.promise;
          },
        });
        break;
      case 'CallConnected':
        converse(Number(message.GSW_RECORD_HANDLE));
        break;
      case 'LogOutAcknowledge':
        socket.close();
        break;
      case 'Error':
        failed(`${login.agentId}: ${String(message.GSW_ERROR)}: ${String(message.GSW_ERROR_MESSAGE)}`);
        break;
      default:
        break;
    }
  });
  socket.addEventListener('error', () => {
    if (!loggingOut) failed(`${login.agentId}: the connection to ${login.url} failed`);
  });
  socket.addEventListener('close', () => {
    for (const timer of timers) clearTimeout(timer);
    const lost = new Error(`${login.agentId}: OCS closed the connection`);
    if (!loggingOut) failed(lost.message);
    ready.reject(lost);
    ended.resolve();
  });
  return ready.promise;
}

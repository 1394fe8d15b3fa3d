/** The desktop protocol from a page: requests with their answers, events, and a connection that comes back. */
export type Message = Record<string, string | number>;

/** What OCS refused, or could not be asked. */
export class DeskRefusal extends Error {
  /** Of the error catalogue; `LOST` when the connection ended before the answer. */
  readonly code: string;
  readonly field: string | null;

  constructor(code: string, message: string, field: string | null = null) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

export interface DeskLink {
  /**
   * What is not answered in time ends the connection, which may look open for minutes when the network is gone.
   *
   * @throws DeskRefusal
   */
  ask(request: string, more?: Message): Promise<Message>;
  /** Ends it; it does not come back. */
  stop(): void;
}

const answerMs = 8_000;
const retryMs = { first: 250, most: 5_000 };

/**
 * @param on.open each time there is a connection
 * @param on.event what OCS says on its own
 * @param on.closed with the code of the end, and whether there was a connection
 * @returns whether it shall come back
 */
export function openDeskLink(on: {
  open: () => void;
  event: (message: Message) => void;
  closed: (code: number, wasOpen: boolean) => boolean;
}): DeskLink {
  const waiting = new Map<
    number,
    { resolve: (reply: Message) => void; reject: (why: DeskRefusal) => void }
  >();
  let socket: WebSocket | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let waitMs = retryMs.first;
  let reference = 0;
  let stopped = false;

  const lost = () => new DeskRefusal('LOST', 'The connection was lost before the answer.');
  const hear = ({ data }: MessageEvent<string>) => {
    const message = JSON.parse(data) as Message;
    const asked = waiting.get(Number(message['GSW_REFERENCE_ID']));
    if (asked === undefined) {
      on.event(message);
      return;
    }
    waiting.delete(Number(message['GSW_REFERENCE_ID']));
    if (message['GSW_USER_EVENT'] !== 'Error') {
      asked.resolve(message);
      return;
    }
    const { GSW_ERROR: code, GSW_ERROR_EXPECTED: expected, GSW_ERROR_FIELD: field } = message;
    const text = `${String(message['GSW_ERROR_MESSAGE'])}${expected === undefined ? '' : `; expected ${String(expected)}`}.`;
    asked.reject(new DeskRefusal(String(code), text, field === undefined ? null : String(field)));
  };
  const connect = () => {
    const here = new URL('/desktop/v1', location.href);
    here.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
    socket = new WebSocket(here);
    let wasOpen = false;
    socket.onopen = () => {
      wasOpen = true;
      waitMs = retryMs.first;
      on.open();
    };
    socket.onmessage = hear;
    socket.onclose = ({ code }) => {
      ended(code, wasOpen);
    };
  };
  const ended = (code: number, wasOpen: boolean) => {
    for (const { reject } of waiting.values()) reject(lost());
    waiting.clear();
    if (stopped || !on.closed(code, wasOpen)) return;
    retry = setTimeout(connect, waitMs * (0.5 + Math.random() / 2));
    waitMs = Math.min(retryMs.most, waitMs * 2);
  };
  const giveUp = (silent: WebSocket) => {
    if (socket !== silent || silent.readyState !== WebSocket.OPEN) return;
    silent.onclose = null;
    silent.onmessage = null;
    silent.close();
    ended(1006, true);
  };
  connect();
  return {
    ask: (request, more = {}) =>
      new Promise((resolve, reject) => {
        if (socket?.readyState !== WebSocket.OPEN) {
          reject(lost());
          return;
        }
        reference += 1;
        // A LogOut is answered when the record is closed.
        const silent = socket;
        const timer =
          request === 'LogOut'
            ? undefined
            : setTimeout(() => {
                giveUp(silent);
              }, answerMs);
        waiting.set(reference, {
          resolve: (reply) => {
            clearTimeout(timer);
            resolve(reply);
          },
          reject: (why) => {
            clearTimeout(timer);
            reject(why);
          },
        });
        socket.send(JSON.stringify({ ...more, GSW_AGENT_REQ_TYPE: request, GSW_REFERENCE_ID: reference }));
      }),
    stop: () => {
      stopped = true;
      clearTimeout(retry);
      socket?.close();
    },
  };
}

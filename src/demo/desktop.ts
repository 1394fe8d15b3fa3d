export type Message = Record<string, string | number>;

/** An agent's connection to OCS: what is said of a record and not acknowledged is said again on the next one. */
export interface Desktop {
  ask(request: string, fields?: Message): void;
  /** Something that was said of this record is not acknowledged yet. */
  hasSaid(handle: number): boolean;
  /** It has logged in more than once. */
  isBack(): boolean;
  /** Asks to be let go; the end of the connection is the end then. */
  logOut(): void;
  close(): void;
}

export interface DesktopOptions {
  /** Tried in turn; with more than one the connection is made again when it ends. */
  readonly urls: readonly string[];
  readonly login: Message;
  /** Told of each message, once the desktop knows of it. */
  readonly hear: (message: Message) => void;
  readonly failed: (url: string) => void;
  /** The connection has ended, and is not made again. */
  readonly ended: (wasAskedFor: boolean) => void;
}

/** Real time between two tries to log in again. ms. */
const againMs = 200;

export function openDesktop({ urls, login, hear, failed, ended }: DesktopOptions): Desktop {
  /** By reference. */
  const unheard = new Map<number, Message>();
  let socket: WebSocket | null = null;
  let isLoggedIn = false;
  let logIns = 0;
  let reference = 0;
  let loggingOut = false;

  const say = (message: Message) => socket?.send(JSON.stringify(message));
  const ask = (request: string, fields: Message = {}) => {
    reference += 1;
    const message = { GSW_AGENT_REQ_TYPE: request, GSW_REFERENCE_ID: reference, ...fields };
    if ('GSW_RECORD_HANDLE' in fields) unheard.set(reference, message);
    if (isLoggedIn || request === 'Login') say(message);
  };
  const take = (message: Message) => {
    unheard.delete(Number(message['GSW_REFERENCE_ID']));
    if (message['GSW_USER_EVENT'] === 'LoginAcknowledge') {
      isLoggedIn = true;
      logIns += 1;
      for (const said of unheard.values()) say(said);
      if (loggingOut) ask('LogOut');
    }
    hear(message);
  };
  const connect = (at: number) => {
    const url = urls[at % urls.length] ?? '';
    socket = new WebSocket(url);
    socket.addEventListener('open', () => {
      ask('Login', login);
    });
    socket.addEventListener('message', ({ data }) => {
      take(JSON.parse(String(data)) as Message);
    });
    socket.addEventListener('error', () => {
      if (!loggingOut && urls.length === 1) failed(url);
    });
    socket.addEventListener('close', () => {
      const isOver = loggingOut && unheard.size === 0;
      isLoggedIn = false;
      if (isOver || urls.length === 1) ended(loggingOut);
      else setTimeout(connect, againMs, at + 1);
    });
  };
  connect(0);
  return {
    ask,
    hasSaid: (handle) => [...unheard.values()].some((said) => said['GSW_RECORD_HANDLE'] === handle),
    isBack: () => logIns > 1,
    logOut: () => {
      loggingOut = true;
      if (isLoggedIn) ask('LogOut');
    },
    close: () => socket?.close(),
  };
}

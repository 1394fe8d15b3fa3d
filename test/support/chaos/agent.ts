import type { WebSocket } from 'ws';
import { runAs, type Process } from './processes.ts';
import type { World } from './world.ts';

type Message = Record<string, string | number>;

/** An agent with a desktop and a telephone of its own; logs in again wherever somebody answers. */
export class Agent {
  readonly id: string;
  readonly extension: string;
  /** Records that it closed. */
  closed = 0;
  /** Null when its telephone is on the hook. */
  talksTo: string | null = null;
  private socket: WebSocket | null = null;
  /** At the other end. */
  private server: Process | null = null;
  private handle: number | null = null;
  private shownAt = 0;
  private readonly world: World;

  constructor(world: World, n: number) {
    this.world = world;
    this.id = `agent-${n}`;
    this.extension = String(7_000 + n);
  }

  /** @returns never, until the world is over */
  async work(): Promise<void> {
    const { time, weather } = this.world;
    while (!this.world.over) {
      if (this.socket === null) await this.connect();
      else if (!weather.calm && weather.chance(0.003)) this.socket.terminate();
      else this.goOn();
      await time.wait(weather.between(500, 1_500));
    }
    this.socket?.terminate();
  }

  /** Its telephone rings, and it answers; the call goes on until `ended`. */
  ring(number: string, ended: () => void): void {
    const { time, truth, weather } = this.world;
    if (this.talksTo !== null) {
      truth.faults.push(`${this.id} talks to ${this.talksTo}, and gets ${number} as well`);
    }
    this.talksTo = number;
    truth.talks += 1;
    void time.wait(weather.between(1_000, 8_000)).then(() => {
      ended();
      if (this.talksTo !== number) return;
      this.talksTo = null;
      if (this.handle !== null) this.say('CallReleased', { GSW_RECORD_HANDLE: this.handle });
    });
  }

  private async connect(): Promise<void> {
    try {
      const { process, socket } = await this.world.weather.pick(this.world.nodes).desktop();
      this.socket = socket;
      this.server = process;
      this.handle = null;
      socket.on('message', (data: Buffer) => {
        this.hear(JSON.parse(data.toString()) as Message);
      });
      socket.on('ping', () => {
        socket.pong();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (this.socket === socket) this.socket = null;
      });
      this.say('Login', { GSW_AGENT_ID: this.id, GSW_EXTENSION: this.extension, GSW_GROUP: 'sales' });
    } catch {
      // Nobody there; it tries again.
    }
  }

  private say(request: string, more: Message = {}): void {
    const { server, socket } = this;
    if (socket === null || server === null) return;
    // What is sent is taken in the same turn.
    runAs(server, () => {
      socket.send(JSON.stringify({ GSW_AGENT_REQ_TYPE: request, ...more }));
    });
  }

  /** An agent who talks does not press Ready. */
  private goOn(): void {
    if (this.talksTo !== null) return;
    if (this.handle === null) {
      if (this.world.weather.chance(0.3)) this.say('Ready');
      return;
    }
    if (this.world.time.now() - this.shownAt < 4_000) return;
    const record = { GSW_RECORD_HANDLE: this.handle, GSW_REFERENCE_ID: this.handle };
    if (this.world.weather.chance(0.05)) this.say('DoNotCall', record);
    else this.say('RecordProcessed', { ...record, note: `by ${this.id}` });
  }

  private hear(message: Message): void {
    const { GSW_ERROR: error, GSW_RECORD_HANDLE: handle, GSW_USER_EVENT: event } = message;
    const about = handle ?? message['GSW_REFERENCE_ID'];
    switch (event) {
      case 'CallArriving':
      case 'CallConnected':
      case 'CallTransferred':
      case 'CallEnded':
        this.handle = Number(handle);
        this.shownAt = this.world.time.now();
        return;
      case 'RecordProcessedAcknowledge':
      case 'DoNotCallAcknowledge':
        this.closed += 1;
        this.forget(about);
        return;
      case 'Error':
        if (error === 'UNKNOWN_RECORD') this.forget(about);
        if (error === 'UNAUTHORIZED') this.socket?.terminate();
        return;
      default:
    }
  }

  /** The answer to a closing that was said twice may come when the next record is shown already. */
  private forget(handle: string | number | undefined): void {
    if (Number(handle) === this.handle) this.handle = null;
  }
}

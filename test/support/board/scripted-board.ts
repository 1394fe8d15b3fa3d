import type {
  Board,
  BoardEvent,
  BoardInventory,
  CallRef,
  ChannelState,
  DialParameters,
} from '../../../src/board/board.ts';
import { CodedError } from '../../../src/domain/errors.ts';
import type { Cpa } from '../../../src/domain/result.ts';

type WithoutPlace = BoardEvent extends infer E
  ? E extends BoardEvent
    ? Omit<E, 'channel' | 'ref' | 'at'>
    : never
  : never;

export interface BoardCommand {
  name: string;
  channel: number;
  ref: CallRef;
  /** Number, extension, file or other channel. */
  to?: string | number;
  parameters?: DialParameters;
}

/**
 * A board that does nothing by itself: it writes down commands, and the test says what happens. Its clock
 * stands still until `advance`. By default it seizes and releases by itself, one millisecond later.
 */
export class ScriptedBoard implements Board {
  readonly commands: BoardCommand[] = [];
  /** Commands by these names are refused with this code. */
  readonly refuse = new Map<string, CodedError['code']>();
  /** Takes commands but answers nothing. */
  mute = false;
  private readonly refs = new Map<number, CallRef>();
  private readonly spans: BoardInventory['spans'];
  private listener: (event: BoardEvent) => void = () => {};
  private around: (deliver: () => void) => void = (deliver) => {
    deliver();
  };
  private timers: { at: number; order: number; run: () => void }[] = [];
  private time = 0;
  private order = 0;

  /** One span of so many channels, or one for each list of what its lines have of call analysis. */
  constructor(channels: number, cpa: Cpa[][] = [['board', 'ours', 'both']]) {
    const each = channels / cpa.length;
    this.spans = cpa.map((choices, i) => ({
      span: i + 1,
      kind: 'isdn',
      channels: Array.from({ length: each }, (_, c) => i * each + c + 1),
      cpa: choices,
    }));
  }

  report(): Promise<unknown> {
    return Promise.resolve(null);
  }

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, order: this.order++, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  advance(ms: number): void {
    const until = this.time + ms;
    for (;;) {
      const [next] = this.timers
        .filter(({ at }) => at <= until)
        .sort((a, b) => a.at - b.at || a.order - b.order);
      if (next === undefined) break;
      this.timers = this.timers.filter((other) => other !== next);
      this.time = next.at;
      this.around(next.run);
    }
    this.time = until;
  }

  /** Something happens on a channel, to the call that is on it. */
  emit(channel: number, event: WithoutPlace, ref = this.refs.get(channel) ?? 0): void {
    this.around(() => {
      this.listener({ ...event, channel, ref, at: this.now() });
    });
  }

  /** Several things at once, as a board of many channels brings them. */
  turn(run: () => void): void {
    this.around(run);
  }

  /** The channels on which `name` was commanded, in order. */
  did(name: string): number[] {
    return this.commands.filter((command) => command.name === name).map(({ channel }) => channel);
  }

  inventory(): BoardInventory {
    return { driver: 'scripted', name: 'scripted0', spans: this.spans };
  }

  seize(channel: number, ref: CallRef): void {
    this.command({ name: 'seize', channel, ref });
    if (this.refs.has(channel)) throw new CodedError('CHANNEL_BUSY', `channel ${channel} is busy`);
    this.refs.set(channel, ref);
    this.soon(channel, ref, { type: 'seized' });
  }

  dial(channel: number, ref: CallRef, number: string, parameters: DialParameters): void {
    this.command({ name: 'dial', channel, ref, to: number, parameters });
  }

  rearm(channel: number, ref: CallRef): void {
    this.command({ name: 'rearm', channel, ref });
  }

  transfer(channel: number, ref: CallRef, extension: string): void {
    this.command({ name: 'transfer', channel, ref, to: extension });
  }

  join(channel: number, ref: CallRef, other: number): void {
    this.command({ name: 'join', channel, ref, to: other });
  }

  part(channel: number, ref: CallRef): void {
    this.command({ name: 'part', channel, ref });
  }

  play(channel: number, ref: CallRef, file: string): void {
    this.command({ name: 'play', channel, ref, to: file });
  }

  stopPlay(channel: number, ref: CallRef): void {
    this.command({ name: 'stopPlay', channel, ref });
  }

  collectDigits(channel: number, ref: CallRef): void {
    this.command({ name: 'collectDigits', channel, ref });
  }

  drop(channel: number, ref: CallRef): void {
    this.command({ name: 'drop', channel, ref });
    this.soon(channel, ref, { type: 'released' });
  }

  reset(channel: number): void {
    this.command({ name: 'reset', channel, ref: 0 });
    this.soon(channel, this.refs.get(channel) ?? 0, { type: 'reset' });
  }

  tellScores(channel: number, on: boolean): void {
    this.command({ name: on ? 'tellScores' : 'tellNoScores', channel, ref: 0 });
  }

  setInService(): void {
    throw new CodedError('NOT_SUPPORTED', 'the scripted board has no administrative state');
  }

  channels(): ChannelState[] {
    return this.inventory().spans.flatMap(({ span, kind, channels }) =>
      channels.map((channel) => ({
        channel,
        span,
        kind,
        state: this.refs.has(channel) ? 'seized' : 'idle',
        reason: null,
        ref: this.refs.get(channel) ?? 0,
        lastEvent: null,
        lastEventAt: null,
      })),
    );
  }

  onTurn(around: (deliver: () => void) => void): void {
    this.around = around;
  }

  onEvent(listener: (event: BoardEvent) => void): void {
    this.listener = listener;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The far end lets go of a channel in the way a transfer does: transferred, then released. */
  transferred(channel: number): void {
    const ref = this.refs.get(channel) ?? 0;
    this.emit(channel, { type: 'transferred' });
    this.refs.delete(channel);
    this.emit(channel, { type: 'released' }, ref);
  }

  private command(command: BoardCommand): void {
    const code = this.refuse.get(command.name);
    if (code !== undefined) throw new CodedError(code, `${command.name} is refused`);
    this.commands.push(command);
  }

  private soon(channel: number, ref: CallRef, event: WithoutPlace): void {
    if (this.mute) return;
    this.after(1, () => {
      if (event.type === 'released' || event.type === 'reset') this.refs.delete(channel);
      this.emit(channel, event, ref);
    });
  }
}

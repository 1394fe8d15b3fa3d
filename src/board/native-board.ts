import { CodedError } from '../domain/errors.ts';
import type { CheckedNumber } from '../domain/number.ts';
import type {
  BoardEvent,
  BoardInventory,
  CallRef,
  ChannelState,
  DiagnosticTopic,
  DialParameters,
  DigitLimits,
  TransferStyle,
} from './board.ts';
import {
  coded,
  loadNative,
  type BridgeOptions,
  type NativeBoard,
  type NativeBoardConfig,
  type NativeEvent,
  type NativeStatus,
} from './native.ts';
import type { SimFault, SimTruth } from './sim-config.ts';
import type { SimulatedBoard } from './simulated-board.ts';

/** Events taken over the boundary at a time; the event loop gets its turn between two batches. */
const batchSize = 1_024;

/** A stepped board moves on by one frame at a time, so that a listener's commands take effect in it. */
const stepMs = 20;

/** Boards to be closed when the process ends, so that no thread of theirs outlives JavaScript. */
const openBoards = new Set<NativeBoard>();

function closeAtExit(): void {
  for (const board of openBoards) board.closeNow();
}

function whyRefused(status: Exclude<NativeStatus, 'OK'>, command: string): string {
  switch (status) {
    case 'UNKNOWN_CHANNEL':
      return 'the board has no such channel';
    case 'CHANNEL_BUSY':
      return 'another call has the channel';
    case 'CHANNEL_OUT_OF_SERVICE':
      return 'the channel is out of service';
    case 'ILLEGAL_STATE':
      return `the channel is in no state for ${command}`;
    case 'BAD_ARGUMENT':
      return `an argument of ${command} is refused`;
    case 'BOARD_DEAD':
      return 'the board is closed or dead';
    case 'NOT_SUPPORTED':
      return `the board or its trunk does not offer ${command}`;
  }
}

/** The one place where a status of the boards becomes an error. */
function check(status: NativeStatus, command: string, channel?: number): void {
  if (status === 'OK') return;
  const at = channel === undefined ? '' : ` on channel ${channel}`;
  throw new CodedError(status, `${command}${at}: ${whyRefused(status, command)}`, {
    field: channel === undefined ? command : 'channel',
    found: channel,
  });
}

/**
 * A board of the addon, in this process or in one of its own.
 *
 * An event never reaches the listener inside a command: it waits in the native queue for the event loop or, on
 * a stepped board, for `advance`. What the listener throws is thrown on, as an uncaught exception or out of
 * `advance`; the events behind it are not lost.
 */
export class HostedBoard implements SimulatedBoard {
  readonly #native: NativeBoard;
  readonly #stepped: boolean;
  readonly #timers = new Map<number, () => void>();
  #lastTimer = 0;
  #listener: (event: BoardEvent) => void = () => {};
  #waiting: NativeEvent[] = [];
  #delivering = false;
  #closing: Promise<void> | null = null;

  private constructor(config: NativeBoardConfig, options: BridgeOptions) {
    this.#stepped = options.stepped;
    const onWake = this.#stepped ? null : () => this.#wake();
    this.#native = new (loadNative().NativeBoard)(config, onWake, options);
    if (openBoards.size === 0) process.on('exit', closeAtExit);
    openBoards.add(this.#native);
  }

  /** @throws what the addon throws, with a code */
  static async open(config: NativeBoardConfig, options: BridgeOptions): Promise<HostedBoard> {
    const board = new HostedBoard(config, options);
    try {
      await board.#native.open();
    } catch (error) {
      board.#forget();
      throw error;
    }
    return board;
  }

  inventory(): BoardInventory {
    return this.#native.inventory();
  }

  seize(channel: number, ref: CallRef): void {
    this.#command('seize', channel, ref, () => this.#native.seize(channel, ref));
  }

  dial(channel: number, ref: CallRef, number: CheckedNumber, parameters: DialParameters): void {
    this.#command('dial', channel, ref, () => this.#native.dial(channel, ref, number, parameters));
  }

  rearm(channel: number, ref: CallRef): void {
    this.#command('rearm', channel, ref, () => this.#native.rearm(channel, ref));
  }

  transfer(channel: number, ref: CallRef, extension: string, style: TransferStyle): void {
    this.#command('transfer', channel, ref, () => this.#native.transfer(channel, ref, extension, style));
  }

  join(channel: number, ref: CallRef, otherChannel: number): void {
    this.#command('join', channel, ref, () => this.#native.join(channel, ref, otherChannel));
  }

  part(channel: number, ref: CallRef): void {
    this.#command('part', channel, ref, () => this.#native.part(channel, ref));
  }

  play(channel: number, ref: CallRef, file: string): void {
    this.#command('play', channel, ref, () => this.#native.play(channel, ref, file));
  }

  stopPlay(channel: number, ref: CallRef): void {
    this.#command('stopPlay', channel, ref, () => this.#native.stopPlay(channel, ref));
  }

  collectDigits(channel: number, ref: CallRef, limits: DigitLimits): void {
    this.#command('collectDigits', channel, ref, () => this.#native.collectDigits(channel, ref, limits));
  }

  drop(channel: number, ref: CallRef): void {
    this.#command('drop', channel, ref, () => this.#native.drop(channel, ref));
  }

  reset(channel: number): void {
    check(this.#native.reset(channel), 'reset', channel);
  }

  setInService(channel: number, inService: boolean): void {
    check(this.#native.setInService(channel, inService), 'setInService', channel);
  }

  channels(): ChannelState[] {
    return this.#native.channels();
  }

  async report(topic: DiagnosticTopic, channel = 0): Promise<unknown> {
    return JSON.parse(await this.#native.report(topic, channel));
  }

  onEvent(listener: (event: BoardEvent) => void): void {
    this.#listener = listener;
  }

  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  now(): number {
    return this.#native.now();
  }

  after(ms: number, fn: () => void): () => void {
    this.#lastTimer += 1;
    const timer = this.#lastTimer;
    this.#timers.set(timer, fn);
    this.#native.setTimer(timer, Math.max(0, ms));
    return () => {
      if (this.#timers.delete(timer)) this.#native.clearTimer(timer);
    };
  }

  advance(ms: number): void {
    if (!this.#stepped || this.#delivering) {
      throw new CodedError(
        'ILLEGAL_STATE',
        `advance: ${this.#stepped ? 'called by a listener' : 'the clock runs'}`,
        {
          field: 'advance',
          expected: "a board with clock 'step', outside of its listener",
        },
      );
    }
    this.#deliverAll();
    for (let left = ms; left > 0; left -= stepMs) {
      check(this.#native.advance(Math.min(left, stepMs)), 'advance');
      this.#deliverAll();
    }
  }

  truths(): SimTruth[] {
    return this.#native.truths();
  }

  injectFault(fault: SimFault): void {
    try {
      check(this.#native.injectFault(fault), 'injectFault');
    } catch (error) {
      throw coded(error, 'fault', fault);
    }
  }

  #command(command: string, channel: number, ref: CallRef, run: () => NativeStatus): void {
    if (!Number.isSafeInteger(ref) || ref <= 0) check('BAD_ARGUMENT', command, channel);
    check(Number.isInteger(channel) ? run() : 'UNKNOWN_CHANNEL', command, channel);
  }

  #wake(): void {
    this.#take();
    try {
      this.#deliver();
    } catch (error) {
      // Node swallows what is thrown into the addon; thrown from here it is an uncaught exception.
      setImmediate(() => {
        throw error;
      });
      setImmediate(() => this.#wake());
    }
  }

  #take(): boolean {
    this.#waiting.push(...this.#native.drain(batchSize));
    return this.#waiting.length > 0;
  }

  #deliverAll(): void {
    while (this.#take()) this.#deliver();
  }

  #deliver(): void {
    this.#delivering = true;
    try {
      for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
        if (event.type === 'timer') this.#timerRanOut(event.timer);
        else this.#listener(event);
      }
    } finally {
      this.#delivering = false;
    }
  }

  #timerRanOut(timer: number): void {
    const fn = this.#timers.get(timer);
    this.#timers.delete(timer);
    fn?.();
  }

  #forget(): void {
    openBoards.delete(this.#native);
    if (openBoards.size === 0) process.off('exit', closeAtExit);
  }

  async #shut(): Promise<void> {
    await this.#native.close();
    this.#forget();
    try {
      this.#deliverAll();
    } finally {
      this.#listener = () => {};
      this.#timers.clear();
    }
  }
}

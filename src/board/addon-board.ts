import { CodedError } from '../domain/errors.ts';
import type { CheckedNumber } from '../domain/number.ts';
import type {
  Board,
  BoardEvent,
  BoardInventory,
  CallRef,
  ChannelState,
  DiagnosticTopic,
  DialParameters,
  DigitLimits,
  TransferStyle,
} from './board.ts';
import { BoardTimers } from './board-timers.ts';
import { coded, loadNative } from './native.ts';
import {
  type BridgeOptions,
  type NativeBoard,
  type NativeBoardConfig,
  type NativeEvent,
  type NativeStatus,
} from './native-addon.ts';
import { EventQueue } from './event-queue.ts';
import type { SimFault } from './sim/config.ts';
import type { Simulation } from './simulation.ts';

/** Events taken over the boundary at a time. */
const batchSize = 1_024;

/**
 * A turn of the event loop takes events for so long, ms; what its listener does at the end of the turn (the journal's
 * wait for the disk) comes on top. The rest comes in the next turn, so that others have theirs between.
 */
const turnMs = 4;

/** The one timer of the native board. */
const nativeTimer = 1;

/** The clock of a board in another process is known from what it last said; older than this, it is asked. Wall ms. */
const clockFreshMs = 20;

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
      return `the state of the channel does not allow ${command}`;
    case 'BAD_ARGUMENT':
      return `an argument of ${command} is refused`;
    case 'BOARD_DEAD':
      return 'the board is closed or dead';
    case 'NOT_SUPPORTED':
      return `the board or its trunk does not support ${command}`;
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
 * A board of the addon, in this process or in a board host.
 *
 * An event never reaches the listener inside a command: it waits in the native queue for the event loop or, on
 * a stepped board, for `advance`. What the listener throws is thrown on, as an uncaught exception or out of
 * `advance`; the events behind it are not lost.
 */
export class AddonBoard implements Board {
  readonly #native: NativeBoard;
  readonly #stepped: boolean;
  /** Null: it is no simulated board. */
  readonly simulation: Simulation | null;
  /** Alarms that came before there was a listener: nobody can ask for them later. */
  readonly #earlyAlarms: NativeEvent[] = [];
  #listener: (event: BoardEvent) => void = (event) => {
    if (event.type === 'alarm') this.#earlyAlarms.push(event);
  };
  /** Its clock is heard of only in what the board says. */
  readonly #clockElsewhere: boolean;
  readonly #timers: BoardTimers;
  /** When the board last said something, by `performance.now`. */
  #heardAt = -Infinity;
  readonly #waiting = new EventQueue();
  #waking = false;
  #delivering = false;
  #around: (deliver: () => void) => void = (deliver) => {
    deliver();
  };
  #closing: Promise<void> | null = null;

  private constructor(config: NativeBoardConfig, options: BridgeOptions, simulated: boolean) {
    this.#stepped = options.stepped;
    this.simulation = simulated
      ? {
          advance: (ms) => this.#advance(ms),
          groundTruth: () => this.#native.groundTruth(),
          injectFault: (fault) => this.#injectFault(fault),
        }
      : null;
    this.#clockElsewhere = options.boardHostProgram !== null && !options.stepped;
    this.#timers = new BoardTimers({
      now: () => this.#freshNow(),
      arm: (afterMs) => {
        this.#native.setTimer(nativeTimer, afterMs);
        this.#heardAt = performance.now();
      },
    });
    const onWake = this.#stepped
      ? null
      : () => {
          this.#wakeSoon();
        };
    this.#native = new (loadNative().NativeBoard)(config, onWake, options);
    if (openBoards.size === 0) process.on('exit', closeAtExit);
    openBoards.add(this.#native);
  }

  /** @throws what the addon throws, with a code */
  static async open(
    config: NativeBoardConfig,
    options: BridgeOptions,
    simulated: boolean,
  ): Promise<AddonBoard> {
    const board = new AddonBoard(config, options, simulated);
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

  tellScores(channel: number, on: boolean): void {
    check(this.#native.tellScores(channel, on), 'tellScores', channel);
  }

  channels(): ChannelState[] {
    return this.#native.channels();
  }

  async report(topic: DiagnosticTopic, channel = 0): Promise<unknown> {
    return JSON.parse(await this.#native.report(topic, channel));
  }

  onEvent(listener: (event: BoardEvent) => void): void {
    this.#listener = listener;
    if (this.#earlyAlarms.length === 0) return;
    this.#waiting.push(this.#earlyAlarms.splice(0));
    if (!this.#stepped) this.#wakeSoon();
  }

  onTurn(around: (deliver: () => void) => void): void {
    this.#around = around;
  }

  close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  now(): number {
    return this.#native.now();
  }

  after(ms: number, fn: () => void): () => void {
    return this.#timers.after(ms, fn);
  }

  #advance(ms: number): void {
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

  #injectFault(fault: SimFault): void {
    try {
      check(this.#native.injectFault(fault), 'injectFault');
    } catch (error) {
      throw coded(error, 'fault', fault);
    }
  }

  #command(command: string, channel: number, ref: CallRef, run: () => NativeStatus): void {
    if (!Number.isSafeInteger(ref) || ref <= 0) check('BAD_ARGUMENT', command, channel);
    check(Number.isInteger(channel) ? run() : 'UNKNOWN_CHANNEL', command, channel);
    this.#heardAt = performance.now();
  }

  /** `now`, no older than a frame: a deadline counted from an older one would be too soon. */
  #freshNow(): number {
    if (this.#clockElsewhere && performance.now() - this.#heardAt > clockFreshMs) {
      // There is none of that number: all that is wanted is the answer, with the time in it.
      this.#native.clearTimer(0);
      this.#heardAt = performance.now();
    }
    return this.#native.now();
  }

  /**
   * Node calls the addon's wake-up again and again in one turn of the event loop when that was asked for meanwhile, as
   * it is while a turn takes long: so events are taken once in each turn, behind what else it brings.
   */
  #wakeSoon(): void {
    if (this.#waking) return;
    this.#waking = true;
    setImmediate(() => {
      this.#waking = false;
      this.#wake();
    });
  }

  #wake(): void {
    this.#take();
    try {
      this.#deliver(performance.now() + turnMs);
    } finally {
      if (this.#waiting.length > 0) this.#wakeSoon();
    }
  }

  #take(): boolean {
    const events = this.#native.drain(batchSize);
    if (events.length > 0) this.#heardAt = performance.now();
    this.#waiting.push(events.flatMap((event) => this.#withTimers(event)));
    return this.#waiting.length > 0;
  }

  /** In the place of the native timer's event, one for each timer that is due then. */
  #withTimers(event: NativeEvent): NativeEvent[] {
    if (event.type !== 'timer') return [event];
    return this.#timers.ranOut(event.at).map((timer) => ({ ...event, timer }));
  }

  #deliverAll(): void {
    while (this.#take()) this.#deliver(Infinity);
  }

  /** @param until by `performance.now` */
  #deliver(until: number): void {
    this.#delivering = true;
    try {
      this.#around(() => {
        for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
          if (event.type === 'timer') this.#timers.run(event.timer);
          else this.#listener(event);
          if (performance.now() >= until) return;
        }
      });
    } finally {
      this.#delivering = false;
    }
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

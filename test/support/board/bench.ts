import type { Board, BoardEvent, CallRef, DialParameters } from '../../../src/board/board.ts';
import { checkNumber } from '../../../src/domain/number.ts';

type Wanted = Partial<BoardEvent> & { type: BoardEvent['type'] };

/** Numbers of the far ends that a board under test can reach, by what answers there. */
export interface Numbers {
  live: string;
  machine: string;
  busy: string;
  fax: string;
  sit: string;
  noAnswer: string;
  /** A person who presses `42#` after an announcement. */
  presses: string;
}

/** Extensions of the switch behind the board. */
export interface Extensions {
  answers: string;
  busy: string;
  refuses: string;
}

/** A board and what a test needs to know and do around it. */
export interface BoardSetup {
  board: Board;
  plan: string;
  numbers: Numbers;
  extensions: Extensions;
  /** A WAV file of one second or more. */
  announcement: string;
  /** Lets so much board time go by. */
  pass(ms: number): Promise<void>;
  /** How long dropped calls may take to be gone, in board ms; default 1 s. */
  settleMs?: number;
  /** Runs of the property; default 200. */
  propertyRuns?: number;
  /** Raises an alarm on a span for so long, where the board can be made to. */
  raiseAlarm?(span: number, forMs: number): void;
  /** An alarm ends calls that are not answered yet, and no others; default: all of its span. */
  alarmsSpareAnswered?: boolean;
}

/** Records what a board says and waits for it in board time. */
export class BoardBench {
  readonly board: Board;
  readonly setup: BoardSetup;
  readonly events: BoardEvent[] = [];
  /** Called for each event, after it has been recorded. */
  listener: (event: BoardEvent) => void = () => {};
  #lastRef = 0;

  constructor(setup: BoardSetup) {
    this.setup = setup;
    this.board = setup.board;
    this.board.onEvent((event) => {
      this.events.push(event);
      this.listener(event);
    });
  }

  /** A reference no other call has. */
  ref(): CallRef {
    this.#lastRef += 1;
    return this.#lastRef;
  }

  pass(ms: number): Promise<void> {
    return this.setup.pass(ms);
  }

  /** All channels of the board, lowest span first. */
  channels(): number[] {
    return this.board.inventory().spans.flatMap((span) => span.channels);
  }

  state(channel: number): string | undefined {
    return this.board.channels().find((each) => each.channel === channel)?.state;
  }

  /** Types of the events of one call, observations left out. */
  story(ref: CallRef): string[] {
    return this.events
      .filter((event) => event.ref === ref && event.type !== 'observation')
      .map((event) => event.type);
  }

  /** The first event with these fields; undefined if there was none. */
  find<W extends Wanted>(wanted: W): Extract<BoardEvent, { type: W['type'] }> | undefined {
    return this.events.find((event) => matches(event, wanted)) as
      Extract<BoardEvent, { type: W['type'] }> | undefined;
  }

  /** Waits for an event with these fields, up to `limitMs` of board time. */
  async until<W extends Wanted>(
    wanted: W,
    limitMs = 40_000,
  ): Promise<Extract<BoardEvent, { type: W['type'] }>> {
    const deadline = this.board.now() + limitMs;
    for (;;) {
      const found = this.find(wanted);
      if (found !== undefined) return found;
      if (this.board.now() >= deadline) throw new Error(this.#notSeen(wanted, limitMs));
      await this.pass(20);
    }
  }

  /** Seizes a channel and waits for it. */
  async seize(channel: number): Promise<CallRef> {
    const ref = this.ref();
    this.board.seize(channel, ref);
    await this.until({ type: 'seized', ref });
    return ref;
  }

  /** Seizes a channel and dials on it. */
  async dial(channel: number, number: string, parameters: Partial<DialParameters> = {}): Promise<CallRef> {
    const ref = await this.seize(channel);
    this.board.dial(channel, ref, checkNumber(number), this.parameters(parameters));
    return ref;
  }

  /** A call that was answered. */
  async answered(channel: number, number = this.setup.numbers.live): Promise<CallRef> {
    const ref = await this.dial(channel, number);
    await this.until({ type: 'answered', ref });
    return ref;
  }

  parameters(parameters: Partial<DialParameters> = {}): DialParameters {
    return {
      plan: this.setup.plan,
      mode: 'accurate_am_detection',
      ringTimeoutMs: 30_000,
      cpdTimeoutMs: 4_500,
      ...parameters,
    };
  }

  #notSeen(wanted: Wanted, limitMs: number): string {
    const seen = this.events
      .filter((event) => event.type !== 'observation')
      .slice(-20)
      .map((event) => `${event.at}:${event.channel}/${event.ref}:${event.type}`);
    return `${JSON.stringify(wanted)} did not come within ${limitMs} ms; last events: ${seen.join(' ')}`;
  }
}

function matches(event: BoardEvent, wanted: Wanted): boolean {
  const fields = event as unknown as Record<string, unknown>;
  return Object.entries(wanted).every(([name, value]) => fields[name] === value);
}

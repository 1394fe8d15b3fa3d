import { openSimBoard, type SimBoardInput } from '../../../src/board/open.ts';
import { simKinds, type SimFault, type SimKind, type SimGroundTruth } from '../../../src/board/sim/config.ts';
import type { SimulatedBoard } from '../../../src/board/simulation.ts';
import type { TrunkKind } from '../../../src/board/board.ts';
import type { DialerConfig } from '../../../src/dialer/contract.ts';
import type { CheckedNumber } from '../../../src/domain/number.ts';
import type { Outcome } from '../../../src/domain/outcome.ts';
import type { DialRequest } from '../../../src/domain/request.ts';
import { speechFolder } from '../board/sim.ts';
import { dialRequest } from './call-script.ts';
import { DialerBench } from './bench.ts';
import { settle } from './fake-ocs.ts';

export type Subscriber = NonNullable<
  Exclude<SimBoardInput['world'], string | undefined>['subscribers']
>[number];

/** The number of the n-th subscriber of a kind. */
export function numberOf(kind: SimKind, n: number): CheckedNumber {
  return `55${String(simKinds.indexOf(kind)).padStart(2, '0')}${String(n).padStart(3, '0')}` as CheckedNumber;
}

const greetings = ['live-01-en.wav', 'live-02-en.wav', 'live-06-en.wav'];

const two = (n: number) => String(n + 1).padStart(2, '0');

/** `each` subscribers of every kind; Q.850 causes where networks give them, if `causes`. */
export function subscribers(each: number, causes: boolean): Subscriber[] {
  return simKinds.flatMap((kind) =>
    Array.from({ length: each }, (_, n): Subscriber => ({
      number: numberOf(kind, n),
      kind,
      ringMs: 2_500 + 700 * n,
      patienceMs: 15_000,
      talkMs: 8_000,
      ...(kind === 'live' ? { speech: [greetings[n % greetings.length] ?? ''] } : {}),
      ...(kind === 'machine' ? { speech: [`machine-${two(n)}-en.wav`] } : {}),
      ...(kind === 'screening' ? { speech: [`screening-1-en.wav`] } : {}),
      ...(kind === 'sit' ? { sit: (['IC', 'VC', 'RO"'] as const)[n % 3] ?? 'VC' } : {}),
      ...(kind === 'busy' && causes ? { cause: 17 } : {}),
      ...(kind === 'congestion' && causes ? { cause: 34 } : {}),
      ...(kind === 'unobtainable' && causes ? { cause: 1 } : {}),
    })),
  );
}

/** A dialler on a stepped simulated board, and an OCS with agents. */
export class Scenario {
  readonly board: SimulatedBoard;
  readonly bench: DialerBench<SimulatedBoard>;
  readonly requests: DialRequest[] = [];

  private constructor(board: SimulatedBoard, config: Partial<DialerConfig>) {
    this.board = board;
    this.bench = new DialerBench(board, {
      config: { announcements: { sorry: `${speechFolder}/announcement-1-en.wav` }, ...config },
    });
  }

  static async open(options: {
    trunk: TrunkKind;
    channels: number;
    subscribers: Subscriber[];
    faults?: SimFault[];
    config?: Partial<DialerConfig>;
  }): Promise<Scenario> {
    const board = await openSimBoard({
      driver: 'sim',
      clock: 'step',
      trunks: [{ kind: options.trunk, channels: options.channels }],
      world: {
        audioFolder: speechFolder,
        subscribers: options.subscribers,
        unlisted: 'no_answer',
        extensions: [
          { extension: '70xx', answerMs: 600 },
          { extension: '7100', behaviour: 'busy' },
        ],
        faults: options.faults ?? [],
      },
    });
    return new Scenario(board, options.config ?? {});
  }

  /** Offers one call to each number; the attempt id is the number. */
  offer(numbers: readonly CheckedNumber[], over: Partial<DialRequest> = {}): void {
    const requests = numbers.map((number) =>
      dialRequest({ attemptId: number, number, agentTimeoutMs: 3_000, announcement: 'sorry', ...over }),
    );
    this.requests.push(...requests);
    this.bench.ocs.offer(...requests);
  }

  /** Lets board time pass in steps in which the other programs keep up. */
  async pass(ms: number, done: () => boolean = () => false): Promise<void> {
    const until = this.board.now() + ms;
    while (this.board.now() < until && !done()) {
      this.board.simulation.advance(100);
      await settle(1);
    }
  }

  /** Runs until every attempt has its end, up to `limitMs` of board time. */
  async run(limitMs = 300_000): Promise<void> {
    this.bench.dialer.start();
    await this.bench.until(() => this.bench.ocs.questions.length > 0, 'first pull');
    const open = () => this.requests.filter(({ attemptId }) => this.bench.ocs.ends(attemptId).length === 0);
    await this.pass(limitMs, () => open().length === 0);
    // A dead board has no time; the reports still come.
    await this.bench.until(() => open().length === 0 || this.bench.dialer.status().calls > 0, 'last reports');
  }

  /** The one end of an attempt: an outcome, or the reason it was handed back for. */
  end(attemptId: string): Outcome | { handBack: string } {
    const [end, ...more] = this.bench.ocs.ends(attemptId);
    if (end === undefined || more.length > 0) {
      throw new Error(`${attemptId} has ${end === undefined ? 'no' : more.length + 1} end`);
    }
    return end;
  }

  outcome(attemptId: string): Outcome {
    const end = this.end(attemptId);
    if ('handBack' in end) throw new Error(`${attemptId} was handed back: ${end.handBack}`);
    return end;
  }

  /** What the simulator knows of the calls to a number. */
  groundTruth(number: string): SimGroundTruth[] {
    return this.board.simulation.groundTruth().filter((truth) => truth.number === number);
  }

  async close(): Promise<void> {
    await this.bench.close();
    await this.board.close();
  }
}

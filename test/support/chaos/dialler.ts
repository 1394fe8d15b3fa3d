import { createDialer, type Dialer } from '../../../src/dialer/dialer.ts';
import { openJournal, type Journal, type JournalWrite } from '../../../src/journal/journal.ts';
import { createLinkClient } from '../../../src/link/client.ts';
import { ScriptedBoard } from '../board/scripted-board.ts';
import { dialerConfig } from '../dialer/bench.ts';
import { verdict } from '../dialer/call-script.ts';
import { fetchThrough } from './network.ts';
import { newProcess, runAs, type Process } from './processes.ts';
import type { World } from './world.ts';

type Ref = Parameters<ScriptedBoard['dial']>[1];
type DialParameters = Parameters<ScriptedBoard['dial']>[3];

/** Lines at whose other ends people, machines and nobody answer. */
class Telephones extends ScriptedBoard {
  private readonly numbers = new Map<number, { number: string; ref: Ref }>();
  private readonly world: World;
  private readonly process: Process;

  constructor(world: World, process: Process, channels: number) {
    super(channels);
    this.world = world;
    this.process = process;
  }

  override now(): number {
    return this.world.time.now();
  }

  override after(ms: number, run: () => void): () => void {
    const timer = runAs(this.process, () =>
      setTimeout(() => {
        if (this.process.alive) this.turn(run);
      }, ms),
    );
    return () => {
      clearTimeout(timer);
    };
  }

  override dial(channel: number, ref: Ref, number: string, parameters: DialParameters): void {
    super.dial(channel, ref, number, parameters);
    const { truth, weather } = this.world;
    truth.dials(this.process.name, number);
    this.numbers.set(channel, { number, ref });
    const ringing = weather.between(500, 6_000);
    const isStill = () => this.numbers.get(channel)?.ref === ref;
    const later = (ms: number, run: () => void) =>
      this.after(ms, () => {
        if (isStill()) run();
      });
    const lot = weather.random();
    if (lot < 0.4) {
      later(ringing, () => {
        this.over(channel);
        this.emit(channel, { type: 'disconnected', cause: 17 }, ref);
      });
      return;
    }
    // Some never answer: the request says how long it rings.
    if (lot < 0.5) return;
    later(ringing, () => {
      this.emit(channel, { type: 'answered', by: 'signal' }, ref);
    });
    later(ringing + weather.between(500, 3_000), () => {
      this.emit(channel, verdict(lot < 0.6 ? 'machine' : 'live'), ref);
    });
    // Nobody waits for ever.
    later(ringing + weather.between(5_000, 30_000), () => {
      this.over(channel);
      this.emit(channel, { type: 'disconnected', cause: 16 }, ref);
    });
  }

  override transfer(channel: number, ref: Ref, extension: string): void {
    super.transfer(channel, ref, extension);
    const attempt = this.numbers.get(channel);
    this.after(this.world.weather.between(50, 1_000), () => {
      if (attempt === undefined || this.numbers.get(channel)?.ref !== ref) return;
      this.numbers.delete(channel);
      this.world.ring(extension, attempt.number);
      this.transferred(channel);
    });
  }

  override drop(channel: number, ref: Ref): void {
    super.drop(channel, ref);
    this.over(channel);
  }

  /** All lines at once, with the process. */
  cut(): void {
    for (const channel of [...this.numbers.keys()]) this.over(channel);
  }

  private over(channel: number): void {
    const call = this.numbers.get(channel);
    if (call === undefined) return;
    this.numbers.delete(channel);
    this.world.truth.released(call.number);
  }
}

interface Life {
  readonly process: Process;
  readonly board: Telephones;
  readonly dialer: Dialer;
  readonly journal: Journal;
}

/** A `cpdd`: it lives, dies with its calls, and is started again on its journal. */
export class DiallerProcess {
  readonly name: string;
  /** The one in use is the last; those before were lost with a disk. */
  readonly journals: string[];
  lives = 0;
  private life: Life | null = null;
  private readonly world: World;
  private readonly aheadMs: number;
  private readonly channels: number;

  constructor(
    world: World,
    name: string,
    journalPath: string,
    options: { aheadMs: number; channels: number },
  ) {
    this.world = world;
    this.name = name;
    this.journals = [journalPath];
    this.aheadMs = options.aheadMs;
    this.channels = options.channels;
  }

  get process(): Process | null {
    return this.life?.process ?? null;
  }

  /** No call, and nothing to be told any more. */
  get idle(): boolean {
    if (this.life === null) return false;
    const { calls, unacknowledged } = this.life.dialer.status();
    return calls === 0 && unacknowledged === 0;
  }

  start(): void {
    this.lives += 1;
    const process = newProcess(this.name, this.aheadMs);
    runAs(process, () => {
      try {
        const journal = openJournal(this.journals.at(-1) ?? '', () => Date.now());
        const board = new Telephones(this.world, process, this.channels);
        const dialer = createDialer({
          board,
          journal: this.watched(journal, process),
          link: this.link(process, journal),
          config: { ...dialerConfig, pullWaitMs: 2_000 },
          log: this.world.log(this.name),
          sleep: (ms, signal) => this.sleep(ms, signal),
        });
        this.life = { process, board, dialer, journal };
        dialer.start();
      } catch (error) {
        this.world.noteStart(this.name, error as Error);
        this.crash(process);
      }
    });
  }

  crash(process = this.life?.process): void {
    if (process?.alive !== true) return;
    process.alive = false;
    const { life } = this;
    this.life = null;
    life?.board.cut();
    if (life !== null) {
      const bury = async () => {
        await life.dialer.stop(0).catch(() => undefined);
        life.journal.close();
      };
      void runAs(process, bury);
    }
    // Once, and its disk goes with it.
    if (this.name === 'd3' && this.lives === 2) this.journals.push(`${this.journals[0] ?? ''}.new`);
    void this.world.time.wait(this.world.weather.between(500, 8_000)).then(() => {
      if (!this.world.over) this.start();
    });
  }

  private link(process: Process, journal: Journal) {
    const [first, ...others] = this.world.nodes.map(({ name }) => `http://${name}`);
    return createLinkClient({
      url: first ?? '',
      standbyUrls: others,
      dialerId: this.name,
      journalId: journal.id,
      softwareVersion: '0',
      // The network here says by itself when a message is lost.
      timeoutMs: 1_000_000_000,
      describe: () => ({
        boards: [],
        capabilities: {
          handoff: ['agent', 'destination'],
          plans: ['US'],
          modes: ['telephony_preset', 'accurate_am_detection'],
        },
        warnings: [],
      }),
      fetch: this.mortalFetch(process),
    });
  }

  private mortalFetch(process: Process): typeof fetch {
    const ask = fetchThrough(this.world, this.name);
    return async (...asked) => {
      if (!process.alive) throw new Error('the process is dead');
      return ask(...asked);
    };
  }

  private async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    const end = () => {
      resolve();
    };
    signal?.addEventListener('abort', end);
    await promise;
    signal?.removeEventListener('abort', end);
    clearTimeout(timer);
  }

  /** The journal; the process can die before and after each of its writes. */
  private watched(journal: Journal, process: Process): Journal {
    const { truth } = this.world;
    const deadly =
      <A extends unknown[], T>(run: (...given: A) => T) =>
      (...given: A): T => {
        this.mayDie(process);
        const value = run(...given);
        this.mayDie(process);
        return value;
      };
    return {
      ...journal,
      accept: deadly(journal.accept.bind(journal)),
      handBack: deadly(journal.handBack.bind(journal)),
      acknowledge: deadly(journal.acknowledge.bind(journal)),
      recover: deadly(journal.recover.bind(journal)),
      commit: deadly((writes: readonly JournalWrite[]) => {
        const faults = journal.commit(writes);
        writes.forEach((write, n) => {
          if (write.kind === 'dialling' && faults[n] === null) {
            truth.willDial(process.name, write.attemptId, write.digits);
          }
        });
        return faults;
      }),
    };
  }

  private mayDie(process: Process): void {
    this.world.mayDie(process);
    if (!process.alive) throw new Error('the process is dead');
  }
}

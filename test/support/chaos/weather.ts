import type { Process } from './processes.ts';

/** What happens to one message on its way, or to one question to the database. */
export interface Fate {
  /** Virtual ms before and after. */
  there: number;
  back: number;
  what: 'arrives' | 'lost' | 'reply lost' | 'twice' | 'refused';
}

/** Chances, each of one message, question or write. */
export interface Rates {
  lost: number;
  replyLost: number;
  twice: number;
  /** Of a question to the database: lost, its answer lost, or refused, to be tried again. */
  unanswered: number;
  /** Of a delay of up to 4 s. */
  slow: number;
  /** That the file cannot be written. */
  unwritable: number;
  /** Awaits after which a dialler dies, and a node of OCS, on average. */
  life: { dialler: number; node: number };
}

const storm: Rates = {
  lost: 0.01,
  replyLost: 0.03,
  twice: 0.05,
  unanswered: 0.003,
  slow: 0.01,
  unwritable: 0.0005,
  life: { dialler: 400, node: 200 },
};

/** All that is random, from one seed. */
export class Weather {
  /** Over: everything arrives at once, and nobody dies. */
  calm = false;
  readonly deaths = new Map<string, number>();
  private readonly fuses = new Map<Process, number>();
  private readonly cuts = new Map<string, number>();
  private state: number;
  private readonly rates: Rates;

  constructor(seed: number, rates: Partial<Rates> = {}) {
    this.state = seed;
    this.rates = { ...storm, ...rates };
  }

  /** 0 <= n < 1 (mulberry32). */
  random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.random() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  pick<T>(of: readonly T[]): T {
    const one = of[this.between(0, of.length - 1)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  }

  message(): Fate {
    const [there, back] = [this.between(1, 40), this.between(1, 40)];
    if (this.calm) return { there, back, what: 'arrives' };
    const { lost, replyLost, twice, slow } = this.rates;
    const late = () => (this.chance(slow) ? this.between(200, 4_000) : 0);
    const what = this.oneOf([
      ['lost', lost],
      ['reply lost', replyLost],
      ['twice', twice],
    ]);
    return { there: there + late(), back: back + late(), what };
  }

  question(): Fate {
    if (this.calm) return { there: 0, back: 0, what: 'arrives' };
    const { slow, unanswered } = this.rates;
    const late = () => (this.chance(slow) ? this.between(50, 5_000) : this.between(0, 3));
    const what = this.oneOf([
      ['lost', unanswered],
      ['reply lost', unanswered],
      ['refused', unanswered],
    ]);
    return { there: late(), back: late(), what };
  }

  isUnwritable(): boolean {
    return !this.calm && this.chance(this.rates.unwritable);
  }

  /** An await of a process. @returns whether it dies there */
  diesHere(process: Process): boolean {
    if (this.calm || !process.alive) return false;
    const left = (this.fuses.get(process) ?? this.between(20, 2 * this.lifeOf(process))) - 1;
    this.fuses.set(process, left);
    if (left > 0) return false;
    this.deaths.set(process.name, (this.deaths.get(process.name) ?? 0) + 1);
    return true;
  }

  /** Two cannot reach each other until then. */
  cut(a: string, b: string, until: number): void {
    this.cuts.set(`${a} ${b}`, until);
  }

  isCut(a: string, b: string, now: number): boolean {
    if (this.calm) return false;
    return (this.cuts.get(`${a} ${b}`) ?? 0) > now || (this.cuts.get(`${b} ${a}`) ?? 0) > now;
  }

  private lifeOf({ name }: Process): number {
    const { dialler, node } = this.rates.life;
    return name.startsWith('ocs') ? node : dialler;
  }

  private oneOf(chances: [Fate['what'], number][]): Fate['what'] {
    let at = this.random();
    for (const [what, share] of chances) {
      at -= share;
      if (at < 0) return what;
    }
    return 'arrives';
  }
}

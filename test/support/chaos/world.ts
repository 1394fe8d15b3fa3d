import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../../src/domain/log.ts';
import type { CampaignsReply } from '../../../src/api/campaigns.ts';
import { Agent } from './agent.ts';
import { failWrites } from './database.ts';
import { DiallerProcess } from './dialler.ts';
import { carry, type Answered } from './network.ts';
import { OcsNode } from './ocs-node.ts';
import { VirtualTime, type Process } from './processes.ts';
import { Truth } from './truth.ts';
import { Weather, type Rates } from './weather.ts';

export interface WorldOptions {
  seed: number;
  records: number;
  /** Of a PostgreSQL for two nodes; one node with a file when absent. */
  address?: string;
  /** How far the clocks of nodes and diallers are ahead, in turn. ms. */
  ahead?: readonly number[];
  rates?: Partial<Rates>;
  agents?: number;
}

const hourMs = 3_600_000;

/** Nodes of OCS, three diallers, agents and a supervisor, in a world in which everything goes wrong. */
export class World {
  readonly time = new VirtualTime();
  readonly truth = new Truth();
  readonly weather: Weather;
  readonly nodes: OcsNode[];
  readonly diallers: DiallerProcess[];
  readonly agents: Agent[];
  readonly folder: string;
  readonly file: string;
  /** Why processes did not start, with how often. */
  readonly starts = new Map<string, number>();
  /** Warnings and errors, with how often. */
  readonly said = new Map<string, number>();
  over = false;
  private readonly options: WorldOptions;

  constructor(options: WorldOptions) {
    const { address, ahead = [0], agents = 12, rates, seed } = options;
    this.options = options;
    this.weather = new Weather(seed, rates);
    this.folder = mkdtempSync(join(tmpdir(), 'chaos-'));
    this.file = join(this.folder, 'ocs.db');
    const names = address === undefined ? ['ocs1'] : ['ocs1', 'ocs2'];
    const aheadOf = (n: number) => ahead[n % ahead.length] ?? 0;
    const rows = address === undefined ? { file: this.file } : { address };
    this.nodes = names.map((name, n) => new OcsNode(this, name, rows, aheadOf(n)));
    this.diallers = ['d1', 'd2', 'd3'].map(
      (name, n) =>
        new DiallerProcess(this, name, join(this.folder, `${name}.db`), {
          channels: 40,
          aheadMs: aheadOf(n + 1),
        }),
    );
    this.agents = Array.from({ length: agents }, (_, n) => new Agent(this, n));
  }

  /** Dials until every record is done and everything is told; then all nodes are stopped. */
  async run(): Promise<void> {
    this.time.install();
    const endFailing = failWrites(() => this.weather.isUnwritable());
    try {
      const wasCalm = this.weather.calm;
      this.weather.calm = true;
      for (const node of this.nodes) node.start();
      await this.until(() => this.nodes.some(({ running }) => running), 'a node is up');
      await this.load();
      this.weather.calm = wasCalm;
      for (const dialler of this.diallers) dialler.start();
      void Promise.all(this.agents.map((agent) => agent.work()));
      void this.trouble();
      void this.forbidSome();
      void this.listTalkers();
      // In the end everybody can be reached, so that all can be told.
      const { records } = this.options;
      const stormUntil = () => this.truth.dialled.size >= records * 0.8;
      await this.until(stormUntil, 'nearly all is dialled', records * 6_000 + hourMs);
      this.weather.calm = true;
      void this.watchEnd();
      await this.until(() => this.isDone, 'every record is done and told', 3 * hourMs);
      this.over = true;
      for (const node of this.nodes) await this.through(node.stop(null));
    } finally {
      this.over = true;
      for (const dialler of this.diallers) dialler.crash();
      for (const node of this.nodes) node.crash();
      // What is being let go still waits for its timers.
      for (let n = 0; n < 200; n++) await this.time.step().catch(() => undefined);
      await this.time.settle();
      endFailing();
      this.time.restore();
    }
  }

  /** A process stands still until it goes on. */
  async standsStill(process: Process | null): Promise<void> {
    while (process !== null && process.frozenUntil > this.time.now()) {
      await this.time.wait(process.frozenUntil - this.time.now());
    }
  }

  /** An await, at which a process may die. */
  mayDie(process: Process | null): void {
    if (process === null || !this.weather.diesHere(process)) return;
    this.nodes.find((node) => node.process === process)?.crash();
    this.diallers.find((dialler) => dialler.process === process)?.crash();
  }

  /** The call is its agent's from now on, whatever becomes of the dialler; other extensions take it off the lines. */
  ring(extension: string, number: string): void {
    const ended = () => {
      this.truth.released(number);
    };
    const agent = this.agents.find((each) => each.extension === extension);
    if (agent === undefined) ended();
    else agent.ring(number, ended);
  }

  noteStart(name: string, error: Error): void {
    this.log(name).warn({ err: error }, 'does not start');
    count(this.starts, `${name}: ${error.message}`);
  }

  log(name: string): Log {
    const note = (fields: object, message: string) => {
      count(this.said, `${name.replace(/\d/, '')}: ${message}`);
      if (process.env['CHAOS_LOG'] !== undefined) {
        const { err, ...more } = fields as { err?: Error };
        const line = [this.time.now(), name, message, JSON.stringify(more), err?.message ?? ''].join(' ');
        appendFileSync(process.env['CHAOS_LOG'], `${line}\n`);
      }
    };
    return { debug: () => undefined, info: note, warn: note, error: note };
  }

  /** Asks a node that may be any, again and again until it is answered. */
  async ask(method: 'GET' | 'POST', path: string, body?: object | string): Promise<Record<string, unknown>> {
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    for (;;) {
      const answer = await this.tryOnce(method, `/api/v1${path}`, text);
      const isBusy = answer?.body.includes('IMPORT_RUNNING') === true;
      if (answer !== null && answer.status < 500 && !isBusy) {
        if (answer.status >= 400) throw new Error(`${path}: ${answer.body}`);
        return JSON.parse(answer.body) as Record<string, unknown>;
      }
      await this.time.wait(500);
    }
  }

  private async tryOnce(method: 'GET' | 'POST', path: string, body?: string): Promise<Answered | null> {
    try {
      return await carry(this, 'supervisor', this.weather.pick(this.nodes), { method, path, body });
    } catch {
      return null;
    }
  }

  /** Lets time pass until a promise has an answer. */
  private async through<T>(promise: Promise<T>): Promise<T> {
    let ended = false;
    const end = () => (ended = true);
    promise.then(end, end);
    await this.until(() => ended, 'an answer', hourMs);
    return promise;
  }

  private async until(done: () => boolean, what: string, limitMs = hourMs): Promise<void> {
    const end = this.time.now() + limitMs;
    let tell = this.time.now() + 300_000;
    for (;;) {
      await this.time.settle();
      if (done()) return;
      if (this.time.now() > end) throw new Error(`did not come: ${what}\n${this.story()}`);
      await this.time.step();
      if (this.time.now() > tell && process.env['CHAOS_LOG'] !== undefined) {
        tell += 300_000;
        appendFileSync(process.env['CHAOS_LOG'], `${this.story()}\n`);
      }
    }
  }

  private async load(): Promise<void> {
    const { records } = this.options;
    const half = Math.ceil(records / 2);
    const own = Array.from({ length: half }, (_, n) => numberOf(n));
    // Some people are in both lists.
    const other = Array.from({ length: records - half }, (_, n) => numberOf(n % 10 === 0 ? n : half + n));
    const definitions: [object, string][] = [
      [{ ...whenever, name: 'sales', list: 'a', group: 'sales', pacing: { multiplier: 3 } }, csv(own)],
      [{ ...toDestination, name: 'survey', list: 'b' }, csv(other)],
    ];
    for (const [definition, list] of definitions) {
      await this.through(this.ask('POST', '/campaigns', { definition, csv: list }));
    }
    for (const name of ['sales', 'survey']) await this.through(this.ask('POST', `/campaigns/${name}/start`));
  }

  /** Networks that are cut, processes that stand still, and operators. */
  private async trouble(): Promise<void> {
    const { time, weather } = this;
    // Whatever the seed, the owner is killed once while calls are up, and stands still once.
    await time.wait(weather.between(4_000, 7_000));
    this.nodes.find(({ running }) => running)?.crash();
    await time.wait(weather.between(8_000, 12_000));
    const owner = this.nodes.find(({ running }) => running)?.process;
    if (owner) owner.frozenUntil = time.now() + weather.between(4_000, 15_000);
    while (!weather.calm) {
      await time.wait(weather.between(2_000, 12_000));
      if (weather.calm) return;
      const until = time.now() + weather.between(1_000, 25_000);
      const node = weather.pick(this.nodes);
      const dialler = weather.pick(this.diallers);
      const kinds = [
        () => {
          weather.cut(node.name, 'database', until);
        },
        () => {
          weather.cut(node.name, dialler.name, until);
        },
        () => {
          weather.cut('ocs1', 'ocs2', until);
        },
        () => {
          const process = weather.chance(0.7) ? node.process : dialler.process;
          if (process !== null) process.frozenUntil = until;
        },
        () => void node.stop(weather.between(500, 5_000)),
        () => {
          node.crash();
        },
      ];
      weather.pick(kinds)();
    }
  }

  /** People who do not want to be called. */
  private async forbidSome(): Promise<void> {
    const { time, truth, weather } = this;
    const { records } = this.options;
    while (!weather.calm && truth.forbiddenNumbers < records * 0.05) {
      await time.wait(weather.between(1_000, 5_000));
      // Half of them are in both lists.
      const n = weather.between(0, records - 1);
      const number = numberOf(weather.chance(0.5) ? n : Math.floor(n / 20) * 10);
      await this.ask('POST', '/dnc', { phone: number });
      truth.forbid(number, time.now());
    }
  }

  /** People who talk with an agent are in lists as well that are dialled at once. */
  private async listTalkers(): Promise<void> {
    const { time, weather } = this;
    const spacing = Math.max(1, this.options.records / 1_000);
    for (let n = 0; !weather.calm;) {
      await time.wait(spacing * weather.between(1_000, 4_000));
      const talker = this.agents.find(({ talksTo }) => talksTo !== null)?.talksTo;
      if (talker === undefined || talker === null) continue;
      n += 1;
      const name = `again-${n}`;
      const definition = { ...toDestination, name, list: name };
      await this.ask('POST', '/campaigns', { definition, csv: csv([talker]), skipBad: true });
      await this.ask('POST', `/campaigns/${name}/start`);
    }
  }

  private isDone = false;

  private async watchEnd(): Promise<void> {
    while (!this.over) {
      await this.time.wait(5_000);
      const { campaigns } = (await this.ask('GET', '/campaigns')) as unknown as CampaignsReply;
      this.isDone =
        campaigns.every(({ finished, openRecords }) => finished && openRecords === 0) &&
        this.diallers.every(({ idle }) => idle);
      this.campaigns = campaigns;
    }
  }

  /** What the supervisor was told last. */
  campaigns: CampaignsReply['campaigns'] = [];

  /** What was played, in a line. */
  summary(): string {
    const { attempts, dialled, faults, forbiddenNumbers, talks } = this.truth;
    const lives = [...this.nodes, ...this.diallers].map(({ lives: n, name }) => `${name} ${n}`);
    const fenced = this.nodes.reduce((sum, { lost }) => sum + lost, 0);
    return (
      `seed ${this.options.seed}: ${attempts.size} attempts, ${dialled.size} dialled, ${talks} with agents, ` +
      `${forbiddenNumbers} forbidden; ${Math.round(this.time.now() / 1_000)} s; lives: ${lives.join(', ')}; ` +
      `owners that found another one: ${fenced}; faults: ${faults.length} ${faults[0] ?? ''}`
    );
  }

  /** For people who look why it does not get on. */
  story(): string {
    return JSON.stringify({
      seed: this.options.seed,
      now: this.time.now(),
      dialled: this.truth.dialled.size,
      nodes: this.nodes.map(({ lives, lost, name, running }) => ({ name, lives, lost, running })),
      diallers: this.diallers.map(({ idle, lives, name }) => ({ name, lives, idle })),
      starts: [...this.starts],
      said: [...this.said].slice(0, 40),
      campaigns: this.campaigns.map(({ name, records, waits, obstacles, calls, openRecords, agents }) => ({
        name,
        records,
        waits,
        obstacles,
        calls,
        openRecords,
        agents,
      })),
      faults: this.truth.faults.slice(0, 5),
    });
  }
}

const whenever = {
  mode: 'progressive',
  dailyWindow: { from: '00:00', till: '24:00' },
  treatments: [{ result: 'DroppedOnNoAnswer', retries: 0, then: 'mark' }],
};
const toDestination = {
  ...whenever,
  handoff: { kind: 'destination', extension: '8000' },
  pacing: { maxInFlight: 60 },
};

function csv(numbers: readonly string[]): string {
  return `phone,tz\n${numbers.map((each) => `${each},UTC`).join('\n')}\n`;
}

function numberOf(n: number): string {
  return String(2_020_000_000 + n);
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseCsv } from 'csv-parse/sync';
import { stringify as toYaml } from 'yaml';
import { boardHostProgram, howToBuild } from '../board/board-host-program.ts';
import type { SimWorld } from '../board/sim/config.ts';
import type { CampaignDefinitionInput } from '../api/campaign-definition.ts';
import { CodedError } from '../domain/errors.ts';
import { listToCsv, makeList } from './list.ts';
import { ownerIn, standsBy } from './nodes.ts';
import { startOwnPostgres, type OwnPostgres } from './postgres.ts';
import { freePort, startProgram, waitForHealth, type Program } from './processes.ts';
import { drawWorld, type DemoSpeech } from './world.ts';

export interface DemoOptions {
  seed: number;
  /** The board: the simulated one, the Dialogic driver on the stand-in vendor libraries, or SIP to the stand-in exchange. */
  board: 'sim' | 'dialogic' | 'sip';
  /** Where OCS has its rows: a file, or a PostgreSQL that the demo starts. */
  database: 'sqlite' | 'postgres';
  /** How many ocsd; two need PostgreSQL. */
  nodes: 1 | 2;
  records: number;
  channels: number;
  agents: number;
  /** Factor by which board, OCS and agents run faster than the wall clock. */
  speed: number;
  /** Folder for databases, logs and configuration; what a former run left there is replaced. */
  folder: string;
  /** Calling list with at least `records` lines, or null to make one. */
  list: string | null;
  /** Folder of recordings with the manifest of examples/speech. */
  speechFolder: string;
  /** Folder with WAV files in `live` and `machine` to use instead; null for the examples. */
  ownSpeech: string | null;
  /** The token of the API; null: nobody is asked who it is. */
  token: string | null;
  /** Gives up after so many seconds. */
  limitSeconds: number;
  /** Ends the run early; the programs it started end first. */
  stop: AbortSignal;
}

export const campaign = 'demo';

/** The stand-in vendor libraries; `npm run build:standin` builds them. */
const standinFolder = fileURLToPath(new URL('../../build/vendor/64', import.meta.url));

/** The processes of a demo: one ocsd or two, cpdd and a desk of agents; PostgreSQL where it is asked for. */
export interface DemoStage {
  /** Of the first ocsd. */
  readonly ocsUrl: string;
  readonly world: SimWorld;
  /** How often a dialler that was killed was started again. */
  readonly restarts: () => number;
  readonly path: (name: string) => string;
  /** Starts all, and the campaign. */
  start(): Promise<void>;
  /** Asks the supervisor's API of the first node that answers. @throws CodedError when none does */
  ask<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T>;
  /** What OCS's clock shows at a moment of the wall clock, ms. */
  readonly ocsTime: (wallMs: number) => number;
  /** The ocsd that owns the campaigns, of two; null while none does. */
  owner(): { node: string; epoch: number } | null;
  /** Both nodes are up, one as owner and one that stands by. */
  pairIsReady(): boolean;
  /** Kills a program, by its name. */
  kill(name: string): void;
  /** A dialler that was killed is started again, and so is one of two ocsd. @throws CodedError when another program ended */
  check(): void;
  /** Ends them one after the other; the rows are then in ocs.db. @throws CodedError when one ended badly */
  end(): Promise<void>;
  /** Ends what still runs; a program that hangs is killed. */
  clear(): Promise<void>;
}

/**
 * Writes lists and configuration; what a former run left in the folder is replaced.
 *
 * @throws CodedError NO_SUCH_FILE
 */
export async function openStage(options: DemoOptions): Promise<DemoStage> {
  checkStandin(options);
  const path = (name: string) => join(options.folder, name);
  clearFolder(options.folder, path);
  const csv = callingList(options);
  const numbers = parseCsv<{ phone: string }>(csv, { columns: true }).map(({ phone }) => phone);
  const world = drawWorld(numbers, readSpeech(options), options.seed);
  const nodes = await placeNodes(options.nodes);
  const adminPort = await freePort();
  const urls = nodes.map(({ url }) => url);
  writeFiles(options, world, { urls, adminPort }, path);

  const since = Date.now();
  const programs = new Map<string, Program>();
  let postgres: OwnPostgres | null = null;
  let database = 'ocs.db';
  const start = (name: string, script: string, args: string[]) => {
    const program = startProgram(name, script, args, path(`${name}.log`), {
      ...process.env,
      ...(options.board === 'dialogic' ? { STANDIN_CONFIG: path('standin.json') } : {}),
    });
    programs.set(name, program);
    return program;
  };
  const startCpdd = () => start('cpdd', 'cli/cpdd', ['--config', path('cpdd.yaml')]);
  const startOcsd = (name: string) => start(name, 'cli/ocsd', ['--config', path(`${name}.yaml`)]);
  const askAny: DemoStage['ask'] = async (method, ...more) => {
    let why: unknown;
    for (const url of urls) {
      try {
        return await ask(options, url, method, ...more);
      } catch (error) {
        why = error;
      }
    }
    throw why;
  };
  const owner = () => ownerIn(Object.fromEntries(nodes.map(({ name }) => [name, path(`${name}.log`)])));
  const isNode = (name: string) => options.nodes > 1 && nodes.some((node) => node.name === name);
  let restarts = 0;
  const startAgain = ({ name }: Program) => {
    if (name === 'cpdd') {
      restarts += 1;
      startCpdd();
    } else startOcsd(name);
  };
  return {
    ocsUrl: urls[0] ?? '',
    world,
    restarts: () => restarts,
    path,
    ask: askAny,
    ocsTime: (wallMs) => since + (wallMs - since) * options.speed,
    owner,
    pairIsReady: () => {
      const own = owner()?.node;
      return nodes.some(({ name }) => name !== own && standsBy(path(`${name}.log`)));
    },
    kill: (name) => void programs.get(name)?.child.kill('SIGKILL'),
    start: async () => {
      if (options.database === 'postgres') {
        postgres = await startOwnPostgres();
        database = await postgres.create('ocs');
      }
      for (const { name, port } of nodes) {
        writeFileSync(path(`${name}.yaml`), toYaml(ocsdConfig(options, { database, port, since })));
        const ocsd = startOcsd(name);
        // The others stand by.
        if (name === nodes[0]?.name) await waitForHealth(ocsd, `${urls[0] ?? ''}/console/`, options.stop);
      }
      await askAny('POST', '/campaigns', { definition, csv });
      await waitForHealth(startCpdd(), `http://127.0.0.1:${String(adminPort)}/healthz`, options.stop);
      start('desk', 'demo/desk', [
        ...urls.map((url) => `--url=${url.replace('http', 'ws')}/desktop/v1`),
        `--agents=${String(options.agents)}`,
        `--speed=${String(options.speed)}`,
        `--seed=${String(options.seed)}`,
      ]);
      await askAny('POST', `/campaigns/${campaign}/start`);
    },
    check: () => {
      for (const program of programs.values()) {
        const { child, name } = program;
        if (child.exitCode === null && child.signalCode === null) continue;
        // As under systemd: a dialler that was killed comes back, and its journal knows what it had dialled.
        const comesBack =
          child.exitCode === null
            ? name === 'cpdd' || isNode(name)
            : isNode(name) && child.exitCode === exitStandBy;
        if (!comesBack) throw endedBadly(program, child.exitCode);
        startAgain(program);
      }
    },
    end: async () => {
      const last = owner()?.node;
      // One that stands by would take over.
      const order = nodes.map(({ name }) => name).sort((a, b) => Number(a === last) - Number(b === last));
      for (const name of ['desk', 'cpdd', ...order]) {
        const program = programs.get(name);
        const code = await program?.stop();
        if (program !== undefined && code !== 0) throw endedBadly(program, code ?? null);
      }
      if (postgres === null) return;
      const copy = start('copy', 'cli/ocsd', ['copy', database, path('ocs.db')]);
      const code = await copy.exited;
      if (code !== 0) throw endedBadly(copy, code);
    },
    clear: async () => {
      await Promise.all([...programs.values()].map((program) => program.stop(5_000)));
      await postgres?.stop();
    },
  };
}

/** Of an ocsd that found another one in its place. */
const exitStandBy = 75;

interface Node {
  name: string;
  port: number;
  url: string;
}

async function placeNodes(count: number): Promise<Node[]> {
  const nodes: Node[] = [];
  for (let n = 1; n <= count; n++) {
    const port = await freePort();
    nodes.push({
      name: count === 1 ? 'ocsd' : `ocsd-${String(n)}`,
      port,
      url: `http://127.0.0.1:${String(port)}`,
    });
  }
  return nodes;
}

function checkStandin({ board }: DemoOptions): void {
  const host = boardHostProgram('sipexchange');
  if (board === 'sip' && !existsSync(host))
    throw new CodedError('NO_SUCH_FILE', `${host} is not there`, {
      field: 'board',
      found: 'sip',
      expected: `the stand-in exchange: ${howToBuild('sipexchange')}`,
    });
  if (board !== 'dialogic' || existsSync(join(standinFolder, 'libsrl.so'))) return;
  throw new CodedError('NO_SUCH_FILE', `${standinFolder} has no libsrl.so`, {
    field: 'board',
    found: 'dialogic',
    expected: 'the stand-in vendor libraries: npm run build:standin',
  });
}

function clearFolder(folder: string, path: DemoStage['path']): void {
  mkdirSync(folder, { recursive: true });
  // Only what a former run left: the folder is the user's.
  const logs = ['ocsd', 'ocsd-1', 'ocsd-2', 'cpdd', 'desk', 'copy'].map((name) => `${name}.log`);
  for (const name of ['ocs.db', 'journal.db', ...logs]) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(path(name + suffix), { force: true });
  }
}

function writeFiles(
  options: DemoOptions,
  world: SimWorld,
  at: { urls: readonly string[]; adminPort: number },
  path: DemoStage['path'],
): void {
  writeFileSync(path('world.json'), JSON.stringify(world, null, 1));
  if (options.board === 'dialogic') {
    const standin = standinConfig(options, world, path('standin-misuse-%p.json'));
    writeFileSync(path('standin.json'), JSON.stringify(standin));
  }
  if (options.board === 'sip')
    writeFileSync(path('exchange.json'), JSON.stringify(exchangeConfig(options, world)));
  if (options.token !== null) writeFileSync(path('api.token'), options.token, { mode: 0o600 });
  writeFileSync(path('cpdd.yaml'), toYaml(cpddConfig(options, at.urls, at.adminPort)));
  writeFileSync(path('campaign.yaml'), toYaml(definition));
}

/**
 * Asks the supervisor's API.
 *
 * @throws CodedError OCS_UNREACHABLE, INTERNAL
 */
export async function ask<T>(
  { token }: Pick<DemoOptions, 'token'>,
  ocsUrl: string,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<T> {
  const url = `${ocsUrl}/api/v1${path}`;
  const reply = await fetch(url, {
    method,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new CodedError('OCS_UNREACHABLE', `ocsd does not answer at ${url}; see its log`, { cause });
  });
  if (reply.ok) return (await reply.json()) as T;
  throw new CodedError(
    'INTERNAL',
    `${method} ${url} answered ${String(reply.status)}: ${await reply.text()}`,
  );
}

const definition: CampaignDefinitionInput = {
  name: campaign,
  list: campaign,
  mode: 'predictive',
  group: 'demo',
  detectionMode: 'accurate_am_detection',
  announcement: 'no-agent',
  dailyWindow: { from: 0, till: 86_400, tz: 'America/New_York' },
  treatments: [{ result: ['Busy', 'NoAnswer', 'AllTrunksBusy'], retryMinutes: 2, retries: 1 }],
  pacing: { targetAbandonedPct: 3, historyLength: 40 },
  desk: {
    script:
      'Good morning, may I speak to {first_name} {last_name}?\n\nThere are {amount_due} dollars to be paid.',
    fields: [
      { name: 'amount_due', label: 'Amount due' },
      { name: 'promised', label: 'Promised', choices: ['this week', 'this month', 'not at all'] },
    ],
    results: [
      { label: 'Promised to pay', result: 'Answer' },
      { label: 'Machine', result: 'AnsweringMachine' },
      { label: 'Wrong number', result: 'WrongNumber' },
    ],
    wrapUpMs: 120_000,
    reasons: ['Break', 'Lunch', 'Training'],
  },
};

function ocsdConfig(
  { speed, token }: DemoOptions,
  { database, port, since }: { database: string; port: number; since: number },
): object {
  const tokens = token === null ? {} : { tokens: { apiFile: 'api.token' } };
  return { database, listen: { port }, clock: { speed, since }, ...tokens };
}

function cpddConfig(
  options: DemoOptions,
  [url, ...standbyUrls]: readonly string[],
  adminPort: number,
): object {
  return {
    dialerId: 'demo',
    ocs: { url, ...(standbyUrls.length > 0 && { standbyUrls }) },
    board: boards[options.board](options),
    dialPlan: { allow: ['^\\+1[2-9]\\d\\d55501\\d\\d$'] },
    journal: { path: 'journal.db' },
    announcements: { 'no-agent': join(options.speechFolder, 'announcement-4-en-no-agent.wav') },
    admin: { port: adminPort },
  };
}

function simulatedBoard({ channels, seed, speed }: DemoOptions): object {
  return {
    driver: 'sim',
    trunks: [{ kind: 'isdn', channels }],
    plan: 'US',
    seed,
    clock: { speed },
    world: 'world.json',
  };
}

/** One trunk to the exchange in the board host, on addresses of loopback that no other demo has. */
function sipBoard({ channels, speed }: DemoOptions): object {
  const place = process.pid * 2;
  const loopback = (at: number) =>
    `127.${String((at >> 16) & 255)}.${String((at >> 8) & 255)}.${String(at & 255)}`;
  return {
    driver: 'sip',
    bind: loopback(place),
    standIn: { file: 'exchange.json', speed },
    trunks: [
      { name: 'exchange', address: `${loopback(place + 1)}:5080`, channels, callsPerSecond: 2 * channels },
    ],
  };
}

/** SIP lines of HMP: a switch that takes REFER gives the channel back when an agent has the call. */
function dialogicBoard({ channels }: DemoOptions): object {
  return {
    driver: 'dialogic',
    libraries: { folder: standinFolder, clock: 'standin_now' },
    spans: [{ kind: 'sip', network: 'iptB1', media: 'ipmB1C1', voice: 'dxxxB1C1', channels }],
  };
}

const boards = { sim: simulatedBoard, dialogic: dialogicBoard, sip: sipBoard };

/** Who answers at the exchange: the same world as behind the simulated board. */
function exchangeConfig({ seed }: DemoOptions, world: SimWorld): object {
  const { faults: _faults, ...theirs } = world;
  return { seed, world: theirs };
}

/** What stands behind the stand-in libraries: the same world as behind the simulated board. */
function standinConfig({ channels, seed, speed }: DemoOptions, world: SimWorld, report: string): object {
  const { faults: _faults, ...theirs } = world;
  return { clock: { speed }, seed, boards: [{ family: 'hmp', channels }], world: theirs, report };
}

/** The first records of the given list; a list made from the seed where it has too few. */
function callingList({ list, records, seed }: DemoOptions): string {
  if (list !== null) {
    const text = readFileSync(list, 'utf8');
    const lines = text.trimEnd().split('\n');
    if (lines.length > records) return `${lines.slice(0, records + 1).join('\n')}\n`;
  }
  return listToCsv(makeList(records, seed));
}

/** Recordings of the examples; a folder of the user's own takes the place of those of people and machines. */
function readSpeech({ speechFolder, ownSpeech }: DemoOptions): DemoSpeech {
  const manifest = readFileSync(join(speechFolder, 'manifest.csv'), 'utf8');
  const rows = parseCsv<{ file: string; kind: string }>(manifest, { columns: true });
  const of = (kind: string) =>
    rows.filter((row) => row.kind === kind).map((row) => join(speechFolder, row.file));
  const own = (kind: string) => (ownSpeech === null ? of(kind) : wavFilesIn(join(ownSpeech, kind)));
  return { live: own('live'), machine: own('machine'), screening: of('screening'), music: of('music') };
}

function wavFilesIn(folder: string): string[] {
  let files: string[];
  try {
    files = readdirSync(folder).filter((file) => /\.wav$/i.test(file));
  } catch {
    files = [];
  }
  if (files.length === 0) {
    throw new CodedError('NO_SUCH_FILE', `${folder} has no WAV files`, {
      field: 'speech',
      found: folder,
      expected: 'a folder with the subfolders live and machine, each with WAV files',
    });
  }
  return files.toSorted().map((file) => join(folder, file));
}

function endedBadly(program: Program, code: number | null): CodedError {
  return new CodedError(
    'INTERNAL',
    `${program.name} ended with ${code === null ? 'a signal' : `exit code ${String(code)}`}; see ${program.log}`,
  );
}

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse as parseCsv } from 'csv-parse/sync';
import { stringify as toYaml } from 'yaml';
import type { SimWorld } from '../board/sim/config.ts';
import type { CampaignDefinitionInput } from '../api/campaign-definition.ts';
import type { CampaignStatus } from '../api/campaigns.ts';
import { CodedError } from '../domain/errors.ts';
import { audit } from './audit.ts';
import { listToCsv, makeList } from './list.ts';
import { freePort, startProgram, waitForHealth, type Program } from './processes.ts';
import type { Progress } from './progress.ts';
import { makeReport, type DemoReport } from './report.ts';
import { drawWorld, type DemoSpeech } from './world.ts';

export interface DemoOptions {
  seed: number;
  /** The board: the simulated one, or the Dialogic driver on the stand-in vendor libraries. */
  board: 'sim' | 'dialogic';
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
  /** Gives up after so many seconds. */
  limitSeconds: number;
  /** Ends the run early; the programs it started end first. */
  stop: AbortSignal;
}

const campaign = 'demo';

/** The stand-in vendor libraries; `npm run build:standin` builds them. */
const standinFolder = fileURLToPath(new URL('../../build/vendor/64', import.meta.url));

/**
 * Runs a campaign with three real processes (ocsd, cpdd on the simulated board, a desk of agents) to its end,
 * stops them, and holds the OCS database against the dialler's journal.
 *
 * @throws CodedError when a process does not start or ends early, or the campaign does not end in time; the reason of
 * `stop` when that ended it
 */
export async function runDemo(options: DemoOptions, progress: Progress): Promise<DemoReport> {
  if (options.board === 'dialogic' && !existsSync(join(standinFolder, 'libsrl.so'))) {
    throw new CodedError('NO_SUCH_FILE', `${standinFolder} has no libsrl.so`, {
      field: 'board',
      found: 'dialogic',
      expected: 'the stand-in vendor libraries: npm run build:standin',
    });
  }
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  mkdirSync(options.folder, { recursive: true });
  const path = (name: string) => join(options.folder, name);
  // Only what a former run left: the folder is the user's.
  for (const name of ['ocs.db', 'journal.db', 'ocsd.log', 'cpdd.log', 'desk.log']) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(path(name + suffix), { force: true });
  }

  const csv = callingList(options);
  const numbers = parseCsv<{ phone: string }>(csv, { columns: true }).map(({ phone }) => phone);
  const world = drawWorld(numbers, readSpeech(options), options.seed);
  writeFileSync(path('world.json'), JSON.stringify(world, null, 1));
  const [ocsPort, adminPort] = [await freePort(), await freePort()];
  const ocsUrl = `http://127.0.0.1:${String(ocsPort)}`;
  if (options.board === 'dialogic') {
    writeFileSync(
      path('standin.json'),
      JSON.stringify(standinConfig(options, world, path('standin-misuse-%p.json'))),
    );
  }
  writeFileSync(path('ocsd.yaml'), toYaml(ocsdConfig(options, ocsPort)));
  writeFileSync(path('cpdd.yaml'), toYaml(cpddConfig(options, ocsUrl, adminPort)));
  writeFileSync(path('campaign.yaml'), toYaml(definition));

  const programs = new Map<string, Program>();
  const start = (name: string, script: string, args: string[]) => {
    const program = startProgram(name, script, args, path(`${name}.log`), {
      ...process.env,
      ...(options.board === 'dialogic' ? { STANDIN_CONFIG: path('standin.json') } : {}),
    });
    programs.set(name, program);
    return program;
  };
  const startCpdd = () => start('cpdd', 'cli/cpdd', ['--config', path('cpdd.yaml')]);
  let restarts = 0;
  try {
    const ocsd = start('ocsd', 'cli/ocsd', ['--config', path('ocsd.yaml')]);
    await waitForHealth(ocsd, `${ocsUrl}/api/v1/version`, options.stop);
    await post(`${ocsUrl}/api/v1/campaigns`, { definition, csv });
    await waitForHealth(startCpdd(), `http://127.0.0.1:${String(adminPort)}/healthz`, options.stop);
    start('desk', 'demo/desk', [
      `--url=ws://127.0.0.1:${String(ocsPort)}/desktop/v1`,
      `--agents=${String(options.agents)}`,
      `--speed=${String(options.speed)}`,
      `--seed=${String(options.seed)}`,
    ]);
    await post(`${ocsUrl}/api/v1/campaigns/${campaign}/start`, {});
    await untilFinished(ocsUrl, options, (status) => {
      progress.show(status, seconds());
      for (const program of programs.values()) {
        if (program.child.exitCode !== null) throw endedBadly(program, program.child.exitCode);
        if (program.child.signalCode === null) continue;
        // As under systemd: a dialler that was killed comes back, and its journal knows what it had dialled.
        if (program.name !== 'cpdd') throw endedBadly(program, null);
        restarts += 1;
        startCpdd();
      }
    });
    progress.end();
    for (const name of ['desk', 'cpdd', 'ocsd']) {
      const program = programs.get(name);
      const code = await program?.stop();
      if (program !== undefined && code !== 0) throw endedBadly(program, code ?? null);
    }
  } finally {
    await Promise.all([...programs.values()].map((program) => program.stop(5_000)));
  }
  const groundTruth = new Map(world.subscribers.map(({ number, kind }) => [number, kind]));
  const found = audit(path('ocs.db'), path('journal.db'));
  return makeReport(found, groundTruth, { agents: options.agents, restarts, wallSeconds: seconds() });
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
};

function ocsdConfig({ speed }: DemoOptions, port: number): object {
  return { database: 'ocs.db', listen: { port }, clock: { speed } };
}

function cpddConfig(options: DemoOptions, ocsUrl: string, adminPort: number): object {
  return {
    dialerId: 'demo',
    ocs: { url: ocsUrl },
    board: options.board === 'dialogic' ? dialogicBoard(options) : simulatedBoard(options),
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

/** SIP lines of HMP: a switch that takes REFER gives the channel back when an agent has the call. */
function dialogicBoard({ channels }: DemoOptions): object {
  return {
    driver: 'dialogic',
    libraries: { folder: standinFolder, clock: 'standin_now' },
    spans: [{ kind: 'sip', network: 'iptB1', media: 'ipmB1C1', voice: 'dxxxB1C1', channels }],
  };
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

async function untilFinished(
  ocsUrl: string,
  { limitSeconds, stop }: DemoOptions,
  see: (status: CampaignStatus) => void,
): Promise<void> {
  const until = performance.now() + limitSeconds * 1000;
  for (;;) {
    const status = await campaignStatus(ocsUrl);
    see(status);
    if (status.finished && status.records.total > 0) return;
    if (performance.now() > until) {
      throw new CodedError('INTERNAL', `the campaign did not end within ${String(limitSeconds)} s`, {
        field: 'records left',
        found: status.records.left,
        expected: '0',
      });
    }
    await sleep(500, undefined, { signal: stop });
  }
}

function endedBadly(program: Program, code: number | null): CodedError {
  return new CodedError(
    'INTERNAL',
    `${program.name} ended with ${code === null ? 'a signal' : `exit code ${String(code)}`}; see ${program.log}`,
  );
}

async function campaignStatus(ocsUrl: string): Promise<CampaignStatus> {
  const url = `${ocsUrl}/api/v1/campaigns/${campaign}`;
  const reply = await fetch(url).catch((cause: unknown) => {
    throw new CodedError('OCS_UNREACHABLE', `ocsd does not answer at ${url}; see its log`, { cause });
  });
  return (await reply.json()) as CampaignStatus;
}

async function post(url: string, body: object): Promise<void> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!reply.ok) {
    throw new CodedError('INTERNAL', `POST ${url} answered ${String(reply.status)}: ${await reply.text()}`);
  }
}

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, release, version as kernelBuild } from 'node:os';
import { parse as parseYaml, stringify as toYaml } from 'yaml';
import type { CommandModule } from 'yargs';
import { diagnosticTopics } from '../../board/board.ts';
import { nativeVersion } from '../../board/native.ts';
import { adminPrefix, type CallsReply, type LogReply, type StatusReply } from '../../api/admin.ts';
import { CodedError } from '../../domain/errors.ts';
import { adminEndpoint, adminOptions, request, send } from '../admin/admin-client.ts';
import { boardReport } from '../boards/board.ts';
import { installedConfig } from './doctor.ts';
import { printJson, printLine } from '../../terminal/output.ts';
import { redact } from './redact.ts';
import { tarGz } from './tar.ts';
import { ownerOnly, writeOption } from '../../terminal/write-file.ts';

interface Arguments {
  url: string;
  token?: string | undefined;
  config?: string | undefined;
  out?: string | undefined;
  calls: number;
  json: boolean;
}

export const snapshotCommand: CommandModule<object, Arguments> = {
  command: 'snapshot',
  describe:
    'Pack configuration, versions, states and last events into one archive, without secrets or numbers',
  builder: (yargs) =>
    yargs
      .options(adminOptions)
      .option('config', {
        type: 'string',
        requiresArg: true,
        describe: `Configuration of cpdd; ${installedConfig} where it is there`,
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'File to write; named after the time by default',
      })
      .option('calls', {
        type: 'number',
        requiresArg: true,
        default: 100,
        describe: 'How many of the last calls, with their evidence',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 snapshot', 'after a fault, before anything is restarted'),
  handler: async (args) => {
    const now = new Date();
    const files = await collect(args, now);
    const out = args.out ?? `cpd-snapshot-${now.toISOString().replace(/[-:]|\..*/g, '')}.tar.gz`;
    writeOption('out', out, await tarGz(files, now), ownerOnly);
    if (args.json) printJson({ file: out, contents: [...files.keys()] });
    else {
      printLine(out);
      for (const name of files.keys()) printLine(`  ${name}`);
    }
  },
};

/** The files of the archive. What cannot be had is in it as the reason why not. */
async function collect(args: Arguments, now: Date): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const endpoint = adminEndpoint(args);
  const add = async (name: string, get: () => unknown) => {
    let value: unknown;
    try {
      value = await get();
    } catch (error) {
      value = { error: error instanceof CodedError ? `${error.code}: ${error.message}` : String(error) };
    }
    files.set(name, `${JSON.stringify(redact(value), null, 1)}\n`);
  };

  await add('versions.json', () => ({
    at: now.toISOString(),
    node: process.versions.node,
    addon: nativeVersion(),
    system: { release: release(), build: kernelBuild(), arch: arch() },
  }));
  const config = args.config ?? (existsSync(installedConfig) ? installedConfig : undefined);
  if (config !== undefined) files.set('cpdd.yaml', configText(config));
  await add('status.json', () => request<StatusReply>(endpoint, `${adminPrefix}/status`));
  await add('boards.json', () => request(endpoint, `${adminPrefix}/boards`));
  await add('channels.json', () => request(endpoint, `${adminPrefix}/channels`));
  for (const topic of diagnosticTopics) await add(`board/${topic}.json`, () => boardReport(args, topic));
  await add('calls.json', async () => {
    const { active, recent } = await request<CallsReply>(endpoint, `${adminPrefix}/calls`);
    const withEvidence = recent
      .slice(0, args.calls)
      .map(({ attemptId }) => request(endpoint, `${adminPrefix}/calls/${encodeURIComponent(attemptId)}`));
    return { active, recent: await Promise.all(withEvidence) };
  });
  files.set('cpdd.log', await logText(endpoint));
  try {
    files.set('metrics.txt', await (await send(endpoint, '/metrics')).text());
  } catch (error) {
    files.set('metrics.txt', `# ${String(error)}\n`);
  }
  return files;
}

/** The last lines of cpdd's log: its own, or, when it does not answer, those that the journal of systemd has. */
async function logText(endpoint: ReturnType<typeof adminEndpoint>): Promise<string> {
  try {
    const { lines } = await request<LogReply>(endpoint, `${adminPrefix}/log`);
    return logLines(lines);
  } catch (error) {
    const journal = spawnSync('journalctl', ['-u', 'cpdd', '-n', '1000', '-o', 'cat', '--no-pager'], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    const told = journal.status === 0 && journal.stdout !== '';
    const from = told ? 'from the journal of systemd' : 'and the journal of systemd has nothing';
    return `# ${error instanceof Error ? error.message : String(error)}; ${from}\n${logLines(told ? journal.stdout.split('\n') : [])}`;
  }
}

/** What was logged by others, not as JSON, may hold anything: only its texts are kept, masked. */
function logLines(lines: readonly string[]): string {
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return `${JSON.stringify(redact(JSON.parse(line)))}\n`;
      } catch {
        return `${String(redact(line))}\n`;
      }
    })
    .join('');
}

/** Of the file as it was read, not as it was written: comments may hold anything. */
function configText(path: string): string {
  try {
    return toYaml(redact(parseYaml(readFileSync(path, 'utf8'))));
  } catch (error) {
    return `# ${path}: ${error instanceof Error ? error.message : String(error)}\n`;
  }
}

import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { nativeVersion, tonePlans } from '../board/native.ts';
import { openBoard } from '../board/open.ts';
import { adminPrefix, type Health, type StatusReply } from '../daemon/admin-api.ts';
import { loadCpddConfig, type CpddSetup } from '../daemon/cpdd-config.ts';
import { boardOptions, tokenRefused } from '../daemon/cpdd.ts';
import { ConfigError } from '../daemon/faults.ts';
import { loadOcsdConfig } from '../daemon/ocsd-config.ts';
import { CodedError } from '../domain/errors.ts';
import { linkPrefix } from '../link/schemas.ts';
import { ocsEndpoint, request, send, type Endpoint } from './admin-client.ts';

/** One line of the doctor: what was looked at, how it is, and what to do if it is not well. */
export interface Finding {
  check: string;
  state: 'ok' | 'warn' | 'fail';
  detail: string;
  advice: string | null;
}

const ok = (check: string, detail: string): Finding => ({ check, state: 'ok', detail, advice: null });
const warn = (check: string, detail: string, advice: string): Finding => {
  return { check, state: 'warn', detail, advice };
};
const fail = (check: string, detail: string, advice: string): Finding => {
  return { check, state: 'fail', detail, advice };
};

/** A busy host may take its time; one that hangs is told. */
const answerMs = 10_000;

// better-sqlite3 needs 22.14: an older Node crashes in it. Programs run from their source need 22.18.
const oldestNode = [22, 18] as const;

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = oldestNode;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
    ? ok('node', version)
    : fail('node', `version ${version}`, `use Node ${oldestNode.join('.')} or newer`);
}

export function checkAddon(): Finding {
  try {
    return ok(
      'addon',
      `version ${nativeVersion()}, tone plans ${tonePlans()
        .map(({ code }) => code)
        .join(' ')}`,
    );
  } catch (error) {
    return fail('addon', messageOf(error), 'build it: npm run build:addon (needs python3, make and g++)');
  }
}

/** The configuration of cpdd and the files it names. */
export function checkCpddConfig(file: string): { finding: Finding; setup: CpddSetup | null } {
  const check = 'cpdd configuration';
  try {
    const setup = loadCpddConfig(file);
    return { finding: ok(check, file), setup };
  } catch (error) {
    return { finding: configFinding(check, error), setup: null };
  }
}

export function checkOcsdConfig(file: string): Finding {
  const check = 'ocsd configuration';
  try {
    loadOcsdConfig(file);
    return ok(check, file);
  } catch (error) {
    return configFinding(check, error);
  }
}

function configFinding(check: string, error: unknown): Finding {
  if (error instanceof ConfigError) {
    const more = error.faults.length - 1;
    const first = error.message.split('\n', 1)[0] ?? '';
    return fail(
      check,
      more > 0 ? `${first} (and ${more} more)` : first,
      'correct the file; --check-config names all',
    );
  }
  return fail(check, messageOf(error), 'name the right file');
}

const rightToken = 'give cpdd (ocs.tokenFile) the link token of ocsd (tokens.linkFile)';

/** The running cpdd, or whether it could start: its port. */
export async function checkCpdd(endpoint: Endpoint): Promise<{ findings: Finding[]; running: boolean }> {
  let reply: Response;
  try {
    reply = await send(endpoint, '/healthz', { signal: AbortSignal.timeout(answerMs) });
  } catch {
    return { findings: [await checkPortFree('cpdd', endpoint.url)], running: false };
  }
  try {
    const health = (await reply.json()) as Health;
    if (!health.ready) {
      const advice = health.reasons.includes(tokenRefused) ? rightToken : 'see the log of cpdd';
      return {
        findings: [fail('cpdd', `${health.state}: ${health.reasons.join('; ')}`, advice)],
        running: true,
      };
    }
    const status = await request<StatusReply>(endpoint, `${adminPrefix}/status`);
    const findings = [ok('cpdd', `${health.state} at ${endpoint.url}, version ${status.version}`)];
    const out = status.dialer?.channels.outOfService ?? 0;
    if (out > 0)
      findings.push(warn('channels', `${out} out of service`, 'see the reasons: cpdctl channels --busy'));
    const waiting = status.dialer?.unacknowledged ?? 0;
    if (waiting > 1_000) {
      findings.push(
        warn('journal', `${waiting} reports wait for OCS`, 'see that OCS answers and takes them'),
      );
    }
    return { findings, running: true };
  } catch (error) {
    const advice = 'another program may have this port, or a token is needed (--token)';
    return { findings: [fail('cpdd', messageOf(error), advice)], running: true };
  }
}

/** OCS, and how far its clock is from ours. */
export async function checkOcs(endpoint: Endpoint): Promise<Finding[]> {
  let reply: Response;
  try {
    reply = await send(endpoint, '/healthz', { signal: AbortSignal.timeout(answerMs) });
  } catch {
    const found = await checkPortFree('ocsd', endpoint.url);
    const advice = 'start ocsd, or correct ocs.url; no call is dialled without it';
    return [found.state === 'fail' ? found : fail('ocsd', `no answer at ${endpoint.url}`, advice)];
  }
  const date = Date.parse(reply.headers.get('date') ?? '');
  const apartMs = Math.abs(Date.now() - date);
  // The header counts in seconds.
  const clock =
    Number.isNaN(date) || apartMs < 3_000
      ? ok('clock', new Date().toISOString())
      : warn(
          'clock',
          `${Math.round(apartMs / 1_000)} s away from the OCS host`,
          'synchronise both (chrony, timesyncd)',
        );
  if (reply.status === 404) {
    await reply.body?.cancel();
    // Another OCS that speaks the link protocol has its own idea of health.
    return [ok('ocsd', `an HTTP server answers at ${endpoint.url}`), clock];
  }
  const health = (await reply.json().catch(() => null)) as Health | null;
  return health?.ready === true
    ? [ok('ocsd', `${health.state} at ${endpoint.url}`), clock]
    : [
        fail(
          'ocsd',
          `status ${reply.status}: ${health?.reasons.join('; ') ?? 'no health'}`,
          'see the log of ocsd',
        ),
        clock,
      ];
}

/** Whether OCS takes the token of cpdd's configuration. Nothing is said where OCS does not answer: that was. */
export async function checkOcsToken(url: string, token: string | undefined): Promise<Finding[]> {
  const endpoint = ocsEndpoint({ 'ocs-url': url, 'ocs-token': token });
  // Any path of the link will do; this one changes nothing at OCS.
  const path = `${url.replace(/\/+$/, '')}${linkPrefix}/openapi.json`;
  const reply = await send(endpoint, path, { signal: AbortSignal.timeout(answerMs) }).catch(() => null);
  await reply?.body?.cancel();
  if (reply?.status !== 401 && reply?.status !== 403) return [];
  return [fail('ocs token', `UNAUTHORIZED: ${tokenRefused}`, rightToken)];
}

/** A journal needs a folder that can be written, and room. */
export function checkJournal(path: string): Finding {
  const folder = dirname(path);
  try {
    accessSync(existsSync(path) ? path : folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    const freeMb = Math.floor((bavail * bsize) / 2 ** 20);
    return freeMb < 200
      ? warn(
          'journal',
          `only ${freeMb} MB free at ${folder}`,
          'make room: without a journal nothing is dialled',
        )
      : ok('journal', `${path}, ${freeMb} MB free`);
  } catch (error) {
    const advice = 'let the user of cpdd write there (run doctor as that user)';
    return fail('journal', `${folder}: ${(error as NodeJS.ErrnoException).code ?? messageOf(error)}`, advice);
  }
}

/** Opens the board and closes it. Only when no cpdd holds it. */
export async function checkBoard(setup: CpddSetup): Promise<Finding> {
  try {
    const board = await openBoard(setup.config.board, boardOptions(setup));
    const { driver, name, spans } = board.inventory();
    await board.close();
    const channels = spans.reduce((sum, span) => sum + span.channels.length, 0);
    return ok('board', `${name} (${driver}) opens: ${spans.length} spans, ${channels} channels`);
  } catch (error) {
    return fail('board', messageOf(error), 'correct the board part of the configuration, or see the driver');
  }
}

/** Nobody answers at an address: either the program is not running, or something else has its port. */
async function checkPortFree(program: string, url: string): Promise<Finding> {
  const { hostname, port } = new URL(url);
  const code = await new Promise<string | null>((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    server.listen(Number(port) || 80, hostname, () => server.close(() => resolve(null)));
  });
  return code === 'EADDRINUSE'
    ? fail(
        program,
        `${hostname}:${port} is taken, but nothing answers there in time`,
        `see which: ss -ltnp 'sport = :${port}'`,
      )
    : warn(program, `not running; ${hostname}:${port} is free`, `start it: systemctl start ${program}`);
}

function messageOf(error: unknown): string {
  return error instanceof CodedError ? `${error.code}: ${error.message}` : String(error);
}

import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { nativeVersion } from '../../board/native.ts';
import { tonePlans } from '../../board/tone-plans.ts';
import { openBoard } from '../../board/open.ts';
import { adminPrefix, type StatusReply } from '../../api/admin.ts';
import { healthSchema, type Health } from '../../api/diagnostics.ts';
import { loadCpddConfig, type CpddSetup } from '../../daemon/cpdd/config.ts';
import { tokenRefused } from '../../daemon/cpdd/health.ts';
import { boardOptions } from '../../daemon/cpdd/settings.ts';
import { trunkReport } from '../../daemon/cpdd/trunk-report.ts';
import { ConfigError, describeFault } from '../../daemon/faults.ts';
import { loadOcsdConfig } from '../../daemon/ocsd/config.ts';
import { CodedError, errorCodes, isTokenRefusal } from '../../domain/errors.ts';
import { linkPrefix } from '../../link/schemas.ts';
import { nodeFault } from '../../terminal/node-version.ts';
import { ocsEndpoint, request, send, type Endpoint } from '../admin/admin-client.ts';

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

export function checkNode(version = process.versions.node): Finding {
  const fault = nodeFault(version);
  return fault === null
    ? ok('node', version)
    : fail('node', fault, 'install a newer Node, or use the package');
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

/** What the configuration lets out to the trunk. */
export function checkTrunk(setup: CpddSetup): Finding[] {
  const { warnings, limits } = trunkReport(setup);
  return [
    ...warnings.map((text) => warn('dial plan', text, 'see cpdd --check-config for what would be dialled')),
    ...limits.map((text) => ok('limits', text)),
  ];
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
    const [first] = error.faults;
    const told = first === undefined ? error.message : describeFault(first);
    return fail(
      check,
      more > 0 ? `${told} (and ${more} more)` : told,
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
  if (wantsToken(reply)) {
    return {
      findings: [fail('cpdd', `${endpoint.url} needs a token`, 'give it: --token or $CPDCTL_TOKEN')],
      running: true,
    };
  }
  try {
    const health = await healthOf(reply);
    if (health === null) {
      const told = `status ${reply.status}, which is no answer of cpdd`;
      const advice = 'another program may have this port: see --url and admin.port';
      return { findings: [fail('cpdd', told, advice)], running: true };
    }
    if (!health.ready) {
      const advice = health.reasons.includes(tokenRefused) ? rightToken : 'see the log of cpdd';
      return {
        findings: [fail('cpdd', `${health.state}: ${health.reasons.join('; ')}`, advice)],
        running: true,
      };
    }
    const status = await request<StatusReply>(endpoint, `${adminPrefix}/status`);
    const findings = [ok('cpdd', `${health.state} at ${endpoint.url}, version ${status.version}`)];
    for (const note of health.notes ?? []) {
      findings.push(warn('limits', note, 'see the log of cpdd; if the campaigns are right, raise the limit'));
    }
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
    const unauthorized = error instanceof CodedError && isTokenRefusal(error.code);
    const advice = unauthorized
      ? 'give the token of cpdd: --token or $CPDCTL_TOKEN'
      : 'another program may have this port: see --url and admin.port';
    return { findings: [fail('cpdd', messageOf(error), advice)], running: true };
  }
}

function wantsToken({ status }: Response): boolean {
  return status === 401 || status === 403 || status === errorCodes.TOO_MANY_WRONG_TOKENS.http;
}

/** null when it is no health of ours: another program answers there. */
async function healthOf(reply: Response): Promise<Health | null> {
  const body: unknown = await reply.json().catch(() => null);
  return healthSchema.safeParse(body).data ?? null;
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
  if (wantsToken(reply))
    return [
      fail('ocsd', `${endpoint.url} needs a token`, 'give it: --ocs-token or $CPDCTL_OCS_TOKEN'),
      clock,
    ];
  const health = await healthOf(reply);
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
  if (reply === null || !wantsToken(reply)) return [];
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

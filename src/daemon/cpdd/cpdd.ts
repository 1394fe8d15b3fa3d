import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Board } from '../../board/board.ts';
import { detectorVersion } from '../../board/native.ts';
import { tonePlans } from '../../board/tone-plans.ts';
import { isSteppedBoard } from '../../board/drivers.ts';
import { openBoard, type OpenOptions } from '../../board/open.ts';
import type { DialerConfig, DialerObserver, KnownRecordingsUse } from '../../dialer/contract.ts';
import { cpaOf } from '../../dialer/intake/call-analysis.ts';
import { patternsForOcs } from '../../dialer/intake/trunk-extensions.ts';
import { createDialer } from '../../dialer/dialer.ts';
import { CodedError, isTokenRefusal, type ErrorCode } from '../../domain/errors.ts';
import { detectionModes } from '../../domain/result.ts';
import { openJournal, type Journal } from '../../journal/journal.ts';
import { createLinkClient, type LinkClient } from '../../link/client.ts';
import { keysOfRequests, machineActions } from '../../link/schemas.ts';
import type { DaemonState, Health } from '../../api/diagnostics.ts';
import { openAdminServer } from './admin-server.ts';
import { createCallRecordings, type CallRecordings } from './call-recordings.ts';
import { createBoardKeeper, type BoardKeeper } from './board-keeper.ts';
import { closedNumbers, type CpddConfig, type CpddSetup } from './config.ts';
import { addSipMetrics, createCpddMetrics, type CpddMetrics } from './metrics.ts';
import { lockFile } from '../file-lock.ts';
import { useKnownRecordings } from '../../recordings/known-recordings.ts';
import type { Logger, LogLines } from '../log.ts';
import { createRecentCalls, type RecentCalls } from './recent-calls.ts';
import { ReleaserStack } from '../releasers.ts';
import type { Service } from '../service.ts';
import { trunkReport } from './trunk-report.ts';
import { boardPulse } from '../watchdog.ts';

/** Calls kept with their evidence for `cpdctl calls`. */
const recentCallsKept = 2_000;

/** How often the journal forgets what is long delivered. */
const pruneIntervalMs = 6 * 3_600_000;

export interface Cpdd extends Service {
  adminUrl: string;
}

/**
 * Opens everything in order (journal, link, admin server, board and dialler) and begins to pull. What was opened
 * is closed again when a later part fails; the dialler comes last, so that nothing is dialled by a process that
 * cannot stay.
 *
 * @throws CodedError naming what cannot be opened
 */
export async function startCpdd(
  setup: CpddSetup,
  version: string,
  log: Logger,
  logLines: LogLines,
): Promise<Cpdd> {
  const { config } = setup;
  const startedAt = performance.now();
  const releasers = new ReleaserStack((part, error) => log.error({ part, err: error }, 'closing failed'));
  let state: DaemonState = 'starting';

  try {
    const journal = openLockedJournal(config, releasers, log);
    const link = createLinkClient({
      url: config.ocs.url,
      standbyUrls: config.ocs.standbyUrls,
      token: setup.ocsToken,
      dialerId: config.dialerId,
      journalId: journal.id,
      softwareVersion: version,
      describe: () => describeDialer(keeper.board(), setup),
    });
    const recordings = callRecordings(config, log);
    const knownRecordings = useKnownRecordings(config.knownRecordings, log, (close) => {
      releasers.add('learnt recordings', close);
    });
    const recent = createRecentCalls(recentCallsKept);
    const metrics = createCpddMetrics({
      status: () => keeper.dialer()?.status() ?? null,
      calls: () => keeper.dialer()?.calls() ?? [],
      channels: () => keeper.dialer()?.channels() ?? [],
      boardUp: () => keeper.fault() === null && keeper.board() !== null,
    });
    addSipMetrics(metrics.registry, () => keeper.board());
    const keeper = keepBoard({ setup, journal, link, recordings, knownRecordings, recent, metrics, log });
    const health = (): Health => healthOf(state, keeper);
    const admin = await openAdminServer(
      {
        dialer: () => keeper.dialer(),
        board: () => keeper.board(),
        health,
        status: () => ({
          version,
          dialerId: config.dialerId,
          upMs: Math.round(performance.now() - startedAt),
          dialer: keeper.dialer()?.status() ?? null,
        }),
        recent,
        recordings,
        metrics: metrics.registry,
        log,
        logLines,
      },
      { host: config.admin.host, port: config.admin.port, token: setup.adminToken },
    );
    releasers.add('admin server', () => admin.close());
    // Whatever the dialler could deliver it has delivered when it was drained.
    releasers.add('board', () => keeper.close(0));
    await keeper.open();
    state = 'running';
    tellCalibration(setup, log);
    tellStandIn(config, log);
    log.info({ admin: admin.url, ocs: config.ocs.url, dialerId: config.dialerId, version }, 'listening');

    const stepped = isSteppedBoard(config.board);
    const pulse = boardPulse(
      () => (keeper.fault() === null ? (keeper.board()?.now() ?? null) : null),
      stepped,
    );
    return {
      adminUrl: admin.url,
      describe: () => describeState(health(), keeper),
      alive: pulse,
      drain: async () => {
        state = 'draining';
        await drainWithin(keeper, config.drain, log);
        await releasers.close();
        state = 'stopped';
      },
      hangUp: () => keeper.hangup(),
    };
  } catch (error) {
    await releasers.close();
    throw error;
  }
}

/** Locks and opens the journal, and prunes it now and then until it is closed. */
function openLockedJournal(config: CpddConfig, releasers: ReleaserStack, log: Logger): Journal {
  const path = journalPath(config.journal.path);
  releasers.add('journal lock', lockFile(path, 'JOURNAL_ERROR'));
  const journal = openJournal(path, () => Date.now());
  releasers.add('journal', () => journal.close());
  journal.prune();
  const pruning = setInterval(() => prune(journal, log), pruneIntervalMs);
  releasers.add('pruning', () => clearInterval(pruning));
  return journal;
}

/** What the dialler on the board works with; it outlives the board. */
interface DiallingParts {
  setup: CpddSetup;
  journal: Journal;
  link: LinkClient;
  recordings: CallRecordings | null;
  knownRecordings: KnownRecordingsUse | null;
  recent: RecentCalls;
  metrics: CpddMetrics;
  log: Logger;
}

/** The keeper of the board, which is not open yet; a board that fails is opened again with a new dialler. */
function keepBoard(parts: DiallingParts): BoardKeeper {
  const { setup, journal, link, recordings, knownRecordings, recent, metrics, log } = parts;
  const observer: DialerObserver = {
    ...metrics.observer,
    ended: (end) => {
      metrics.observer.ended?.(end);
      recent.add(end, new Date());
    },
    boardDead: (reason) => {
      metrics.observer.boardDead?.(reason);
      keeper.died(reason);
    },
  };
  const keeper = createBoardKeeper({
    openBoard: () => openBoard(setup.config.board, boardOptions(setup)),
    createDialer: (board) =>
      createDialer({
        board,
        journal,
        link,
        config: {
          ...dialerConfig(setup),
          ...(recordings === null
            ? {}
            : {
                recordFile: (call) => recordings.fileFor(call),
                soundOf: (attemptId) => recordings.soundOf(attemptId),
              }),
          ...(knownRecordings === null ? {} : { knownRecordings }),
        },
        log,
        observer,
      }),
    recovery: setup.config.boardRecovery,
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    log,
    opened: (again) => {
      metrics.boardOpened();
      // What the old dialler could not say any more is lost with it: legs that OCS still believes to be up, above all.
      if (again) link.renew();
    },
  });
  return keeper;
}

function callRecordings({ recordings }: CpddConfig, log: Logger): CallRecordings | null {
  const { folder, share, mostMegabytes } = recordings;
  if (folder === undefined) return null;
  log.info({ folder, share, mostMegabytes }, 'calls are recorded');
  return createCallRecordings({ folder, share, mostMegabytes }, () => Date.now(), log);
}

/** Another detector scores otherwise: what was measured with the old one may be wrong for it. */
function tellCalibration({ calibration }: CpddSetup, log: Logger): void {
  if (calibration === undefined) return;
  const { scoreOffset, maxHumanLoss, mode } = calibration;
  log.info({ scoreOffset, maxHumanLoss, mode }, 'the detector uses a calibration');
  const detector = detectorVersion();
  if (calibration.detector === detector) return;
  log.warn(
    { measuredWith: calibration.detector, detector },
    'the calibration was measured with another version of the detector',
  );
}

/** Who takes it for the real thing would wait for customers for ever. */
function tellStandIn({ board }: CpddConfig, log: Logger): void {
  if (board.driver !== 'sip' || board.standIn === undefined) return;
  log.warn({ standIn: board.standIn.file }, 'nobody real is called: a stand-in exchange answers the calls');
}

/** What the board needs besides its own part of the configuration. */
export function boardOptions({ folder, config }: CpddSetup): OpenOptions {
  return { folder, plans: config.tonePlans };
}

/** A journal that cannot be pruned now grows; the dialler itself finds out whether it can still be written. */
function prune(journal: Journal, log: Logger): void {
  try {
    journal.prune();
  } catch (error) {
    log.error({ err: error }, 'the journal cannot be pruned');
  }
}

/** Calls that were hung up have so long to end; a channel that answers nothing does not hold up the process. */
const hangUpPatienceMs = 10_000;

/**
 * Waits for calls to end and for their results to be delivered. Calls are hung up after `timeoutMs`; results
 * that OCS does not take within `flushMs` stay in the journal and are delivered after the next start.
 */
async function drainWithin(keeper: BoardKeeper, limits: CpddConfig['drain'], log: Logger): Promise<void> {
  const status = () => keeper.dialer()?.status() ?? { calls: 0, unacknowledged: 0 };
  let giveUpAt = Infinity;
  let hungUp = false;
  const hangUpAt = performance.now() + limits.timeoutMs;
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  const watch = setInterval(() => {
    const { calls, unacknowledged } = status();
    if (calls === 0) giveUpAt = Math.min(giveUpAt, performance.now() + limits.flushMs);
    if (calls > 0 && !hungUp && performance.now() >= hangUpAt) {
      log.warn({ calls, timeoutMs: limits.timeoutMs }, 'calls are still up: hanging up');
      hungUp = true;
      giveUpAt = performance.now() + hangUpPatienceMs;
      keeper.hangup();
    }
    if (performance.now() < giveUpAt) return;
    log.warn(
      { calls, unacknowledged },
      'ending before all results were delivered; those in the journal are delivered after the next start',
    );
    resolve();
  }, 50);
  try {
    await Promise.race([keeper.drain(), enough]);
  } finally {
    clearInterval(watch);
  }
}

/** What the dialler takes from the configuration. */
export function dialerConfig({ config, calibration }: CpddSetup): DialerConfig {
  const maxHumanLoss = config.detection.maxHumanLoss ?? calibration?.maxHumanLoss;
  return {
    dialPlan: config.dialPlan,
    closed: closedNumbers(config),
    limits: config.limits,
    extensions: config.extensions.allow,
    ...config.dialling,
    plans: planCodes(config),
    detection: {
      ...(maxHumanLoss === undefined ? {} : { maxHumanLoss }),
      ...(calibration === undefined ? {} : { scoreOffset: calibration.scoreOffset }),
    },
    announcements: config.announcements,
    showNumbers: !config.log.maskNumbers,
  };
}

/** The built-in tone plans and those of the site. */
function planCodes(config: CpddConfig): string[] {
  return [...tonePlans(), ...config.tonePlans].map(({ code }) => code);
}

/** What the dialler says of itself when it registers. @param board null while none is open */
export function describeDialer(
  board: Board | null,
  setup: CpddSetup,
): ReturnType<Parameters<typeof createLinkClient>[0]['describe']> {
  const inventory = board?.inventory();
  return {
    boards:
      inventory === undefined
        ? []
        : [
            {
              name: inventory.name,
              driver: inventory.driver,
              spans: inventory.spans.map(({ span, kind, channels }) => ({
                span,
                kind,
                channels: channels.length,
              })),
            },
          ],
    capabilities: {
      handoff: ['agent', 'destination', 'engaged'],
      plans: planCodes(setup.config),
      modes: [...detectionModes],
      ...(inventory !== undefined && { cpa: cpaOf(inventory) }),
      onMachine: [...machineActions],
      keys: [...keysOfRequests],
      watch: true,
      recordings: setup.config.recordings.folder !== undefined,
      learns: setup.config.knownRecordings.file !== undefined && setup.config.knownRecordings.learn,
      announcements: Object.keys(setup.config.announcements),
      extensions: patternsForOcs(setup.config.extensions.allow, {
        country: closedNumbers(setup.config).country,
        prefix: setup.config.dialPlan.prefix,
      }),
    },
    // As many and as long as the link takes.
    warnings: trunkReport(setup)
      .warnings.slice(0, 20)
      .map((text) => text.slice(0, 500)),
  };
}

/** A reason of `Health`: OCS answers, but wants another token. */
export const tokenRefused = 'OCS refuses the token';

/** Why the link is down. @param fault code of what the last poll failed with */
export function linkReason(fault: ErrorCode | null): string {
  return isTokenRefusal(fault) ? tokenRefused : 'OCS does not answer';
}

/** Why the daemon cannot dial now, one sentence each. */
function healthOf(state: DaemonState, keeper: BoardKeeper): Health {
  const reasons: string[] = [];
  const status = keeper.dialer()?.status();
  const fault = keeper.fault();
  if (state !== 'running') reasons.push(`the daemon is ${state}`);
  if (fault !== null) reasons.push(fault);
  if (status?.link === 'down') {
    reasons.push(linkReason(status.linkFault));
  }
  if (status?.journal === 'failed') reasons.push('the journal cannot be written');
  if (status !== undefined && status.channels.idle + status.channels.busy === 0) {
    reasons.push('no channel is in service');
  }
  const shown = state === 'running' && (fault !== null || status?.journal === 'failed') ? 'degraded' : state;
  const notes = Object.entries(status?.refused ?? {}).map(
    ([code, count]) => `${count} requests or agent legs refused since the start: ${code}`,
  );
  return {
    live: true,
    ready: reasons.length === 0,
    state: shown,
    reasons,
    ...(notes.length > 0 && { notes }),
  };
}

function describeState(health: Health, keeper: BoardKeeper): string {
  const status = keeper.dialer()?.status();
  const counts =
    status === undefined
      ? 'no board'
      : `${status.calls} calls, ${status.channels.idle} channels idle, ${status.channels.busy} busy, ` +
        `${status.channels.outOfService} out of service, ${status.unacknowledged} reports waiting`;
  return `${health.state}: ${counts}${health.reasons.length === 0 ? '' : ` (${health.reasons.join('; ')})`}`;
}

/** The journal's folder is made if its parent is there, and must let us write. */
function journalPath(path: string): string {
  const folder = dirname(path);
  try {
    if (!statSync(folder, { throwIfNoEntry: false })) mkdirSync(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CodedError('JOURNAL_ERROR', `the journal's folder ${folder} cannot be used (${reason})`, {
      field: 'journal.path',
      found: path,
      expected: 'a file in a folder that this user may write',
      cause: error,
    });
  }
  return path;
}

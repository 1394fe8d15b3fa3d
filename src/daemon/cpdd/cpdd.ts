import { detectorVersion } from '../../board/native.ts';
import { isSteppedBoard } from '../../board/drivers.ts';
import { createLinkClient } from '../../link/client.ts';
import type { DaemonState, Health } from '../../api/diagnostics.ts';
import { useKnownRecordings } from '../../recordings/known-recordings.ts';
import type { Logger, LogLines } from '../log.ts';
import { ReleaserStack } from '../releasers.ts';
import type { Service } from '../service.ts';
import { boardPulse } from '../watchdog.ts';
import { openAdminServer } from './admin-server.ts';
import { createCallRecordings, type CallRecordings } from './call-recordings.ts';
import type { CpddConfig, CpddSetup } from './config.ts';
import { drainWithin, keepBoard } from './dialling.ts';
import { describeState, healthOf } from './health.ts';
import { openLockedJournal } from './journal-file.ts';
import { addSipMetrics, createCpddMetrics } from './metrics.ts';
import { createRecentCalls } from './recent-calls.ts';
import { describeDialer } from './registration.ts';

/** Calls kept with their evidence for `cpdctl calls`. */
const recentCallsKept = 2_000;

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

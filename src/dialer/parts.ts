import { usualLimits } from '../domain/call-limits.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { usualExtensions } from '../domain/extension.ts';
import { createAgentDesk } from '../handoff/agents.ts';
import { createLegs, type Legs } from '../handoff/legs.ts';
import { createPuller, type Puller } from '../link/puller.ts';
import { createReporter, type Reporter } from '../link/reporter.ts';
import { wallSleep } from '../link/wall-sleep.ts';
import type { CallContext } from './call/call-context.ts';
import { createChannelWatch, type ChannelWatch } from './channel-watch.ts';
import { createChannelPool, type ChannelPool } from './channels/channels.ts';
import type { DialerOptions, DialerStatus } from './contract.ts';
import { cpaOf } from './intake/call-analysis.ts';
import { createLimitGuard } from './intake/limits.ts';
import { compileTrunkExtensions } from './intake/trunk-extensions.ts';
import { compileTrunkNumbers } from './intake/trunk-numbers.ts';
import { createJournalBuffer, type JournalBuffer } from './journal-buffer.ts';
import { createJournalReads, type JournalReads } from './journal-reads.ts';
import { createLiveCalls, type LiveCalls } from './live-calls.ts';
import { createOcsCommands } from './ocs-commands.ts';
import { createOutages, type Outages } from './outages.ts';
import { createPulls } from './pulls.ts';
import { createRecordingTeller } from './recording-teller.ts';
import { createRequestCalls } from './request-calls.ts';

/** The parts of a dialler, connected and not begun. */
export interface DialerParts {
  buffer: JournalBuffer;
  channelWatch: ChannelWatch;
  context: CallContext;
  legs: Legs;
  live: LiveCalls;
  outages: Outages;
  pool: ChannelPool;
  puller: Puller;
  reads: JournalReads;
  refusals: DialerStatus['refused'];
  reporter: Reporter;
}

/**
 * @param running whether new calls may be begun
 * @throws CodedError BAD_CONFIG when the dial plan or the patterns of extensions cannot be used
 */
export function connectParts(options: DialerOptions, running: () => boolean): DialerParts {
  const { board, journal, link, config, log, observer = {}, sleep = wallSleep } = options;
  const closed = config.closed ?? { country: '', openPremium: [] };
  const { country } = closed;
  const dialled = compileTrunkNumbers(config.dialPlan, closed);
  const limits = createLimitGuard(config.limits ?? usualLimits, { clock: board, journal });
  const checkExtension = compileTrunkExtensions(config.extensions ?? usualExtensions, {
    country,
    prefix: config.dialPlan.prefix,
  });
  const refusals: DialerStatus['refused'] = {};
  const refused = (code: ErrorCode): void => {
    refusals[code] = (refusals[code] ?? 0) + 1;
    observer.refused?.(code);
  };

  const reporter = createReporter({ link, source: journal, sleep, random: Math.random, log });
  const wakeReporter = (): void => {
    reporter.wake();
  };
  const buffer = createJournalBuffer({
    journal,
    clock: board,
    log,
    stored: wakeReporter,
    failed: () => observer.journalFailed?.(),
  });
  const reads = createJournalReads({ journal, buffer, log });
  const live = createLiveCalls();
  const freed = (): void => {
    live.beginWaiting();
  };
  const pool = createChannelPool({ board, log, observer, freed });
  const desk = createAgentDesk({ link, clock: board, log });
  const legs = createLegs({
    board,
    channels: pool,
    plan: config.plan,
    checkExtension: (extension) => {
      checkExtension(extension);
      limits.ring(extension);
    },
    refused,
    report: (engagement) => {
      reporter.engagement(engagement);
    },
    log,
  });
  const context = { board, pool, desk, legs, config, checkExtension, dialled, limits, observer, log };
  const outages = createOutages({
    reporter,
    hasReports: () => reads.hasReports(),
    lost: () => {
      buffer.together(() => {
        for (const call of live.forOcs()) call.noAgents();
      });
    },
    sleep,
    log,
    observer,
  });
  const intake = {
    journal,
    buffer,
    dialled,
    limits,
    refused,
    checkExtension,
    plans: config.plans,
    cpa: cpaOf(board.inventory()),
    resent: wakeReporter,
    showNumbers: config.showNumbers,
    log,
  };
  const startCall = createRequestCalls({ context, live, buffer, running });
  const now = () => board.now();
  const channelWatch = createChannelWatch({ board, pool, live, legs, link, now, sleep, log });
  const tellRecording = createRecordingTeller({ soundOf: config.soundOf, link, log });
  const obey = createOcsCommands({
    live,
    legs,
    reporter,
    channelWatch,
    tellRecording,
    learning: config.knownRecordings?.learning,
    running,
  });
  const pulls = createPulls({
    intake,
    journal,
    buffer,
    reads,
    live,
    pool,
    legs,
    limits,
    outages,
    config,
    running,
    startCall,
    obey,
  });
  const puller = createPuller({
    link,
    sleep,
    random: Math.random,
    log,
    ...pulls,
    changed: (state) => {
      outages.changed(state);
    },
  });
  return { buffer, channelWatch, context, legs, live, outages, pool, puller, reads, refusals, reporter };
}

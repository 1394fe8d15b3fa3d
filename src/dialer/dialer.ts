import { randomUUID } from 'node:crypto';
import { compileDialPlan } from '../domain/dial-plan.ts';
import { CodedError } from '../domain/errors.ts';
import { compileExtensions, usualExtensions } from '../domain/extension.ts';
import { maskNumber, type CheckedNumber } from '../domain/number.ts';
import type { DialRequest } from '../domain/request.ts';
import { createAgentDesk } from '../handoff/agents.ts';
import { createLegs } from '../handoff/legs.ts';
import type { PullAnswer, PullQuestion } from '../link/client.ts';
import { createPuller } from '../link/puller.ts';
import { createReporter } from '../link/reporter.ts';
import type { Command } from '../link/schemas.ts';
import { wallSleep } from '../link/wall-sleep.ts';
import { cpaOf, sideBySide } from './call-analysis.ts';
import { createChannelPool } from './channels.ts';
import type { CallSnapshot, Dialer, DialerOptions, DialerStatus } from './contract.ts';
import { takeIn } from './intake.ts';
import { createLedger } from './ledger.ts';
import { runCall, type CallHouse, type RunningCall } from './running-call.ts';
import { startTestCall } from './test-call.ts';

export type * from './contract.ts';

/** How long OCS may hold a poll while no channel is free: soon after one is, we ask for work. Wall-clock ms. */
const fullPullWaitMs = 100;

/**
 * The dialler of one board: pulls requests from OCS, runs their calls on the board's channels, delivers what came
 * of them.
 *
 * @throws CodedError BAD_CONFIG when the dial plan or the patterns of extensions cannot be used
 */
export function createDialer(options: DialerOptions): Dialer {
  const { board, journal, link, config, log } = options;
  const observer = options.observer ?? {};
  const sleep = options.sleep ?? wallSleep;
  const dialled = compileDialPlan(config.dialPlan);
  const checkExtension = compileExtensions(config.extensions ?? usualExtensions);
  const cpa = cpaOf(board.inventory());
  const calls = new Map<string, RunningCall>();
  /** Engineers' calls, which OCS knows nothing of. */
  const tests = new Map<string, RunningCall>();
  /** Calls without a channel yet, oldest first. */
  const queue = new Set<RunningCall>();
  let mode: DialerStatus['mode'] = 'new';
  let testCalls = 0;
  /** Makes a test call's id one that no attempt of OCS and no test call of another dialler has. */
  const testTag = randomUUID().slice(0, 8);
  /** Session of the last pull. */
  let session: string | null = null;
  let callEnded: (() => void)[] = [];
  /** Announcements asked for that are not configured; each is told once. */
  const unknownAnnouncements = new Set<string>();

  const reporter = createReporter({ link, source: journal, sleep, random: Math.random, log });
  const ledger = createLedger({
    journal,
    clock: board,
    log,
    stored: () => {
      reporter.wake();
    },
    failed: () => observer.journalFailed?.(),
  });
  const pool = createChannelPool({ board, log, observer, freed: beginQueued });
  const desk = createAgentDesk({ link, clock: board, log });
  const legs = createLegs({
    board,
    channels: pool,
    plan: config.plan,
    checkExtension,
    report: (engagement) => {
      reporter.engagement(engagement);
    },
    log,
  });
  const house: CallHouse = { board, pool, desk, legs, config, checkExtension, observer, log };
  const puller = createPuller({
    link,
    sleep,
    random: Math.random,
    log,
    question,
    take,
    changed: (state) => {
      log.info({ state }, state === 'up' ? 'OCS is there' : 'OCS is lost; nothing new is dialled');
      observer.link?.(state);
    },
  });

  function question(): PullQuestion {
    const { idle, busy, outOfService } = pool.counts();
    const open = mode === 'running' && ledger.state === 'ok';
    // Who waits though channels are free needs lines of another kind; more than all lines never wait.
    const room = idle + busy - queue.size;
    const free = open
      ? Math.min(config.maxPull, Math.max(0, Math.min(idle - config.reservedChannels, room)))
      : 0;
    return {
      free,
      channels: { inService: idle + busy, busy: Math.min(busy, idle + busy + outOfService) },
      waitMs: free === 0 ? Math.min(fullPullWaitMs, config.pullWaitMs) : config.pullWaitMs,
      active: [...calls.keys()],
    };
  }

  function take(answer: PullAnswer): void {
    if (session !== null && session !== answer.sessionId) {
      log.warn({ legs: legs.snapshot().length }, 'OCS had forgotten this dialler');
      legs.forgotten();
    }
    session = answer.sessionId;
    const known = new Set(calls.keys());
    const intake = {
      journal,
      ledger,
      dialled,
      checkExtension,
      plans: config.plans,
      cpa,
      isActive: (attemptId: string) => known.has(attemptId),
      resent: () => {
        reporter.wake();
      },
      showNumbers: config.showNumbers,
      log,
    };
    for (const { request, digits } of takeIn(intake, answer)) startCall(request, digits);
    for (const command of answer.commands) obey(command);
  }

  function startCall(request: DialRequest, digits: CheckedNumber): void {
    const { attemptId } = request;
    if (request.announcement !== undefined) checkAnnouncement(request.announcement, request.campaign);
    const settings = { bridgedTransfer: config.transferStyle === 'bridge', testHoldMs: null };
    const call = runCall(house, request, digits, settings, {
      markDialling: () => {
        ledger.markDialling(attemptId);
      },
      report: (report) => {
        ledger.report(attemptId, report);
      },
      ended: ({ outcome, handBack }) => {
        const { result = null, status = null, reason = handBack } = outcome ?? {};
        const { channel } = call.state;
        log.info(
          { attemptId, channel, result, status, reason, ...sideBySide(outcome?.evidence ?? null) },
          'call ended',
        );
        forget(calls, attemptId, call);
      },
    });
    calls.set(attemptId, call);
    log.info({ attemptId, campaign: request.campaign, number: shown(request.number) }, 'request taken');
    if (mode !== 'running') call.shutdown('drain');
    else if (!call.begin()) queue.add(call);
  }

  function checkAnnouncement(name: string, campaign: string): void {
    if (Object.hasOwn(config.announcements, name)) return;
    observer.unknownAnnouncement?.(name);
    if (unknownAnnouncements.has(name)) return;
    unknownAnnouncements.add(name);
    log.warn(
      { announcement: name, campaign },
      'an announcement is not configured; who waits for it hears nothing',
    );
  }

  function forget(from: Map<string, RunningCall>, id: string, call: RunningCall): void {
    from.delete(id);
    queue.delete(call);
    wakeWaiting();
  }

  function wakeWaiting(): void {
    const waiting = callEnded;
    callEnded = [];
    for (const resolve of waiting) resolve();
  }

  function beginQueued(): void {
    // One that needs lines of another kind must not hold up those behind it.
    for (const call of queue) {
      if (call.begin()) queue.delete(call);
    }
  }

  function obey(command: Command): void {
    switch (command.kind) {
      case 'cancel':
        calls.get(command.attemptId)?.cancel();
        return;
      case 'drain':
        for (const call of [...calls.values()]) {
          const { campaign } = call.state.request;
          if (command.campaign === undefined || command.campaign === campaign) call.shutdown('drain');
        }
        return;
      case 'engage':
        if (mode === 'running') legs.engage(command);
        else reporter.engagement({ engagementId: command.engagementId, state: 'failed', reason: 'drain' });
        return;
      case 'disengage':
        legs.disengage(command.engagementId);
        return;
    }
  }

  /** Resolves when no call is left. */
  async function allEnded(): Promise<void> {
    while (calls.size + tests.size > 0 && mode !== 'stopped') {
      await new Promise<void>((resolve) => {
        callEnded.push(resolve);
      });
    }
  }

  function hangup(): void {
    if (mode === 'running' || mode === 'new') mode = 'draining';
    for (const call of [...calls.values(), ...tests.values()]) call.shutdown('hangup');
    legs.dropAll();
  }

  const shown = (number: string) => (config.showNumbers ? number : maskNumber(number));

  return {
    start() {
      if (mode !== 'new') return;
      const settled = journal.recover();
      if (settled.crashed + settled.handedBack > 0) log.warn(settled, 'settled what the last run left open');
      mode = 'running';
      board.onEvent((event) => {
        if (mode !== 'stopped') pool.handle(event);
      });
      reporter.start();
      puller.start();
    },
    async drain() {
      if (mode === 'running') {
        mode = 'draining';
        log.info({ calls: calls.size }, 'draining');
        for (const call of [...calls.values()]) call.shutdown('drain');
      }
      await allEnded();
      legs.dropAll();
      await reporter.delivered();
    },
    hangup,
    async stop(flushMs = 2_000) {
      if (mode === 'stopped') return;
      hangup();
      const flush = new AbortController();
      await Promise.race([allEnded().then(() => reporter.delivered()), sleep(flushMs, flush.signal)]);
      flush.abort();
      mode = 'stopped';
      wakeWaiting();
      await Promise.all([puller.stop(), reporter.stop()]);
    },
    testCall(number, testOptions, onEvent) {
      if (mode !== 'running') {
        throw new CodedError('ILLEGAL_STATE', `the dialler is ${mode}: no test call`, {
          field: 'mode',
          found: mode,
          expected: 'running',
        });
      }
      const id = `test-${testTag}-${++testCalls}`;
      const { call, handle } = startTestCall(house, id, number, testOptions, onEvent);
      if (call.state.phase !== 'ended') {
        tests.set(id, call);
        void handle.done.then(() => {
          forget(tests, id, call);
        });
      }
      return handle;
    },
    calls: () =>
      [...calls, ...tests].map(([attemptId, { state }]): CallSnapshot => {
        const now = board.now();
        return {
          attemptId,
          campaign: state.request.campaign,
          number: shown(state.request.number),
          phase: state.phase,
          channel: state.channel,
          agentId: state.agentId,
          ageMs: now - state.takenAt,
          phaseAgeMs: now - state.phaseSince,
          test: state.settings.testHoldMs !== null,
        };
      }),
    channels: () => pool.snapshot(),
    status: () => ({
      mode,
      link: puller.state,
      linkFault: puller.fault,
      journal: ledger.state,
      board: pool.dead ? 'dead' : 'ok',
      calls: calls.size + tests.size,
      channels: pool.counts(),
      unacknowledged: ledger.unwritten + (ledger.state === 'ok' ? journal.unacknowledgedCount() : 0),
      lateEvents: pool.lateEvents,
    }),
  };
}

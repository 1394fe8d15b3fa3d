import { CodedError } from '../../domain/errors.ts';
import { checkNumber, maskNumber } from '../../domain/number.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { CallRequest } from '../../domain/request.ts';
import type { TestCall, TestCallEvent, TestCallOptions } from '../contract.ts';
import { checkCpa, cpaOf } from '../intake/call-analysis.ts';
import { checkTonePlan } from '../intake/tone-plan.ts';
import type { CallContext } from './call-context.ts';
import { runCall, type RunningCall } from './running-call.ts';

/**
 * An engineer's call: the same machine as every other, but without OCS, journal and agent. The dial plan holds
 * for it too.
 *
 * @throws CodedError BAD_NUMBER, NUMBER_NOT_ALLOWED, NUMBER_CLOSED, NUMBER_IN_CALL, BAD_ARGUMENT, UNKNOWN_PLAN,
 *   NOT_SUPPORTED, UNKNOWN_CHANNEL, CHANNEL_BUSY when none is free
 */
export function startTestCall(
  context: CallContext,
  id: string,
  number: string,
  options: TestCallOptions,
  onEvent: (event: TestCallEvent) => void,
): { call: RunningCall; handle: TestCall } {
  const { channel: wanted } = options;
  if (wanted !== undefined && !context.pool.snapshot().some(({ channel }) => channel === wanted)) {
    throw new CodedError('UNKNOWN_CHANNEL', `there is no channel ${wanted}`, {
      field: 'channel',
      found: wanted,
      expected: 'a channel of the board',
    });
  }
  checkTonePlan(options.plan, context.config.plans);
  checkCpa(options.cpa, cpaOf(context.board.inventory(), wanted));
  const checked = checkNumber(number);
  const digits = context.dialled(checked);
  const request: CallRequest = {
    attemptId: id,
    campaign: 'test',
    recordHandle: 0,
    number: checked,
    mode: options.mode,
    ...(options.plan === undefined ? {} : { plan: options.plan }),
    ringTimeoutMs: atLeast('ringTimeoutMs', options.ringTimeoutMs ?? 30_000, 1_000),
    cpdTimeoutMs: atLeast('cpdTimeoutMs', options.cpdTimeoutMs ?? 8_000, 500),
    ...(options.maxHumanLoss === undefined ? {} : { maxHumanLoss: options.maxHumanLoss }),
    ...(options.cpa === undefined ? {} : { cpa: options.cpa }),
    agentTimeoutMs: 0,
    handoff: { kind: 'test', holdMs: atLeast('holdMs', options.holdMs ?? 0, 0) },
    onMachine: { action: 'drop' },
    onFax: { action: 'drop' },
    onSilence: { action: 'drop' },
    userData: {},
  };
  const { promise, resolve } = Promise.withResolvers<Outcome | null>();
  const settings = { bridgedTransfer: false, longestCallMs: (options.holdMs ?? 0) + 60_000 };
  context.limits.beginTest(digits);
  const call = runCall(context, request, digits, settings, {
    recordFile: options.recordFile,
    markDialling: (written) => {
      written(null);
    },
    report: () => {},
    onBoardEvent: (event) => {
      onEvent({ kind: 'board', event });
    },
    onMove: (move) => {
      onEvent({ kind: 'phase', ...move });
    },
    ended: (end) => {
      context.limits.ended(digits);
      onEvent({ kind: 'end', ...end });
      resolve(end.outcome);
    },
  });
  if (!call.begin(options.channel)) {
    call.shutdown('hangup');
    throw new CodedError('CHANNEL_BUSY', 'no channel is free for a test call', {
      field: 'channel',
      found: options.channel ?? 'any',
      expected: 'a free channel in service',
    });
  }
  const { channel } = call.state;
  context.log.info(
    { attemptId: id, number: context.config.showNumbers ? checked : maskNumber(checked), channel },
    'test call',
  );
  return {
    call,
    handle: {
      channel: channel ?? -1,
      hangup: () => {
        call.shutdown('hangup');
      },
      done: promise,
    },
  };
}

function atLeast(field: string, value: number, least: number): number {
  if (Number.isFinite(value) && value >= least) return value;
  throw new CodedError('BAD_ARGUMENT', `${field}: ${value} is not a time in ms`, {
    field,
    found: value,
    expected: `a number of at least ${least}`,
  });
}

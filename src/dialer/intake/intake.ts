import { CodedError, type ErrorCode } from '../../domain/errors.ts';
import type { ExtensionCheck } from '../../domain/extension.ts';
import type { Log } from '../../domain/log.ts';
import type { NumberDialer } from '../../domain/dial-plan.ts';
import { maskNumber, type CheckedNumber } from '../../domain/number.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { DialRequest } from '../../domain/request.ts';
import { callResult, type Cpa } from '../../domain/result.ts';
import type { Journal } from '../../journal/journal.ts';
import type { PullAnswer } from '../../link/client.ts';
import { checkCpa } from './call-analysis.ts';
import type { LimitGuard } from './limits.ts';
import type { JournalBuffer } from '../journal-buffer.ts';
import { checkTonePlan } from './tone-plan.ts';

export interface IntakeOptions {
  journal: Pick<Journal, 'stateOf' | 'resend'>;
  buffer: JournalBuffer;
  dialled: NumberDialer;
  limits: LimitGuard;
  checkExtension: ExtensionCheck;
  /** Tone plans of the board. */
  plans: readonly string[] | undefined;
  /** Who can analyse calls on some line of the board. */
  cpa: readonly Cpa[];
  isActive(attemptId: string): boolean;
  /** A request is not dialled, by the code of its refusal. */
  refused(code: ErrorCode): void;
  /** A known attempt came again: its stored reports go out again. */
  resent(): void;
  showNumbers: boolean;
  log: Log;
}

/**
 * Takes what a pull brought: into the journal first, all at once. What the journal knows already is never dialled
 * again; what may not be dialled gets its outcome here.
 *
 * @returns the requests to dial, each with the digits for the trunk
 * @throws CodedError JOURNAL_ERROR: nothing was taken, OCS will offer it again
 */
export function takeIn(
  options: IntakeOptions,
  answer: Pick<PullAnswer, 'requests' | 'refused'>,
): { request: DialRequest; digits: CheckedNumber }[] {
  const { buffer, log } = options;
  const seen = new Set<string>();
  const again: string[] = [];
  const isNew = ({ attemptId }: { attemptId: string }): boolean => {
    if (seen.has(attemptId) || options.isActive(attemptId)) return false;
    seen.add(attemptId);
    if (options.journal.stateOf(attemptId) === null) return true;
    log.info({ attemptId }, 'an attempt was sent again; it is not dialled again, its reports are repeated');
    again.push(attemptId);
    return false;
  };
  const requests = answer.requests.filter(isNew);
  const refused = answer.refused.filter(isNew);
  if (again.length > 0) {
    options.journal.resend(again);
    options.resent();
  }
  if (requests.length + refused.length === 0) return [];

  buffer.accept([
    ...requests.map((request) => ({ attemptId: request.attemptId, request })),
    ...refused.map(({ attemptId, request }) => ({ attemptId, request })),
  ]);
  for (const { attemptId, code, message } of refused) {
    log.warn({ attemptId, code }, `request refused: ${options.showNumbers ? message : code}`);
    options.refused(code);
    buffer.report(attemptId, { kind: 'outcome', outcome: undialled(code) });
  }
  return requests.flatMap((request) => {
    const { attemptId, number } = request;
    try {
      checkExtensions(request, options.checkExtension);
      checkTonePlan(request.plan, options.plans);
      checkCpa(request.cpa, options.cpa);
      const digits = options.dialled(number);
      options.limits.begin(digits, request.callerId);
      return [{ request, digits }];
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      if (error.code === 'JOURNAL_ERROR') {
        buffer.report(attemptId, { kind: 'hand_back', reason: error.code });
        return [];
      }
      options.refused(error.code);
      const shown = options.showNumbers ? number : maskNumber(number);
      log.warn({ attemptId, number: shown, code: error.code }, 'request refused');
      buffer.report(attemptId, { kind: 'outcome', outcome: undialled(error.code) });
      return [];
    }
  });
}

/** What the request names itself; an agent's extension is checked when it is known. */
function checkExtensions({ handoff, onMachine, onFax, onSilence }: DialRequest, check: ExtensionCheck): void {
  if (handoff.kind === 'destination') check(handoff.extension, 'handoff.extension');
  for (const [field, policy] of Object.entries({ onMachine, onFax, onSilence })) {
    if (policy.action === 'transfer') check(policy.extension, `${field}.extension`);
  }
}

function undialled(reason: string): Outcome {
  return {
    result: callResult.DialError,
    status: 'dial_error',
    reason,
    evidence: null,
    milestones: {},
    channel: null,
    agentId: null,
  };
}

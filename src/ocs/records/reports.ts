import { CodedError } from '../../domain/errors.ts';
import type { Report } from '../../link/schemas.ts';
import { advance, passMilestone, type Calls } from '../live/calls.ts';
import type { Store } from '../store/store.ts';
import type { AttemptRow } from '../store/tables.ts';
import type { Clock } from '../clock.ts';
import type { AgentCalls } from './agent-calls.ts';
import type { OptOuts } from './opt-outs.ts';
import { isLive, type AttemptEnds } from './attempt-ends.ts';

/** What the diallers say of attempts, carried out once each. */
export interface Reports {
  /**
   * Takes one report; the same one again is taken and does nothing.
   * @throws CodedError UNKNOWN_ATTEMPT; ILLEGAL_STATE when it contradicts the end that is already known
   */
  take(dialerId: string, report: Report): void;
}

export function createReports(parts: {
  agentCalls: AgentCalls;
  attemptEnds: AttemptEnds;
  calls: Calls;
  clock: Clock;
  optOuts: OptOuts;
  store: Store;
  changed(): void;
}): Reports {
  const { agentCalls, attemptEnds, calls, clock, optOuts, store } = parts;

  const progress = (attempt: AttemptRow, report: Report): void => {
    const call = calls.get(attempt.attempt_id);
    if (call !== undefined) store.memory.keep(call);
    switch (report.kind) {
      case 'accepted':
        if (attempt.state === 'leased') {
          store.attempts.set(attempt.attempt_id, { state: 'accepted', accepted_at: clock.now() });
        }
        if (call !== undefined) advance(call, 'dialling');
        return;
      case 'milestone': {
        const milestones = { ...(JSON.parse(attempt.milestones) as object), [report.name]: report.atMs };
        store.attempts.set(attempt.attempt_id, { milestones: JSON.stringify(milestones) });
        if (call !== undefined) passMilestone(call, report.name);
        return;
      }
      case 'result': {
        const answered =
          call?.answered ?? (JSON.parse(attempt.milestones) as { answered?: number }).answered !== undefined;
        const live = isLive(report.result, answered);
        attemptEnds.decide(attempt, live, answered);
        store.attempts.set(attempt.attempt_id, {
          result: report.result,
          evidence: report.evidence === null ? null : JSON.stringify(report.evidence),
        });
        // A person took over from the machine: somebody waits after all.
        if (call?.phase === 'ending' && live) call.phase = 'waiting';
        else if (call !== undefined) advance(call, live ? 'waiting' : 'ending');
        return;
      }
      case 'connected': {
        const agent = report.agentId ?? '';
        store.attempts.set(attempt.attempt_id, { connected_at: clock.now(), agent_id: agent });
        if (call !== undefined) advance(call, 'connected');
        agentCalls.connect(attempt.attempt_id, report.agentId, report.extension);
        return;
      }
      case 'do_not_call':
      case 'outcome':
      case 'hand_back':
        return;
    }
  };

  /**
   * The kind tells reports apart as well: a dialler that lost reports in a power failure may use their numbers for
   * others.
   */
  const isNew = (attempt: AttemptRow, { seq, kind }: Report): boolean => {
    if (attempt.seen !== '[]') {
      const seen = JSON.parse(attempt.seen) as (string | number)[];
      if (seen.includes(seq) || seen.includes(`${String(seq)} ${kind}`)) return false;
    }
    return store.attempts.firstReport(attempt.attempt_id, seq, kind);
  };

  return {
    take: (dialerId, report) => {
      store.transaction(() => {
        const attempt = store.attempts.get(report.attemptId);
        if (attempt?.dialer_id !== dialerId) {
          throw new CodedError('UNKNOWN_ATTEMPT', `dialler ${dialerId} has no attempt ${report.attemptId}`, {
            field: 'attemptId',
            found: report.attemptId,
          });
        }
        if (contradicts(attempt, report)) {
          throw new CodedError('ILLEGAL_STATE', `attempt ${report.attemptId} ended otherwise before`, {
            field: 'kind',
            found: report.kind,
            expected:
              `the end already reported: ${attempt.ended_by ?? ''} ${String(attempt.result ?? '')} ${attempt.status ?? ''}`.trim(),
          });
        }
        const finished = attempt.ended_by === 'outcome' || attempt.ended_by === 'hand_back';
        if (report.kind === 'do_not_call') {
          // A wish is no progress of the call: it counts also where the attempt has ended meanwhile.
          if (finished || isNew(attempt, report)) optOuts.take(attempt, report.key);
          return;
        }
        if (finished) return;
        if (report.kind === 'outcome' || report.kind === 'hand_back') {
          // The last word is known by the attempt itself, never by its number.
          store.attempts.forgetReports(report.attemptId);
          if (report.kind === 'outcome') attemptEnds.outcome(attempt, report.outcome);
          else attemptEnds.handBack(attempt, report.reason);
        } else if (attempt.ended_by === null && isNew(attempt, report)) progress(attempt, report);
      });
      parts.changed();
    },
  };
}

/** Whether the report tells another end than the one that is known. */
function contradicts(attempt: AttemptRow, report: Report): boolean {
  if (report.kind === 'hand_back') return attempt.ended_by === 'outcome';
  if (report.kind !== 'outcome') return false;
  if (attempt.ended_by === 'hand_back') return true;
  if (attempt.ended_by !== 'outcome') return false;
  const { outcome } = report;
  return (
    outcome.result !== attempt.result ||
    outcome.status !== attempt.status ||
    outcome.reason !== attempt.reason ||
    outcome.channel !== attempt.channel
  );
}

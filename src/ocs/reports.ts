import { CodedError } from '../domain/errors.ts';
import type { Outcome } from '../domain/outcome.ts';
import { recordStatus } from '../domain/record.ts';
import { callResult, type CallResult, type CallStatus } from '../domain/result.ts';
import type { Report } from '../link/schemas.ts';
import type { Attempts } from './attempts.ts';
import type { Calls } from './calls.ts';
import { advance, passMilestone } from './calls.ts';
import type { CampaignDefinition } from './campaign.ts';
import type { Campaigns } from './campaigns.ts';
import type { Clock } from './clock.ts';
import type { OcsConfig } from './config.ts';
import type { OcsDatabase } from './database.ts';
import type { DoNotCall } from './do-not-call.ts';
import { customerId } from './record-data.ts';
import type { Records } from './records.ts';
import type { Settlement } from './settlement.ts';
import type { AttemptRow, RecordRow } from './tables.ts';
import type { Work } from './work.ts';

/** What the diallers say of attempts, carried out once each. */
export interface Reports {
  /**
   * Takes one report; the same one again is taken and does nothing.
   * @throws CodedError UNKNOWN_ATTEMPT; ILLEGAL_STATE when it contradicts the end that is already known
   */
  take(dialerId: string, report: Report): void;
  /** Ends an attempt nobody has spoken of for too long. */
  stale(attempt: AttemptRow): void;
}

/** Somebody live, or a doubt. */
function isLive(result: CallResult, answered: boolean): boolean {
  return result === callResult.Answer || (result === callResult.Unknown && answered);
}

export function createReports(parts: {
  database: OcsDatabase;
  records: Records;
  attempts: Attempts;
  calls: Calls;
  campaigns: Campaigns;
  settlement: Settlement;
  doNotCall: DoNotCall;
  work: Work;
  clock: Clock;
  config: OcsConfig;
  changed(): void;
}): Reports {
  const { attempts, calls, campaigns, records, settlement, clock, work } = parts;

  const definitionOf = (name: string) => campaigns.get(name)?.definition ?? null;

  /** The record, as long as this attempt holds it: agents and newer attempts are not overruled. */
  const heldRecord = (attempt: AttemptRow): RecordRow | null => {
    const record = records.get(attempt.record_handle);
    return record?.current_attempt === attempt.attempt_id ? record : null;
  };

  /** The record of a stale attempt that comes back, unless something newer happened to it. */
  const staleRecord = (attempt: AttemptRow): RecordRow | null => {
    const record = records.get(attempt.record_handle);
    const untouched =
      record?.record_status === recordStatus.Stale &&
      record.current_attempt === null &&
      record.attempt === attempt.n;
    return untouched ? record : null;
  };

  const decide = (attempt: AttemptRow, live: boolean, answered: boolean) => {
    if (attempt.decided_at !== null) return;
    attempts.set(attempt.attempt_id, { decided_at: clock.now() });
    campaigns
      .get(attempt.campaign)
      ?.history.decided({ durationMs: clock.now() - attempt.leased_at, answered, live });
  };

  const end = (attempt: AttemptRow, outcome: Outcome): void => {
    const { attempt_id: attemptId } = attempt;
    const answered = outcome.milestones.answered !== undefined;
    const live = isLive(outcome.result, answered);
    const reached = attempt.connected_at !== null || outcome.status === 'transferred';
    decide(attempt, live, answered);
    const agentId = outcome.agentId ?? attempt.agent_id;
    attempts.set(attemptId, {
      state: 'ended',
      ended_at: clock.now(),
      ended_by: 'outcome',
      result: outcome.result,
      status: outcome.status,
      reason: outcome.reason,
      evidence: outcome.evidence === null ? attempt.evidence : JSON.stringify(outcome.evidence),
      milestones: JSON.stringify({
        ...(JSON.parse(attempt.milestones) as object),
        ...outcome.milestones,
      }),
      channel: outcome.channel,
      agent_id: reached ? agentId : null,
    });
    const missed = outcome.status === 'abandoned' || outcome.status === 'dropped';
    if (live && reached) campaigns.count(attempt.campaign, 'live');
    else if (live && missed) campaigns.count(attempt.campaign, 'abandoned');
    attempts.history(clock.now(), attempt.record_handle, attemptId, 'outcome', {
      result: outcome.result,
      status: outcome.status,
    });

    const definition = definitionOf(attempt.campaign);
    const hours =
      outcome.status === 'abandoned'
        ? (definition?.redialBlockHours.abandoned ?? 0)
        : outcome.result === callResult.AnsweringMachine
          ? (definition?.redialBlockHours.machine ?? 0)
          : 0;
    if (hours > 0) parts.doNotCall.block(attempt.phone, clock.now() + hours * 3_600_000);

    const wasStale = attempt.ended_by === 'stale';
    const record = wasStale ? staleRecord(attempt) : heldRecord(attempt);
    const withAgent = !wasStale && live && reached && hasDesk(attempt, outcome);
    const cancelled = isCancelled(attempt, outcome.status) && !reached;
    if (record !== null && !withAgent) {
      if (cancelled) giveUp(record, definition);
      else settlement.byResult(record, listResult(outcome, live, reached), definition);
    }
    work.callEnded(attemptId, outcome.status, withAgent);
    calls.remove(attemptId);
  };

  /** The record is open at an agent here, or is from now on since its `connected` report went astray. */
  const hasDesk = (attempt: AttemptRow, outcome: Outcome): boolean => {
    if (attempt.connected_at === null) {
      work.connect(attempt.attempt_id, outcome.agentId, null);
    }
    return work.has(attempt.attempt_id);
  };

  /**
   * Its record is not wanted any more. A campaign that is unloaded by force gives up its calls, not the records
   * whose calls ended by themselves before.
   */
  const isCancelled = (attempt: AttemptRow, status: CallStatus | null): boolean => {
    const cancel = calls.get(attempt.attempt_id)?.cancel ?? null;
    return cancel === 'unload' ? status === 'cancelled' : cancel !== null;
  };

  /** Closes a record that is not wanted any more as what it is now: forbidden, or cancelled. */
  const giveUp = (record: RecordRow, definition: CampaignDefinition | null): void => {
    const forbidden = parts.doNotCall.forbids(record.phone, customerId(record, definition));
    if (forbidden === null) settlement.cancel(record);
    else settlement.noCall(record, forbidden);
  };

  const handBack = (attempt: AttemptRow, reason: string): void => {
    attempts.set(attempt.attempt_id, {
      state: 'ended',
      ended_at: clock.now(),
      ended_by: 'hand_back',
      reason,
      agent_id: null,
    });
    const record = attempt.ended_by === 'stale' ? staleRecord(attempt) : heldRecord(attempt);
    if (record !== null) {
      if (isCancelled(attempt, null)) giveUp(record, definitionOf(attempt.campaign));
      else settlement.putBack(record, parts.config.handBackDelayMs, true);
    }
    work.callEnded(attempt.attempt_id, 'handed_back', false);
    calls.remove(attempt.attempt_id);
  };

  const progress = (attempt: AttemptRow, report: Report): void => {
    const call = calls.get(attempt.attempt_id);
    switch (report.kind) {
      case 'accepted':
        if (attempt.state === 'leased') {
          attempts.set(attempt.attempt_id, { state: 'accepted', accepted_at: clock.now() });
        }
        if (call !== undefined) advance(call, 'dialling');
        return;
      case 'milestone': {
        const milestones = { ...(JSON.parse(attempt.milestones) as object), [report.name]: report.atMs };
        attempts.set(attempt.attempt_id, { milestones: JSON.stringify(milestones) });
        if (call !== undefined) passMilestone(call, report.name);
        return;
      }
      case 'result': {
        const answered =
          call?.answered ?? (JSON.parse(attempt.milestones) as { answered?: number }).answered !== undefined;
        const live = isLive(report.result, answered);
        decide(attempt, live, answered);
        attempts.set(attempt.attempt_id, {
          result: report.result,
          evidence: report.evidence === null ? null : JSON.stringify(report.evidence),
        });
        if (call !== undefined) advance(call, live ? 'waiting' : 'ending');
        return;
      }
      case 'connected': {
        const agent = report.agentId ?? '';
        attempts.set(attempt.attempt_id, { connected_at: clock.now(), agent_id: agent });
        if (call !== undefined) advance(call, 'connected');
        work.connect(attempt.attempt_id, report.agentId, report.extension);
        return;
      }
      case 'outcome':
      case 'hand_back':
        return;
    }
  };

  const contradicts = (attempt: AttemptRow, report: Report): boolean => {
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
  };

  return {
    take: (dialerId, report) => {
      parts.database.transaction(() => {
        const attempt = attempts.get(report.attemptId);
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
        const seen = JSON.parse(attempt.seen) as number[];
        if (seen.includes(report.seq)) return;
        attempts.set(report.attemptId, { seen: JSON.stringify([...seen, report.seq]) });
        const finished = attempt.ended_by === 'outcome' || attempt.ended_by === 'hand_back';
        if (finished) return;
        if (report.kind === 'outcome') end(attempt, report.outcome);
        else if (report.kind === 'hand_back') handBack(attempt, report.reason);
        else if (attempt.ended_by === null) progress(attempt, report);
      });
      parts.changed();
    },
    stale: (attempt) => {
      parts.database.transaction(() => {
        attempts.set(attempt.attempt_id, {
          state: 'ended',
          ended_at: clock.now(),
          ended_by: 'stale',
          result: callResult.Stale,
          reason: 'nothing heard of it',
        });
        const record = heldRecord(attempt);
        const withAgent = attempt.connected_at !== null && work.has(attempt.attempt_id);
        if (record !== null && !withAgent) {
          if (isCancelled(attempt, null)) giveUp(record, definitionOf(attempt.campaign));
          else settlement.stale(record, definitionOf(attempt.campaign));
        }
        work.callEnded(attempt.attempt_id, 'stale', withAgent);
        calls.remove(attempt.attempt_id);
      });
      parts.changed();
    },
  };
}

/**
 * The calling list has one column for both axes: a live person who reached nobody is not an Answer there.
 */
function listResult(outcome: Outcome, live: boolean, reached: boolean): CallResult {
  if (!live) return outcome.result;
  if (reached) return callResult.Answer;
  switch (outcome.status) {
    case 'abandoned':
      return callResult.Abandoned;
    case 'released':
      return callResult.RemoteRelease;
    case 'transferred':
    case 'dropped':
    case 'dial_error':
    case 'cancelled':
      return callResult.CallDropError;
  }
}

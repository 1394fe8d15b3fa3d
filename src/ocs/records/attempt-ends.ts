import type { CampaignDefinition } from '../../api/campaign-definition.ts';
import { isAnnounced, type Outcome } from '../../domain/outcome.ts';
import { recordStatus } from '../../domain/record.ts';
import { callResult, type CallResult, type CallStatus } from '../../domain/result.ts';
import type { Calls } from '../live/calls.ts';
import type { Campaigns } from '../live/campaigns.ts';
import type { Store } from '../store/store.ts';
import type { AttemptRow, RecordRow } from '../store/tables.ts';
import { elapsedAt, type Clock } from '../clock.ts';
import type { OcsConfig } from '../config.ts';
import type { AgentCalls } from './agent-calls.ts';
import { customerId } from './record-data.ts';
import type { Settlement } from './settlement.ts';

/** The ends of attempts and what they mean for their records. Each is part of the caller's transaction. */
export interface AttemptEnds {
  /** It is known now whether somebody live answered: pacing learns from it, once for each attempt. */
  decide(attempt: AttemptRow, live: boolean, answered: boolean): void;
  /** The dialler reported the outcome. */
  outcome(attempt: AttemptRow, outcome: Outcome): void;
  /** The dialler never dialled it. */
  handBack(attempt: AttemptRow, reason: string): void;
  /** Nobody has spoken of it for too long. */
  stale(attempt: AttemptRow): void;
}

/** Somebody live, or a doubt. */
export function isLive(result: CallResult, answered: boolean): boolean {
  return result === callResult.Answer || (result === callResult.Unknown && answered);
}

/** A telephone that has just rung in vain rests for so long. */
const letGoDelayMs = 600_000;

/**
 * It only rang when the dialler let go, for reasons of its own: nobody was reached, and the record is to be called
 * again, unless the campaign says what this result means.
 */
function wasLetGo({ result }: Outcome, definition: CampaignDefinition | null): boolean {
  const treated = definition?.treatments.some((treatment) => treatment.result.includes(result)) === true;
  return result === callResult.DroppedOnNoAnswer && !treated;
}

export function createAttemptEnds(parts: {
  agentCalls: AgentCalls;
  calls: Calls;
  campaigns: Campaigns;
  clock: Clock;
  config: OcsConfig;
  settlement: Settlement;
  store: Store;
}): AttemptEnds {
  const { agentCalls, calls, campaigns, clock, settlement, store } = parts;

  const definitionOf = (name: string) => campaigns.get(name)?.definition ?? null;

  const decide: AttemptEnds['decide'] = (attempt, live, answered) => {
    if (attempt.decided_at !== null) return;
    store.attempts.set(attempt.attempt_id, { decided_at: clock.now() });
    const leasedAt = calls.get(attempt.attempt_id)?.leasedAt ?? elapsedAt(clock, attempt.leased_at);
    const decided = { durationMs: clock.elapsed() - leasedAt, answered, live };
    store.memory.afterwards(() => campaigns.get(attempt.campaign)?.history.decided(decided));
  };

  /** The record is open at an agent here, or is from now on since its `connected` report went astray. */
  const hasDesk = (attempt: AttemptRow, outcome: Outcome): boolean => {
    if (attempt.connected_at === null) {
      agentCalls.connect(attempt.attempt_id, outcome.agentId, null);
    }
    return store.openRecords.hasAttempt(attempt.attempt_id);
  };

  /** Closes a record that is not wanted any more as what it is now: forbidden, or cancelled. */
  const giveUp = (record: RecordRow, definition: CampaignDefinition | null): void => {
    const forbidden = store.doNotCall.forbids(record.phone, customerId(record, definition));
    if (forbidden === null) settlement.cancel(record);
    else settlement.noCall(record, forbidden);
  };

  const outcomeOf: AttemptEnds['outcome'] = (attempt, outcome) => {
    const { attempt_id: attemptId } = attempt;
    const answered = outcome.milestones.answered !== undefined;
    const live = isLive(outcome.result, answered);
    const reached = attempt.connected_at !== null || outcome.status === 'transferred';
    decide(attempt, live, answered);
    const agentId = outcome.agentId ?? attempt.agent_id;
    store.attempts.set(attemptId, {
      ...columnsOf(outcome, attempt),
      ended_at: clock.now(),
      agent_id: reached ? agentId : null,
    });
    const missed = (outcome.status === 'abandoned' || outcome.status === 'dropped') && !isAnnounced(outcome);
    if (live && reached) campaigns.count(attempt.campaign, 'live');
    else if (live && missed) campaigns.count(attempt.campaign, 'abandoned');
    store.history.add(clock.now(), attempt.record_handle, attemptId, 'outcome', {
      result: outcome.result,
      status: outcome.status,
    });

    const definition = definitionOf(attempt.campaign);
    const hours = redialBlockHours(outcome, definition);
    if (hours > 0) store.doNotCall.block(attempt.phone, clock.now() + hours * 3_600_000);

    const wasStale = attempt.ended_by === 'stale';
    const record = wasStale ? staleRecord(store, attempt) : heldRecord(store, attempt);
    // Whoever talks to the customer keeps the record, whatever became of the attempt's other reports.
    const isOpen = attempt.connected_at !== null && store.openRecords.hasAttempt(attemptId);
    const withAgent = isOpen || (!wasStale && live && reached && hasDesk(attempt, outcome));
    const cancelled = isCancelled(calls, attempt, outcome.status) && !reached;
    if (record !== null && !withAgent) {
      if (cancelled) giveUp(record, definition);
      else if (wasLetGo(outcome, definition)) settlement.putBack(record, letGoDelayMs, false);
      else {
        const result = listResult(outcome, live, reached);
        settlement.byResult(record, result, definition, undefined, outcome.reason);
      }
    }
    agentCalls.ended(attemptId, outcome.status, withAgent, outcome.reason);
    calls.remove(attemptId);
  };

  const handBack: AttemptEnds['handBack'] = (attempt, reason) => {
    store.attempts.set(attempt.attempt_id, {
      state: 'ended',
      ended_at: clock.now(),
      ended_by: 'hand_back',
      reason,
      agent_id: null,
    });
    const record = attempt.ended_by === 'stale' ? staleRecord(store, attempt) : heldRecord(store, attempt);
    if (record !== null) {
      if (isCancelled(calls, attempt, null)) giveUp(record, definitionOf(attempt.campaign));
      else settlement.putBack(record, parts.config.handBackDelayMs, true);
    }
    agentCalls.ended(attempt.attempt_id, 'handed_back', false);
    calls.remove(attempt.attempt_id);
  };

  const stale: AttemptEnds['stale'] = (attempt) => {
    store.attempts.forgetReports(attempt.attempt_id);
    store.attempts.set(attempt.attempt_id, {
      state: 'ended',
      ended_at: clock.now(),
      ended_by: 'stale',
      result: callResult.Stale,
      reason: 'nothing heard of it',
    });
    const record = heldRecord(store, attempt);
    const withAgent = attempt.connected_at !== null && store.openRecords.hasAttempt(attempt.attempt_id);
    if (record !== null && !withAgent) {
      if (isCancelled(calls, attempt, null)) giveUp(record, definitionOf(attempt.campaign));
      else settlement.stale(record, definitionOf(attempt.campaign));
    }
    agentCalls.ended(attempt.attempt_id, 'stale', withAgent);
    calls.remove(attempt.attempt_id);
  };

  return { decide, outcome: outcomeOf, handBack, stale };
}

/** An outcome as the attempt's row keeps it, with what earlier reports told. */
function columnsOf(outcome: Outcome, attempt: AttemptRow): Partial<AttemptRow> {
  const known = JSON.parse(attempt.milestones) as object;
  return {
    state: 'ended',
    ended_by: 'outcome',
    result: outcome.result,
    status: outcome.status,
    reason: outcome.reason,
    evidence: outcome.evidence === null ? attempt.evidence : JSON.stringify(outcome.evidence),
    milestones: JSON.stringify({ ...known, ...outcome.milestones }),
    channel: outcome.channel,
  };
}

/**
 * The calling list has one column for both axes: a live person who reached nobody is not an Answer there.
 */
function listResult(outcome: Outcome, live: boolean, reached: boolean): CallResult {
  if (!live) return outcome.result;
  if (reached || isAnnounced(outcome)) return callResult.Answer;
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

/** The record, as long as this attempt holds it: agents and newer attempts are not overruled. */
function heldRecord(store: Store, attempt: AttemptRow): RecordRow | null {
  const record = store.records.get(attempt.record_handle);
  return record?.current_attempt === attempt.attempt_id ? record : null;
}

/** The record of a stale attempt that comes back, unless something newer happened to it. */
function staleRecord(store: Store, attempt: AttemptRow): RecordRow | null {
  const record = store.records.get(attempt.record_handle);
  const untouched =
    record?.record_status === recordStatus.Stale &&
    record.current_attempt === null &&
    record.attempt === attempt.n;
  return untouched ? record : null;
}

/** How long the number is not called again after an abandoned call or a machine. */
function redialBlockHours(outcome: Outcome, definition: CampaignDefinition | null): number {
  if (definition === null) return 0;
  const { abandoned, machine } = definition.redialBlockHours;
  if (outcome.status === 'abandoned') return abandoned;
  return outcome.result === callResult.AnsweringMachine ? machine : 0;
}

/**
 * Its record is not wanted any more. A campaign that is unloaded by force gives up its calls, not the records
 * whose calls ended by themselves before.
 */
function isCancelled(calls: Calls, attempt: AttemptRow, status: CallStatus | null): boolean {
  const cancel = calls.get(attempt.attempt_id)?.cancel ?? null;
  return cancel === 'unload' ? status === 'cancelled' : cancel !== null;
}

import { callPhases, type CallPhase } from '../../api/campaigns.ts';
import { milestoneNames, type MilestoneName } from '../../domain/outcome.ts';
import type { DialRequest } from '../../domain/request.ts';
import { elapsedAt, type Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { AttemptRow } from '../store/tables.ts';

/**
 * Why a call is to end. `record`: its record is not wanted any more; `unanswered`: the same, but whoever answered
 * is not hung up on; `unload`: its campaign is unloaded by force, records whose calls ended by themselves are kept.
 */
export type CancelKind = 'record' | 'unanswered' | 'unload';

/** An open attempt, kept in memory for pacing and status; the database has it too. */
export interface OpenCall {
  readonly attemptId: string;
  readonly handle: number;
  readonly campaign: string;
  readonly dialerId: string;
  /** The dialler's journal to which the request went; null when the dialler named none. */
  readonly journalId: string | null;
  readonly request: DialRequest;
  /** `elapsed` of the OCS clock. */
  readonly leasedAt: number;
  /** Last time the dialler spoke of it (wire clock). A restart of OCS gives every call its full time again. */
  heardAt: number;
  phase: CallPhase;
  /** Sent, perhaps accepted, but no channel works on it yet as far as OCS knows: it can still be handed back. */
  undialled: boolean;
  answered: boolean;
  /** A supervisor, an agent or the Do Not Call list wants it to end. */
  cancel: CancelKind | null;
}

export interface Calls {
  get(attemptId: string): OpenCall | undefined;
  all(): OpenCall[];
  add(
    call: Pick<
      OpenCall,
      'attemptId' | 'handle' | 'campaign' | 'dialerId' | 'journalId' | 'request' | 'leasedAt' | 'heardAt'
    >,
  ): OpenCall;
  remove(attemptId: string): void;
  /** The dialler spoke of these attempts. */
  heard(dialerId: string, attemptIds: readonly string[], wireNow: number): void;
}

export function createCalls({ attempts, memory }: Store, clock: Clock, wireNow: number): Calls {
  const calls = new Map<string, OpenCall>();
  const add: Calls['add'] = (call) => {
    const open: OpenCall = { ...call, phase: 'leased', undialled: true, answered: false, cancel: null };
    memory.keepEntry(calls, call.attemptId);
    calls.set(call.attemptId, open);
    return open;
  };
  for (const row of attempts.open()) {
    restore(row, { leasedAt: elapsedAt(clock, row.leased_at), heardAt: wireNow }, add);
  }
  return {
    get: (attemptId) => calls.get(attemptId),
    all: () => [...calls.values()],
    add,
    remove: (attemptId) => {
      memory.keepEntry(calls, attemptId);
      calls.delete(attemptId);
    },
    heard: (dialerId, attemptIds, wireNow) => {
      for (const attemptId of attemptIds) {
        const call = calls.get(attemptId);
        if (call?.dialerId !== dialerId) continue;
        memory.keep(call);
        call.heardAt = wireNow;
      }
    },
  };
}

function restore(row: AttemptRow, times: Pick<OpenCall, 'leasedAt' | 'heardAt'>, add: Calls['add']): void {
  const call = add({
    attemptId: row.attempt_id,
    handle: row.record_handle,
    campaign: row.campaign,
    dialerId: row.dialer_id,
    journalId: row.journal_id,
    request: JSON.parse(row.request) as DialRequest,
    ...times,
  });
  const milestones = JSON.parse(row.milestones) as Partial<Record<MilestoneName, number>>;
  if (row.accepted_at !== null) call.phase = 'dialling';
  for (const name of milestoneNames) if (milestones[name] !== undefined) passMilestone(call, name);
  if (row.connected_at !== null) call.phase = 'connected';
  call.cancel = row.cancel as CancelKind | null;
}

/** What a milestone of the dialler means for the call's phase; a late one takes nothing back. */
export function passMilestone(call: OpenCall, name: MilestoneName): void {
  if (name !== 'queued') call.undialled = false;
  if (name === 'answered') {
    call.answered = true;
    advance(call, 'answered');
  } else if (name === 'released') {
    call.phase = 'ending';
  } else if (name === 'agentRequested') {
    advance(call, 'waiting');
  } else if (name === 'agentConnected') {
    advance(call, 'connected');
  } else if (name !== 'queued') {
    advance(call, 'dialling');
  }
}

/** Phases only go on. */
export function advance(call: OpenCall, to: CallPhase): void {
  if (callPhases.indexOf(to) > callPhases.indexOf(call.phase)) call.phase = to;
}

/** Not known yet whether a live person is there. */
export function isUndecided(call: OpenCall): boolean {
  return call.phase === 'leased' || call.phase === 'dialling' || call.phase === 'answered';
}

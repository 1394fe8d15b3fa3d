import { milestoneNames, type MilestoneName } from '../domain/outcome.ts';
import type { DialRequest } from '../domain/request.ts';
import type { Attempts } from './attempts.ts';
import type { AttemptRow } from './tables.ts';

/**
 * Where a call stands for OCS. `leased`: sent; `dialling`: accepted and under way; `answered`: somebody or
 * something picked up; `waiting`: a live call that wants an agent; `connected`: with an agent.
 */
export const callPhases = ['leased', 'dialling', 'answered', 'waiting', 'connected', 'ending'] as const;
export type CallPhase = (typeof callPhases)[number];

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
  readonly request: DialRequest;
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
      'attemptId' | 'handle' | 'campaign' | 'dialerId' | 'request' | 'leasedAt' | 'heardAt'
    >,
  ): OpenCall;
  remove(attemptId: string): void;
  /** The dialler spoke of these attempts. */
  heard(dialerId: string, attemptIds: readonly string[], wireNow: number): void;
}

export function createCalls(attempts: Attempts, wireNow: number): Calls {
  const calls = new Map<string, OpenCall>();
  const add: Calls['add'] = (call) => {
    const open: OpenCall = { ...call, phase: 'leased', undialled: true, answered: false, cancel: null };
    calls.set(call.attemptId, open);
    return open;
  };
  for (const row of attempts.open()) restore(row, wireNow, add);
  return {
    get: (attemptId) => calls.get(attemptId),
    all: () => [...calls.values()],
    add,
    remove: (attemptId) => {
      calls.delete(attemptId);
    },
    heard: (dialerId, attemptIds, wireNow) => {
      for (const attemptId of attemptIds) {
        const call = calls.get(attemptId);
        if (call?.dialerId === dialerId) call.heardAt = wireNow;
      }
    },
  };
}

function restore(row: AttemptRow, wireNow: number, add: Calls['add']): void {
  const call = add({
    attemptId: row.attempt_id,
    handle: row.record_handle,
    campaign: row.campaign,
    dialerId: row.dialer_id,
    request: JSON.parse(row.request) as DialRequest,
    leasedAt: row.leased_at,
    heardAt: wireNow,
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

import { maskNumber } from '../domain/number.ts';
import type { RunningCall } from './call/running-call.ts';
import type { CallSnapshot } from './contract.ts';

/** The calls of this dialler as they are now: those for OCS, and engineers' test calls, of which OCS knows nothing. */
export interface LiveCalls {
  add(call: RunningCall): void;
  /** The call is over. */
  remove(call: RunningCall): void;
  /** Begins a call, or lets it wait until a channel for it is free. */
  begin(call: RunningCall): void;
  /** A channel is free. */
  beginWaiting(): void;
  /** Calls that wait for a channel. */
  readonly waiting: number;
  /** Of a call for OCS. */
  get(attemptId: string): RunningCall | undefined;
  /** Also of a test call, by its name. */
  find(id: string): RunningCall | undefined;
  attemptIds(): string[];
  /** Those for OCS; whoever ends some of them goes through these all the same. */
  forOcs(): RunningCall[];
  all(): RunningCall[];
  /** Resolves when no call is left, or `giveUp` was called. */
  allEnded(): Promise<void>;
  /** Nobody waits for the end of calls any more. */
  giveUp(): void;
  /** @param now board ms */
  snapshots(now: number, showNumbers: boolean): CallSnapshot[];
}

export function createLiveCalls(): LiveCalls {
  const calls = new Map<string, RunningCall>();
  const tests = new Map<string, RunningCall>();
  /** Calls without a channel yet, oldest first. */
  const queue = new Set<RunningCall>();
  let givenUp = false;
  let callEnded: (() => void)[] = [];

  const placeOf = ({ state: { request } }: RunningCall) => (request.handoff.kind === 'test' ? tests : calls);

  const wakeWaiting = (): void => {
    const waiting = callEnded;
    callEnded = [];
    for (const resolve of waiting) resolve();
  };

  return {
    add(call) {
      placeOf(call).set(call.state.request.attemptId, call);
    },
    remove(call) {
      placeOf(call).delete(call.state.request.attemptId);
      queue.delete(call);
      wakeWaiting();
    },
    begin(call) {
      if (!call.begin()) queue.add(call);
    },
    beginWaiting() {
      // One that needs lines of another kind must not hold up those behind it.
      for (const call of queue) {
        if (call.begin()) queue.delete(call);
      }
    },
    get waiting() {
      return queue.size;
    },
    get: (attemptId) => calls.get(attemptId),
    find: (id) => calls.get(id) ?? tests.get(id),
    attemptIds: () => [...calls.keys()],
    forOcs: () => [...calls.values()],
    all: () => [...calls.values(), ...tests.values()],
    async allEnded() {
      while (calls.size + tests.size > 0 && !givenUp) {
        await new Promise<void>((resolve) => {
          callEnded.push(resolve);
        });
      }
    },
    giveUp() {
      givenUp = true;
      wakeWaiting();
    },
    snapshots: (now, showNumbers) =>
      [...calls.values(), ...tests.values()].map(({ state }) => ({
        attemptId: state.request.attemptId,
        campaign: state.request.campaign,
        number: showNumbers ? state.request.number : maskNumber(state.request.number),
        phase: state.phase,
        channel: state.channel,
        agentId: state.agentId,
        ageMs: now - state.takenAt,
        phaseAgeMs: now - state.phaseSince,
        test: state.request.handoff.kind === 'test',
      })),
  };
}

import { newCall, step } from '../../domain/call/call.ts';
import type {
  CallEvent,
  CallReport,
  CallSettings,
  CallSignal,
  CallState,
} from '../../domain/call/call-state.ts';
import { maskNumber, type CheckedNumber } from '../../domain/number.ts';
import { oneAtATime } from '../../domain/one-at-a-time.ts';
import { heardEvidence, lessonOf } from '../../domain/recording-lesson.ts';
import type { CallRequest } from '../../domain/request.ts';
import { callInputOf } from './board-events.ts';
import { createCallCommands } from './call-commands.ts';
import type { CallContext, CallLine, CallParty } from './call-context.ts';
import { createCallEffects } from './call-effects.ts';
import { createCallTimers } from './call-timers.ts';
import { figuresOf, finalWordOf, type FinalWord } from './final-word.ts';

export interface RunningCall {
  readonly state: CallState;
  /** Takes a free channel, or `wanted`, and begins; false when there is none: try again when one is free. */
  begin(wanted?: number): boolean;
  cancel(): void;
  shutdown(how: 'drain' | 'hangup'): void;
  /** No agent can be had, since OCS is gone. */
  noAgents(): void;
}

/**
 * Runs one call: feeds `step` and carries out what it says, in order. An event that comes up while effects are
 * carried out (a command refused at once, a leg that is idle) waits for its turn.
 *
 * @param digits what the trunk gets, made from the request's number by the dial plan
 */
export function runCall(
  context: CallContext,
  request: CallRequest,
  digits: CheckedNumber,
  settings: CallSettings,
  party: CallParty,
): RunningCall {
  const { board, config, observer, pool } = context;
  const { attemptId, campaign } = request;
  const line: CallLine = { channel: null, ref: 0 };
  const created = newCall(request, settings, board.now());
  let state = created.state;
  let final: FinalWord | null = null;
  let prints: Uint32Array | null = null;

  /** A fault of ours in one call must not end the process: the other calls are people. Its watchdogs stay. */
  const take = oneAtATime<CallEvent>((event) => {
    try {
      turn(event);
    } catch (error) {
      context.log.error(
        { attemptId, channel: line.channel, event: event.type, phase: state.phase, err: error },
        'an internal error in a call; its time limits still hold',
      );
    }
  });
  const send = (event: CallSignal, at = board.now()): void => {
    take({ ...event, at });
  };
  const report = (body: CallReport): void => {
    party.report(body);
    const end = finalWordOf(body);
    if (end === null) return;
    final = end;
    const number = config.showNumbers ? request.number : maskNumber(request.number);
    const test = request.handoff.kind === 'test';
    if (end.outcome !== null && !test) {
      const heard = { attemptId, number: request.number, prints, evidence: heardEvidence(end.outcome) };
      config.knownRecordings?.learning?.ended(heard, lessonOf(end.outcome, prints !== null));
    }
    observer.ended?.({ attemptId, campaign, number, test, ...end, ...figuresOf(end.outcome) });
  };
  const timers = createCallTimers(board, (name) => {
    send({ type: 'timer', name });
  });
  const commanded = { context, request, digits, party, line, phase: () => state.phase, send };
  const commands = createCallCommands(commanded);
  const carryOut = createCallEffects({ ...commanded, state: () => state, commands, timers, report });

  function turn(event: CallEvent): void {
    const result = step(state, event);
    state = result.state;
    for (const effect of result.effects) carryOut(effect);
    if (state.phase !== 'ended' || final === null) return;
    timers.cancelAll();
    const end = final;
    final = null;
    party.ended(end);
  }

  for (const effect of created.effects) carryOut(effect);

  return {
    get state() {
      return state;
    },
    begin(wanted) {
      const taken = pool.take(
        {
          kind: 'call',
          id: attemptId,
          onEvent: (event) => {
            party.onBoardEvent?.(event);
            if (event.type === 'observation' && event.prints !== undefined) prints ??= event.prints;
            const input = callInputOf(event);
            if (input !== null) send(input, event.at);
          },
          onAlarm: (alarm) => {
            send({ type: 'alarm', alarm });
          },
        },
        { channel: wanted, cpa: request.cpa },
      );
      if (taken === null) return false;
      line.channel = taken.channel;
      line.ref = taken.ref;
      send({ type: 'start', channel: taken.channel, answerSignalled: taken.kind !== 'analog' });
      return true;
    },
    cancel() {
      send({ type: 'cancel' });
    },
    shutdown(how) {
      send({ type: 'shutdown', how });
    },
    noAgents() {
      send({ type: 'no_agents' });
    },
  };
}

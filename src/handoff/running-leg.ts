import type { Board, BoardEvent, CallRef } from '../board/board.ts';
import { CodedError } from '../domain/errors.ts';
import {
  newLeg,
  stepLeg,
  type LegCommand,
  type LegEffect,
  type LegEvent,
  type LegState,
} from '../domain/leg.ts';
import type { Log } from '../domain/log.ts';
import { checkDialled } from '../domain/number.ts';
import { oneAtATime } from '../domain/one-at-a-time.ts';
import type { EngagementReport } from '../link/schemas.ts';

/** A call that wants a leg. Called in the same turn when one is idle. */
export interface LegTaker {
  leg(agentId: string, channel: number): void;
  /** The leg went away while it was the taker's. */
  lost(): void;
}

/** What legs need of the channel pool. */
export interface LegChannels {
  take(owner: { kind: 'leg'; id: string; onEvent: (event: BoardEvent) => void }): {
    channel: number;
    ref: CallRef;
  } | null;
  release(channel: number, condition: 'good' | 'suspect' | 'lost', reason: string | null): void;
}

export interface LegContext {
  board: Board;
  channels: LegChannels;
  /** Tone plan of the switch. */
  plan: string;
  report: (report: EngagementReport) => void;
  log: Log;
}

/** A leg on its channel. */
export interface RunningLeg {
  readonly state: LegState;
  readonly channel: number;
  begin(): void;
  send(event: LegEvent): void;
  /** A call takes it. */
  give(attemptId: string, taker: LegTaker): void;
  /** The call does not want it any more. */
  giveBack(): void;
}

/** Whoever keeps the legs. */
export interface LegKeeper {
  /** Nobody has the leg: a call that waits may take it. */
  offer(leg: RunningLeg): void;
  /** It is over; its last effects follow. */
  ended(leg: RunningLeg): void;
}

const ringTimeoutMs = 30_000;

/** @returns null when no channel is free */
export function createLeg(
  context: LegContext,
  engagement: Parameters<typeof newLeg>[0],
  keeper: LegKeeper,
): RunningLeg | null {
  const { board, channels, log } = context;
  const taken = channels.take({
    kind: 'leg',
    id: engagement.engagementId,
    onEvent: (event) => {
      const input = legEventOf(event);
      if (input !== null) send(input);
    },
  });
  if (taken === null) return null;
  const { channel, ref } = taken;
  const created = newLeg(engagement);
  let state = created.state;
  /** Set while a call has it. */
  let taker: LegTaker | null = null;
  let cancelTimer = (): void => {};

  const command = (name: LegCommand): void => {
    try {
      commandBoard(context, { channel, ref, state }, name);
    } catch (error) {
      const code = error instanceof CodedError ? error.code : 'INTERNAL';
      const fields = { engagementId: state.engagementId, channel, command: name, code };
      // A leg that was never joined is refused a part: nothing is wrong with it.
      if (name === 'part') log.debug(fields, 'an agent leg had nothing to part from');
      else log.warn(fields, 'the board refused a command for an agent leg');
      send({ type: 'refused', command: name });
    }
  };

  const carryOut = (effect: LegEffect): void => {
    switch (effect.kind) {
      case 'seize':
      case 'dial':
      case 'part':
      case 'drop':
      case 'reset':
        command(effect.kind);
        return;
      case 'start_timer':
        cancelTimer = board.after(effect.ms, () => {
          send({ type: 'timer', phase: effect.phase });
        });
        return;
      case 'cancel_timer':
        cancelTimer();
        cancelTimer = () => {};
        return;
      case 'offer':
        keeper.offer(leg);
        return;
      case 'give':
        taker?.leg(state.agentId, channel);
        return;
      case 'take_away': {
        const lost = taker;
        taker = null;
        lost?.lost();
        return;
      }
      case 'report': {
        const { engagementId } = state;
        context.report({ engagementId, state: effect.state, reason: effect.reason });
        return;
      }
      case 'free_channel':
        channels.release(channel, effect.condition, effect.reason);
        return;
    }
  };

  const take = oneAtATime<LegEvent>((event) => {
    const result = stepLeg(state, event, board.now());
    state = result.state;
    if (state.phase === 'ended') keeper.ended(leg);
    for (const effect of result.effects) carryOut(effect);
  });
  function send(event: LegEvent): void {
    take(event);
  }

  const leg: RunningLeg = {
    get state() {
      return state;
    },
    channel,
    begin() {
      for (const effect of created.effects) carryOut(effect);
    },
    send,
    give(attemptId, by) {
      taker = by;
      send({ type: 'take', attemptId });
    },
    giveBack() {
      taker = null;
      send({ type: 'give_back' });
    },
  };
  return leg;
}

/** @throws CodedError when the board does not take the command */
function commandBoard(
  { board, plan }: LegContext,
  { channel, ref, state }: { channel: number; ref: CallRef; state: LegState },
  name: LegCommand,
): void {
  switch (name) {
    case 'seize':
      board.seize(channel, ref);
      return;
    case 'dial':
      board.dial(channel, ref, checkDialled(state.extension, 'extension'), {
        plan,
        mode: 'no_progress_detection',
        ringTimeoutMs,
        cpdTimeoutMs: 4_500,
        noDetection: true,
      });
      return;
    case 'part':
      board.part(channel, ref);
      return;
    case 'drop':
      board.drop(channel, ref);
      return;
    case 'reset':
      board.reset(channel);
      return;
  }
}

/** A board event in the words of a leg; null when it means nothing to one. */
function legEventOf(event: BoardEvent): LegEvent | null {
  switch (event.type) {
    case 'seized':
    case 'answered':
    case 'parted':
    case 'no_answer':
    case 'disconnected':
    case 'released':
    case 'reset':
    case 'failed':
    case 'out_of_service':
    case 'dead':
      return event;
    default:
      return null;
  }
}

import type { Board, BoardEvent, CallRef } from '../board/board.ts';
import { CodedError } from '../domain/errors.ts';
import type { ExtensionCheck } from '../domain/extension.ts';
import type { Log } from '../domain/log.ts';
import { checkNumber } from '../domain/number.ts';
import type { Command, EngagementReport } from '../link/schemas.ts';

/** A call that wants a leg. Called in the same turn when one is idle. */
export interface LegTaker {
  leg(agentId: string, channel: number): void;
  /** The leg went away while it was the taker's. */
  lost(): void;
}

export interface LegSnapshot {
  engagementId: string;
  group: string;
  agentId: string;
  channel: number;
  state: LegState;
  taker: string | null;
}

/** Agents' legs kept up for engaged hand-off (ASM). */
export interface Legs {
  engage(command: Extract<Command, { kind: 'engage' }>): void;
  /** Lets a leg go once its present call ended. */
  disengage(engagementId: string): void;
  /**
   * OCS forgot us and our legs. It will ask for those it still wants, under new ids: a leg that is up for that
   * agent is taken over, so that no telephone rings twice. The others are let go after a while.
   */
  forgotten(): void;
  /** The leg of the group that is idle longest, at once, or the next one that becomes idle; first come, first served. */
  take(group: string, attemptId: string, taker: LegTaker): void;
  /** The wish is over; a leg that was the call's is parted and idle again. */
  giveBack(attemptId: string): void;
  dropAll(): void;
  snapshot(): LegSnapshot[];
}

export interface LegsOptions {
  board: Board;
  channels: LegChannels;
  /** Tone plan of the switch. */
  plan: string;
  /** Throws CodedError EXTENSION_NOT_ALLOWED. */
  checkExtension: ExtensionCheck;
  report: (report: EngagementReport) => void;
  log: Log;
}

/** What legs need of the channel pool. */
export interface LegChannels {
  take(owner: { kind: 'leg'; id: string; onEvent: (event: BoardEvent) => void }): {
    channel: number;
    ref: CallRef;
  } | null;
  release(channel: number, condition: 'good' | 'suspect' | 'lost', reason: string | null): void;
}

export type LegState = 'seizing' | 'dialling' | 'idle' | 'taken' | 'parting' | 'dropping' | 'resetting';

interface Leg extends Omit<LegSnapshot, 'taker'> {
  extension: string;
  ref: CallRef;
  taker: { attemptId: string; taker: LegTaker } | null;
  /** To be dropped when its call ended. */
  leaving: boolean;
  /** OCS does not know of it. */
  orphan: boolean;
  wasUp: boolean;
  /** Board ms; the agent who waited longest comes first. */
  idleSince: number;
  reason: string | null;
  cancelWatchdog: () => void;
}

/** Board ms before an expected event of a leg counts as lost. */
const watchdogMs: Record<LegState, number | null> = {
  seizing: 10_000,
  dialling: 60_000,
  idle: null,
  taken: null,
  parting: 1_000,
  dropping: 8_000,
  resetting: 10_000,
};

const ringTimeoutMs = 30_000;

/** How long a leg that OCS forgot waits to be asked for again; board ms. */
const orphanMs = 30_000;

export function createLegs({ board, channels, plan, checkExtension, report, log }: LegsOptions): Legs {
  const legs = new Map<string, Leg>();
  const waiting: { group: string; attemptId: string; taker: LegTaker }[] = [];

  const enter = (leg: Leg, state: LegState): void => {
    leg.cancelWatchdog();
    leg.state = state;
    const ms = watchdogMs[state];
    leg.cancelWatchdog =
      ms === null
        ? () => {}
        : board.after(ms, () => {
            expire(leg);
          });
  };

  const gone = (leg: Leg, condition: 'good' | 'suspect' | 'lost'): void => {
    leg.cancelWatchdog();
    legs.delete(leg.engagementId);
    loseTaker(leg);
    report({
      engagementId: leg.engagementId,
      state: leg.wasUp ? 'released' : 'failed',
      reason: leg.reason,
    });
    channels.release(leg.channel, condition, condition === 'good' ? null : (leg.reason ?? 'no_release'));
  };

  const loseTaker = (leg: Leg): void => {
    const holder = leg.taker;
    leg.taker = null;
    holder?.taker.lost();
  };

  const drop = (leg: Leg, reason: string | null): void => {
    leg.reason ??= reason;
    enter(leg, 'dropping');
    loseTaker(leg);
    if (
      !command(leg, 'drop', () => {
        board.drop(leg.channel, leg.ref);
      })
    )
      gone(leg, 'good');
  };

  /** @returns false when the board refused */
  const command = (leg: Leg, name: string, run: () => void): boolean => {
    try {
      run();
      return true;
    } catch (error) {
      const code = error instanceof CodedError ? error.code : 'INTERNAL';
      log.warn(
        { engagementId: leg.engagementId, channel: leg.channel, command: name, code },
        'leg: command refused',
      );
      return false;
    }
  };

  const rest = (leg: Leg): void => {
    if (leg.leaving) {
      drop(leg, 'disengaged');
      return;
    }
    enter(leg, 'idle');
    leg.idleSince = board.now();
    const next = waiting.findIndex(({ group }) => group === leg.group);
    const [taker] = next < 0 ? [] : waiting.splice(next, 1);
    if (taker !== undefined) give(leg, taker.attemptId, taker.taker);
  };

  const give = (leg: Leg, attemptId: string, taker: LegTaker): void => {
    enter(leg, 'taken');
    leg.taker = { attemptId, taker };
    taker.leg(leg.agentId, leg.channel);
  };

  const expire = (leg: Leg): void => {
    if (leg.state === 'parting') rest(leg);
    else if (leg.state === 'dropping') {
      leg.reason ??= 'no_release';
      enter(leg, 'resetting');
      if (
        !command(leg, 'reset', () => {
          board.reset(leg.channel);
        })
      )
        gone(leg, 'lost');
    } else if (leg.state === 'resetting') gone(leg, 'lost');
    else drop(leg, 'no_answer');
  };

  const onEvent = (leg: Leg, event: BoardEvent): void => {
    const settingUp = leg.state === 'seizing' || leg.state === 'dialling';
    switch (event.type) {
      case 'seized':
        if (leg.state === 'seizing') dial(leg);
        return;
      case 'answered':
        if (leg.state !== 'dialling') return;
        leg.wasUp = true;
        report({ engagementId: leg.engagementId, state: 'up', reason: null });
        rest(leg);
        return;
      case 'parted':
        if (leg.state === 'parting') rest(leg);
        return;
      case 'no_answer':
        if (settingUp) drop(leg, 'no_answer');
        return;
      case 'failed':
        if (settingUp) drop(leg, event.reason);
        else if (leg.state === 'dropping' || leg.state === 'resetting') expire(leg);
        return;
      case 'disconnected':
        if (leg.state !== 'dropping' && leg.state !== 'resetting') {
          drop(leg, event.cause === null ? 'disconnected' : `cause_${event.cause}`);
        }
        return;
      case 'released':
        gone(leg, 'good');
        return;
      case 'reset':
        if (leg.state === 'resetting') gone(leg, 'suspect');
        return;
      case 'out_of_service':
      case 'dead':
        leg.reason ??= event.reason;
        gone(leg, 'lost');
        return;
      default:
        return;
    }
  };

  const dial = (leg: Leg): void => {
    enter(leg, 'dialling');
    const dialled = command(leg, 'dial', () => {
      board.dial(leg.channel, leg.ref, checkNumber(leg.extension, 'extension'), {
        plan,
        mode: 'no_progress_detection',
        ringTimeoutMs,
        cpdTimeoutMs: 4_500,
        noDetection: true,
      });
    });
    if (!dialled) drop(leg, 'dial_failed');
  };

  const letGo = (leg: Leg): void => {
    leg.leaving = true;
    if (leg.state === 'idle' || leg.state === 'seizing' || leg.state === 'dialling') drop(leg, 'disengaged');
  };

  /** Gives a leg that OCS forgot its new name. */
  const adopt = (engagementId: string, group: string, agentId: string, extension: string): boolean => {
    const leg = [...legs.values()].find(
      (other) =>
        other.orphan &&
        !other.leaving &&
        other.state !== 'dropping' &&
        other.state !== 'resetting' &&
        other.agentId === agentId &&
        other.extension === extension &&
        other.group === group,
    );
    if (leg === undefined) return false;
    legs.delete(leg.engagementId);
    leg.engagementId = engagementId;
    leg.orphan = false;
    legs.set(engagementId, leg);
    if (leg.wasUp) report({ engagementId, state: 'up', reason: null });
    return true;
  };

  return {
    engage({ engagementId, group, agentId, extension }) {
      const known = legs.get(engagementId);
      if (known !== undefined) {
        // OCS asks again when our report was lost.
        if (known.wasUp) report({ engagementId, state: 'up', reason: null });
        return;
      }
      if (adopt(engagementId, group, agentId, extension)) return;
      try {
        checkExtension(extension);
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        log.warn({ engagementId, agentId, code: error.code }, 'leg refused: its extension is not allowed');
        report({ engagementId, state: 'failed', reason: error.code });
        return;
      }
      let owner: Leg | null = null;
      const taken = channels.take({
        kind: 'leg',
        id: engagementId,
        onEvent: (event) => {
          if (owner !== null) onEvent(owner, event);
        },
      });
      if (taken === null) {
        report({ engagementId, state: 'failed', reason: 'no_channel' });
        return;
      }
      const leg: Leg = {
        engagementId,
        group,
        agentId,
        extension,
        channel: taken.channel,
        ref: taken.ref,
        state: 'seizing',
        taker: null,
        leaving: false,
        orphan: false,
        wasUp: false,
        idleSince: 0,
        reason: null,
        cancelWatchdog: () => {},
      };
      owner = leg;
      legs.set(engagementId, leg);
      enter(leg, 'seizing');
      if (
        !command(leg, 'seize', () => {
          board.seize(leg.channel, leg.ref);
        })
      ) {
        leg.reason = 'seize_refused';
        gone(leg, 'suspect');
      }
    },
    disengage(engagementId) {
      const leg = legs.get(engagementId);
      if (leg !== undefined) letGo(leg);
    },
    forgotten() {
      for (const leg of legs.values()) leg.orphan = true;
      board.after(orphanMs, () => {
        for (const leg of [...legs.values()].filter(({ orphan }) => orphan)) letGo(leg);
      });
    },
    take(group, attemptId, taker) {
      const [idle] = [...legs.values()]
        .filter((leg) => leg.group === group && leg.state === 'idle')
        .sort((a, b) => a.idleSince - b.idleSince);
      if (idle !== undefined) give(idle, attemptId, taker);
      else waiting.push({ group, attemptId, taker });
    },
    giveBack(attemptId) {
      const place = waiting.findIndex((wish) => wish.attemptId === attemptId);
      if (place >= 0) waiting.splice(place, 1);
      const leg = [...legs.values()].find(({ taker }) => taker?.attemptId === attemptId);
      if (leg === undefined) return;
      leg.taker = null;
      enter(leg, 'parting');
      // A leg that was never joined, or whose peer is gone already, has nothing to part from.
      try {
        board.part(leg.channel, leg.ref);
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        rest(leg);
      }
    },
    dropAll() {
      for (const leg of legs.values()) {
        if (leg.state !== 'dropping' && leg.state !== 'resetting') drop(leg, 'shutdown');
      }
    },
    snapshot: () =>
      [...legs.values()].map(({ engagementId, group, agentId, channel, state, taker }) => ({
        engagementId,
        group,
        agentId,
        channel,
        state,
        taker: taker?.attemptId ?? null,
      })),
  };
}

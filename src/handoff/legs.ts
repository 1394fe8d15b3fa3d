import { CodedError, type ErrorCode } from '../domain/errors.ts';
import type { ExtensionCheck } from '../domain/extension.ts';
import { isWanted, type LegPhase, type LegState } from '../domain/leg.ts';
import type { Command } from '../link/schemas.ts';
import { createLeg, type LegContext, type LegKeeper, type LegTaker, type RunningLeg } from './running-leg.ts';

export interface LegSnapshot {
  engagementId: string;
  group: string;
  agentId: string;
  channel: number;
  phase: LegPhase;
  /** The call that has it. */
  attemptId: string | null;
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

export interface LegsOptions extends LegContext {
  /** Whether a leg to it may be begun now; throws CodedError EXTENSION_NOT_ALLOWED, EXTENSION_LIMIT, RATE_LIMIT. */
  checkExtension: ExtensionCheck;
  /** A leg is not begun, by the code of its refusal. */
  refused: (code: ErrorCode) => void;
}

type Engagement = Pick<LegState, 'engagementId' | 'group' | 'agentId' | 'extension'>;

/** How long a leg that OCS forgot waits to be asked for again; board ms. */
const forgottenMs = 30_000;

export function createLegs(options: LegsOptions): Legs {
  const { board, log } = options;
  const legs = new Set<RunningLeg>();
  /** Board ms. */
  const forgottenAt = new WeakMap<RunningLeg, number>();
  /** Calls that wait for a leg, oldest first. */
  const waiting: { group: string; attemptId: string; taker: LegTaker }[] = [];
  const find = (wanted: (state: LegState) => boolean) => [...legs].find(({ state }) => wanted(state));

  const keeper: LegKeeper = {
    offer(leg) {
      const next = waiting.findIndex(({ group }) => group === leg.state.group);
      const [wish] = next < 0 ? [] : waiting.splice(next, 1);
      if (wish !== undefined) leg.give(wish.attemptId, wish.taker);
    },
    ended(leg) {
      legs.delete(leg);
    },
  };

  /**
   * One telephone rings for one leg: a second one would find it engaged, or ring at a person's ear. That goes for one
   * that is being hung up as well.
   */
  const checkNoLeg = (extension: string): void => {
    const other = find((state) => state.extension === extension);
    if (other === undefined) return;
    throw new CodedError('EXTENSION_LIMIT', 'the extension has an agent leg already', {
      field: 'extension',
      found: `the leg of agent ${other.state.agentId}`,
      expected: 'an extension without an agent leg',
    });
  };

  const begin = (engagement: Engagement): void => {
    const { engagementId, agentId, extension } = engagement;
    try {
      checkNoLeg(extension);
      options.checkExtension(extension);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      log.warn({ engagementId, agentId, code: error.code }, 'agent leg refused');
      options.refused(error.code);
      options.report({ engagementId, state: 'failed', reason: error.code });
      return;
    }
    const leg = createLeg(options, engagement, keeper);
    if (leg === null) {
      options.report({ engagementId, state: 'failed', reason: 'no_channel' });
      return;
    }
    legs.add(leg);
    leg.begin();
  };

  return {
    engage({ engagementId, group, agentId, extension }) {
      const engagement = { engagementId, group, agentId, extension };
      const known = find((state) => state.engagementId === engagementId);
      if (known !== undefined) {
        known.send({ type: 'asked_again' });
        return;
      }
      const same = find((state) => state.forgotten && isWanted(state) && isSameLeg(state, engagement));
      if (same !== undefined) {
        same.send({ type: 'adopted', engagementId });
        return;
      }
      // Somebody else sits at the telephone now, or the agent at another one: no call may go there any more.
      for (const leg of [...legs]) {
        const { state } = leg;
        const moved = state.agentId === agentId || state.extension === extension;
        if (state.forgotten && moved) leg.send({ type: 'disengage' });
      }
      begin(engagement);
    },
    disengage(engagementId) {
      const leg = find((state) => state.engagementId === engagementId);
      if (leg !== undefined) {
        leg.send({ type: 'disengage' });
        return;
      }
      // It ended, or the command to begin it never came: OCS must not wait for its end for ever.
      options.report({ engagementId, state: 'released', reason: 'disengaged' });
    },
    forgotten() {
      for (const leg of legs) {
        if (!leg.state.forgotten) forgottenAt.set(leg, board.now());
        leg.send({ type: 'forgotten' });
      }
      board.after(forgottenMs, () => {
        for (const leg of [...legs]) {
          // One that was taken over and forgotten again has its time from then.
          const isDue = board.now() - (forgottenAt.get(leg) ?? 0) >= forgottenMs;
          if (leg.state.forgotten && isDue) leg.send({ type: 'disengage' });
        }
      });
    },
    take(group, attemptId, taker) {
      const [idle] = [...legs]
        .filter(({ state }) => state.group === group && state.phase === 'idle')
        .sort((a, b) => a.state.idleSince - b.state.idleSince);
      if (idle !== undefined) idle.give(attemptId, taker);
      else waiting.push({ group, attemptId, taker });
    },
    giveBack(attemptId) {
      const place = waiting.findIndex((wish) => wish.attemptId === attemptId);
      if (place >= 0) waiting.splice(place, 1);
      find((state) => state.attemptId === attemptId)?.giveBack();
    },
    dropAll() {
      for (const leg of [...legs]) leg.send({ type: 'shutdown' });
    },
    snapshot: () => [...legs].map(snapshotOf),
  };
}

function snapshotOf({ channel, state }: RunningLeg): LegSnapshot {
  const { engagementId, group, agentId, phase, attemptId } = state;
  return { engagementId, group, agentId, channel, phase, attemptId };
}

function isSameLeg(state: LegState, { group, agentId, extension }: Engagement): boolean {
  return state.group === group && state.agentId === agentId && state.extension === extension;
}

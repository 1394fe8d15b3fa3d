import type { CampaignStatus } from '../api/campaigns.ts';
import { CodedError } from '../domain/errors.ts';
import { callResult } from '../domain/result.ts';
import type { StoredAttempt } from './audit.ts';
import { returnsIn } from './nodes.ts';
import { resultName } from './report.ts';
import type { DemoStage } from './stage.ts';

/** What was seen when the owner was killed; seconds of the wall clock since then. */
export interface FailoverReport {
  killed: string;
  recordsLeft: number;
  takenOverBy: string;
  /** Until a node answered for the campaign. */
  seconds: number;
  /** How many agents logged in again, and after how long the first and the last had. */
  agents: { back: number; firstSeconds: number | null; lastSeconds: number | null };
  /** Calls that were up, and how they ended: by result, those to people with what came of them. */
  calls: { running: number; ended: Record<string, number> };
  /** Until the first new dial request. */
  nextCallSeconds: number | null;
}

/** Kills the owner when half of the records are closed, and sees who takes over. */
export interface Failover {
  see(status: CampaignStatus): void;
  /** Nobody answers. @throws `error` unless that is to be expected for now */
  away(error: unknown): void;
  /** The next look should come soon. */
  waiting(): boolean;
  /** @returns null when the owner was never killed */
  report(attempts: readonly StoredAttempt[]): FailoverReport | null;
}

/** Nobody has taken over after so long: something is wrong. ms */
const longestMs = 60_000;

interface Kill {
  node: string;
  epoch: number;
  at: number;
  recordsLeft: number;
}

/** @param ocsTime what OCS's clock shows at a moment of the wall clock */
export function createFailover(
  stage: Pick<DemoStage, 'owner' | 'kill' | 'pairIsReady' | 'path'>,
  ocsTime: (wallMs: number) => number,
  speed: number,
): Failover {
  let kill: Kill | null = null;
  let taken: { by: string; at: number } | null = null;

  return {
    see: ({ records }) => {
      const owner = stage.owner();
      if (owner === null) return;
      if (kill === null) {
        if (records.total === 0 || records.left > records.total / 2 || !stage.pairIsReady()) return;
        kill = { ...owner, at: Date.now(), recordsLeft: records.left };
        stage.kill(owner.node);
      } else if (taken === null && owner.epoch > kill.epoch) {
        taken = { by: owner.node, at: Date.now() };
      }
    },
    away: (error) => {
      if (kill === null || taken !== null || !(error instanceof CodedError)) throw error;
      if (Date.now() - kill.at > longestMs) throw error;
    },
    waiting: () => kill !== null && taken === null,
    report: (attempts) => {
      if (kill === null || taken === null) return null;
      const { at, node, recordsLeft } = kill;
      const seconds = (wallMs: number | undefined) =>
        wallMs === undefined ? null : round((wallMs - at) / 1_000);
      const returns = returnsIn(stage.path('desk.log'), at);
      const [from, until] = [ocsTime(at), ocsTime(taken.at)];
      const running = attempts.filter(
        ({ accepted_at: accepted, ended_at: ended }) =>
          accepted !== null && accepted <= from && ended !== null && ended > from,
      );
      const next = attempts.flatMap(({ leased_at: leased }) => (leased > until ? [leased] : []));
      return {
        killed: node,
        recordsLeft,
        takenOverBy: taken.by,
        seconds: seconds(taken.at) ?? 0,
        agents: {
          back: returns.length,
          firstSeconds: seconds(returns[0]),
          lastSeconds: seconds(returns.at(-1)),
        },
        calls: { running: running.length, ended: counted(running.map(wordsOf)) },
        nextCallSeconds: next.length === 0 ? null : round((Math.min(...next) - from) / speed / 1_000),
      };
    },
  };
}

/** A call to a person says what came of it; of others the result is enough. */
function wordsOf({ result, status }: StoredAttempt): string {
  return result === callResult.Answer ? `Answer (${status ?? 'none'})` : resultName(result);
}

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

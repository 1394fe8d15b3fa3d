import type { Evidence, Milestones } from '../domain/outcome.ts';
import { callResult, callResultLabel, isCallResult } from '../domain/result.ts';
import type { SimKind } from '../board/sim/config.ts';
import type { Audit, StoredAttempt } from './audit.ts';
import type { FailoverReport } from './failover.ts';

/** What `npm run demo -- --json` prints. */
export interface DemoReport {
  records: number;
  attempts: number;
  /** Attempts by result name. */
  outcomes: Record<string, number>;
  /** Attempts by what the number was (the simulator's ground truth), then by what was heard. */
  confusion: Record<string, Record<string, number>>;
  /** Live people hung up on without having been offered an agent. */
  liveDropped: number;
  /** Abandoned of all live calls, in percent. */
  abandonedRate: number;
  /** Share of the agents' time spent on calls and wrap-up, in percent. */
  agentBusy: number;
  answerToVerdictMs: Quantiles;
  greetingEndToAgentMs: Quantiles;
  /** Each record ended with exactly one outcome, and the database agrees with the dialler's journal. */
  consistent: boolean;
  faults: string[];
  /** What was seen when the owner of two ocsd was killed. */
  failover?: FailoverReport;
  /** How often cpdd was killed and came back during the run. */
  restarts: number;
  wallSeconds: number;
}

export interface Quantiles {
  p50: number | null;
  p95: number | null;
}

/** @param groundTruth what each number really is */
export function makeReport(
  found: Audit,
  groundTruth: ReadonlyMap<string, SimKind>,
  run: {
    agents: number;
    restarts: number;
    wallSeconds: number;
    failover?: FailoverReport | null | undefined;
  },
): DemoReport {
  const outcomes: Record<string, number> = {};
  const confusion: Record<string, Record<string, number>> = {};
  const answerToVerdict: number[] = [];
  const greetingEndToAgent: number[] = [];
  let live = 0;
  let abandoned = 0;
  let liveDropped = 0;
  let busyMs = 0;

  const dialled = found.attempts.filter((attempt) => attempt.ended_by === 'outcome');
  for (const attempt of dialled) {
    const evidence = attempt.evidence === null ? null : (JSON.parse(attempt.evidence) as Evidence);
    const milestones = JSON.parse(attempt.milestones) as Milestones;
    const kind = groundTruth.get(attempt.phone) ?? 'unknown';
    count(outcomes, resultName(attempt.result));
    count((confusion[kind] ??= {}), heard(attempt, evidence));

    if (attempt.result === callResult.Answer) {
      live += 1;
      if (attempt.status === 'abandoned') abandoned += 1;
    }
    if (kind === 'live' && attempt.status === 'dropped') liveDropped += 1;
    if (evidence !== null && evidence.decidedMs !== null && evidence.answerMs !== null) {
      answerToVerdict.push(evidence.decidedMs - evidence.answerMs);
    }
    if (milestones.agentConnected !== undefined && milestones.greetingEnd !== undefined) {
      greetingEndToAgent.push(milestones.agentConnected - milestones.greetingEnd);
    }
    if (attempt.connected_at !== null && attempt.processed_at !== null) {
      busyMs += attempt.processed_at - attempt.connected_at;
    }
  }
  return {
    records: found.records,
    attempts: dialled.length,
    outcomes,
    confusion,
    liveDropped,
    abandonedRate: live === 0 ? 0 : round((100 * abandoned) / live),
    agentBusy: round((100 * busyMs) / Math.max(1, run.agents * campaignMs(dialled))),
    answerToVerdictMs: quantiles(answerToVerdict),
    greetingEndToAgentMs: quantiles(greetingEndToAgent),
    consistent: found.faults.length === 0,
    faults: found.faults,
    ...(run.failover && { failover: run.failover }),
    restarts: run.restarts,
    wallSeconds: round(run.wallSeconds),
  };
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** As people read it; `none` without one. */
export function resultName(result: number | null): string {
  return result !== null && isCallResult(result) ? callResultLabel[result] : 'none';
}

/** The detector's verdict; where it gave none (No Answer, a signalled cause), the call result. */
function heard(attempt: StoredAttempt, evidence: Evidence | null): string {
  return evidence?.verdict ?? resultName(attempt.result).toLowerCase().replaceAll(' ', '_');
}

function campaignMs(attempts: StoredAttempt[]): number {
  const begun = attempts.map((attempt) => attempt.accepted_at ?? Infinity);
  const ended = attempts.map((attempt) => attempt.processed_at ?? attempt.ended_at ?? 0);
  return attempts.length === 0 ? 0 : Math.max(...ended) - Math.min(...begun);
}

function quantiles(values: number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    return value === undefined ? null : Math.round(value);
  };
  return { p50: at(0.5), p95: at(0.95) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

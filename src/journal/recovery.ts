import { callResult, type CallResult } from '../domain/result.ts';
import type { Milestones, Outcome } from '../domain/outcome.ts';
import type { AttemptState, Journal, ReportBody } from './contract.ts';
import type { JournalDatabase } from './database.ts';
import type { Statements } from './statements.ts';

/** Ends what a former run left open. */
export function createRecovery(
  database: JournalDatabase,
  statements: Statements,
  now: () => number,
): Journal['recover'] {
  const { insertAfterCrash, selectOpen, selectReports, setEnded } = statements;
  const bodiesOf = (attemptId: string) =>
    (selectReports.all(attemptId) as string[]).map((body) => JSON.parse(body) as ReportBody);

  return database.transaction(() => {
    const open = selectOpen.all() as { id: string; state: AttemptState }[];
    let handedBack = 0;
    for (const { id, state } of open) {
      const body: ReportBody =
        state === 'accepted'
          ? { kind: 'hand_back', reason: 'restart' }
          : { kind: 'outcome', outcome: crashOutcome(bodiesOf(id)) };
      if (state === 'accepted') handedBack++;
      insertAfterCrash.run({ attempt: id, body: JSON.stringify(body) });
      setEnded.run(now(), id);
    }
    return { handedBack, crashed: open.length - handedBack };
  });
}

/** What can still be said of a call whose dialler died. */
function crashOutcome(reports: readonly ReportBody[]): Outcome {
  let result: CallResult = callResult.SystemError;
  let evidence: Outcome['evidence'] = null;
  let agentId: string | null = null;
  let connected = false;
  const milestones: Milestones = {};
  for (const report of reports) {
    if (report.kind === 'result') ({ result, evidence } = report);
    if (report.kind === 'milestone') milestones[report.name] = report.atMs;
    if (report.kind === 'connected') {
      connected = true;
      agentId = report.agentId;
    }
  }
  return {
    result,
    status: connected ? 'transferred' : 'dropped',
    reason: 'crash',
    evidence,
    milestones,
    channel: null,
    agentId,
  };
}

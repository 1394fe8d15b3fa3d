import type { CallReport } from '../../domain/call/call-state.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { CallEnd } from '../contract.ts';

/** How a call ended: with an outcome, or handed back undialled for this reason. */
export interface FinalWord {
  outcome: Outcome | null;
  handBack: string | null;
}

/** null: the report does not end the call. */
export function finalWordOf(report: CallReport): FinalWord | null {
  switch (report.kind) {
    case 'outcome':
      return { outcome: report.outcome, handBack: null };
    case 'hand_back':
      return { outcome: null, handBack: report.reason };
    case 'milestone':
    case 'result':
    case 'connected':
    case 'do_not_call':
      return null;
  }
}

/** What operations measures of an ended call. */
export function figuresOf(outcome: Outcome | null): Pick<CallEnd, 'answerToVerdictMs' | 'waitForAgentMs'> {
  const { answered, cpdCompleted, greetingEnd, agentConnected } = outcome?.milestones ?? {};
  const answerToVerdictMs =
    answered === undefined || cpdCompleted === undefined ? null : cpdCompleted - answered;
  const waitForAgentMs =
    agentConnected === undefined || cpdCompleted === undefined
      ? null
      : agentConnected - Math.max(cpdCompleted, greetingEnd ?? 0);
  return { answerToVerdictMs, waitForAgentMs };
}

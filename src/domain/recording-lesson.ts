import type { Evidence, Outcome } from './outcome.ts';
import { callResult } from './result.ts';

/**
 * What a call says about recordings: what was heard is one, or what was taken for one is none. `doubt`: a person said
 * what was heard, whatever it is like.
 */
export type Lesson = { kind: 'learn' } | { kind: 'unlearn'; name: string } | { kind: 'doubt' };

/** Who answered, as an agent or a label says. */
export const calledParties = ['person', 'machine'] as const;
export type CalledParty = (typeof calledParties)[number];

/** One call in so many is decided as if no learnt recording were known: an agent never hears the others. */
const checkOneIn = 50;

/**
 * Whether a call checks the learnt recordings: what it hears of them is named and decides nothing. Always the same of
 * one attempt, and of 2 % of all.
 */
export function isCheckOfLearnt(attemptId: string): boolean {
  let hash = 0x811c_9dc5; // FNV-1a, 32 bits
  for (const byte of new TextEncoder().encode(attemptId)) hash = Math.imul(hash ^ byte, 0x0100_0193);
  // The last bits of the hash are its weakest: those of neighbouring ids are alike.
  return (((hash ^ (hash >>> 15)) >>> 0) >>> 8) % checkOneIn === 0;
}

/**
 * A call teaches a recording when it ended as a machine that beeped and nothing in it was known. A call that was
 * handed over teaches nothing: whatever was heard in it, a person may have said.
 *
 * A recording that a call had matched is doubted when the detector's last word is that a person was on the line, in
 * time or not. To be handed over is no sign of a person: machines are transferred too.
 *
 * @param beeped the detector heard a beep after its verdict, and told what was heard before it
 */
export function lessonOf(outcome: Outcome, beeped: boolean): Lesson | null {
  const { evidence, result, agentId, milestones } = outcome;
  if (evidence === null) return null;
  if (evidence.recording !== undefined) {
    const lastWord = evidence.correction?.verdict ?? evidence.verdict;
    return lastWord === 'live' ? { kind: 'unlearn', name: evidence.recording } : null;
  }
  const handedOver = agentId !== null || milestones.agentConnected !== undefined;
  return beeped && isSureMachine(evidence) && !handedOver && result === callResult.AnsweringMachine
    ? { kind: 'learn' }
    : null;
}

/** What the detector made of a call, as far as recordings are concerned. */
export type HeardEvidence = Pick<Evidence, 'verdict' | 'correction' | 'recording'>;

export function heardEvidence({ evidence }: Outcome): HeardEvidence | null {
  if (evidence === null) return null;
  const { verdict, correction, recording } = evidence;
  return {
    verdict,
    ...(correction === undefined ? {} : { correction }),
    ...(recording === undefined ? {} : { recording }),
  };
}

/** The detector took it for a machine from its verdict to the end. */
function isSureMachine(evidence: HeardEvidence | null): boolean {
  return evidence?.verdict === 'machine' && evidence.correction === undefined;
}

/**
 * What the word of somebody who heard the call says about recordings. `machine` teaches only what the detector took for
 * one itself: a screening assistant is a machine to an agent, and what is learnt is dropped as one.
 *
 * @param beeped as above
 */
export function lessonsOfWord(was: CalledParty, beeped: boolean, evidence: HeardEvidence | null): Lesson[] {
  const recording = evidence?.recording;
  if (was === 'machine') {
    return beeped && recording === undefined && isSureMachine(evidence) ? [{ kind: 'learn' }] : [];
  }
  const unlearn: Lesson[] = recording === undefined ? [] : [{ kind: 'unlearn', name: recording }];
  return beeped ? [...unlearn, { kind: 'doubt' }] : unlearn;
}

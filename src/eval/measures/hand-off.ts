import { isKept, isRight, type HeardCall } from '../calls/heard.ts';
import { share, type Share } from './statistics.ts';

/** After the end of its beep, and after the start of its further speech, a machine that was let through is told. */
const afterBeepMs = 300;
const afterSpeechMs = 2_000;

/** A live verdict hands a call to an agent: machines that were told before it, and soon after it. */
export interface HandOff {
  /** By the first verdict. */
  before: Share;
  /** Of the others: later, at any time. */
  after: Share;
  /** Of those that beeped or spoke after they were let through: within 300 ms of the beep or 2 s of the speech. */
  soonAfter: Share;
}

export function machinesByHandOff(machines: readonly HeardCall[]): HandOff {
  const through = machines.filter((each) => !isRight(each) && isKept(each));
  const told = through.filter((each) => toldMs(each) !== null);
  const due = through.flatMap((each) => {
    const dueMs = toldByMs(each);
    return dueMs === null ? [] : [{ dueMs, at: toldMs(each) }];
  });
  return {
    before: share(machines.filter(isRight).length, machines.length),
    after: share(told.length, through.length),
    soonAfter: share(due.filter(({ dueMs, at }) => at !== null && at <= dueMs).length, due.length),
  };
}

function toldMs({ corrections }: HeardCall): number | null {
  return corrections.find(({ verdict }) => verdict === 'machine' || verdict === 'screening')?.atMs ?? null;
}

/** The latest that its beep or its further speech allows; null where it did neither after the verdict. */
function toldByMs({ call, evidence: { decidedMs } }: HeardCall): number | null {
  if (decidedMs === null) return null;
  const { beep } = call;
  const fromBeep = beep !== null && beep.endMs > decidedMs ? [beep.endMs + afterBeepMs] : [];
  const further = speechAfter(call.columns['speech_ms'] ?? '', decidedMs);
  const fromSpeech = further === null ? [] : [further + afterSpeechMs];
  const all = [...fromBeep, ...fromSpeech];
  return all.length === 0 ? null : Math.max(...all);
}

/** Start of the first stretch of speech after a moment, out of `start-end start-end` in ms; null: none or not known. */
function speechAfter(stretches: string, fromMs: number): number | null {
  for (const [, start, end] of stretches.matchAll(/(\d+)-(\d+)/g))
    if (Number(end) > fromMs) return Math.max(Number(start), fromMs);
  return null;
}

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
  /** Of those that spoke on for 2 s and more and had no beep then: within 2 s of that speech. */
  withoutBeep: Share;
}

export function machinesByHandOff(machines: readonly HeardCall[]): HandOff {
  const through = machines.filter((each) => !isRight(each) && isKept(each));
  const told = through.filter((each) => toldMs(each) !== null);
  const inTime = (all: readonly HeardCall[]): Share => {
    const due = all.flatMap((each) => {
      const dueMs = toldByMs(each);
      return dueMs === null ? [] : [{ dueMs, at: toldMs(each) }];
    });
    return share(due.filter(({ dueMs, at }) => at !== null && at <= dueMs).length, due.length);
  };
  return {
    before: share(machines.filter(isRight).length, machines.length),
    after: share(told.length, through.length),
    soonAfter: inTime(through),
    withoutBeep: inTime(through.filter(speaksOnWithoutBeep)),
  };
}

function toldMs({ corrections }: HeardCall): number | null {
  return corrections.find(({ verdict }) => verdict === 'machine' || verdict === 'screening')?.atMs ?? null;
}

function speaksOnWithoutBeep({ call, evidence: { decidedMs } }: HeardCall): boolean {
  if (decidedMs === null || (call.beep !== null && call.beep.endMs > decidedMs)) return false;
  const speech = call.columns['speech_ms'] ?? '';
  const startMs = speechAfter(speech, decidedMs);
  return startMs !== null && stretchesOf(speech).some(({ endMs }) => endMs >= startMs + afterSpeechMs);
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
function speechAfter(speech: string, fromMs: number): number | null {
  const first = stretchesOf(speech).find(({ endMs }) => endMs > fromMs);
  return first === undefined ? null : Math.max(first.startMs, fromMs);
}

function stretchesOf(speech: string): { startMs: number; endMs: number }[] {
  return [...speech.matchAll(/(\d+)-(\d+)/g)].map(([, start, end]) => ({
    startMs: Number(start),
    endMs: Number(end),
  }));
}

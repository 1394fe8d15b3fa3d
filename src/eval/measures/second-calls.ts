import type { SecondCalls } from '../calls/second-calls.ts';
import { isKept, isRight, type HeardCall } from '../calls/heard.ts';
import { share, spread, type Share, type Spread } from './statistics.ts';

/** The same second calls heard with what the first ones taught, and without; times in ms. */
export interface KnownFigures {
  known: number;
  skipped: string | null;
  /** Machines whose recording was named. */
  matched: Share;
  /** People in whose call one was named. */
  peopleMatched: Share;
  without: KnownRow;
  with: KnownRow;
}

export interface KnownRow {
  peopleLost: Share;
  machinesFound: Share;
  /** Of the machines found: from their first word, or the answer where that came later, to the verdict. */
  decided: Spread;
}

export function knownFigures({ known, skipped, calls }: SecondCalls): KnownFigures {
  const machines = calls.filter(({ with: { call } }) => call.truth === 'machine');
  const people = calls.filter(({ with: { call } }) => call.truth === 'human');
  const named = (all: SecondCalls['calls']): Share =>
    share(all.filter((each) => each.with.evidence.recording !== undefined).length, all.length);
  const row = (which: 'without' | 'with'): KnownRow => {
    const found = machines.map((each) => each[which]).filter(isRight);
    const lost = people.map((each) => each[which]).filter((each) => !isKept(each));
    return {
      peopleLost: share(lost.length, people.length),
      machinesFound: share(found.length, machines.length),
      decided: spread(found.flatMap(decidedAfterMs)),
    };
  };
  return {
    known,
    skipped,
    matched: named(machines),
    peopleMatched: named(people),
    without: row('without'),
    with: row('with'),
  };
}

function decidedAfterMs({ call: { speechStartMs }, evidence: { decidedMs } }: HeardCall): number[] {
  return decidedMs === null ? [] : [decidedMs - (speechStartMs ?? 0)];
}

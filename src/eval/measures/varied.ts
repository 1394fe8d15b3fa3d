import { measureBeeps } from './beeps.ts';
import { isKept, isRight } from '../calls/heard.ts';
import type { VariedRun } from '../calls/run.ts';
import { share, type Share } from './statistics.ts';
import type { VariationGroup } from '../calls/vary.ts';
import { counted, withInterval } from './words.ts';

/** The same calls on another line. */
export interface VariedRow {
  group: VariationGroup;
  name: string;
  /** Why it was not done; null: it was. */
  skipped: string | null;
  calls: number;
  lost: Share;
  found: Share;
  others: Share;
  beeps: Share;
  falseBeeps: number;
  /** The verdict is another one than in the call as it was recorded. */
  changed: Share;
}

export function variedRows(runs: readonly VariedRun[]): VariedRow[] {
  return runs.map(({ variation, skipped, heard, changed }) => {
    const of = (...groundTruths: string[]) => heard.filter(({ call }) => groundTruths.includes(call.truth));
    const people = of('human');
    const machines = of('machine');
    const others = heard.filter(({ call }) => call.truth !== 'human' && call.truth !== 'machine');
    const beeps = measureBeeps(heard);
    const { recorded, generated } = beeps;
    return {
      group: variation.group,
      name: variation.name,
      skipped,
      calls: heard.length,
      lost: share(people.filter((each) => !isKept(each)).length, people.length),
      found: share(machines.filter(isRight).length, machines.length),
      others: share(others.filter(isRight).length, others.length),
      beeps: share(recorded.count + generated.count, recorded.n + generated.n),
      falseBeeps: beeps.false.count,
      changed: share(changed.filter(Boolean).length, changed.length),
    };
  });
}

export const variedHeadings = [
  'people lost',
  '',
  'machines found',
  '',
  'others right',
  'beeps found',
  'false beeps',
  'verdict changed',
] as const;

/** The figures of a row, as they stand under `variedHeadings`. */
export function variedCells({
  lost,
  found,
  others,
  beeps,
  falseBeeps,
  changed,
  skipped,
}: VariedRow): string[] {
  if (skipped !== null) return ['skipped', skipped, '', '', '', '', '', ''];
  return [
    counted(lost),
    withInterval(lost),
    counted(found),
    withInterval(found),
    counted(others),
    counted(beeps),
    String(falseBeeps),
    counted(changed),
  ];
}

import type { OperatingPoint } from './calibration.ts';
import { decisionTimes } from './decision-times.ts';
import { isKept, isRight } from '../calls/heard.ts';
import type { RunResult } from '../calls/run.ts';
import { exactShare, type Share, type Spread } from './statistics.ts';

/** Machines found against people lost, each point a run of its own: exact, moments of decision included. */
export interface Sweep {
  /** By the score offset, at the knob of the report. */
  offsets: OperatingPoint[];
  /** By the knob. */
  knobs: KnobPoint[];
}

export interface KnobPoint {
  maxHumanLoss: number;
  /** Calls of people lost, and machines found. */
  people: Share;
  machines: Share;
  /** Of people, from the end of their greeting, in ms. */
  decision: Spread;
}

/** The knob's settings that the report tries. */
export const triedKnobs = [0.03, 0.01, 0.003] as const;

export function knobPoint(maxHumanLoss: number, { heard }: RunResult): KnobPoint {
  const people = heard.filter(({ call }) => call.truth === 'human');
  const machines = heard.filter(({ call }) => call.truth === 'machine');
  return {
    maxHumanLoss,
    people: exactShare(people.filter((each) => !isKept(each)).length, people.length),
    machines: exactShare(machines.filter(isRight).length, machines.length),
    decision: decisionTimes(people).fromGreetingEnd,
  };
}

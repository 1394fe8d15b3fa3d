import { createHash } from 'node:crypto';
import { analyzeFile } from '../../board/analysis.ts';
import { CodedError } from '../../domain/errors.ts';
import { humanLossText } from '../../domain/human-loss.ts';
import { channelWarning, type ChannelWarning, type WarnedFile } from '../../domain/recorded-channels.ts';
import type { DetectionMode } from '../../domain/result.ts';
import { heardCall, isKept, isRight } from '../calls/heard.ts';
import type { LabelledCall } from '../calls/manifest.ts';
import { eachWav } from '../calls/run.ts';
import { exactShare, exactUpperBound, fewestFor, type Share } from './statistics.ts';

/** Offsets tried, in log odds: from losing hardly anybody to finding every machine. */
export const triedOffsets: readonly number[] = Array.from({ length: 33 }, (_, at) => -8 + at / 2);

/** How sure the bound on the people lost is. */
export const confidence = 0.95;

const folds = 5;

/** One recording heard at each of the offsets. */
export interface SweptCall {
  /** Calls of one speaker are one person's; a call without a speaker stands for a person of its own. */
  person: string;
  truth: 'human' | 'machine';
  /** By offset: a person was not kept on the line, or a machine was found. */
  counted: boolean[];
}

export interface OperatingPoint {
  scoreOffset: number;
  /** People of whom at least one call was lost, of all people. */
  people: Share;
  /** One-sided bound on that share at `confidence`. */
  peopleBound: number;
  /** The same by calls. */
  peopleCalls: Share;
  machines: Share;
}

export interface CalibrationResult {
  chosen: OperatingPoint;
  /** As the detector comes. */
  before: OperatingPoint;
  points: OperatingPoint[];
  /**
   * Chosen without the people and machines that it is then tried on, five times over. Where the others hold no
   * machine to choose by (all are one speaker's) nothing is tried.
   */
  heldOut: { people: Share; machines: Share };
}

/** Hears each call of people and machines at each offset. Calls of anything else say nothing about the offset. */
export async function sweepCalls(
  calls: readonly LabelledCall[],
  settings: { mode: DetectionMode; maxHumanLoss: number | null; cpdTimeoutMs: number | null },
  onDone: (done: number, of: number) => void,
): Promise<{ swept: SweptCall[]; failures: { file: string; error: CodedError }[]; warned: WarnedFile[] }> {
  const wanted = calls.filter(({ truth }) => truth === 'human' || truth === 'machine');
  const swept: SweptCall[] = [];
  const failures: { file: string; error: CodedError }[] = [];
  const warned: WarnedFile[] = [];
  await eachWav(
    wanted,
    async (call, wav) => {
      const counted: boolean[] = [];
      let warning: ChannelWarning | null = null;
      for (const scoreOffset of triedOffsets) {
        const { plan, from, channel } = call;
        const analysis = await analyzeFile(wav, { plan, from, channel, scoreOffset, ...settings });
        const heard = heardCall(call, analysis);
        counted.push(call.truth === 'human' ? !isKept(heard) : isRight(heard));
        warning = channelWarning(analysis, channel);
      }
      return { counted, warning };
    },
    (call, result, done) => {
      if (result instanceof CodedError) failures.push({ file: call.file, error: result });
      else {
        const { counted, warning } = result;
        swept.push({ person: personOf(call), truth: call.truth as 'human' | 'machine', counted });
        if (warning !== null) warned.push({ file: call.file, ...warning });
      }
      onDone(done, wanted.length);
    },
  );
  return { swept, failures, warned };
}

function personOf({ file, columns }: LabelledCall): string {
  const speaker = columns['speaker'] ?? '';
  return speaker === '' ? `file ${file}` : `speaker ${speaker}`;
}

/**
 * Refuses recordings that cannot bear the claim, before anything is heard.
 *
 * @throws CodedError TOO_FEW_PEOPLE
 */
export function checkPeople(calls: readonly LabelledCall[], maxHumanLoss: number): void {
  const people = new Set(calls.filter(({ truth }) => truth === 'human').map(personOf)).size;
  const needed = fewestFor(maxHumanLoss, confidence);
  const refuse = (what: string, found: string, expected: string) =>
    new CodedError('TOO_FEW_PEOPLE', `${what}: found ${found}; expected ${expected}`, {
      field: 'DIR',
      found,
      expected,
    });
  if (people < needed) {
    throw refuse(
      `too few people to show that at most ${humanLossText(maxHumanLoss)} are lost`,
      `${people} different people`,
      `at least ${needed}, none of them lost`,
    );
  }
  if (!calls.some(({ truth }) => truth === 'machine')) {
    throw refuse('no machines to compare people with', 'no machine', 'recordings labelled machine');
  }
}

/**
 * Chooses the offset that finds most machines while the people lost stay below the share with the confidence.
 *
 * @throws CodedError LOSS_TOO_HIGH where no offset is careful enough
 */
export function chooseOffset(swept: readonly SweptCall[], maxHumanLoss: number): CalibrationResult {
  const points = operatingPoints(swept);
  const chosen = best(
    points.filter(({ peopleBound }) => peopleBound <= maxHumanLoss),
    ({ machines }) => machines.count,
  );
  if (chosen === null) {
    const least = points[0] as OperatingPoint;
    const found = `${least.people.count} of ${least.people.n} people lost at the most careful offset`;
    throw new CodedError(
      'LOSS_TOO_HIGH',
      `no offset loses at most ${humanLossText(maxHumanLoss)} of people with ${confidence * 100} % confidence: ${found}; ` +
        'expected fewer lost (npm run eval -- DIR --wrong shows them), or more people',
      { field: 'DIR', found, expected: `a bound of ${humanLossText(maxHumanLoss)}` },
    );
  }
  const before = points[triedOffsets.indexOf(0)] as OperatingPoint;
  return { chosen, before, points, heldOut: heldOut(swept, chosen.people.count / chosen.people.n) };
}

/** One for each of the offsets tried. */
export function operatingPoints(swept: readonly SweptCall[]): OperatingPoint[] {
  return triedOffsets.map((_, at) => pointAt(swept, at));
}

/** Most machines; of equal ones the most careful, which comes first. */
function best<T>(points: readonly T[], machines: (point: T) => number): T | null {
  return points.reduce<T | null>(
    (so, each) => (so === null || machines(each) > machines(so) ? each : so),
    null,
  );
}

interface Counts {
  at: number;
  people: number;
  peopleLost: number;
  calls: number;
  callsLost: number;
  machines: number;
  found: number;
}

function countsAt(swept: readonly SweptCall[], at: number): Counts {
  const humans = swept.filter(({ truth }) => truth === 'human');
  const machines = swept.filter(({ truth }) => truth === 'machine');
  const lost = humans.filter(({ counted }) => counted[at]);
  const different = (calls: readonly SweptCall[]) => new Set(calls.map(({ person }) => person)).size;
  return {
    at,
    people: different(humans),
    peopleLost: different(lost),
    calls: humans.length,
    callsLost: lost.length,
    machines: machines.length,
    found: machines.filter(({ counted }) => counted[at]).length,
  };
}

function pointAt(swept: readonly SweptCall[], at: number): OperatingPoint {
  const { people, peopleLost, calls, callsLost, machines, found } = countsAt(swept, at);
  return {
    scoreOffset: triedOffsets[at] ?? 0,
    people: exactShare(peopleLost, people),
    peopleBound: exactUpperBound(peopleLost, people, confidence),
    peopleCalls: exactShare(callsLost, calls),
    machines: exactShare(found, machines),
  };
}

/** With `lostShare` of the people lost as for all of them, on the four fifths that choose. */
function heldOut(swept: readonly SweptCall[], lostShare: number): CalibrationResult['heldOut'] {
  const total = { lost: 0, people: 0, found: 0, machines: 0 };
  for (let fold = 0; fold < folds; fold++) {
    const inside = swept.filter(({ person }) => foldOf(person) === fold);
    const others = swept.filter(({ person }) => foldOf(person) !== fold);
    if (!others.some(({ truth }) => truth === 'machine')) continue;
    const points = triedOffsets.map((_, at) => countsAt(others, at));
    const careful = points.filter(({ people, peopleLost }) => peopleLost <= lostShare * people);
    const { at } = best(careful, ({ found }) => found) ?? { at: 0 };
    const { people, peopleLost, machines, found } = countsAt(inside, at);
    total.lost += peopleLost;
    total.people += people;
    total.found += found;
    total.machines += machines;
  }
  return { people: exactShare(total.lost, total.people), machines: exactShare(total.found, total.machines) };
}

function foldOf(person: string): number {
  return createHash('sha256').update(person).digest().readUInt32BE(0) % folds;
}

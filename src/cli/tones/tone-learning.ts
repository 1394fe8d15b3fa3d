import type { ToneLines } from '../../board/analysis.ts';
import type { ToneName } from '../../board/tone-plans.ts';

/** A burst of tone in a recording. Times in ms from its start. */
export interface Burst extends Omit<ToneLines, 'share'> {
  startMs: number;
  endMs: number;
}

/** A figure as it was seen: its mean and how far it went. */
export interface Seen {
  mean: number;
  low: number;
  high: number;
  times: number;
}

/** One step of a learnt tone; no frequency: silence. */
export interface LearntStep {
  hz: Seen[];
  modulationHz: number | null;
  /** null: without end. */
  ms: Seen | null;
}

export interface LearntTone {
  startMs: number;
  endMs: number;
  steps: LearntStep[];
  /** Played once, as special information tones are. */
  once: boolean;
  /** Bursts it was learnt from. */
  bursts: number;
}

export interface Learnt {
  tones: LearntTone[];
  /** Bursts that fit nothing, with the reason. */
  left: { startMs: number; endMs: number; why: string }[];
}

/** Bursts of one cadence have the same length to within this. */
const sameMs = { share: 0.1, least: 30 };
const sameHz = { share: 0.015, least: 6 };
/** Bursts of one period at most: the longest cadences of the national plans have five. */
const mostInPeriod = 6;
/** A tone that sounds so long without a break is continuous: no ringback sounds longer than 2.5 s. */
const continuousMs = 2_800;
/** Silence below this between two bursts is none: edges are known to 5 ms each. */
const leastGapMs = 12;
/** Special information tones follow each other within this. */
const joinedMs = 100;
const longestGapMs = 20_000;
/** The segments of special information tones last 0.27 s at least. */
const leastOnceMs = 150;
/** The recording began or ended in a burst that reaches so near to its edge. */
const edgeMs = 40;

/**
 * Finds tones in the bursts of a recording: cadences that come again, tones without a break, and sequences of
 * frequencies played once.
 *
 * @param durationMs of the recording
 */
export function learnTones(bursts: readonly Burst[], durationMs: number): Learnt {
  const learnt: Learnt = { tones: [], left: [] };
  for (let at = 0; at < bursts.length;) {
    const first = bursts[at] as Burst;
    const period = bestPeriod(bursts, at, durationMs);
    const joined = joinedBursts(bursts, at);
    if (period !== null) {
      add(learnt, periodic(bursts.slice(at, at + period.count), period.bursts, durationMs));
      at += period.count;
    } else if (first.endMs - first.startMs >= continuousMs) {
      add(learnt, continuous(first));
      at += 1;
    } else if (joined >= 3) {
      add(learnt, playedOnce(bursts.slice(at, at + joined)));
      at += joined;
    } else {
      const why = first.hz.length === 0 ? 'too short or not steady' : 'heard once: record it for longer';
      learnt.left.push({ startMs: first.startMs, endMs: first.endMs, why });
      at += 1;
    }
  }
  return learnt;
}

/** A tone that comes again later in the recording is still one tone. */
function add(learnt: Learnt, tone: LearntTone): void {
  const known = learnt.tones.find((each) => sameTone(each, tone));
  if (known === undefined) learnt.tones.push(tone);
  else known.bursts += tone.bursts;
}

function sameTone(a: LearntTone, b: LearntTone): boolean {
  return (
    a.once === b.once &&
    a.steps.length === b.steps.length &&
    a.steps.every((step, at) => {
      const other = b.steps[at] as LearntStep;
      const means = ({ hz, modulationHz }: LearntStep) => ({ hz: hz.map(({ mean }) => mean), modulationHz });
      const silent = step.hz.length === 0 && other.hz.length === 0;
      const long = step.ms === null || other.ms === null;
      return (
        (silent || sameLines(means(step), means(other))) &&
        (long ? step.ms === other.ms : same(step.ms?.mean ?? 0, other.ms?.mean ?? 0, sameMs))
      );
    })
  );
}

/** What the tone may be called, from its cadence alone. */
export function guessName({ steps, once }: LearntTone): ToneName {
  const sounds = steps.filter(({ hz }) => hz.length > 0);
  if (sounds.some(({ ms }) => ms === null)) return 'dial';
  const pitches = new Set(sounds.map(({ hz }) => Math.round((hz[0]?.mean ?? 0) / 60)));
  if (once || pitches.size >= 3) return 'info';
  const onMs = Math.max(...sounds.map(({ ms }) => ms?.mean ?? 0));
  const gaps = steps.filter(({ hz }) => hz.length === 0).map(({ ms }) => ms?.mean ?? 0);
  const longest = Math.max(0, ...gaps);
  if (longest >= 1_500) return onMs <= 320 ? 'callWaiting' : 'ringback';
  return sounds.length === 1 && onMs >= 290 && Math.abs(onMs - longest) < 0.3 * onMs ? 'busy' : 'congestion';
}

interface Period {
  /** Bursts that a round has, and all bursts that belong to it. */
  bursts: number;
  count: number;
}

/** The shortest period of those that explain most bursts; at least two rounds are wanted. */
function bestPeriod(bursts: readonly Burst[], from: number, durationMs: number): Period | null {
  let best: Period | null = null;
  for (let size = 1; size <= mostInPeriod; size++) {
    let end = from + size;
    while (end < bursts.length && continues(bursts, from, end, size, durationMs)) end += 1;
    const count = end - from;
    const enough = count >= 2 * size && size < count;
    if (enough && (best === null || count > best.count)) best = { bursts: size, count };
  }
  return best;
}

/** Whether burst `at` is the one before it by a period again, the silence before it included. */
function continues(
  bursts: readonly Burst[],
  from: number,
  at: number,
  size: number,
  durationMs: number,
): boolean {
  const here = bursts[at] as Burst;
  const model = bursts[at - size] as Burst;
  const gap = gapBefore(bursts, at);
  if (gap > longestGapMs || !sameLines(here, model)) return false;
  const length = here.endMs - here.startMs;
  const modelLength = model.endMs - model.startMs;
  const cutHere = here.endMs >= durationMs - edgeMs && length < modelLength;
  const cutModel = model.startMs <= edgeMs && modelLength < length;
  if (!cutHere && !cutModel && !same(length, modelLength, sameMs)) return false;
  return at - size === from || same(gap, gapBefore(bursts, at - size), sameMs);
}

function gapBefore(bursts: readonly Burst[], at: number): number {
  return (bursts[at]?.startMs ?? 0) - (bursts[at - 1]?.endMs ?? 0);
}

function same(a: number, b: number, limit: { share: number; least: number }): boolean {
  return Math.abs(a - b) <= Math.max(limit.least, limit.share * Math.max(a, b));
}

function sameLines(a: Pick<Burst, 'hz' | 'modulationHz'>, b: Pick<Burst, 'hz' | 'modulationHz'>): boolean {
  return (
    a.hz.length === b.hz.length &&
    a.hz.length > 0 &&
    (a.modulationHz === null) === (b.modulationHz === null) &&
    a.hz.every((hz, at) => same(hz, b.hz[at] ?? 0, sameHz))
  );
}

/** Bursts of one frequency each that follow each other without silence, each at another pitch. */
function joinedBursts(bursts: readonly Burst[], from: number): number {
  let count = 0;
  for (let at = from; at < bursts.length; at++, count++) {
    const here = bursts[at] as Burst;
    if (here.hz.length !== 1 || here.endMs - here.startMs < leastOnceMs) break;
    if (at === from) continue;
    if (gapBefore(bursts, at) > joinedMs || sameLines(here, bursts[at - 1] as Burst)) break;
  }
  return count;
}

function periodic(bursts: readonly Burst[], size: number, durationMs: number): LearntTone {
  const last = bursts.at(-1) as Burst;
  const steps: LearntStep[] = [];
  for (let place = 0; place < size; place++) {
    const group = bursts.filter((_, at) => at % size === place);
    const whole = group.filter(({ startMs, endMs }) => startMs > edgeMs && endMs < durationMs - edgeMs);
    const lengths = (whole.length > 0 ? whole : group).map(({ startMs, endMs }) => endMs - startMs);
    steps.push({ ...seenLines(group), ms: seen(lengths) });
    const gaps = bursts.flatMap((_, at) =>
      at > 0 && (at - 1) % size === place ? [gapBefore(bursts, at)] : [],
    );
    const gap = seen(gaps);
    if (gap.mean >= leastGapMs) steps.push({ hz: [], modulationHz: null, ms: gap });
  }
  return {
    startMs: bursts[0]?.startMs ?? 0,
    endMs: last.endMs,
    steps: longestSilenceLast(steps),
    once: false,
    bursts: bursts.length,
  };
}

/** A recording may begin anywhere in a round; plans write the pause between rounds last. */
function longestSilenceLast(steps: LearntStep[]): LearntStep[] {
  const silences = steps.map(({ hz, ms }) => (hz.length === 0 ? (ms?.mean ?? 0) : -1));
  const longest = silences.indexOf(Math.max(...silences));
  if ((silences[longest] ?? -1) < 0) return steps;
  // Between silences that are as good as equal the recording's own order stays.
  const last = silences.at(-1) ?? -1;
  if (last >= 0 && same(last, silences[longest] ?? 0, sameMs)) return steps;
  return [...steps.slice(longest + 1), ...steps.slice(0, longest + 1)];
}

function continuous(burst: Burst): LearntTone {
  const { startMs, endMs } = burst;
  return { startMs, endMs, steps: [{ ...seenLines([burst]), ms: null }], once: false, bursts: 1 };
}

function playedOnce(bursts: readonly Burst[]): LearntTone {
  const steps = bursts.flatMap((burst, at): LearntStep[] => {
    const gap = at === 0 ? 0 : gapBefore(bursts, at);
    const silence = gap < leastGapMs ? [] : [{ hz: [], modulationHz: null, ms: seen([gap]) }];
    return [...silence, { ...seenLines([burst]), ms: seen([burst.endMs - burst.startMs]) }];
  });
  return {
    startMs: bursts[0]?.startMs ?? 0,
    endMs: bursts.at(-1)?.endMs ?? 0,
    steps,
    once: true,
    bursts: bursts.length,
  };
}

/** Long bursts say most about frequencies: the mean is weighted by length. */
function seenLines(group: readonly Burst[]): Pick<LearntStep, 'hz' | 'modulationHz'> {
  const weights = group.map(({ startMs, endMs }) => endMs - startMs);
  const rates = group.flatMap(({ modulationHz }) => (modulationHz === null ? [] : [modulationHz]));
  return {
    hz: (group[0]?.hz ?? []).map((_, line) =>
      seen(
        group.map(({ hz }) => hz[line] ?? 0),
        weights,
      ),
    ),
    modulationHz: rates.length === 0 ? null : seen(rates).mean,
  };
}

function seen(values: readonly number[], weights: readonly number[] = values.map(() => 1)): Seen {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = values.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0) / total;
  return { mean, low: Math.min(...values), high: Math.max(...values), times: values.length };
}

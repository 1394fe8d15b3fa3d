import { tonePlans } from '../../src/board/tone-plans.ts';
import { activeLevel, fromDb, RATE } from '../../src/eval/line/line.ts';
import type { Random } from '../../src/eval/line/random.ts';
import { cadence, exact, join, silence, tone } from './signals.ts';

/** Something said, at any level. */
export interface Clip {
  name: string;
  voice: string;
  lang: string;
  samples: Float32Array;
}

/** A call with its truth. Times in ms from its start, which is the answer. */
export interface ConditionedCall {
  label: 'human' | 'machine' | 'false_answer';
  condition: string;
  parts: Float32Array[];
  speaker: string;
  lang: string;
  speechStartMs: number;
  greetingEndMs: number;
  beep: { startMs: number; lengthMs: number } | null;
  /** What is heard behind the voice, and how far below it. */
  noise: { kind: string; snrDb: number } | null;
}

/** People in the conditions that look like machines, machines in those that look like people. */
export const conditions = [
  ...(['silence-first', 'repeated', 'long-sentence', 'background-babble', 'background-room'] as const),
  ...(['ringback-after-answer', 'rings-on-then-answers', 'clipped-start'] as const),
  ...(['pause-in-greeting', 'soft-beep', 'double-beep', 'beep-at-once'] as const),
  ...(['false-answer-ringback'] as const),
] as const;
export type Condition = (typeof conditions)[number];

const ms = (samples: number) => Math.round((samples * 1000) / RATE);

/** Builds a call from the left and keeps its truth. */
class Builder {
  readonly parts: Float32Array[] = [];
  private length = 0;
  private start = -1;
  private end = 0;
  beep: ConditionedCall['beep'] = null;

  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  quiet(lowMs: number, highMs = lowMs): this {
    return this.put(silence(this.random.between(lowMs, highMs)));
  }

  put(x: Float32Array): this {
    this.parts.push(x);
    this.length += x.length;
    return this;
  }

  /** `counts`: this is the greeting, or goes on with it; what is said again later does not. */
  say(x: Float32Array, counts = true): this {
    if (counts) {
      if (this.start < 0) this.start = this.length;
      this.end = this.length + x.length;
    }
    return this.put(x);
  }

  sound(x: Float32Array): this {
    this.beep ??= { startMs: ms(this.length), lengthMs: ms(x.length) };
    return this.put(x);
  }

  call(label: ConditionedCall['label'], condition: Condition, clip: Clip): ConditionedCall {
    return {
      label,
      condition,
      parts: this.parts,
      speaker: clip.voice,
      lang: clip.lang,
      speechStartMs: ms(Math.max(0, this.start)),
      greetingEndMs: ms(this.end),
      beep: this.beep,
      noise: null,
    };
  }
}

/** Calls of people in one condition each, one for each clip; false answers and machines in theirs. */
export function conditionedCalls(
  live: readonly Clip[],
  machines: readonly Clip[],
  random: Random,
): ConditionedCall[] {
  return [
    ...live.flatMap((clip) => peopleOf(clip, live, random)),
    ...machines.flatMap((clip) => machinesOf(clip, random)),
    ...Array.from({ length: 12 }, () => falseAnswer(random)),
  ];
}

function peopleOf(clip: Clip, all: readonly Clip[], random: Random): ConditionedCall[] {
  const said = atLevel(clip.samples, random.between(-30, -14));
  const start = () => new Builder(random);
  const call = (builder: Builder, condition: Condition) => builder.call('human', condition, clip);
  const ringing = ringbackOf(random);
  const cut = Math.round(RATE * random.between(0.04, 0.1));
  const babble = random.between(6, 15);
  const room = random.between(6, 15);
  const others = all.filter(({ voice }) => voice !== clip.voice);
  return [
    call(start().quiet(2_000, 4_500).say(said).quiet(3_000), 'silence-first'),
    call(repeat(start().quiet(100, 900).say(said), said, random), 'repeated'),
    longSentence(clip, all, random),
    behind(
      call(start().quiet(300, 900).say(said).quiet(3_000), 'background-babble'),
      'babble',
      babble,
      (length) => babbleOf(others, length, random),
    ),
    behind(call(start().quiet(300, 900).say(said).quiet(3_000), 'background-room'), 'room', room, (length) =>
      roomNoise(length, random),
    ),
    call(
      start()
        .put(ringing.subarray(0, RATE * random.between(0.2, 1)))
        .quiet(250, 800)
        .say(said)
        .quiet(3_000),
      'ringback-after-answer',
    ),
    call(start().put(ringing).quiet(0).say(said).quiet(3_000), 'rings-on-then-answers'),
    call(start().say(said.subarray(cut)).quiet(3_000), 'clipped-start'),
  ];
}

function repeat(builder: Builder, said: Float32Array, random: Random): Builder {
  const times = random.chance(0.5) ? 1 : 2;
  for (let n = 0; n < times; n++) builder.quiet(900, 1_900).say(said, false);
  return builder.quiet(3_000);
}

/** Two or three clips of one voice after each other, with the pauses of somebody who speaks. */
function longSentence(clip: Clip, all: readonly Clip[], random: Random): ConditionedCall {
  const own = all.filter(({ voice, lang }) => voice === clip.voice && lang === clip.lang);
  const level = random.between(-28, -16);
  const builder = new Builder(random).quiet(100, 900).say(atLevel(clip.samples, level));
  let length = clip.samples.length;
  while (length < 2 * RATE) {
    const next = random.pick(own).samples;
    builder.quiet(150, 400).say(atLevel(next, level));
    length += next.length;
  }
  return builder.quiet(3_000).call('human', 'long-sentence', clip);
}

function machinesOf(clip: Clip, random: Random): ConditionedCall[] {
  const level = random.between(-30, -14);
  const said = atLevel(clip.samples, level);
  const half = quietestNear(said, said.length / 2);
  const hz = random.between(440, 2_000);
  const beep = (lengthMs: number, belowDb: number) =>
    tone([hz], lengthMs, { ...exact, dbm0: level + 3 - belowDb });
  const start = () => new Builder(random).quiet(100, 1_200);
  const call = (builder: Builder, condition: Condition) => builder.call('machine', condition, clip);
  return [
    call(
      start()
        .say(said.subarray(0, half))
        .quiet(500, 900)
        .say(said.subarray(half))
        .quiet(300, 1_200)
        .sound(beep(400, 3))
        .quiet(2_000),
      'pause-in-greeting',
    ),
    call(start().say(said).quiet(300, 1_200).sound(beep(300, 15)).quiet(2_000), 'soft-beep'),
    call(
      start().say(said).quiet(300, 1_200).sound(beep(200, 3)).quiet(150, 300).put(beep(200, 3)).quiet(2_000),
      'double-beep',
    ),
    call(start().say(said).quiet(20, 60).sound(beep(250, 3)).quiet(2_000), 'beep-at-once'),
  ];
}

/** The network said answer, and it rings on and on. */
function falseAnswer(random: Random): ConditionedCall {
  const plan = random.pick(tonePlans().filter(({ ringback }) => ringback !== null));
  const rounds = plan.ringback === null ? [] : cadence(plan.ringback, 14_000, 2, exact);
  const nobody: Clip = { name: '', voice: '', lang: '', samples: new Float32Array() };
  const builder = new Builder(random).quiet(50, 600).say(join(rounds));
  return { ...builder.call('false_answer', 'false-answer-ringback', nobody), lang: plan.code };
}

/** A whole round of a plan's ringback, its pause included. */
function ringbackOf(random: Random): Float32Array {
  const plan = random.pick(
    ['US', 'DE', 'FR', 'ES'].flatMap((code) => tonePlans().filter((each) => each.code === code)),
  );
  return plan.ringback === null ? silence(0) : join(cadence(plan.ringback, 0, 1, { ...exact, dbm0: -20 }));
}

function atLevel(x: Float32Array, dbfs: number): Float32Array {
  const gain = fromDb(dbfs) / activeLevel(x);
  return x.map((value) => value * gain);
}

/** The quietest place within 0.3 s: between two words, most likely. */
function quietestNear(x: Float32Array, middle: number): number {
  let best = Math.round(middle);
  let least = Infinity;
  for (let at = Math.round(middle - 0.3 * RATE); at < middle + 0.3 * RATE; at += 40) {
    let power = 0;
    for (let i = at - 120; i < at + 120; i++) power += (x[i] ?? 0) ** 2;
    if (power < least) [least, best] = [power, at];
  }
  return best;
}

function behind(
  call: ConditionedCall,
  kind: string,
  snrDb: number,
  make: (length: number) => Float32Array,
): ConditionedCall {
  const x = join(call.parts);
  const noise = make(x.length);
  const gain = (activeLevel(x) * fromDb(-snrDb)) / activeLevel(noise);
  return {
    ...call,
    parts: [x.map((value, at) => value + gain * (noise[at] ?? 0))],
    noise: { kind, snrDb },
  };
}

/** Six voices at once, each saying what it says over and over. */
function babbleOf(others: readonly Clip[], length: number, random: Random): Float32Array {
  const x = new Float32Array(length);
  for (let voice = 0; voice < 6; voice++) {
    let at = -Math.round(RATE * random.next());
    while (at < length) {
      const clip = atLevel(random.pick(others).samples, random.between(-24, -18));
      for (let i = Math.max(0, -at); i < clip.length && at + i < length; i++) {
        x[at + i] = (x[at + i] ?? 0) + (clip[i] ?? 0);
      }
      at += clip.length + Math.round(RATE * random.between(0.05, 0.4));
    }
  }
  return x;
}

/** Low-pass noise with slow swells: traffic, a kitchen, a fan. */
function roomNoise(length: number, random: Random): Float32Array {
  const x = new Float32Array(length);
  let low = 0;
  let swell = 0;
  for (let i = 0; i < length; i++) {
    if (i % 800 === 0) swell = 0.8 * swell + 0.3 * random.normal();
    low = 0.9 * low + 0.1 * random.normal();
    x[i] = (low + 0.05 * random.normal()) * Math.exp(swell);
  }
  return x;
}

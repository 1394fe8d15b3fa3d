import { createHash } from 'node:crypto';
import { frameKind } from '../../board/analysis.ts';
import { tonePlans, type Cadence } from '../../board/tone-plans.ts';
import { CodedError } from '../../domain/errors.ts';
import { throughGsm } from '../line/audio.ts';
import * as line from '../line/line.ts';
import type { LabelledCall } from './manifest.ts';
import { Random } from '../line/random.ts';

/** A call on another line: what is heard there, and how much later everything comes. */
export interface VariedAudio {
  x: Float32Array;
  /** A `frameKind` for each frame; null: all are audio. */
  kinds: Uint8Array | null;
  laterMs: number;
}

export interface Variation {
  group: VariationGroup;
  name: string;
  /** Calls it means anything for; all when absent. */
  fits?: (call: LabelledCall) => boolean;
  apply: (
    x: Float32Array,
    context: { call: LabelledCall; random: Random },
  ) => Promise<VariedAudio> | VariedAudio;
}

export const variationGroups = [
  ...(['level', 'noise', 'codec', 'loss', 'gaps', 'skew', 'frames'] as const),
  ...(['silence', 'ringback', 'repeat'] as const),
] as const;
export type VariationGroup = (typeof variationGroups)[number];

const same = (x: Float32Array): VariedAudio => ({ x, kinds: null, laterMs: 0 });

/** The loud parts at this level, in dBFS. */
const atLevel = (x: Float32Array, dbfs: number) => {
  const gain = line.fromDb(dbfs) / line.activeLevel(x);
  return x.map((value) => value * gain);
};

const withNoise = (kind: 'white' | 'room' | 'hum', snrDb: number): Variation['apply'] => {
  return (x, { random }) => {
    const noise = line.makeNoise(kind, x.length, random);
    const gain = line.activeLevel(x) * line.fromDb(-snrDb);
    return same(x.map((value, at) => value + gain * (noise[at] ?? 0)));
  };
};

/** Quieter frames in a row are what a network sends comfort noise for. */
const quiet = { dbfs: -52, leastFrames: 5 };

/** Where `answer_ms` is 0: the file starts with what the called side says. */
const answered = ({ from, truth }: LabelledCall) =>
  from === 'answer' && (truth === 'human' || truth === 'machine' || truth === 'screening');

/** Pause before a person says it again, in ms. */
const repeatPauseMs = 1_400;
const leadSilenceMs = 1_600;
/** Level of the line's own noise in what is put before a call. */
const lineNoiseDbfs = -62;

const variations: readonly Variation[] = [
  { group: 'level', name: 'level -33 dBFS', apply: (x) => same(atLevel(x, -33)) },
  { group: 'level', name: 'level -12 dBFS', apply: (x) => same(atLevel(x, -12)) },
  { group: 'noise', name: 'white noise 15 dB below', apply: withNoise('white', 15) },
  { group: 'noise', name: 'room noise 15 dB below', apply: withNoise('room', 15) },
  { group: 'noise', name: 'mains hum 15 dB below', apply: withNoise('hum', 15) },
  {
    group: 'codec',
    name: 'A-law, then u-law',
    apply: (x) => {
      const out = x.slice();
      line.compand(out, 'alaw');
      line.compand(out, 'ulaw');
      return same(out);
    },
  },
  { group: 'codec', name: 'GSM full rate', apply: async (x) => same(await throughGsm(x)) },
  {
    group: 'loss',
    name: '3 % lost, silence instead',
    apply: (x, { random }) => {
      const out = x.slice();
      lost(x, random).forEach((gone, frame) => {
        if (gone) out.fill(0, frame * line.FRAME, (frame + 1) * line.FRAME);
      });
      return same(out);
    },
  },
  {
    group: 'loss',
    name: '3 % lost, marked as lost',
    apply: (x, { random }) => ({
      x,
      kinds: Uint8Array.from(lost(x, random), (gone) => (gone ? frameKind.lost : frameKind.audio)),
      laterMs: 0,
    }),
  },
  { group: 'gaps', name: 'comfort noise in pauses', apply: comfortNoise },
  { group: 'skew', name: 'clock 200 ppm fast', apply: (x) => same(line.skewed(x, 200)) },
  { group: 'skew', name: 'clock 200 ppm slow', apply: (x) => same(line.skewed(x, -200)) },
  {
    group: 'frames',
    name: 'cut 7 ms later into frames',
    apply: (x) => ({ x: x.slice(56), kinds: null, laterMs: -7 }),
  },
  {
    group: 'silence',
    name: '1.6 s of line noise first',
    fits: answered,
    apply: after(() => [], leadSilenceMs),
  },
  {
    group: 'ringback',
    name: 'a burst of ringback after answer',
    fits: answered,
    apply: after(({ plan }) => ringingOf(plan), 700),
  },
  { group: 'repeat', name: 'a person says it again', fits: isShortAnswer, apply: sayAgain },
];

function lost(x: Float32Array, random: Random): boolean[] {
  return line.lostFrames(Math.ceil(x.length / line.FRAME), 0.03, random);
}

function comfortNoise(x: Float32Array): VariedAudio {
  const frames = Math.ceil(x.length / line.FRAME);
  const kinds = new Uint8Array(frames);
  const limit = line.fromDb(2 * quiet.dbfs);
  let run = 0;
  for (let frame = 0; frame <= frames; frame++) {
    const part = x.subarray(frame * line.FRAME, (frame + 1) * line.FRAME);
    const power = part.reduce((sum, value) => sum + value * value, 0) / Math.max(1, part.length);
    if (frame < frames && power < limit) {
      run += 1;
      continue;
    }
    if (run >= quiet.leastFrames) kinds.fill(frameKind.comfortNoise, frame - run, frame);
    run = 0;
  }
  return { x, kinds, laterMs: 0 };
}

/** Puts a sound and then `quietMs` of line noise before the call. */
function after(sound: (call: LabelledCall) => Cadence['steps'], quietMs: number): Variation['apply'] {
  return (x, { call, random }) => {
    const steps = sound(call);
    const soundMs = steps.reduce((sum, { ms }) => sum + ms, 0);
    const lead = new Float32Array(8 * (soundMs + quietMs));
    let at = 0;
    for (const { hz, ms } of steps) {
      for (let i = 0; i < 8 * ms; i++) {
        for (const f of hz)
          lead[at + i] = (lead[at + i] ?? 0) + 0.08 * Math.sin((2 * Math.PI * f * i) / line.RATE);
      }
      at += 8 * ms;
    }
    const floor = line.fromDb(lineNoiseDbfs);
    for (let i = 0; i < lead.length; i++) lead[i] = (lead[i] ?? 0) + floor * random.normal();
    const out = new Float32Array(lead.length + x.length);
    out.set(lead);
    out.set(x, lead.length);
    return { x: out, kinds: null, laterMs: soundMs + quietMs };
  };
}

/** The first burst of the plan's ringback, 1.2 s of it at most: the answer came while it sounded. */
function ringingOf(code: string): Cadence['steps'] {
  const ringback = tonePlans().find((plan) => plan.code === code)?.ringback;
  const [first] = ringback?.steps ?? [];
  return first === undefined ? [] : [{ ...first, ms: Math.min(1_200, first.ms) }];
}

function isShortAnswer(call: LabelledCall): boolean {
  const { truth, speechStartMs, greetingEndMs } = call;
  if (truth !== 'human' || !answered(call) || speechStartMs === null || greetingEndMs === null) return false;
  return greetingEndMs - speechStartMs < 2_000;
}

function sayAgain(x: Float32Array, { call, random }: { call: LabelledCall; random: Random }): VariedAudio {
  const start = 8 * Math.max(0, (call.speechStartMs ?? 0) - 60);
  const end = Math.min(x.length, 8 * ((call.greetingEndMs ?? 0) + 60));
  const said = x.subarray(start, end);
  const pause = new Float32Array(8 * repeatPauseMs).map(() => line.fromDb(lineNoiseDbfs) * random.normal());
  const out = new Float32Array(end + pause.length + said.length + 8 * 3_000);
  out.set(x.subarray(0, end));
  out.set(pause, end);
  out.set(said, end + pause.length);
  for (let i = end + pause.length + said.length; i < out.length; i++) {
    out[i] = line.fromDb(lineNoiseDbfs) * random.normal();
  }
  return same(out);
}

/**
 * The variations of the groups named: `all`, or `level,noise`.
 *
 * @throws CodedError BAD_ARGUMENT
 */
export function variationsOf(text: string): Variation[] {
  const names = text.split(',').map((name) => name.trim());
  const known = (name: string): name is VariationGroup =>
    (variationGroups as readonly string[]).includes(name);
  const wanted = names.includes('all') ? [...variationGroups] : names;
  if (!wanted.every(known)) {
    const expected = `all, or some of ${variationGroups.join(', ')}`;
    throw new CodedError('BAD_ARGUMENT', `--vary ${text}: expected ${expected}`, {
      field: 'vary',
      found: text,
      expected,
    });
  }
  return variations.filter(({ group }) => (wanted as string[]).includes(group));
}

/** The same numbers for the same call and variation, whatever else is varied. */
export function randomFor(seed: number, call: LabelledCall, variation: string): Random {
  const text = `${seed}/${call.file}/${variation}`;
  return new Random(createHash('sha256').update(text).digest().readUInt32BE(0));
}

/** The call with its times where they are in the varied audio. */
export function movedCall(call: LabelledCall, laterMs: number): LabelledCall {
  const later = (ms: number | null) => (ms === null ? null : Math.max(0, ms + laterMs));
  return {
    ...call,
    answerMs: call.from === 'answer' ? call.answerMs : later(call.answerMs),
    speechStartMs: later(call.speechStartMs),
    greetingEndMs: later(call.greetingEndMs),
    beep:
      call.beep === null
        ? null
        : { ...call.beep, startMs: call.beep.startMs + laterMs, endMs: call.beep.endMs + laterMs },
  };
}

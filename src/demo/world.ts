import type { SimKind, SimWorld } from '../board/sim/config.ts';
import { sitCategories } from '../domain/outcome.ts';
import { seededRandom } from './random.ts';

/** The demo's speech recordings by what they are used for; absolute paths. */
export interface DemoSpeech {
  live: string[];
  machine: string[];
  screening: string[];
  /** Ringback music. */
  music: string[];
}

/** Shares of what the called numbers are; close to a consumer list in working hours, and they sum to 1. */
const shares: [SimKind, number][] = [
  ['live', 0.36],
  ['machine', 0.24],
  ['no_answer', 0.13],
  ['busy', 0.08],
  ['sit', 0.06],
  ['congestion', 0.03],
  ['fax', 0.04],
  ['modem', 0.01],
  ['screening', 0.02],
  ['silence', 0.02],
  ['unobtainable', 0.01],
];

/**
 * Draws what stands behind each number. The same numbers, speech and seed give the same world.
 * Busy, congestion and SIT are given as tones in the band only, so that the detector has to hear them.
 */
export function drawWorld(numbers: string[], speech: DemoSpeech, seed: number): SimWorld {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const between = (low: number, high: number) => Math.round(low + random() * (high - low));

  const subscribers = numbers.map((number) => {
    const kind = drawKind(random());
    const spoken =
      kind === 'live'
        ? pick(speech.live)
        : kind === 'machine'
          ? pick(speech.machine)
          : pick(speech.screening);
    const speaks = kind === 'live' || kind === 'machine' || kind === 'screening';
    const music = random() < 0.03 ? pick(speech.music) : undefined;
    return {
      number,
      kind,
      ringMs: kind === 'machine' ? between(10_000, 20_000) : between(3_000, 14_000),
      answerPauseMs: between(150, 1_300),
      speech: speaks && spoken !== undefined ? [spoken] : [],
      repeatGapMs: between(1_800, 3_500),
      levelDbm0: -14 - random() * 16,
      noiseDbm0: -70 + random() * 20,
      codec: random() < 0.8 ? ('ulaw' as const) : ('alaw' as const),
      lossPct: random() < 0.15 ? random() : 0,
      beepHz: between(440, 1_900),
      beepMs: between(150, 900),
      ...(kind === 'sit' ? { sit: pick(sitCategories) ?? 'ITU' } : {}),
      patienceMs: between(9_000, 15_000),
      talkMs: between(8_000, 20_000),
      ...(music === undefined ? {} : { ringbackMusic: music }),
      falseAnswerMs: 0,
      dtmf: '',
    };
  });
  return {
    subscribers,
    unlisted: 'unobtainable',
    mixSpeech: { live: [], machine: [] },
    extensions: [{ extension: '7xxx', answerMs: 600, behaviour: 'answer' }],
    faults: [],
  };
}

function drawKind(draw: number): SimKind {
  let sum = 0;
  for (const [kind, share] of shares) {
    sum += share;
    if (draw < sum) return kind;
  }
  return 'live';
}

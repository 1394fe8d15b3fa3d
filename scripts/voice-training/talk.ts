/** What is said in a call: clips of one speaker on a time line. */
import type { Clip, Speakers } from './clips.ts';
import type { Random } from './random.ts';

export interface Talk {
  speaker: string;
  subtype: string;
  pieces: { at: number; clip: Clip }[]; // s from the first sound
  end: number; // s, of the greeting
}

export interface Voices {
  people: Speakers; // words, phrases and sentences, said by people
  readers: Speakers; // people who read whole sentences: one is an answer, many are a personal greeting
  prompts: Speakers; // recorded prompts of voice mail and announcements
  ttsPeople: Speakers; // synthetic voices: short answers
  ttsMachines: Speakers; // voicemail greetings
  ttsScreening: Speakers; // questions of a screening assistant
}

/** Longest answer of a person, s. */
const LONGEST_ANSWER = 5.3;
const LONGEST_GREETING = 16;

function sequence(speaker: string, subtype: string, clips: readonly Clip[], pause: () => number): Talk {
  let at = 0;
  const pieces: Talk['pieces'] = [];
  for (const clip of clips) {
    if (pieces.length > 0) at += pause();
    pieces.push({ at, clip });
    at += clip.seconds;
  }
  return { speaker, subtype, pieces, end: at };
}

/** Packages of words and sentences said by volunteers; the others are games, whose actors speak in studios. */
const VOLUNTEERS = /^(tuxpaint|klettres|ktuberling|codec2|gcin|alsa|saytime|linphone|pocketsphinx|corpus)/;
const VOLUNTEER_SHARE = 0.65;

/**
 * A speaker of the pool: first the package ("PACKAGE__SPEAKER"), then one of its voices, those with many clips
 * and packages with many voices more often, but not as often as they have them.
 */
function pickSpeaker(random: Random, pool: Speakers, volunteers: number | null = null): [string, Clip[]] {
  const packages = new Map<string, [string, Clip[]][]>();
  const wanted = volunteers === null ? null : random.chance(volunteers);
  for (const one of pool) {
    const name = one[0].replace(/__.*/, '');
    if (wanted !== null && VOLUNTEERS.test(name) !== wanted) continue;
    packages.set(name, [...(packages.get(name) ?? []), one]);
  }
  if (packages.size === 0) return pickSpeaker(random, pool);
  const all = [...packages.values()];
  for (;;) {
    const voices = random.pick(all);
    if (!random.chance(Math.min(1, Math.sqrt(voices.length / 16)))) continue;
    const one = random.pick(voices);
    if (random.chance(Math.min(1, Math.sqrt(one[1].length / 20)))) return one;
  }
}

/** A synthetic voice may say what people say: the voice alone makes no machine. */
const SYNTHETIC_SHARE = 0.06;

/** Speakers who could have read a greeting of several sentences. */
function readers(voices: Voices): Speakers {
  const sentences = (clips: readonly Clip[]): number => clips.filter(({ seconds }) => seconds > 1.8).length;
  return new Map([...voices.people, ...voices.readers].filter(([, clips]) => sentences(clips) >= 8));
}
const readersOf = new WeakMap<Voices, Speakers>();

/** A person: a word, a phrase or a sentence, now and then two or three of them. */
export function personTalk(random: Random, voices: Voices): Talk {
  for (;;) {
    const synthetic = voices.ttsPeople.size > 0 && random.chance(SYNTHETIC_SHARE);
    const pool = synthetic
      ? voices.ttsPeople
      : voices.readers.size > 0 && random.chance(0.04)
        ? voices.readers
        : voices.people;
    const [speaker, all] = pickSpeaker(random, pool, pool === voices.people ? VOLUNTEER_SHARE : null);
    const kind = random.next();
    const [subtype, low, high] =
      kind < 0.25
        ? (['short', 0.15, 0.9] as const)
        : kind < 0.52
          ? (['medium', 0.9, 2] as const)
          : kind < 0.84
            ? (['long', 2, 3.3] as const)
            : (['long', 3.3, LONGEST_ANSWER] as const);
    const clips = all.filter((c) => c.seconds > low && c.seconds < high);
    const words = all.filter((c) => c.seconds < 2.4);
    const chained = subtype === 'long' ? (synthetic ? 0.8 : 0.3) : 0.2;
    if (subtype !== 'short' && words.length > 2 && random.chance(chained)) {
      const count = random.chance(0.2) ? 3 : 2;
      const pause = random.between(0.1, random.chance(0.2) ? 1.2 : 0.6);
      const said = Array.from({ length: count }, () => random.pick(words));
      const talk = sequence(speaker, `${subtype}-two`, said, () => pause * random.between(0.7, 1.3));
      if (talk.end > low && talk.end < high) return talk;
    }
    if (clips.length > 0) return sequence(speaker, subtype, [random.pick(clips)], () => 0);
  }
}

/** Of recordings: sentences read one after the other, as who records a greeting does. */
const READ_SHARE = 0.17;

/** A recording: prompts one after the other, a synthetic voice, or sentences read as a personal greeting. */
export function machineTalk(random: Random, voices: Voices): Talk {
  for (;;) {
    const kind = random.next();
    const pause = random.between(0.1, random.chance(0.25) ? 0.9 : 0.45);
    const pauses = (): number => pause * random.between(0.6, 1.4);
    if (kind < READ_SHARE) {
      const pool = readersOf.get(voices) ?? readers(voices);
      readersOf.set(voices, pool);
      if (pool.size === 0) continue;
      const [speaker, all] = pickSpeaker(random, pool, VOLUNTEER_SHARE);
      const clips = all.filter((c) => c.seconds > 1);
      if (clips.length < 4) continue;
      const said = Array.from({ length: 2 + Math.floor(random.next() * 4) }, () => random.pick(clips));
      const talk = sequence(speaker, 'read', said, pauses);
      if (talk.end > (random.chance(0.3) ? 3.2 : 4.8) && talk.end < LONGEST_GREETING) return talk;
      continue;
    }
    const synthetic = kind < 0.45 && voices.ttsMachines.size > 0;
    const [speaker, all] = pickSpeaker(random, synthetic ? voices.ttsMachines : voices.prompts);
    const clips = all.filter((c) => c.seconds > 0.5 && c.seconds < 14);
    if (clips.length === 0) continue;
    // Half of them are short: those are what is hard.
    const short = random.chance(0.5);
    const count = short ? 1 + Math.floor(random.next() * 2) : 1 + Math.floor(random.next() * 6);
    const said = Array.from({ length: count }, () => random.pick(clips));
    const talk = sequence(speaker, synthetic ? 'tts' : 'prompt', said, pauses);
    const least = synthetic ? 1.6 : 0.85;
    if (talk.end > least && talk.end < (short ? 5.5 : LONGEST_GREETING)) return talk;
  }
}

/** A synthetic voice that asks who calls. */
export function screeningTalk(random: Random, voices: Voices): Talk {
  const [speaker, all] = pickSpeaker(random, voices.ttsScreening);
  return sequence(speaker, 'screening', [random.pick(all)], () => 0);
}

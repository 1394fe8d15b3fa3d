/** What is said in a call: clips of one speaker on a time line. */
import type { Clip, Speakers } from './clips.ts';
import type { Random } from './random.ts';

export interface Talk {
  speaker: string;
  subtype: string;
  pieces: { at: number; clip: Clip }[]; // s from the first sound
  end: number; // s, of the greeting
  again?: Clip; // what the same person may say next
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

/** Packages of games, whose actors speak in studios; all others are of volunteers. */
const ACTORS =
  /^(0ad|beneath|boswars|drascula|fillets|flight|freedroid|hedgewars|megaglest|nexuiz|openarena|pingus|planetblupi|trigger|unknown-horizons|warzone)/;
const VOLUNTEER_SHARE = 0.75;

/** The package or data set that a voice is of: `SOURCE__SPEAKER`, or of a synthesizer `PROGRAM-VOICE`. */
export const sourceOf = (speaker: string): string =>
  speaker.includes('__') ? speaker.replace(/__.*/, '') : speaker.replace(/-.*/, '');

/**
 * A speaker of the pool: first the package ("PACKAGE__SPEAKER"), then one of its voices, those with many clips
 * and packages with many voices more often, but not as often as they have them.
 */
function pickSpeaker(random: Random, pool: Speakers, volunteers: number | null = null): [string, Clip[]] {
  const packages = new Map<string, [string, Clip[]][]>();
  const wanted = volunteers === null ? null : random.chance(volunteers);
  for (const one of pool) {
    const name = sourceOf(one[0]);
    if (wanted !== null && ACTORS.test(name) === wanted) continue;
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
  return new Map([...voices.people, ...voices.readers].filter(([, clips]) => sentences(clips) >= 3));
}
const readersOf = new WeakMap<Voices, Speakers>();

/**
 * What calls are like. `hard`: half of the recordings are short, and of people two of five say 2 s and more, since those
 * are what is hard; the lines of the operating point, not the network, know how often each comes. `trunk`: recordings
 * as long as voice mail has them, more people with short greetings.
 */
export interface Mix {
  shortShare: number; // of people: below 0.9 s
  mediumShare: number; // to 2 s
  longShare: number; // to 3.4 s; what is left goes on to 5.3 s
  chainedShare: number; // of people with more than a word: several words, with pauses
  leastGreeting: number; // s, of a recording
  slowShare: number; // of recordings: with pauses of up to 0.9 s and more
  leastRead: number; // s, of a clip in a greeting that somebody read
  briefShare: number; // of recordings: one or two prompts, below 5.5 s
}
export const MIXES: Readonly<Record<string, Mix>> = {
  hard: {
    shortShare: 0.3,
    mediumShare: 0.28,
    longShare: 0.27,
    chainedShare: 0.3,
    leastGreeting: 0,
    slowShare: 0.25,
    leastRead: 1,
    briefShare: 0.5,
  },
  trunk: {
    shortShare: 0.43,
    mediumShare: 0.31,
    longShare: 0.16,
    chainedShare: 0.15,
    leastGreeting: 2.2,
    slowShare: 0.15,
    leastRead: 1.8,
    briefShare: 0.12,
  },
};

/** A person: a word, a phrase or a sentence, now and then two or three of them. */
export function personTalk(random: Random, voices: Voices, mix: Mix): Talk {
  for (;;) {
    const synthetic = voices.ttsPeople.size > 0 && random.chance(SYNTHETIC_SHARE);
    const pool = synthetic
      ? voices.ttsPeople
      : voices.readers.size > 0 && random.chance(0.03)
        ? voices.readers
        : voices.people;
    const [speaker, all] = pickSpeaker(random, pool, pool === voices.people ? VOLUNTEER_SHARE : null);
    const kind = random.next();
    const [subtype, low, high] =
      kind < mix.shortShare
        ? (['short', 0.15, 0.9] as const)
        : kind < mix.shortShare + mix.mediumShare
          ? (['medium', 0.9, 2] as const)
          : kind < mix.shortShare + mix.mediumShare + mix.longShare
            ? (['long', 2, 3.4] as const)
            : (['long', 3.4, LONGEST_ANSWER] as const);
    const clips = all.filter((c) => c.seconds > low && c.seconds < high);
    const words = all.filter((c) => c.seconds < 2.4);
    const chained =
      subtype === 'long' ? (synthetic ? 0.8 : mix.chainedShare) : Math.min(0.2, mix.chainedShare);
    if (subtype !== 'short' && words.length > 2 && random.chance(chained)) {
      const count = random.chance(0.2) ? 3 : 2;
      const pause = random.between(0.1, random.chance(0.2) ? 1.2 : 0.6);
      const said = Array.from({ length: count }, () => random.pick(words));
      const talk = sequence(speaker, `${subtype}-two`, said, () => pause * random.between(0.7, 1.3));
      if (talk.end > low && talk.end < high) return { ...talk, again: random.pick(said) };
    }
    if (clips.length === 0) continue;
    const clip = random.pick(clips);
    const again = words.length > 0 && random.chance(0.5) ? random.pick(words) : clip;
    return { ...sequence(speaker, subtype, [clip], () => 0), again };
  }
}

function takeAny(random: Random, from: Clip[]): Clip {
  const clip = random.pick(from);
  from.splice(from.indexOf(clip), 1);
  return clip;
}

/** How long somebody talks with an agent, s. */
const TALKS_FOR = 30;

/**
 * What a person says to an agent after the greeting, which the agent does not hear begin: turns of one to four words or sentences,
 * the first of them soon where somebody asks again or introduces himself, the others after what the agent says.
 */
export function talkOn(random: Random, voices: Voices, { speaker, end, pieces: said }: Talk): Talk['pieces'] {
  // Nobody says a word twice in the same way.
  const left = [voices.people, voices.readers, voices.ttsPeople].flatMap((pool) =>
    (pool.get(speaker) ?? []).filter((clip) => !said.some((piece) => piece.clip === clip)),
  );
  const pieces: Talk['pieces'] = [];
  let at = end + (random.chance(0.4) ? random.between(0.5, 1.2) : random.between(1.2, 5));
  while (at < end + TALKS_FOR && left.length > 0) {
    const count = 1 + Math.floor(4 * random.next() ** 2);
    const pause = random.between(0.08, 0.7);
    for (let i = 0; i < count && left.length > 0; i++) {
      const clip = takeAny(random, left);
      pieces.push({ at, clip });
      at += clip.seconds + pause * random.between(0.6, 1.4);
    }
    at += random.between(0.6, 6);
  }
  return pieces;
}

/** Of recordings: sentences read one after the other, as who records a greeting does. */
const READ_SHARE = 0.18;

const anyOf = (random: Random, clips: readonly Clip[], count: number): Clip[] =>
  Array.from({ length: count }, () => random.pick(clips));

/** Different clips, until they make a greeting of some 3 to 13 s. */
function enough(random: Random, clips: readonly Clip[]): Clip[] {
  const left = [...clips];
  const said: Clip[] = [];
  const seconds = random.between(3, 13);
  for (let all = 0; all < seconds && left.length > 0;) {
    const [clip] = left.splice(Math.floor(random.next() * left.length), 1);
    if (!clip) break;
    said.push(clip);
    all += clip.seconds;
  }
  return said;
}

/** A recording: prompts one after the other, a synthetic voice, or sentences read as a personal greeting. */
export function machineTalk(random: Random, voices: Voices, mix: Mix): Talk {
  for (;;) {
    const kind = random.next();
    const pause = random.between(0.1, random.chance(mix.slowShare) ? 0.9 : 0.45);
    const pauses = (): number => pause * random.between(0.6, 1.4);
    if (kind < READ_SHARE) {
      const pool = readersOf.get(voices) ?? readers(voices);
      readersOf.set(voices, pool);
      if (pool.size === 0) continue;
      const [speaker, all] = pickSpeaker(random, pool, VOLUNTEER_SHARE);
      const clips = all.filter((c) => c.seconds > mix.leastRead);
      if (clips.length < 3) continue;
      const said = Array.from({ length: 2 + Math.floor(random.next() * 4) }, () => random.pick(clips));
      const talk = sequence(speaker, 'read', said, pauses);
      if (talk.end > (random.chance(0.3) ? 3.2 : 4.8) && talk.end < LONGEST_GREETING) return talk;
      continue;
    }
    const synthetic = kind < 0.6 && voices.ttsMachines.size > 0;
    const [speaker, all] = pickSpeaker(random, synthetic ? voices.ttsMachines : voices.prompts);
    const clips = all.filter((c) => c.seconds > 0.5 && c.seconds < 14);
    if (clips.length === 0) continue;
    const short = random.chance(mix.briefShare);
    const count = short ? 1 + Math.floor(random.next() * 2) : 1 + Math.floor(random.next() * 6);
    const said = mix.leastGreeting > 0 && !short ? enough(random, clips) : anyOf(random, clips, count);
    const talk = sequence(speaker, synthetic ? 'tts' : 'prompt', said, pauses);
    const least = Math.max(synthetic ? 1.6 : 0.85, short ? 0 : mix.leastGreeting);
    if (talk.end > least && talk.end < (short ? 5.5 : LONGEST_GREETING)) return talk;
  }
}

/** A synthetic voice that asks who calls. */
export function screeningTalk(random: Random, voices: Voices): Talk {
  const [speaker, all] = pickSpeaker(random, voices.ttsScreening);
  return sequence(speaker, 'screening', [random.pick(all)], () => 0);
}

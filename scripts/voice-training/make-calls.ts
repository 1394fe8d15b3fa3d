/**
 * Makes labelled calls for training the voice model out of short recordings.
 *
 *   node scripts/voice-training/make-calls.ts SOURCES OUT [--calls N] [--seed N] [--only FILE] [--without FILE]
 *     [--late SHARE] [--behind SHARE] [--mix hard|trunk] [--talk-on SHARE]
 *
 * SOURCES/KIND/SPEAKER/*.wav, 8 kHz, mono, 16 bit, as collect-sources.mjs and collect-voices.mjs lay them out;
 * KIND is `people` (words and sentences), `read` (speakers with many sentences), `prompts` (voice mail and
 * announcements), `tts-people`, `tts-prompts`, `tts-screening` (synthetic voices); and SOURCES/music/*.wav,
 * SOURCES/noise/*.wav (for the background). FILE names speakers as KIND/SPEAKER, one a line: only these, or all
 * but these. --late: the share of the calls with a background that have it only some time after the answer, in half
 * of them after a long silence; --behind: of all calls, those with a television or other voices behind who speaks. MIXES
 * in talk.ts says what the mixes are; the lines of `trunk` have less noise and echo, and nobody on them waits long.
 * --talk-on: of people, those who talk with an agent then, for half a minute, of whom the far end alone is heard.
 * OUT gets call-N.wav and manifest.csv.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addBreath, noise, voicesBehind, type Sounds } from './background.ts';
import * as channel from './channel.ts';
import { loadSounds, loadSpeakers, readNames } from './clips.ts';
import { Random } from './random.ts';
import { machineTalk, MIXES, personTalk, screeningTalk, talkOn, type Voices } from './talk.ts';
import { RATE, writeWav } from './wav.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    calls: { type: 'string', default: '4000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    without: { type: 'string' },
    late: { type: 'string', default: '0.15' },
    behind: { type: 'string', default: '0.08' },
    mix: { type: 'string', default: 'hard' },
    'talk-on': { type: 'string', default: '0' },
  },
});
const [sources, out] = positionals;
if (!sources || !out)
  throw new Error(
    'make-calls.ts SOURCES OUT [--calls N] [--seed N] [--only F] [--without F] [--late SHARE] [--behind SHARE] [--mix hard|trunk] [--talk-on SHARE]',
  );
const late = Number(values.late);
const behindShare = Number(values.behind);
const talkOnShare = Number(values['talk-on']);
const mix = MIXES[values.mix];
if (!mix) throw new Error(`--mix ${values.mix}: expected ${Object.keys(MIXES).join(' or ')}`);
const trunk = values.mix === 'trunk';
const random = new Random(Number(values.seed));
const only = values.only === undefined ? null : readNames(values.only);
const without = values.without === undefined ? new Set<string>() : readNames(values.without);
const wanted = (name: string): boolean => (only?.has(name) ?? true) && !without.has(name);
const voices: Voices = {
  people: loadSpeakers(sources, 'people', wanted),
  readers: loadSpeakers(sources, 'read', wanted),
  prompts: loadSpeakers(sources, 'prompts', wanted),
  ttsPeople: loadSpeakers(sources, 'tts-people', wanted),
  ttsMachines: loadSpeakers(sources, 'tts-prompts', wanted),
  ttsScreening: loadSpeakers(sources, 'tts-screening', wanted),
};
const sounds: Sounds = {
  people: voices.people,
  prompts: voices.prompts.size > 0 ? voices.prompts : voices.people,
  music: loadSounds(sources, 'music'),
  rooms: loadSounds(sources, 'noise'),
};
for (const kind of Object.keys(voices) as (keyof Voices)[])
  console.log(`${kind}: ${String(voices[kind].size)} speakers`);
mkdirSync(out, { recursive: true });

/** Adds a voicemail beep, sometimes two; returns its end in s. */
function addBeep(x: Float32Array, at: number, level: number): number {
  const hz = random.between(420, 2050);
  const harmonic = random.chance(0.15) ? 0.3 : 0;
  const decay = random.chance(0.15);
  const length = Math.round(random.between(0.12, random.chance(0.5) ? 0.5 : 1.2) * RATE);
  const again = random.chance(0.12) ? [0, length + Math.round(0.1 * RATE)] : [0];
  for (const shift of again)
    for (let i = 0; i < length; i++) {
      const k = Math.round(at * RATE) + shift + i;
      const edge = Math.min(1, i / 40, (length - i) / 40) * (decay ? Math.exp((-3 * i) / length) : 1);
      if (k < x.length)
        x[k] =
          (x[k] ?? 0) +
          level *
            Math.SQRT2 *
            edge *
            (Math.sin((6.2832 * hz * i) / RATE) + harmonic * Math.sin((12.5664 * hz * i) / RATE));
    }
  return at + ((again.at(-1) ?? 0) + length) / RATE;
}

/**
 * Adds one short tone of a person's own line: call waiting, the warning of a recorder, the telephone's own beep.
 * Returns its end in s.
 */
function addOwnTone(x: Float32Array, at: number, level: number): number {
  if (random.chance(0.3)) return addBeep(x, at, level);
  const [hz, seconds] = random.pick(OWN_TONES);
  const length = Math.round(seconds * random.between(0.8, 1.2) * RATE);
  for (let i = 0; i < length; i++) {
    const k = Math.round(at * RATE) + i;
    const edge = Math.min(1, i / 24, (length - i) / 24);
    if (k < x.length)
      x[k] = (x[k] ?? 0) + level * Math.SQRT2 * edge * Math.sin((2 * Math.PI * hz * i) / RATE);
  }
  return at + length / RATE;
}

/** Hz and s: call waiting of the tone plans (440, 425, 400 Hz), recorder warning (1400 Hz, ITU-T E.180), handsets. */
const OWN_TONES: readonly (readonly [number, number])[] = [
  [440, 0.3],
  [425, 0.2],
  [400, 0.1],
  [425, 0.06],
  [1400, 0.4],
  [1400, 0.5],
  [1000, 0.1],
  [880, 0.15],
  [2000, 0.08],
];

/** GSM full rate and back for many signals at once, by sox. */
function gsm(signals: readonly Float32Array[]): void {
  const gap = RATE / 10;
  const all = new Int16Array(signals.reduce((sum, x) => sum + x.length + gap, 0));
  let at = 0;
  for (const x of signals) {
    for (let i = 0; i < x.length; i++)
      all[at + i] = Math.max(-32768, Math.min(32767, Math.round((x[i] ?? 0) * 32768)));
    at += x.length + gap;
  }
  const format = ['-t', 'raw', '-r', '8000', '-c', '1', '-e', 'signed', '-b', '16'];
  const room = { maxBuffer: 1 << 28 };
  const raw = Buffer.from(all.buffer);
  const coded = execFileSync('sox', ['-V1', ...format, '-', '-t', 'gsm', '-'], { input: raw, ...room });
  const back = execFileSync('sox', ['-V1', '-t', 'gsm', '-r', '8000', '-', ...format, '-'], {
    input: coded,
    ...room,
  });
  at = 0;
  for (const x of signals) {
    for (let i = 0; i < x.length && 2 * (at + i) + 1 < back.length; i++)
      x[i] = back.readInt16LE(2 * (at + i)) / 32768;
    at += x.length + gap;
  }
}

interface Made {
  file: string;
  samples: Float32Array;
  codec: number; // 0 to 1: which codecs it goes through
}
const GROUP = 100;
const waiting: Made[] = [];

/** What the network does to the calls made so far, and writes them. */
function deliver(): void {
  const coded = waiting.filter(({ codec }) => codec < 0.2).map(({ samples }) => samples);
  if (coded.length > 0) gsm(coded);
  for (const { file, samples, codec } of waiting) {
    if (codec > 0.12 && codec < 0.85) channel.compand(samples, random.chance(0.6) ? 'ulaw' : 'alaw');
    if (random.chance(0.12)) channel.losePackets(samples, random.between(0.005, 0.05), true, random);
    else if (random.chance(0.18)) channel.losePacketRuns(samples, random.between(0.005, 0.06), random);
    writeWav(join(out ?? '', file), samples);
  }
  waiting.length = 0;
}

/** Ringback that still sounds after the answer: frequencies of the tone plans of most countries, Hz. */
const RINGBACKS = [[440, 480], [425], [400, 450], [425, 450], [400], [440]];

/** Shares of calls with what a line or a room brings. */
const OWN_TONE_SHARE = 0.08; // of people
const DOUBLE_TALK_SHARE = 0.03; // of people: somebody else answers at the same time
const BREATH_SHARE = 0.15;
const MIDDLE_SHARE = 0.08; // what begins before the line is through

/** What is left of the first clip of a talk where its beginning was missed: a person loses part of a word. */
function beginInTheMiddle(pieces: { at: number; samples: Float32Array }[], machine: boolean): number {
  const first = pieces[0];
  if (!first) return 0;
  const seconds = first.samples.length / RATE;
  const missed = Math.min(machine ? random.between(0.05, 2.5) : random.between(0.04, 0.2), 0.6 * seconds);
  first.samples = first.samples.slice(Math.round(missed * RATE));
  for (const piece of pieces.slice(1)) piece.at -= missed;
  return missed;
}

const rows = [
  'file,label,subtype,source,speaker,answer_ms,speech_start_ms,greeting_end_ms,beep_ms,beep_len_ms,' +
    'tone_ms,own_tone_ms,own_tone_len_ms,behind_db,speech_ms',
];
for (let n = 0; n < Number(values.calls); n++) {
  const screening = !trunk && voices.ttsScreening.size > 0 && random.chance(0.03);
  const machine = screening || random.chance(0.5);
  const talk = screening
    ? screeningTalk(random, voices)
    : machine
      ? machineTalk(random, voices, mix)
      : personTalk(random, voices, mix);
  const toneSeconds = random.chance(0.06) ? random.between(0.15, 1.2) : 0;
  const pause = toneSeconds > 0 ? random.between(0.25, 1.2) : 0;
  const waits = !trunk && random.chance(Math.max(0.15, late / 2));
  const start = toneSeconds + pause + random.between(0.02, waits ? 4 : 1.5);
  // A voice a little higher or lower, faster or slower: more speakers than there are.
  // Smaller heads too: children's voices are as much higher.
  const speed = random.chance(0.6) ? random.between(0.86, !machine && random.chance(0.1) ? 1.28 : 1.16) : 1;
  const pieces = talk.pieces.map(({ at, clip }) => ({
    at: start + at / speed,
    samples: speed === 1 ? clip.samples : channel.changeSpeed(clip.samples, speed),
  }));
  const missed = random.chance(MIDDLE_SHARE) ? beginInTheMiddle(pieces, machine) : 0;
  const end = start + talk.end / speed - missed;
  let after = end;
  let beepAt: number | null = null;
  let ownToneAt: number | null = null;
  if (machine && !screening && random.chance(0.8)) {
    beepAt = end + random.between(0.05, trunk ? 1.4 : 1.6);
    after = beepAt + 1;
  } else if (!machine && talkOnShare > 0 && random.chance(talkOnShare)) {
    for (const { at, clip } of talkOn(random, voices, talk)) {
      const samples = speed === 1 ? clip.samples : channel.changeSpeed(clip.samples, speed);
      pieces.push({ at: start + at / speed - missed, samples });
      after = (pieces.at(-1)?.at ?? 0) + samples.length / RATE;
    }
  } else if (!machine && talk.again && random.chance(0.35)) {
    const at = end + random.between(1, 3.2);
    const samples = speed === 1 ? talk.again.samples : channel.changeSpeed(talk.again.samples, speed);
    pieces.push({ at, samples });
    after = at + samples.length / RATE;
  }
  if (random.chance(machine ? OWN_TONE_SHARE / 4 : OWN_TONE_SHARE)) {
    // Before the word, or, of a person, after it.
    const before = machine || random.chance(0.4);
    if (before && start > 0.5) ownToneAt = random.between(0, start - 0.4);
    else if (!before) ownToneAt = end + random.between(0.08, 1.2);
  }
  after = Math.max(after, (ownToneAt ?? 0) + 1);
  const other =
    !machine && random.chance(DOUBLE_TALK_SHARE)
      ? random.pick(random.pick([...voices.people.values()]))
      : null;
  const x = new Float32Array(Math.round((after + random.between(1.7, 3.2)) * RATE));
  const level = channel.fromDb(trunk ? random.between(-33, -14) : random.between(-36, -11));
  const first = pieces[0];
  const gain = first ? level / channel.activeLevel(first.samples) : 0;
  const evenly = machine && talk.subtype !== 'read';
  for (const { at, samples } of pieces) {
    const own = evenly ? level / channel.activeLevel(samples) : gain * channel.fromDb(random.between(-2, 2));
    const from = Math.round(at * RATE);
    for (let i = 0; i < samples.length && from + i < x.length; i++)
      x[from + i] = (x[from + i] ?? 0) + own * (samples[i] ?? 0);
  }
  if (other && other.seconds < end - start + 0.3) {
    const own = (level / channel.activeLevel(other.samples)) * channel.fromDb(random.between(-12, -3));
    const from = Math.round(random.between(start, Math.max(start, end - other.seconds)) * RATE);
    for (let i = 0; i < other.samples.length && from + i < x.length; i++)
      x[from + i] = (x[from + i] ?? 0) + own * (other.samples[i] ?? 0);
  }
  if (random.chance(BREATH_SHARE)) {
    const seconds = random.between(0.15, 0.5);
    const at = random.chance(0.5) ? start - seconds - random.between(0, 0.15) : end + random.between(0, 0.5);
    addBreath(random, x, at, seconds, level * channel.fromDb(-random.between(14, 30)));
  }
  // The microphone and the room, which say nothing about who speaks.
  if (random.chance(trunk ? 0.5 : 0.7)) channel.colour(x, random);
  if (random.chance(trunk ? 0.07 : 0.15)) channel.reverberate(x, random);
  if (random.chance(0.35)) channel.echo(x, random.between(10, 70), random.between(-30, -11));

  // Background: a person's goes on for the whole call, a recording's own lasts as long as the recording.
  let behindDb: number | null = null;
  if (random.chance(behindShare)) {
    behindDb = random.between(trunk ? 9 : 8, trunk ? 18 : 22);
    const behind = voicesBehind(random, sounds, x.length);
    const own = level * channel.fromDb(-behindDb);
    for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? 0) + own * (behind[i] ?? 0);
  } else if (random.chance(0.75)) {
    const background = noise(random, sounds, x.length);
    const loud = random.chance(0.25);
    const below = trunk ? random.between(8, 36) : loud ? random.between(5, 20) : random.between(7, 38);
    const noiseLevel = level * channel.fromDb(-below);
    // Noise suppression in a handset opens with the voice, as a recording's own noise does.
    const gated = random.chance(machine ? 0.4 : 0.12);
    // The far end's room may be heard only some time after the answer.
    const connected = random.chance(late) ? random.between(0.1, start) : 0;
    const low = gated ? (start - random.between(0, 0.25)) * RATE : connected * RATE;
    const high = gated ? (end + random.between(0, 0.4)) * RATE : x.length;
    for (let i = Math.max(0, Math.round(low)); i < Math.min(high, x.length); i++)
      x[i] = (x[i] ?? 0) + noiseLevel * (background[i] ?? 0);
  }
  const beepEnd = beepAt === null ? 0 : addBeep(x, beepAt, channel.fromDb(random.between(-31, -11)));
  const ownToneEnd =
    ownToneAt === null ? 0 : addOwnTone(x, ownToneAt, channel.fromDb(random.between(-31, -11)));
  if (random.chance(0.65)) channel.bandLimit(x, random.between(180, 330), random.between(3200, 3600));
  if (random.chance(0.7)) {
    const floor = channel.fromDb(random.between(-80, -55));
    for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? 0) + floor * random.normal();
  }
  if (toneSeconds > 0)
    channel.addTone(
      x,
      random.pick(RINGBACKS),
      Math.round(toneSeconds * RATE),
      channel.fromDb(random.between(-30, -14)),
    );
  const file = `call-${String(n)}.wav`;
  waiting.push({ file, samples: x, codec: random.next() });
  if (waiting.length === GROUP) deliver();
  const ms = (seconds: number): string => String(Math.round(seconds * 1000));
  rows.push(
    [
      file,
      screening ? 'screening' : machine ? 'machine' : 'human',
      talk.subtype,
      'generated',
      talk.speaker,
      '0',
      ms(start),
      ms(end),
      beepAt === null ? '' : ms(beepAt),
      beepAt === null ? '' : ms(beepEnd - beepAt),
      toneSeconds > 0 ? ms(toneSeconds) : '',
      ownToneAt === null ? '' : ms(ownToneAt),
      ownToneAt === null ? '' : ms(ownToneEnd - ownToneAt),
      behindDb === null ? '' : behindDb.toFixed(1),
      pieces.map(({ at, samples }) => `${ms(at)}-${ms(at + samples.length / RATE)}`).join(' '),
    ].join(','),
  );
}
deliver();
writeFileSync(join(out, 'manifest.csv'), rows.join('\n') + '\n');

/**
 * Makes labelled calls for training the voice model out of short recordings.
 *
 *   node scripts/voice-training/make-calls.ts SOURCES OUT [CALLS] [SEED]
 *
 * SOURCES/people/SPEAKER/*.wav: words and sentences, said by people; SOURCES/prompts/SPEAKER/*.wav: prompts
 * of voice mail and announcements; SOURCES/music/*: for the background. 8 kHz, mono, 16 bit. Speakers named
 * `tts-...` are synthetic. OUT gets call-N.wav and manifest.csv.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as channel from './channel.ts';
import { Random } from './random.ts';
import { RATE, readWav, writeWav } from './wav.ts';

const [sources, out, calls = '4000', seed = '1'] = process.argv.slice(2);
if (!sources || !out) throw new Error('make-calls.ts SOURCES OUT [CALLS] [SEED]');
const random = new Random(Number(seed));
mkdirSync(out, { recursive: true });

interface Clip {
  samples: Float32Array; // from onset to end
  seconds: number;
}

/** Cuts the quiet ends off: 20 ms frames more than 32 dB below the loudest, or below -58 dB. */
function trim(x: Float32Array): Clip | null {
  const power: number[] = [];
  for (let at = 0; at + 160 <= x.length; at += 160) {
    let sum = 0;
    for (let i = at; i < at + 160; i++) sum += (x[i] ?? 0) ** 2;
    power.push(10 * Math.log10(sum / 160 + 1e-12));
  }
  const least = Math.max(-58, Math.max(...power) - 32);
  const first = power.findIndex((p) => p > least);
  const last = power.findLastIndex((p) => p > least);
  if (first < 0 || last - first < 8) return null;
  const samples = x.slice(first * 160, (last + 1) * 160);
  return { samples, seconds: samples.length / RATE };
}

function load(kind: string): Map<string, Clip[]> {
  const speakers = new Map<string, Clip[]>();
  for (const speaker of readdirSync(join(sources ?? '', kind)).sort()) {
    const folder = join(sources ?? '', kind, speaker);
    const clips = readdirSync(folder)
      .sort()
      .map((file) => trim(readWav(join(folder, file))))
      .filter((clip) => clip !== null);
    if (clips.length >= 1) speakers.set(speaker, clips);
  }
  return speakers;
}

const people = load('people');
const prompts = load('prompts');
const music = [...load('music').values()].flat();
const real = [...people.keys()].filter((name) => !name.startsWith('tts-'));
const synthetic = [...people.keys()].filter((name) => name.startsWith('tts-'));
const recorded = [...prompts.keys()].filter((name) => !name.startsWith('tts-'));
const readers = real.filter((name) => (people.get(name) ?? []).filter((c) => c.seconds > 2).length > 10);

/** A speaker's clips on a time line. Positions in seconds. */
interface Talk {
  speaker: string;
  subtype: string;
  pieces: { at: number; clip: Clip }[];
  end: number;
}

function sequence(speaker: string, subtype: string, clips: Clip[], pause: () => number): Talk {
  let at = 0;
  const pieces: Talk['pieces'] = [];
  for (const clip of clips) {
    if (pieces.length > 0) at += pause();
    pieces.push({ at, clip });
    at += clip.seconds;
  }
  return { speaker, subtype, pieces, end: at };
}

const clipsOf = (pool: Map<string, Clip[]>, speaker: string): Clip[] => pool.get(speaker) ?? [];

/** A person: a word, a phrase or a sentence, now and then two of them. */
function personTalk(): Talk {
  for (;;) {
    const tts = random.chance(0.08);
    const speaker = random.pick(tts ? synthetic : real);
    const kind = random.next();
    const [subtype, low, high] =
      kind < 0.38
        ? (['short', 0.15, 0.9] as const)
        : kind < 0.65
          ? (['medium', 0.9, 2] as const)
          : (['long', 2, 5.2] as const);
    const clips = clipsOf(people, speaker).filter(
      (c) => c.seconds > low && c.seconds < Math.min(high, tts ? 3.4 : 9),
    );
    const words = clipsOf(people, speaker).filter((c) => c.seconds < 2.2);
    if (subtype !== 'short' && words.length > 2 && random.chance(0.3)) {
      const talk = sequence(speaker, `${subtype}-two`, [random.pick(words), random.pick(words)], () =>
        random.between(0.12, 0.65),
      );
      if (talk.end < 5.2) return talk;
    }
    if (clips.length > 0) return sequence(speaker, subtype, [random.pick(clips)], () => 0);
  }
}

/** A machine: prompts one after the other, or sentences read as a greeting. */
function machineTalk(): Talk {
  const kind = random.next();
  const pause = random.between(0.12, 0.45);
  const pauses = (): number => pause * random.between(0.7, 1.3);
  for (;;) {
    let talk: Talk;
    if (kind < 0.18) {
      const speaker = random.pick(readers);
      const clips = clipsOf(people, speaker).filter((c) => c.seconds > 1.2);
      talk = sequence(
        speaker,
        'read',
        Array.from({ length: 2 + Math.floor(random.next() * 4) }, () => random.pick(clips)),
        pauses,
      );
      if (talk.end < 4.8) continue;
    } else {
      const speaker = kind < 0.36 ? random.pick(synthetic) : random.pick(recorded);
      const clips = clipsOf(prompts, speaker).filter((c) => c.seconds > 0.6 && c.seconds < 13);
      if (clips.length === 0) return machineTalk();
      const count = random.chance(0.3) ? 1 : 1 + Math.floor(random.next() * 6);
      talk = sequence(
        speaker,
        kind < 0.36 ? 'tts' : 'prompt',
        Array.from({ length: count }, () => random.pick(clips)),
        pauses,
      );
      if (talk.end < (kind < 0.36 ? 2 : 0.9)) continue;
    }
    if (talk.end < 15) return talk;
  }
}

function addBeep(x: Float32Array, at: number, level: number): void {
  const hz = random.between(440, 2000);
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
}

function recordedNoise(kind: 'babble' | 'music', length: number): Float32Array {
  const x = new Float32Array(length);
  if (kind === 'music') {
    const piece = random.pick(music).samples;
    const from = Math.floor(random.next() * Math.max(1, piece.length - length));
    x.set(piece.subarray(from, from + length));
    return x;
  }
  for (let voice = 0; voice < 6; voice++) {
    for (let at = 0; at < length;) {
      const clip = random.pick(clipsOf(people, random.pick(real))).samples;
      const gain = 0.05 / channel.activeLevel(clip);
      for (let i = 0; i < clip.length && at < length; i++, at++) x[at] = (x[at] ?? 0) + gain * (clip[i] ?? 0);
    }
  }
  return x;
}

/** GSM full rate and back, by sox. */
function gsm(x: Float32Array): void {
  const raw = Buffer.from(
    Int16Array.from(x, (v) => Math.max(-32768, Math.min(32767, Math.round(v * 32768)))).buffer,
  );
  const format = ['-t', 'raw', '-r', '8000', '-c', '1', '-e', 'signed', '-b', '16'];
  const coded = execFileSync('sox', ['-V1', ...format, '-', '-t', 'gsm', '-'], { input: raw });
  const back = execFileSync('sox', ['-V1', '-t', 'gsm', '-r', '8000', '-', ...format, '-'], { input: coded });
  for (let i = 0; i < x.length && 2 * i + 1 < back.length; i++) x[i] = back.readInt16LE(2 * i) / 32768;
}

const rows = ['file,label,subtype,speaker,answer_ms,speech_start_ms,greeting_end_ms,beep_ms'];
for (let n = 0; n < Number(calls); n++) {
  const machine = random.chance(0.5);
  const talk = machine ? machineTalk() : personTalk();
  const start = random.between(0.03, 1.55);
  const end = start + talk.end;
  const pieces = talk.pieces.map(({ at, clip }) => ({ at: start + at, clip }));
  let after = end;
  let beepAt: number | null = null;
  if (machine && random.chance(0.8)) {
    beepAt = end + random.between(0.05, 1.35);
    after = beepAt + 1;
  } else if (!machine && random.chance(0.4)) {
    const last = pieces[pieces.length - 1];
    const at = end + random.between(1.2, 3);
    if (last) {
      pieces.push({ at, clip: last.clip });
      after = at + last.clip.seconds;
    }
  }
  const x = new Float32Array(Math.round((after + random.between(1.7, 3)) * RATE));
  const level = channel.fromDb(random.between(-33, -14));
  const first = pieces[0];
  const gain = first ? level / channel.activeLevel(first.clip.samples) : 0;
  for (const { at, clip } of pieces) {
    const own = machine && talk.subtype !== 'read' ? level / channel.activeLevel(clip.samples) : gain;
    const from = Math.round(at * RATE);
    for (let i = 0; i < clip.samples.length && from + i < x.length; i++)
      x[from + i] = (x[from + i] ?? 0) + own * (clip.samples[i] ?? 0);
  }
  if (random.chance(0.35)) channel.echo(x, random.between(10, 65), random.between(-30, -12));

  // Background: a person's goes on for the whole call, a recording's own lasts as long as the recording.
  if (random.chance(0.75)) {
    const kind = random.pick(['white', 'white', 'pink', 'pink', 'hum', 'babble', 'room', 'music'] as const);
    const gated = machine ? random.chance(0.45) : random.chance(0.02);
    const noise = channel.makeNoise(kind, x.length, random, recordedNoise);
    const noiseLevel = level * channel.fromDb(-random.between(8, 35));
    const low = gated ? (start - random.between(0, 0.12)) * RATE : 0;
    const high = gated ? (end + random.between(0, 0.25)) * RATE : x.length;
    for (let i = Math.max(0, Math.round(low)); i < Math.min(high, x.length); i++)
      x[i] = (x[i] ?? 0) + noiseLevel * (noise[i] ?? 0);
  }
  if (beepAt !== null) addBeep(x, beepAt, channel.fromDb(random.between(-31, -11)));
  if (random.chance(0.7)) channel.bandLimit(x);
  if (random.chance(0.7)) {
    const floor = channel.fromDb(random.between(-76, -58));
    for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? 0) + floor * random.normal();
  }
  const codec = random.next();
  if (codec < 0.2) gsm(x);
  if (codec > 0.12 && codec < 0.85) channel.compand(x, random.chance(0.6) ? 'ulaw' : 'alaw');
  if (random.chance(0.25)) channel.losePackets(x, random.between(0.005, 0.04), random.chance(0.5), random);

  const file = `call-${String(n)}.wav`;
  writeWav(join(out, file), x);
  const ms = (seconds: number): string => String(Math.round(seconds * 1000));
  rows.push(
    [
      file,
      machine ? 'machine' : 'human',
      talk.subtype,
      talk.speaker,
      '0',
      ms(start),
      ms(end),
      beepAt === null ? '' : ms(beepAt),
    ].join(','),
  );
}
writeFileSync(join(out, 'manifest.csv'), rows.join('\n') + '\n');

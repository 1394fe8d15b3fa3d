/**
 * Makes labelled calls for training the voice model out of short recordings.
 *
 *   node scripts/voice-training/make-calls.ts SOURCES OUT [--calls N] [--seed N] [--only FILE] [--without FILE]
 *     [--late SHARE]
 *
 * SOURCES/KIND/SPEAKER/*.wav, 8 kHz, mono, 16 bit, as collect-sources.mjs and collect-voices.mjs lay them out;
 * KIND is `people` (words and sentences), `read` (speakers with many sentences), `prompts` (voice mail and
 * announcements), `tts-people`, `tts-prompts`, `tts-screening` (synthetic voices); and SOURCES/music/*.wav,
 * SOURCES/noise/*.wav (for the background). FILE names speakers as KIND/SPEAKER, one a line: only these, or all
 * but these. SHARE of the calls with a background have it only some time after the answer, in half of them after
 * a long silence. OUT gets call-N.wav and manifest.csv.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as channel from './channel.ts';
import { loadSounds, loadSpeakers, readNames, type Clip } from './clips.ts';
import { Random } from './random.ts';
import { machineTalk, personTalk, screeningTalk, type Voices } from './talk.ts';
import { RATE, writeWav } from './wav.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    calls: { type: 'string', default: '4000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    without: { type: 'string' },
    late: { type: 'string', default: '0.15' },
  },
});
const [sources, out] = positionals;
if (!sources || !out)
  throw new Error('make-calls.ts SOURCES OUT [--calls N] [--seed N] [--only F] [--without F] [--late SHARE]');
const late = Number(values.late);
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
const music = loadSounds(sources, 'music');
const rooms = loadSounds(sources, 'noise');
for (const kind of Object.keys(voices) as (keyof Voices)[])
  console.log(`${kind}: ${String(voices[kind].size)} speakers`);
mkdirSync(out, { recursive: true });

/** A stretch of recorded sound, from a random place, as often as it takes. */
function stretch(pieces: readonly Clip[], length: number): Float32Array {
  const x = new Float32Array(length);
  const piece = random.pick(pieces).samples;
  const from = Math.floor(random.next() * Math.max(1, piece.length - length));
  for (let i = 0; i < length; i++) x[i] = piece[(from + i) % piece.length] ?? 0;
  return x;
}

function babble(length: number): Float32Array {
  const x = new Float32Array(length);
  const talkers = [...voices.people.values()];
  for (let voice = 0; voice < 6; voice++) {
    for (let at = 0; at < length;) {
      const clip = random.pick(random.pick(talkers)).samples;
      const gain = 0.05 / channel.activeLevel(clip);
      for (let i = 0; i < clip.length && at < length; i++, at++) x[at] = (x[at] ?? 0) + gain * (clip[i] ?? 0);
    }
  }
  return x;
}

function noise(length: number): Float32Array {
  const kinds = ['white', 'white', 'pink', 'pink', 'hum', 'babble', 'room'] as const;
  const kind = random.pick([
    ...kinds,
    ...(music.length > 0 ? (['music'] as const) : []),
    ...(rooms.length > 0 ? (['recorded', 'recorded'] as const) : []),
  ]);
  if (kind === 'babble') return channel.unitLevel(babble(length));
  if (kind === 'music') return channel.unitLevel(stretch(music, length));
  if (kind === 'recorded') return channel.unitLevel(stretch(rooms, length));
  return channel.unitLevel(channel.makeNoise(kind, length, random));
}

function addBeep(x: Float32Array, at: number, level: number): void {
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
}

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

const rows = ['file,label,subtype,source,speaker,answer_ms,speech_start_ms,greeting_end_ms,beep_ms,tone_ms'];
for (let n = 0; n < Number(values.calls); n++) {
  const screening = voices.ttsScreening.size > 0 && random.chance(0.03);
  const machine = screening || random.chance(0.5);
  const talk = screening
    ? screeningTalk(random, voices)
    : machine
      ? machineTalk(random, voices)
      : personTalk(random, voices);
  const toneSeconds = random.chance(0.06) ? random.between(0.15, 1.2) : 0;
  const pause = toneSeconds > 0 ? random.between(0.25, 1.2) : 0;
  const start = toneSeconds + pause + random.between(0.02, random.chance(Math.max(0.15, late / 2)) ? 4 : 1.5);
  // A voice a little higher or lower, faster or slower: more speakers than there are.
  const speed = random.chance(0.6) ? random.between(0.86, 1.16) : 1;
  const pieces = talk.pieces.map(({ at, clip }) => ({
    at: start + at / speed,
    samples: speed === 1 ? clip.samples : channel.changeSpeed(clip.samples, speed),
  }));
  const end = start + talk.end / speed;
  let after = end;
  let beepAt: number | null = null;
  if (machine && !screening && random.chance(0.8)) {
    beepAt = end + random.between(0.05, 1.6);
    after = beepAt + 1;
  } else if (!machine && random.chance(0.35)) {
    const last = pieces[pieces.length - 1];
    const at = end + random.between(1, 3.2);
    if (last) {
      pieces.push({ at, samples: last.samples });
      after = at + last.samples.length / RATE;
    }
  }
  const x = new Float32Array(Math.round((after + random.between(1.7, 3.2)) * RATE));
  const level = channel.fromDb(random.between(-36, -11));
  const first = pieces[0];
  const gain = first ? level / channel.activeLevel(first.samples) : 0;
  const evenly = machine && talk.subtype !== 'read';
  for (const { at, samples } of pieces) {
    const own = evenly ? level / channel.activeLevel(samples) : gain * channel.fromDb(random.between(-2, 2));
    const from = Math.round(at * RATE);
    for (let i = 0; i < samples.length && from + i < x.length; i++)
      x[from + i] = (x[from + i] ?? 0) + own * (samples[i] ?? 0);
  }
  // The microphone and the room, which say nothing about who speaks.
  if (random.chance(0.7)) channel.colour(x, random);
  if (random.chance(0.15)) channel.reverberate(x, random);
  if (random.chance(0.35)) channel.echo(x, random.between(10, 70), random.between(-30, -11));

  // Background: a person's goes on for the whole call, a recording's own lasts as long as the recording.
  if (random.chance(0.75)) {
    const background = noise(x.length);
    const loud = random.chance(0.25);
    const noiseLevel = level * channel.fromDb(-(loud ? random.between(5, 20) : random.between(7, 38)));
    const gated = machine ? random.chance(0.4) : random.chance(0.02);
    // The far end's room may be heard only some time after the answer.
    const connected = random.chance(late) ? random.between(0.1, start) : 0;
    const low = gated ? (start - random.between(0, 0.25)) * RATE : connected * RATE;
    const high = gated ? (end + random.between(0, 0.4)) * RATE : x.length;
    for (let i = Math.max(0, Math.round(low)); i < Math.min(high, x.length); i++)
      x[i] = (x[i] ?? 0) + noiseLevel * (background[i] ?? 0);
  }
  if (beepAt !== null) addBeep(x, beepAt, channel.fromDb(random.between(-31, -11)));
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
      toneSeconds > 0 ? ms(toneSeconds) : '',
    ].join(','),
  );
}
deliver();
writeFileSync(join(out, 'manifest.csv'), rows.join('\n') + '\n');

// Makes examples/speech: greetings, voicemail texts, prompts and announcements as 8 kHz mu-law WAV.
// Needs Debian's espeak-ng, flite and sox. The same versions of these give the same bytes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noAgentAnnouncement, texts } from './speech-texts.mjs';

const rateHz = 8000;
/** Active speech level that all files have; the simulator sets its own level from there. */
const levelDbm0 = -16;
/** 0 dBm0 is 3.14 dB below a full-scale sine (G.711 mu-law 3.17; the detector counts with 3.14). */
const fullScaleSineRms = 32767 / Math.SQRT2;
const targetRms = fullScaleSineRms * 10 ** ((levelDbm0 - 3.14) / 20);
const peakLimit = 30000;
/** Quieter than this below the loudest 20 ms is no speech: cut at both ends. */
const trimDb = 38;
const frame = rateHz / 50;

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'examples', 'speech');
const scratch = mkdtempSync(join(tmpdir(), 'speech-'));

function run(command, args, input) {
  const done = spawnSync(command, args, { input, maxBuffer: 64e6 });
  if (done.error)
    throw new Error(`${command}: ${done.error.message} (Debian: apt install espeak-ng flite sox)`);
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr.toString()}`);
  return done.stdout;
}

/** One text as raw 8 kHz samples within the telephone band. */
function speak(item) {
  const wav = join(scratch, 'voice.wav');
  if (item.engine === 'espeak') {
    run('espeak-ng', ['-v', item.voice, '-p', `${item.pitch}`, '-s', `${item.rate}`, '-w', wav, item.text]);
  } else {
    const pitch = ['--setf', `int_f0_target_mean=${item.hz}`, '--setf', `duration_stretch=${item.stretch}`];
    run('flite', ['-voice', item.voice, ...pitch, '-t', item.text, '-o', wav]);
  }
  return samplesOf([wav], ['sinc', '250-3600']);
}

function samplesOf(input, effects) {
  const format = ['-t', 'raw', '-r', `${rateHz}`, '-c', '1', '-b', '16', '-e', 'signed-integer', '-L'];
  // -G keeps headroom, -D adds no dither: dither would change with each run.
  const raw = run('sox', ['-G', '-D', ...input, ...format, '-', ...effects]);
  return new Int16Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
}

function frameRms(samples) {
  return Array.from({ length: Math.floor(samples.length / frame) }, (_, index) => {
    let sum = 0;
    for (const sample of samples.subarray(index * frame, (index + 1) * frame)) sum += sample * sample;
    return Math.sqrt(sum / frame);
  });
}

/** Cuts silence at both ends and brings active speech to the common level. */
function trimAndLevel(samples) {
  const rms = frameRms(samples);
  const floor = Math.max(...rms) * 10 ** (-trimDb / 20);
  const first = rms.findIndex((value) => value > floor);
  const last = rms.findLastIndex((value) => value > floor);
  const cut = samples.subarray(first * frame, (last + 1) * frame);
  const active = rms.slice(first, last + 1).filter((value) => value > floor * 4);
  const activeRms = Math.sqrt(active.reduce((sum, value) => sum + value * value, 0) / active.length);
  const peak = cut.reduce((max, sample) => Math.max(max, Math.abs(sample)), 1);
  const gain = Math.min(targetRms / activeRms, peakLimit / peak);
  return Int16Array.from(cut, (sample) => Math.round(sample * gain));
}

/** Writes mu-law WAV and returns the duration in ms. */
function write(name, samples) {
  const input = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const raw = ['-t', 'raw', '-r', `${rateHz}`, '-c', '1', '-b', '16', '-e', 'signed-integer', '-L', '-'];
  run('sox', ['-D', ...raw, '-e', 'u-law', '-b', '8', join(folder, `${name}.wav`)], input);
  return Math.round((samples.length * 1000) / rateHz);
}

/** Ringback music: a plain four-bar phrase of plucked strings, ours. */
function music() {
  const notes = [
    'C4',
    'E4',
    'G4',
    'C5',
    'A3',
    'C4',
    'E4',
    'A4',
    'F3',
    'A3',
    'C4',
    'F4',
    'G3',
    'B3',
    'D4',
    'G4',
  ];
  const files = notes.map((note, index) => {
    const file = join(scratch, `note-${index}.wav`);
    run('sox', [
      '-D',
      '-R',
      '-n',
      '-r',
      '16000',
      '-b',
      '16',
      file,
      'synth',
      '0.45',
      'triangle',
      note,
      'fade',
      'l',
      '0.01',
      '0.45',
      '0.35',
    ]);
    return file;
  });
  return samplesOf(files, ['sinc', '250-3600']);
}

function csvField(value) {
  return /[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

mkdirSync(folder, { recursive: true });
for (const old of readdirSync(folder)) if (old.endsWith('.wav')) rmSync(join(folder, old));
const rows = [];
try {
  for (const [kind, items] of Object.entries(texts)) {
    items.forEach((item, index) => {
      const lang =
        item.engine === 'flite' ? (item.voice === 'awb' ? 'en-gb' : 'en-us') : item.voice.split('+')[0];
      const short = `${kind}-${`${index + 1}`.padStart(items.length > 9 ? 2 : 1, '0')}-${lang.split('-')[0]}`;
      const name = noAgentAnnouncement.startsWith(short) ? noAgentAnnouncement : short;
      const durationMs = write(name, trimAndLevel(speak(item)));
      rows.push([`${name}.wav`, kind, item.text, `${item.engine}:${item.voice}`, lang, `${durationMs}`]);
    });
  }
  rows.push(['music-1.wav', 'music', '', 'sox:synth', '', `${write('music-1', trimAndLevel(music()))}`]);
} finally {
  rmSync(scratch, { recursive: true });
}
const header = ['file', 'kind', 'text', 'voice', 'lang', 'durationMs'];
const manifest = [header, ...rows].map((row) => row.map(csvField).join(',')).join('\n');
writeFileSync(join(folder, 'manifest.csv'), `${manifest}\n`);
console.log(`${rows.length} files in examples/speech`);

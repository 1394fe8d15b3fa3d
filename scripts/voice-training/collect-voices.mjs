// Speaks the lines of voice-lines.mjs with free synthesizers, for training and testing the voice model.
//
//   node scripts/voice-training/collect-voices.mjs OUT
//
// Needs Debian's espeak-ng, flite, festival, sox and the festvox packages of `festivalVoices`. OUT gets
// tts-prompts/VOICE, tts-people/VOICE and tts-screening/VOICE, 8 kHz, mono, 16 bit, and their lines of INDEX.csv.
import { execFile, spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answers, greetings, screening } from './voice-lines.mjs';

const [out] = process.argv.slice(2);
if (!out) throw new Error('collect-voices.mjs OUT');
const run = promisify(execFile);
const kinds = { 'tts-prompts': greetings, 'tts-people': answers, 'tts-screening': screening };

/** Variants of the formant synthesizer for a language; English has the most lines and so the most voices. */
const variants = [
  'm3',
  'f2',
  'm5',
  'f4',
  'klatt2',
  'f1',
  'm7',
  'f5',
  'm1',
  'f3',
  'm8',
  'm2',
  'klatt4',
  'm4',
  'm6',
];
const espeakNames = { pt: ['pt', 'pt-br'], es: ['es', 'es-419'], fr: ['fr-fr', 'fr-be'], vi: ['vi'] };
const englishAccents = ['en-us', 'en-gb', 'en-gb-scotland', 'en-gb-x-rp', 'en-us-nyc', 'en-029'];
/** Festival voice: language and the character set that its text comes in. */
const festivalVoices = {
  kal_diphone: ['en', 'latin1'],
  ked_diphone: ['en', 'latin1'],
  cmu_us_slt_arctic_hts: ['en', 'latin1'],
  lp_diphone: ['it', 'latin1'],
  pc_diphone: ['it', 'latin1'],
  suo_fi_lj_diphone: ['fi', 'latin1'],
  hy_fi_mv_diphone: ['fi', 'latin1'],
  upc_ca_ona_hts: ['ca', 'latin1'],
  czech_dita: ['cs', 'iso-8859-2'],
  czech_krb: ['cs', 'iso-8859-2'],
  czech_machac: ['cs', 'iso-8859-2'],
  czech_ph: ['cs', 'iso-8859-2'],
  msu_ru_nsh_clunits: ['ru', 'utf-8'],
  hindi_NSK_diphone: ['hi', 'utf-8'],
  marathi_NSK_diphone: ['mr', 'utf-8'],
  telugu_NSK_diphone: ['te', 'utf-8'],
};

function voices() {
  const list = [];
  Object.keys(greetings).forEach((language, index) => {
    const names = language === 'en' ? englishAccents : (espeakNames[language] ?? [language]);
    const perName = language === 'en' ? 2 : language.length === 2 && greetings[language].length > 2 ? 3 : 2;
    names.forEach((name, position) => {
      for (let i = 0; i < perName; i++) {
        const variant = variants[(index * 5 + position * perName + i) % variants.length];
        list.push({
          name: `espeak-${name}-${variant}`,
          language,
          speak: espeak(`${name}+${variant}`, index + i),
        });
      }
    });
  });
  for (const voice of ['kal16', 'awb', 'rms', 'slt'])
    list.push({ name: `flite-${voice}`, language: 'en', speak: flite(voice) });
  for (const [voice, [language, charset]] of Object.entries(festivalVoices))
    list.push({ name: `festival-${voice}`, language, speak: festival(voice, charset) });
  return list;
}

const espeak = (voice, salt) => (text, wav, line) => {
  const pitch = 30 + ((salt * 17 + line * 7) % 40);
  const wordsPerMinute = 145 + ((salt * 13 + line * 11) % 50);
  return run('espeak-ng', ['-v', voice, '-p', `${pitch}`, '-s', `${wordsPerMinute}`, '-w', wav, text]);
};
const flite = (voice) => (text, wav, line) =>
  run('flite', [
    '-voice',
    voice,
    '--setf',
    `duration_stretch=${0.85 + (line % 5) * 0.08}`,
    '-t',
    text,
    '-o',
    wav,
  ]);
const festival = (voice, charset) => async (text, wav) => {
  const encoded =
    charset === 'utf-8'
      ? Buffer.from(text)
      : await pipe('iconv', ['-f', 'utf-8', '-t', `${charset}//TRANSLIT`], text);
  await pipe('text2wave', ['-eval', `(voice_${voice})`, '-o', wav], encoded);
};

function pipe(command, args, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const parts = [];
    let complaint = '';
    child.stdout.on('data', (part) => parts.push(part));
    child.stderr.on('data', (part) => (complaint += part));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(Buffer.concat(parts)) : reject(new Error(`${command}: ${complaint}`)),
    );
    child.stdin.end(input);
  });
}

const scratch = mkdtempSync(join(tmpdir(), 'voices-'));
const rows = [];

async function speakAll({ name, language, speak }) {
  for (const [kind, lines] of Object.entries(kinds)) {
    const folder = join(out, kind, name);
    for (const [index, text] of (lines[language] ?? []).entries()) {
      mkdirSync(folder, { recursive: true });
      const wide = join(scratch, `${name}.wav`);
      rmSync(wide, { force: true });
      await speak(text, wide, index);
      if (!existsSync(wide)) throw new Error(`${name}: nothing spoken for "${text}"`);
      const file = join(kind, name, `${name}-${index + 1}.wav`);
      await run('sox', [
        '-V1',
        '-G',
        '-D',
        wide,
        '-r',
        '8000',
        '-c',
        '1',
        '-b',
        '16',
        '-e',
        'signed-integer',
        join(out, file),
      ]);
      const seconds = (readFileSync(join(out, file)).length - 44) / 16000;
      if (seconds < 0.2) rmSync(join(out, file));
      else
        rows.push([
          file,
          kind,
          `synthetic:${name.split('-')[0]}`,
          name,
          language,
          seconds.toFixed(2),
          text,
          'no',
          '',
          '',
        ]);
    }
  }
}

for (const kind of Object.keys(kinds)) rmSync(join(out, kind), { recursive: true, force: true });
try {
  const queue = voices();
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift())
      await speakAll(next).catch((error) => console.error(error.message.trim()));
  };
  await Promise.all([worker(), worker()]);
} finally {
  rmSync(scratch, { recursive: true });
}
rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
const field = (value) => (/[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const index = join(out, 'INDEX.csv');
const kept = existsSync(index)
  ? readFileSync(index, 'utf8')
      .split('\n')
      .filter((line) => line && !line.startsWith('tts-'))
  : [];
writeFileSync(index, `${kept.join('\n')}${kept.length ? '\n' : ''}`);
appendFileSync(index, `${rows.map((row) => row.map(field).join(',')).join('\n')}\n`);
console.log(`${rows.length} files of ${new Set(rows.map((row) => row[3])).size} voices`);

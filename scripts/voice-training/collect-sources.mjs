// Lays out recordings of Debian packages for training and testing the voice model.
//
//   node scripts/voice-training/collect-sources.mjs OUT [CORPUS-MANIFEST [PACKAGE...]]
//
// Needs sox, libsox-fmt-mp3, unzip and apt-get (no package is installed: they are downloaded and unpacked in OUT/src).
// OUT gets people/, prompts/, read/ (one folder a speaker), music/, noise/, sounds/ and INDEX.csv, all 8 kHz, mono,
// 16 bit, with the silence they came with. Clips that are clipped, silent, hardly voiced or too short are left out.
// With the manifest of a set of labelled calls, INDEX.csv says which speakers and packages occur there. With names of
// packages only those are done again.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { wavFile } from '../../src/terminal/wav-file.ts';
import { measure, rateHz, splitAtPauses } from './clip-checks.mjs';
import { packages } from './source-rules.mjs';
import { carveOgg, unpackQueen, unpackSky } from './talkie.mjs';

const [out, corpusManifest, ...only] = process.argv.slice(2);
if (!out) throw new Error('collect-sources.mjs OUT [CORPUS-MANIFEST [PACKAGE...]]');
const run = promisify(execFile);
const perSpeaker = { people: 200, prompts: 250, read: 200, music: 30, noise: 60, sounds: 120 };
/** Lengths in seconds: shorter is left out, longer is split at pauses (speech) or cut (all else). */
const lengths = {
  people: [0.2, 8],
  prompts: [0.7, 30],
  read: [1.5, 12],
  music: [5, 40],
  noise: [1, 40],
  sounds: [0.05, 10],
};
const speech = new Set(['people', 'prompts', 'read']);
const known = corpusManifest ? readFileSync(corpusManifest, 'utf8') : '';
const rows = [];
/** Digests of what was taken: packages share recordings, and none may stand on both sides of a split. */
const seen = new Set();

/** Order that is the same each time, yet spread over the folders: FNV-1a of the path. */
function hash(text) {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

async function unpack(name, spec) {
  const finished = join(out, 'src', 'x', name);
  if (existsSync(finished)) return finished;
  // A run that ends midway leaves no half package behind that the next one would take for whole.
  const folder = `${finished}.part`;
  rmSync(folder, { recursive: true, force: true });
  const debs = join(out, 'src', 'deb');
  mkdirSync(debs, { recursive: true });
  await run('apt-get', ['download', name], { cwd: debs });
  const deb = readdirSync(debs).find((file) => file.startsWith(`${name}_`));
  if (!deb) throw new Error(`${name}: apt-get download gave no file`);
  mkdirSync(folder, { recursive: true });
  await run('dpkg-deb', ['-x', join(debs, deb), folder]);
  const files = readdirSync(folder, { recursive: true }).map(String);
  for (const archive of files.filter((file) => spec.archives?.some((pattern) => pattern.test(file)))) {
    const into = join(folder, 'unpacked', basename(archive));
    mkdirSync(into, { recursive: true });
    await run('unzip', ['-qo', join(folder, archive), '*.wav', '*.ogg', '-d', into]).catch((error) => {
      // unzip ends with 11 where one of the two patterns matches nothing.
      if (error.code !== 11) throw error;
    });
  }
  const talkie = spec.talkie && files.find((file) => basename(file) === spec.talkie);
  if (talkie)
    (spec.talkie === 'sky.dsk' ? unpackSky : unpackQueen)(join(folder, talkie), join(folder, 'unpacked'));
  if (spec.carve)
    for (const file of files.filter((path) => spec.carve.test(path)))
      carveOgg(join(folder, file), join(folder, 'unpacked', basename(file)));
  renameSync(folder, finished);
  return finished;
}

/** First rule that matches, as { kind, speaker, language }, or null. */
function classify(path, rules) {
  for (const [pattern, kind, speaker = '', language = ''] of rules) {
    const match = pattern.exec(path);
    if (!match) continue;
    if (kind === '-') return null;
    const fill = (text) => text.replace(/\$(\d)/g, (_, group) => match[Number(group)]);
    return { kind, speaker: fill(speaker), language: fill(language) };
  }
  return null;
}

async function decode(file, raw, mostSeconds) {
  const headerless = raw && /\.(raw|als|au)$/i.test(file) ? raw : [];
  const format = ['-t', 'raw', '-r', `${rateHz}`, '-c', '1', '-b', '16', '-e', 'signed-integer', '-L', '-'];
  const cut = mostSeconds ? ['trim', '0', `${mostSeconds}`] : [];
  const options = { encoding: 'buffer', maxBuffer: 256e6 };
  const { stdout } = await run('sox', ['-V1', '-G', '-D', ...headerless, file, ...format, ...cut], options);
  return new Int16Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + (stdout.length & ~1)));
}

function acceptable(kind, found) {
  const [least, most] = lengths[kind];
  if (found.seconds < least || found.seconds > most * 1.02 || found.levelDbfs < -50) return false;
  if (!speech.has(kind)) return true;
  return found.railedShare < 0.01 && found.voicedShare > 0.15 && found.activeSeconds > 0.12;
}

async function collect(name, spec) {
  const folder = await unpack(name, spec);
  const taken = new Map();
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length))
    .sort((a, b) => hash(a) - hash(b) || (a < b ? -1 : 1));
  for (const path of paths) {
    const rule = classify(path, spec.rules);
    if (!rule) continue;
    const { kind, speaker, language } = rule;
    const label = speech.has(kind) ? `${name}__${speaker}` : '';
    const key = `${kind}/${label}`;
    const limit = spec.most ?? perSpeaker[kind];
    if ((taken.get(key) ?? 0) >= limit) continue;
    const most = lengths[kind][1];
    const samples = await decode(join(folder, path), spec.raw, speech.has(kind) ? 0 : most).catch(() => null);
    if (!samples) {
      console.error(`${name}${path}: sox cannot read it`);
      continue;
    }
    const pieces = kind === 'people' || kind === 'read' ? splitAtPauses(samples, most) : [samples];
    pieces.forEach((piece, index) => {
      const found = measure(piece);
      const content = createHash('sha1').update(piece).digest('base64');
      if (seen.has(content)) return;
      seen.add(content);
      if (!acceptable(kind, found) || (taken.get(key) ?? 0) >= limit) return;
      taken.set(key, (taken.get(key) ?? 0) + 1);
      const stem = path
        .replace(/\.\w+$/, '')
        .split('/')
        .filter(Boolean);
      const id = `${name}-${stem.slice(-2).join('-')}-${hash(path).toString(16)}${pieces.length > 1 ? `-${index}` : ''}`;
      const file = join(kind, label, `${id.replace(/[^\p{L}\p{N}_.-]/gu, '_')}.wav`);
      mkdirSync(join(out, kind, label), { recursive: true });
      writeFileSync(join(out, file), wavFile({ rateHz, samples: piece }));
      const inCorpus =
        speaker && known.includes(`,${speaker},`)
          ? 'speaker'
          : known.includes(`deb:${name},`)
            ? 'source'
            : 'no';
      const text = pieces.length > 1 ? '' : (stem.at(-1) ?? '').replace(/[_-]+/g, ' ');
      rows.push(
        [file, kind, `deb:${name}`, speaker, language, found.seconds.toFixed(2), text, inCorpus].concat(
          found.levelDbfs.toFixed(1),
          found.voicedShare.toFixed(2),
        ),
      );
    });
  }
  console.log(`${name}: ${[...taken].map(([key, count]) => `${key} ${count}`).join(', ')}`);
}

const field = (value) => (/[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const index = join(out, 'INDEX.csv');
const before = existsSync(index) ? readFileSync(index, 'utf8').trim().split('\n').slice(1) : [];
/** Lines of the synthetic voices, and of packages that this run leaves alone. */
const kept = before.filter((line) => {
  const source = line.split(',')[2] ?? '';
  return !source.startsWith('deb:') || (only.length > 0 && !only.includes(source.slice(4)));
});
for (const line of before.filter((line) => !kept.includes(line)))
  rmSync(join(out, line.split(',')[0]), { force: true });
const queue = Object.entries(packages).filter(([name]) => only.length === 0 || only.includes(name));
const worker = async () => {
  for (let next = queue.shift(); next; next = queue.shift()) await collect(...next);
};
await Promise.all([worker(), worker(), worker()]);
const header = 'path,kind,source,speaker,language,seconds,text,in_corpus,level_dbfs,voiced';
const lines = [...kept, ...rows.map((row) => row.map(field).join(','))].sort();
writeFileSync(index, `${[header, ...lines].join('\n')}\n`);

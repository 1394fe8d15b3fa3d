// Adds a folder of recordings with an INDEX.csv to a pool.
//
//   node scripts/voice-training/collect-folder.mjs POOL FOLDER
//
// INDEX.csv has the columns file, kind (people, machine, noise, music, beep, tone), speaker, source and style; files
// are WAV or FLAC of any rate. Needs sox. POOL gets KIND/SOURCE__SPEAKER/*.wav, 8 kHz, mono, 16 bit: people stay
// people, machines become `prompts`, or `tts-prompts` where their style is `tts`. Lines of an earlier run are replaced.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { rateHz } from './clip-checks.mjs';

const [pool, folder] = process.argv.slice(2);
if (!pool || !folder) throw new Error('collect-folder.mjs POOL FOLDER');
const run = promisify(execFile);
const longestSeconds = { people: 8, prompts: 30, 'tts-prompts': 30, noise: 40, music: 40, sounds: 10 };

const plain = (text) => text.replace(/[^\p{L}\p{N}.-]+/gu, '-');

function kindOf({ kind, style }) {
  if (kind === 'machine') return style === 'tts' ? 'tts-prompts' : 'prompts';
  return kind === 'beep' || kind === 'tone' ? 'sounds' : kind;
}

/** Where a recording goes, and its line of the pool's INDEX.csv. */
function place(row) {
  const kind = kindOf(row);
  const most = longestSeconds[kind];
  if (!most)
    throw new Error(`${row.file}: kind ${row.kind}; expected people, machine, noise, music, beep or tone`);
  // The repository's own name without its owner.
  const source = plain(basename(row.source.replace(/^\w+:/, '')));
  const speech = most === 30 || kind === 'people';
  const name = `${plain(row.file.replace(/^.*\/|\.\w+$/g, ''))}.wav`;
  const file = join(
    kind,
    speech ? `${source}__${plain(row.speaker)}` : '',
    speech ? name : `${source}-${name}`,
  );
  const line = [file, kind, row.source, row.speaker, row.lang ?? '', (Number(row.ms) / 1000).toFixed(2)];
  return { file, most, line: [...line, row.text ?? '', 'no', '', ''] };
}

const rows = parse(readFileSync(join(folder, 'INDEX.csv'), 'utf8'), {
  columns: true,
  skip_empty_lines: true,
});
const placed = rows.map((row) => ({ from: join(folder, row.file), ...place(row) }));
for (const { file } of placed) mkdirSync(join(pool, dirname(file)), { recursive: true });
const format = ['-r', `${rateHz}`, '-c', '1', '-b', '16', '-e', 'signed-integer'];
const queue = [...placed];
const worker = async () => {
  for (let next = queue.pop(); next; next = queue.pop())
    await run('sox', [
      '-V1',
      '-G',
      '-D',
      next.from,
      ...format,
      join(pool, next.file),
      'trim',
      '0',
      `${next.most}`,
    ]);
};
await Promise.all([worker(), worker()]);

const index = join(pool, 'INDEX.csv');
const header = 'path,kind,source,speaker,language,seconds,text,in_corpus,level_dbfs,voiced';
const before = existsSync(index) ? readFileSync(index, 'utf8').trim().split('\n').slice(1) : [];
const sources = new Set(placed.map(({ line }) => line[2]));
const kept = before.filter((line) => !sources.has(line.split(',')[2]));
const now = new Set(placed.map(({ file }) => file));
for (const line of before) {
  const file = line.split(',')[0];
  if (sources.has(line.split(',')[2]) && !now.has(file)) rmSync(join(pool, file), { force: true });
}
const field = (value) => (/[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
writeFileSync(
  index,
  `${[header, ...[...kept, ...placed.map(({ line }) => line.map(field).join(','))].sort()].join('\n')}\n`,
);
console.log(`${placed.length} recordings of ${sources.size} sources`);

// Parts the sources of a pool into three folds, for validation by source: a model that is tested on one fold was
// trained on the other two, so that the test meets speakers, microphones, rooms and editing that training never met.
//
//   node scripts/voice-training/split-folds.mjs POOL
//
// Writes POOL/fold-1.txt to fold-3.txt, one folder a line, and prints how much is in each. A source is a package, a
// data set or a synthesizer, whole. The largest are placed by hand, so that each fold has long sentences
// by people, prompts by people and synthetic voices; the others by a digest of their name.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { sourceOf } from './talk.ts';

const placed = [
  // Sentences read by learners and children, prompts in English and Spanish; neural voices of one large vendor.
  /^(speechocean762|DSPSpeech-20|tuxpaint-stamps-default|fillets-ng-data(-cs|-nl)?|howl|asterisk-core-sounds-(en|es)-wav|tts-samples|festival|unknown-horizons|drascula(-spanish)?|custom-speech-commands-dataset)$/,
  // Audio books, one word by 1,200 people, volunteers in 41 languages; prompts in French and by GCompris.
  /^(Resemblyzer|DeadSimpleSpeechRecognizer|artikulate-data|GCompris-voices|klettres-data|asterisk-core-sounds-fr-wav|asterisk-prompt-fr-armelle|xiaozhi-esp32|flite|nexuiz-data|0ad-data|openarena-081-misc|saytime|codec2-examples)$/,
  // Numbers, names and addresses, many languages, a meeting heard from afar; prompts in Italian, Russian and Spanish.
  /^(alphanumeric-audio-dataset|cuttledoc|pyannote-audio|arabic-speech-commands|ktuberling-data|gcin-voice|asterisk-(core-sounds-(it|ru)-wav|prompt-.*)|sems|asterisk-sounds|tortoise-tts|espeak|hedgewars-data|warzone2100-data|flight-of-the-amazon-queen|nicolingua)$/,
];

const foldOf = (source) => {
  const at = placed.findIndex((pattern) => pattern.test(source));
  return at >= 0 ? at : createHash('sha256').update(source).digest()[0] % placed.length;
};

const [pool] = process.argv.slice(2);
if (!pool) throw new Error('split-folds.mjs POOL');
const rows = parse(readFileSync(join(pool, 'INDEX.csv'), 'utf8'), { columns: true, relax_quotes: true });
const clips = new Map();
for (const { path } of rows) {
  const [kind, folder, file] = path.split('/');
  if (!file) continue;
  const name = `${kind}/${folder}`;
  clips.set(name, (clips.get(name) ?? 0) + 1);
}
const lists = new Map();
for (const name of [...clips.keys()].sort()) {
  const list = `fold-${foldOf(sourceOf(name.replace(/^.*\//, ''))) + 1}`;
  lists.set(list, [...(lists.get(list) ?? []), name]);
}
for (const [list, names] of [...lists].sort()) {
  writeFileSync(join(pool, `${list}.txt`), `${names.join('\n')}\n`);
  for (const kind of new Set(names.map((name) => name.split('/')[0]))) {
    const own = names.filter((name) => name.startsWith(`${kind}/`));
    const count = own.reduce((sum, name) => sum + clips.get(name), 0);
    console.log(`${list} ${kind}: ${own.length} speakers, ${count} clips`);
  }
}

// Parts a pool that collect-sources.mjs and collect-voices.mjs made: speakers to train with, speakers to test with.
//
//   node scripts/voice-training/split-sources.mjs POOL
//
// Writes POOL/training.txt and POOL/heldout.txt, one folder a line, and prints how much is on each side. Held out are
// whole packages where that is possible, so that a test meets microphones, rooms and editing that training never met.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const heldOut = [
  /^people\/(hedgewars-data|planetblupi-common|trigger-rally-data|beneath-a-steel-sky|drascula-spanish)__/,
  /^people\/(saytime|linphone-common|alsa-utils|codec2-examples|boswars-data)__/,
  /^people\/fillets-ng-data-nl__/,
  /^people\/ktuberling-data__ktuberling-(da|el|sl|uk|wa|nl|ga|fi)$/,
  /^people\/klettres-data__klettres-(he|uk|tn|nds|da)$/,
  /^people\/tuxpaint-stamps-default__tux-(bg|nl|lt|ru)$/,
  /^people\/gcin-voice__gcin-5$/,
  /^people\/nexuiz-data__nexuiz-(soldier|fricka)$/,
  /^people\/0ad-data__0ad-(greek|persian)-/,
  /^read\/(unknown-horizons|boswars-data)__/,
  /^prompts\/asterisk-(core-sounds-fr-wav|prompt-es-co)__/,
  /^prompts\/warzone2100-data__warzone-computer$/,
  /^tts-\w+\/festival-(lp_diphone|ked_diphone|cmu_us_slt_arctic_hts|czech_machac|suo_fi_lj_diphone)$/,
  /^tts-\w+\/festival-(msu_ru_nsh_clunits|marathi_NSK_diphone)$/,
  /^tts-\w+\/flite-slt$/,
  /^tts-\w+\/espeak-(sv|el|hu|tr|cmn|ar|pt-br|en-us-nyc|en-029)-/,
];

const [pool] = process.argv.slice(2);
if (!pool) throw new Error('split-sources.mjs POOL');
const clips = new Map();
for (const line of readFileSync(join(pool, 'INDEX.csv'), 'utf8').trim().split('\n').slice(1)) {
  const folder = line.split(',')[0].replace(/\/[^/]*$/, '');
  if (folder.includes('/')) clips.set(folder, (clips.get(folder) ?? 0) + 1);
}
const folders = [...clips.keys()].sort();
for (const pattern of heldOut)
  if (!folders.some((folder) => pattern.test(folder)))
    console.error(`nothing in the pool matches ${pattern}`);
const sides = { training: [], heldout: [] };
for (const folder of folders)
  sides[heldOut.some((pattern) => pattern.test(folder)) ? 'heldout' : 'training'].push(folder);
for (const [side, list] of Object.entries(sides)) {
  writeFileSync(join(pool, `${side}.txt`), `${list.join('\n')}\n`);
  for (const kind of new Set(folders.map((folder) => folder.split('/')[0]))) {
    const own = list.filter((folder) => folder.startsWith(`${kind}/`));
    console.log(
      `${side} ${kind}: ${own.length} speakers, ${own.reduce((sum, folder) => sum + clips.get(folder), 0)} clips`,
    );
  }
}

/**
 * Makes the public part of the benchmark: labelled calls for `npm run eval`, out of the tone plans and the
 * speech of `examples/speech`. The same seed gives the same calls.
 *
 *   node scripts/eval-calls/make.ts OUT [SEED]
 *
 * Each plan's tones, once exact and once anywhere within limits; SIT, fax tones, silence; people, machines and
 * screening assistants with synthetic voices on good and bad lines; and people, machines and false answers in the
 * conditions that are hard to tell (conditions.ts).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { parse } from 'csv-parse/sync';
import { analyzeFile } from '../../src/board/analysis.ts';
import { tonePlans } from '../../src/board/tone-plans.ts';
import * as channel from '../../src/eval/line/line.ts';
import { createParser, runProgram } from '../../src/terminal/program.ts';
import { CodedError } from '../../src/domain/errors.ts';
import { Random } from '../voice-training/random.ts';
import { RATE, writeWav } from '../voice-training/wav.ts';
import { conditionedCalls, type Clip } from './conditions.ts';
import { cadence, deviated, exact, join, silence, sitForms, tone } from './signals.ts';

let wanted: { out: string; seed: number } | null = null;
await runProgram('make', async () => {
  const name = 'node scripts/eval-calls/make.ts';
  const { _: words } = await createParser(name)
    .usage(
      '$0 OUT [SEED]\n\nMakes labelled calls and their manifest.csv in the folder OUT; the same SEED (1) the same calls.',
    )
    .example('$0 calls 1', '1,145 calls, 159 minutes: 150 MB')
    .demandCommand(1, 2, 'a folder is missing', 'a folder and a seed, please')
    .parseAsync();
  const [out, seed = 1] = words;
  if (!Number.isSafeInteger(seed))
    throw new CodedError('BAD_ARGUMENT', `SEED: found ${JSON.stringify(seed)}`, {
      field: 'SEED',
      found: seed,
      expected: 'a whole number',
    });
  wanted = { out: String(out), seed: Number(seed) };
  mkdirSync(wanted.out, { recursive: true });
});
if (wanted === null) process.exit(); // wrong usage
const { out, seed } = wanted as { out: string; seed: number };
const random = new Random(seed);

const columns = [
  ...['file', 'label', 'subtype', 'plan', 'source', 'speaker', 'answer_ms', 'speech_start_ms'],
  ...['greeting_end_ms', 'beep_ms', 'beep_len_ms', 'lang', 'level_dbfs', 'noise', 'snr_db', 'codec'],
  ...['echo', 'loss', 'condition', 'skew_ppm'],
] as const;
type Row = Partial<Record<(typeof columns)[number], string | number>>;
const rows: Row[] = [];
const counts = new Map<string, number>();

const ms = (samples: number): number => Math.round((samples * 1000) / RATE);
const db = (level: number): number => 20 * Math.log10(level);

/** Puts the line between the far end and us, and the call into the folder. */
function add(
  label: string,
  parts: Float32Array[],
  row: Row,
  line: { bad: boolean; leastSnrDb: number; skewPpm?: number },
): void {
  const x = line.skewPpm === undefined ? join(parts) : channel.skewed(join(parts), line.skewPpm);
  const level = channel.activeLevel(x);
  const seen: Row = { level_dbfs: db(level).toFixed(1), noise: 'none', snr_db: '', echo: '', loss: '' };
  if (line.bad && random.chance(0.4)) {
    const delayMs = Math.round(random.between(10, 60));
    channel.echo(x, delayMs, random.between(-30, -12));
    seen.echo = `${delayMs}ms`;
  }
  if (line.bad && random.chance(0.7)) {
    const kind = random.pick(['white', 'pink', 'hum', 'room'] as const);
    const snr = random.between(line.leastSnrDb, 35);
    const noise = channel.makeNoise(kind, x.length, random);
    const gain = level * channel.fromDb(-snr);
    for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? 0) + gain * (noise[i] ?? 0);
    Object.assign(seen, { noise: kind, snr_db: snr.toFixed(1) });
  }
  const floor = channel.fromDb(random.between(-76, -60));
  for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? 0) + floor * random.normal();
  if (line.bad) channel.bandLimit(x);
  const codec = random.pick(['ulaw', 'alaw'] as const);
  channel.compand(x, codec);
  seen.codec = codec;
  if (line.bad && random.chance(0.3)) {
    const share = random.between(0.002, 0.01);
    channel.losePackets(x, share, random.chance(0.5), random);
    seen.loss = `${(share * 100).toFixed(1)}%`;
  }
  const number = (counts.get(label) ?? 0) + 1;
  counts.set(label, number);
  const name = label.replace("'", '1').replace('"', '2').replace(':', '-').toLowerCase();
  const file = `${name}-${String(number).padStart(3, '0')}.wav`;
  writeWav(joinPath(out ?? '', file), x);
  // Noise that came with the call is the noise of the row.
  rows.push({ file, label, ...seen, ...row });
}

function addTones(): void {
  const kinds = { dial: 'dialtone', ringback: 'ringback', busy: 'busy', congestion: 'congestion' } as const;
  for (const plan of tonePlans()) {
    for (const [name, label] of Object.entries(kinds)) {
      const steps = plan[name as keyof typeof kinds];
      if (steps === null) continue;
      for (const bad of [false, true]) {
        const lead = silence(random.between(50, 700));
        const times = label === 'ringback' ? 2 : 4;
        const parts = cadence(
          steps,
          label === 'ringback' ? 7000 : 5000,
          times,
          bad ? deviated(random) : exact,
        );
        const row = {
          subtype: bad ? 'within-limits' : 'exact',
          plan: plan.code,
          source: 'synthesized: tone plan',
          speech_start_ms: ms(lead.length),
        };
        add(label, [lead, ...parts], row, { bad, leastSnrDb: 12 });
      }
    }
  }
}

function addSit(announcements: Clip[]): void {
  for (const [category, segments] of Object.entries(sitForms)) {
    for (const kind of ['alone', 'alone', 'repeated', 'with-message', 'with-message']) {
      const how = deviated(random);
      const limited = { ...how, hz: random.between(0.995, 1.005), twistDb: 0 };
      const lead = silence(random.between(50, 500));
      const sounds = segments.map(([hz, length]) => tone([hz], length, limited));
      const after =
        kind === 'alone'
          ? [silence(1500)]
          : kind === 'repeated'
            ? [silence(1000), ...sounds, silence(1000)]
            : [silence(200), random.pick(announcements).samples, silence(1000)];
      const row = {
        subtype: kind,
        source: 'synthesized: published SIT table',
        speech_start_ms: ms(lead.length),
      };
      add(`sit:${category}`, [lead, ...sounds, ...after], row, { bad: true, leastSnrDb: 15 });
    }
  }
}

function addFaxAndSilence(): void {
  for (let n = 0; n < 12; n++) {
    const how = { ...deviated(random), hz: random.between(0.994, 1.006), ms: 1, twistDb: 0 };
    const lead = silence(random.between(200, 2400));
    const called = n % 2 === 0;
    const cng = [tone([1100], 500, how), silence(3000)];
    const parts = called ? [tone([2100], random.between(2700, 3900), how), silence(2000)] : [...cng, ...cng];
    const row = {
      subtype: called ? 'ced' : 'cng',
      source: 'synthesized: T.30 signals',
      answer_ms: 0,
      speech_start_ms: ms(lead.length),
    };
    add('fax', [lead, ...parts], row, { bad: true, leastSnrDb: 15 });
    add('silence', [silence(8000)], { source: 'synthesized', answer_ms: 0 }, { bad: false, leastSnrDb: 0 });
  }
}

async function clips(kind: string): Promise<Clip[]> {
  const folder = 'examples/speech';
  const all = parse<Record<string, string>>(readFileSync(joinPath(folder, 'manifest.csv')), {
    columns: true,
  });
  const found: Clip[] = [];
  for (const { file = '', voice = '', lang = '' } of all.filter((row) => row['kind'] === kind)) {
    const { wave } = await analyzeFile(joinPath(folder, file), { samples: true });
    const samples = Float32Array.from(wave?.samples ?? [], (v) => v / 32768);
    found.push({ name: file, voice, lang: lang.slice(0, 2), samples });
  }
  return found;
}

function addAnswers(label: string, all: Clip[], times: number): void {
  for (const { samples, voice, lang, name } of all) {
    for (let n = 0; n < times; n++) {
      const gain = channel.fromDb(random.between(-33, -14)) / channel.activeLevel(samples);
      const lead = silence(random.between(30, 1500));
      const greeting = samples.map((v) => v * gain);
      const after: Float32Array[] = [];
      const end = lead.length + greeting.length;
      const row: Row = {
        subtype: name.replace(/\.wav$/, ''),
        plan: 'US',
        source: 'synthetic: examples/speech',
        speaker: voice,
        lang,
        answer_ms: 0,
        speech_start_ms: ms(lead.length),
        greeting_end_ms: ms(end),
      };
      if (label === 'machine' && random.chance(0.8)) {
        const pause = silence(random.between(50, 1300));
        const how = { ...exact, dbm0: random.between(-28, -8) };
        const beep = tone([random.between(440, 2000)], random.between(120, 1200), how);
        after.push(pause, beep);
        Object.assign(row, { beep_ms: ms(end + pause.length), beep_len_ms: ms(beep.length) });
      } else if (label === 'human' && random.chance(0.4)) {
        after.push(silence(random.between(1200, 3000)), greeting);
      }
      after.push(silence(random.between(1700, 3000)));
      add(label, [lead, greeting, ...after], row, { bad: n > 0, leastSnrDb: 8 });
    }
  }
}

/** Anywhere within 200 ppm: two clocks of a network seldom differ by more. */
const mostSkewPpm = 200;

function addConditions(live: Clip[], machines: Clip[]): void {
  for (const call of conditionedCalls(live, machines, random)) {
    const skewPpm = random.between(-mostSkewPpm, mostSkewPpm);
    const row: Row = {
      subtype: call.condition,
      condition: call.condition,
      plan: call.label === 'false_answer' ? call.lang : 'US',
      source: call.label === 'false_answer' ? 'synthesized: tone plan' : 'synthetic: examples/speech',
      speaker: call.speaker,
      lang: call.label === 'false_answer' ? '' : call.lang,
      answer_ms: 0,
      speech_start_ms: call.speechStartMs,
      greeting_end_ms: call.greetingEndMs,
      skew_ppm: skewPpm.toFixed(0),
      ...(call.beep === null ? {} : { beep_ms: call.beep.startMs, beep_len_ms: call.beep.lengthMs }),
      ...(call.noise === null ? {} : { noise: call.noise.kind, snr_db: call.noise.snrDb.toFixed(1) }),
    };
    add(call.label, call.parts, row, {
      bad: call.noise === null && random.chance(0.5),
      leastSnrDb: 12,
      skewPpm,
    });
  }
}

addTones();
addSit(await clips('announcement'));
addFaxAndSilence();
addAnswers('human', await clips('live'), 4);
addAnswers('machine', await clips('machine'), 8);
addAnswers('screening', await clips('screening'), 6);
addConditions(await clips('live'), await clips('machine'));

const text = (value: string | number | undefined): string => {
  const plain = String(value ?? '');
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};
const lines = rows.map((row) => columns.map((column) => text(row[column])).join(','));
writeFileSync(joinPath(out, 'manifest.csv'), [columns.join(','), ...lines, ''].join('\n'));
process.stdout.write(`${rows.length} calls in ${out}\n`);

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { analyzeFile } from '../../../../src/board/analysis.ts';
import { parseCadence, tonePlans, type ToneName } from '../../../../src/board/tone-plans.ts';
import { guessName, learnTones, type Burst } from '../../../../src/cli/tones/tone-learning.ts';
import { notationOf } from '../../../../src/cli/tones/tones-learn.ts';
import { Random } from '../../../../scripts/voice-training/random.ts';
import { writeWav } from '../../../../scripts/voice-training/wav.ts';
import { cadence, exact, join as joined, silence } from '../../../../scripts/eval-calls/signals.ts';
import { run } from '../../../e2e/programs.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'learn-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Bursts of a cadence from its start, as a recording has them. */
function burstsOf(notation: string, rounds: number, jitterMs: (at: number) => number): Burst[] {
  const bursts: Burst[] = [];
  let now = 500;
  for (let round = 0; round < rounds; round++) {
    for (const step of parseCadence(notation).steps) {
      const end = now + (step.ms === 0 ? 5_000 : step.ms) + jitterMs(bursts.length);
      const { hz, modulationHz } = step;
      if (hz.length > 0) bursts.push({ startMs: now, endMs: end, hz, modulationHz });
      now = end;
    }
  }
  return bursts;
}

const cadences = [
  '440+480/2000,0/4000',
  '400+450/400,0/200,400+450/400,0/2000',
  '425/480,0/480',
  '425/250,0/250,425/750,0/250',
  '400*25/400,0/200,400*25/400,0/2000',
  '425/200,0/200,425/200,0/200,425/200,0/200,425/200,0/600',
  '950/330,1400/330,1800/330,0/1000',
  '350+440/0',
];

describe('learning tones from bursts', () => {
  it('finds each cadence again, whatever trembles by 5 ms', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...cadences),
        fc.integer({ min: 2, max: 4 }),
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 40, maxLength: 40 }),
        (notation, rounds, jitter) => {
          const once = notation.endsWith('/0');
          const bursts = burstsOf(notation, once ? 1 : rounds, (at) => jitter[at] ?? 0);
          const { tones, left } = learnTones(bursts, (bursts.at(-1)?.endMs ?? 0) + 1_000);
          expect(left).toEqual([]);
          expect(tones).toHaveLength(1);
          const learnt = parseCadence(notationOf(tones[0] as (typeof tones)[0]));
          const truth = parseCadence(notation);
          expect(learnt.steps.map(({ hz, modulationHz }) => ({ hz, modulationHz }))).toEqual(
            truth.steps.map(({ hz, modulationHz }) => ({ hz, modulationHz })),
          );
          learnt.steps.forEach(({ ms }, at) =>
            expect(Math.abs(ms - (truth.steps[at]?.ms ?? 0))).toBeLessThanOrEqual(15),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('begins with the pause last, wherever the recording began', () => {
    const bursts = burstsOf('400+450/400,0/200,400+450/400,0/2000', 4, () => 0).slice(1);
    const { tones } = learnTones(bursts, 20_000);
    expect(tones.map(notationOf)).toEqual(['400+450/400,0/200,400+450/400,0/2000']);
  });

  it('tells tones apart that follow each other, and takes a tone that comes again for one', () => {
    const after = (bursts: Burst[], ms: number) =>
      bursts.map((burst) => ({ ...burst, startMs: burst.startMs + ms, endMs: burst.endMs + ms }));
    const busy = burstsOf('425/480,0/480', 4, () => 0);
    const ringing = burstsOf('425/1000,0/4000', 3, () => 0);
    const { tones } = learnTones([...ringing, ...after(busy, 15_000), ...after(ringing, 22_000)], 60_000);
    expect(tones.map(notationOf)).toEqual(['425/1000,0/4000', '425/480,0/480']);
    expect(tones.map(guessName)).toEqual(['ringback', 'busy']);
    expect(tones[0]?.bursts).toBe(6);
  });

  it('does not count a burst that the recording cut, and learns nothing from one alone', () => {
    const cut: Burst[] = [
      { startMs: 0, endMs: 300, hz: [425], modulationHz: null },
      { startMs: 4_300, endMs: 5_300, hz: [425], modulationHz: null },
      { startMs: 9_300, endMs: 10_000, hz: [425], modulationHz: null },
    ];
    expect(learnTones(cut, 10_000).tones.map(notationOf)).toEqual(['425/1000,0/4000']);
    expect(learnTones(cut.slice(1, 2), 10_000)).toMatchObject({ tones: [], left: [{ startMs: 4_300 }] });
    expect(learnTones([], 10_000)).toEqual({ tones: [], left: [] });
  });
});

describe('cpdctl tones learn', () => {
  /** A plan's tones one after the other in a little noise. */
  const record = (code: string, names: readonly ToneName[], seed: number): string => {
    const plan = tonePlans().find((each) => each.code === code);
    const random = new Random(seed);
    const how = { ...exact, dbm0: random.between(-25, -8), twistDb: random.between(-4, 4) };
    const parts = names.flatMap((name) => {
      const steps = plan?.[name] ?? null;
      if (steps === null) throw new Error(`${code} has no ${name}`);
      return [
        silence(1_200),
        ...cadence(steps, name === 'ringback' ? 9_000 : 4_500, name === 'dial' ? 1 : 2, how),
      ];
    });
    const samples = joined([...parts, silence(1_500)]).map((value) => value + 0.001 * random.normal());
    const file = join(folder, `${code}.wav`);
    writeWav(file, samples);
    return file;
  };

  it.each(['US', 'GB', 'IN', 'AE', 'BR'])(
    'learns the tones of %s from a recording; the detector knows them by the learnt plan',
    async (code) => {
      const names = ['ringback', 'busy', ...(code === 'BR' ? ['congestion' as const] : [])] as const;
      const file = record(code, names, 7);
      const out = join(folder, `${code}.yaml`);
      const { exit, stderr } = await learn(file, '--code', 'LEARNT', '--as', names.join(','), '--out', out);
      expect(stderr).toBe('');
      expect(exit).toBe(0);
      const { tonePlans: learnt } = parse(readFileSync(out, 'utf8')) as {
        tonePlans: ({ code: string; name: string } & Record<string, string>)[];
      };
      const [plan] = learnt;
      if (plan === undefined) throw new Error('no plan');
      const truth = tonePlans().find((each) => each.code === code);
      for (const name of names) {
        const steps = parseCadence(plan[name] ?? '').steps;
        const wanted = truth?.[name]?.steps ?? [];
        expect(steps).toHaveLength(wanted.length);
        steps.forEach((step, at) => {
          expect(Math.abs(step.ms - (wanted[at]?.ms ?? 0))).toBeLessThanOrEqual(12);
          step.hz.forEach((hz, line) =>
            expect(Math.abs(hz - (wanted[at]?.hz[line] ?? 0))).toBeLessThanOrEqual(1),
          );
        });
      }
      const { observations } = await analyzeFile(file, { plan, from: 'dial', mode: 'no_am_detection' });
      const heard = observations.flatMap((seen) => (seen.kind === 'tone' ? [seen.tone] : []));
      for (const name of names) expect(heard).toContain(name);
    },
  );

  it('says all figures as JSON', async () => {
    const { exit, stdout } = await learn(record('DE', ['dial', 'ringback'], 3), '--json');
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      plan: { code: 'SITE', dial: '425/0' },
      tones: [
        { name: 'dial', guessed: true, notation: '425/0', heardAgain: true, bursts: 1 },
        { name: 'ringback', guessed: true, heardAgain: true, steps: [{ hz: [{ times: 2 }] }, { hz: [] }] },
      ],
    });
  });

  it('refuses speech, silence and what is no WAV file, by code and without a plan', async () => {
    const speech = new URL('../../../../examples/speech/live-07-en.wav', import.meta.url).pathname;
    const quiet = join(folder, 'quiet.wav');
    writeWav(quiet, silence(3_000));
    const text = join(folder, 'text.wav');
    writeFileSync(text, 'no audio');
    for (const [file, exit, code] of [
      [speech, 65, 'NO_STEADY_TONE'],
      [quiet, 65, 'NO_STEADY_TONE'],
      [text, 65, 'BAD_AUDIO'],
      [join(folder, 'nowhere.wav'), 66, 'NO_SUCH_FILE'],
    ] as const) {
      const ended = await learn(file);
      expect(ended).toMatchObject({ exit, stdout: '' });
      expect(ended.stderr).toMatch(new RegExp(`^cpdctl: ${code}: .*expected.*\n$`));
    }
  });

  it('refuses names that do not fit, before anything is written', async () => {
    const file = record('FR', ['busy'], 1);
    for (const args of [
      ['--as', 'busy,ringback'],
      ['--as', 'engaged'],
      ['--as', 'busy,busy'],
      ['--code', 'US'],
    ]) {
      const ended = await learn(file, ...args);
      expect(ended).toMatchObject({ exit: 2, stdout: '' });
      expect(ended.stderr).toMatch(/^cpdctl: BAD_ARGUMENT: .*expected.*\n$/);
    }
  });

  async function learn(...args: string[]) {
    const { code, stdout, stderr } = await run('cpdctl', ['tones', 'learn', ...args]);
    return { exit: code, stdout, stderr };
  }
});

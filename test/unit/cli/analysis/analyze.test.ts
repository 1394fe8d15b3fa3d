import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expandInputs, inOrder, plotPaths } from '../../../../src/terminal/input-files.ts';
import {
  analyzeResult,
  correctionOf,
  describeCorrection,
  describeResult,
} from '../../../../src/cli/analysis/analyze-result.ts';
import { plotSvg } from '../../../../src/cli/analysis/plot.ts';
import { sitCategories, verdicts, type Evidence } from '../../../../src/domain/outcome.ts';
import { resultOfVerdict } from '../../../../src/domain/verdict-result.ts';

const machine: Evidence = {
  rule: 'greeting-long',
  confidence: 0.93,
  verdict: 'machine',
  sit: null,
  decidedMs: 5_200,
  answerMs: 2_900,
  speechStartMs: 3_000,
  greetingEndMs: 12_400,
  beepMs: 13_000,
  segments: [
    { kind: 'tone', startMs: 0, endMs: 2_000, hz: [440, 480], dbm0: -20 },
    { kind: 'speech', startMs: 3_000, endMs: 12_400 },
    { kind: 'beep', startMs: 13_000, endMs: 13_400, hz: [1_000] },
  ],
  scores: { speechMs: 2_100, machineScore: 0.873 },
  cause: null,
};

describe('call result of a verdict', () => {
  const nothing = { answered: false, unobtainable: false };

  it('is the one of the table', () => {
    const table = Object.fromEntries(
      verdicts.map((verdict) => [verdict, resultOfVerdict(verdict, null, nothing)]),
    );
    expect(table).toEqual({
      live: 33,
      machine: 9,
      screening: 9,
      fax: 17,
      modem: 17,
      sit: 14,
      busy: 6,
      congestion: 10,
      ringback: 7,
      false_answer: 7,
      dialtone: 36,
      silence: 32,
      unknown: 28,
    });
  });

  it('is an answer where an answered call is in doubt: ringing that goes on, or nothing that is known', () => {
    const answered = { answered: true, unobtainable: false };
    const results = verdicts.filter((verdict) => resultOfVerdict(verdict, null, answered) === 33);
    expect(results).toEqual(['live', 'ringback', 'unknown', 'false_answer']);
    expect(resultOfVerdict('busy', null, answered)).toBe(6);
  });

  it('is NU Tone where the tone of a number out of service was heard', () => {
    const tone = { answered: false, unobtainable: true };
    const results = verdicts.filter((verdict) => resultOfVerdict(verdict, null, tone) === 34);
    expect(results).toEqual(['sit', 'busy', 'congestion']);
    expect(resultOfVerdict('sit', 'VC', tone)).toBe(12);
  });

  it('tells the SIT categories apart', () => {
    const table = sitCategories.map((category) => [category, resultOfVerdict('sit', category, nothing)]);
    expect(Object.fromEntries(table)).toEqual({
      IC: 13,
      VC: 12,
      "RO'": 16,
      'RO"': 16,
      "NC'": 15,
      'NC"': 15,
      R1: 14,
      R2: 14,
      ITU: 14,
    });
  });
});

describe('a line of analyze', () => {
  it('has the fields that scripts read', () => {
    const { evidence, segments, ...fields } = analyzeResult('a.wav', machine);
    expect(fields).toEqual({
      file: 'a.wav',
      verdict: 'machine',
      sit: null,
      result: 9,
      resultName: 'Answering Machine',
      confidence: 0.93,
      decidedMs: 5_200,
      speechStartMs: 3_000,
      greetingEndMs: 12_400,
      beepMs: 13_000,
    });
    expect(evidence).toBe(machine);
    expect(segments).toHaveLength(3);
  });

  it('has the result of a call: ringing that goes on after the answer is doubt, so an answer', () => {
    const rings = { ...machine, rule: 'ringing-after-answer', verdict: 'false_answer' } as const;
    expect(analyzeResult('a.wav', rings)).toMatchObject({ verdict: 'false_answer', result: 33 });
    const ringback = { ...machine, rule: 'ringback', verdict: 'ringback', answerMs: null } as const;
    expect(analyzeResult('a.wav', ringback)).toMatchObject({ verdict: 'ringback', result: 7 });
    const outOfService = { ...machine, rule: 'number-unobtainable', verdict: 'congestion' } as const;
    expect(analyzeResult('a.wav', outOfService)).toMatchObject({ verdict: 'congestion', result: 34 });
  });

  it('says what was heard after the verdict, if it says otherwise', () => {
    const verdict = { kind: 'verdict', verdict: 'live', sit: null, atMs: 3_160, confidence: 0.8 } as const;
    const later = { kind: 'correction', verdict: 'machine', atMs: 5_460, confidence: 0.95 } as const;
    expect(correctionOf([verdict])).toBeNull();
    const correction = correctionOf([verdict, later]);
    expect(correction).toEqual({ verdict: 'machine', confidence: 0.95, atMs: 5_460 });
    expect(describeCorrection(correction)).toBe('; machine after all, 95 % sure, at 5.46 s');
    expect(describeCorrection(null)).toBe('');
  });

  it('reads as a sentence without --json', () => {
    expect(describeResult(analyzeResult('a.wav', machine))).toBe(
      'a.wav  machine (Answering Machine 9), 93 % sure, by greeting-long at 5.20 s; ' +
        'speech from 3.00 s, greeting ends 12.40 s; beep at 13.00 s',
    );
    const sit = { ...machine, verdict: 'sit', sit: 'VC', speechStartMs: null, beepMs: null } as const;
    expect(describeResult(analyzeResult('b.wav', { ...sit, rule: 'sit', decidedMs: 1_100 }))).toBe(
      'b.wav  sit VC (SIT Vacant Code 12), 93 % sure, by sit at 1.10 s',
    );
  });
});

describe('files of analyze', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'analyze-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('takes the recordings of a folder in the order of their names', () => {
    for (const name of ['b.wav', 'a.WAV', 'notes.txt']) writeFileSync(join(folder, name), '');
    expect(expandInputs([folder])).toEqual([
      { file: join(folder, 'a.WAV') },
      { file: join(folder, 'b.wav') },
    ]);
  });

  it('keeps what is not there as an error between the others', () => {
    const good = join(folder, 'a.wav');
    writeFileSync(good, '');
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const missing = join(folder, 'missing.wav');
    expect(expandInputs([missing, good, empty])).toEqual([
      { file: missing, error: expect.objectContaining({ code: 'NO_SUCH_FILE' }) as unknown },
      { file: good },
      { file: empty, error: expect.objectContaining({ code: 'NO_SUCH_FILE' }) as unknown },
    ]);
  });

  it('gives each picture a name of its own', () => {
    expect(plotPaths('out.svg', ['x/a.wav'])).toEqual(['out.svg']);
    expect(plotPaths('p/out.svg', ['x/a.wav', 'y/b.wav', 'y/a.wav'])).toEqual([
      'p/out-a.svg',
      'p/out-b.svg',
      'p/out-a-2.svg',
    ]);
  });

  it('runs at most two at a time and hands over in order', async () => {
    const release: (() => void)[] = [];
    let running = 0;
    let most = 0;
    const taken: string[] = [];
    const all = inOrder(
      ['a', 'b', 'c', 'd'],
      2,
      async (item, index) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise<void>((resolve) => {
          release[index] = resolve;
        });
        running -= 1;
        return item;
      },
      (item, index) => taken.push(`${index}${item}`),
    );
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    release[1]?.();
    await turn();
    expect(taken).toEqual([]);
    release[0]?.();
    await turn();
    expect(taken).toEqual(['0a', '1b']);
    release[3]?.();
    release[2]?.();
    await all;
    expect(taken).toEqual(['0a', '1b', '2c', '3d']);
    expect(most).toBe(2);
  });
});

describe('the picture', () => {
  const wave = { rateHz: 8_000, samples: Int16Array.from({ length: 112_000 }, (_, at) => (at % 100) * 80) };

  it('marks answer, speech, verdict, greeting end and beep', () => {
    const svg = plotSvg(analyzeResult('a.wav', machine), wave);
    for (const label of ['answer 2.90 s', 'machine 5.20 s', 'greeting end 12.40 s', 'beep 13.00 s']) {
      expect(svg).toContain(`>${label}</text>`);
    }
    expect(svg).toContain('>tone 440+480 Hz</text>');
    expect(svg).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it('stays well-formed whatever the file is called', () => {
    const svg = plotSvg(analyzeResult('<a & "b">.wav', machine), wave);
    expect(svg).toContain('&lt;a &amp; &quot;b&quot;&gt;.wav');
    expect(svg).not.toContain('<a &');
  });

  it('is drawn for a file without anything in it', () => {
    const nothing = { ...machine, verdict: null, segments: [], scores: {}, rule: '' };
    const svg = plotSvg(analyzeResult('a.wav', nothing), { rateHz: 8_000, samples: new Int16Array(0) });
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCalibration } from '../../../../src/daemon/cpdd/calibration-file.ts';
import {
  checkPeople,
  chooseOffset,
  triedOffsets,
  type SweptCall,
} from '../../../../src/eval/measures/calibration.ts';
import type { LabelledCall } from '../../../../src/eval/calls/manifest.ts';
import { exactShare, exactUpperBound, fewestFor } from '../../../../src/eval/measures/statistics.ts';
import { run, scratch } from '../../../e2e/programs.ts';

describe('exact bounds', () => {
  it('are those of Clopper and Pearson', () => {
    // By R: binom.test(x, n)$conf.int
    for (const [count, n, low, high] of [
      [0, 10, 0, 0.3084971],
      [1, 100, 0.0002531, 0.0544594],
      [5, 50, 0.0332751, 0.2181354],
      [10, 10, 0.6915029, 1],
    ] as const) {
      const exact = exactShare(count, n);
      expect(exact.low).toBeCloseTo(low, 6);
      expect(exact.high).toBeCloseTo(high, 6);
    }
    expect(exactShare(0, 0)).toMatchObject({ share: null, low: null, high: null });
  });

  it('follow the rule of three: of n with none seen at most 3 in n', () => {
    for (const [most, fewest] of [
      [0.03, 99],
      [0.01, 299],
      [0.003, 998],
    ] as const) {
      expect(fewestFor(most, 0.95)).toBe(fewest);
      expect(exactUpperBound(0, fewest, 0.95)).toBeLessThanOrEqual(most);
      expect(exactUpperBound(0, fewest - 1, 0.95)).toBeGreaterThan(most);
      expect(exactUpperBound(0, fewest, 0.95)).toBeCloseTo(3 / fewest, 2);
    }
  });
});

/** A call that counts from this offset on. */
const from = (person: string, truth: SweptCall['truth'], offset: number): SweptCall => ({
  person,
  truth,
  counted: triedOffsets.map((each) => each >= offset),
});

const people = (n: number, offset: number, name = 'p') =>
  Array.from({ length: n }, (_, at) => from(`${name}${at}`, 'human', offset));
const machines = (n: number, offset: number) =>
  Array.from({ length: n }, (_, at) => from(`m${at}`, 'machine', offset));

describe('choosing an offset', () => {
  it('takes the one that finds most machines while the bound on people holds', () => {
    const calls = [...people(300, 4), ...machines(50, -2), ...machines(50, 1), ...machines(10, 6)];
    const { chosen, before, heldOut } = chooseOffset(calls, 0.01);
    expect(chosen).toMatchObject({
      scoreOffset: 1,
      people: { count: 0, n: 300 },
      machines: { count: 100, n: 110 },
    });
    expect(chosen.peopleBound).toBeLessThanOrEqual(0.01);
    expect(before).toMatchObject({ scoreOffset: 0, machines: { count: 50 } });
    expect(heldOut.people).toMatchObject({ count: 0, n: 300 });
  });

  it('tries nothing on machines that are all of one speaker', () => {
    const calls = [...people(300, 4), ...Array.from({ length: 50 }, () => from('mailbox', 'machine', 0))];
    const { chosen, heldOut } = chooseOffset(calls, 0.01);
    expect(chosen).toMatchObject({ machines: { count: 50, n: 50 } });
    expect(heldOut.machines.n).toBe(0);
  });

  it('stays where too many people would go, and allows those that the bound allows', () => {
    const calls = [...people(470, 8), ...people(2, 1, 'q'), ...machines(50, -2), ...machines(50, 1)];
    expect(chooseOffset(calls, 0.01).chosen.scoreOffset).toBe(-2);
    expect(chooseOffset(calls, 0.03).chosen).toMatchObject({ scoreOffset: 1, people: { count: 2, n: 472 } });
  });

  it('counts a person once, lost with any of their calls', () => {
    const calls = [
      ...people(299, 9),
      ...people(299, 9),
      from('p7', 'human', 0),
      ...machines(10, -1),
      ...machines(10, 0),
    ];
    expect(chooseOffset(calls, 0.01).chosen).toMatchObject({
      scoreOffset: -1,
      people: { count: 0, n: 299 },
      peopleCalls: { count: 0, n: 599 },
    });
    expect(chooseOffset(calls, 0.03).chosen.people).toMatchObject({ count: 1, n: 299 });
  });

  it('says so where no offset is careful enough', () => {
    const calls = [...people(400, 9), ...people(3, -20, 'q'), ...machines(10, 0)];
    expect(() => chooseOffset(calls, 0.01)).toThrow(
      expect.objectContaining({
        code: 'LOSS_TOO_HIGH',
        found: '3 of 403 people lost at the most careful offset',
      }) as Error,
    );
  });

  it('refuses too few people, before anything is heard', () => {
    const call = (at: number, truth: string, speaker = '') =>
      ({ file: `${at}.wav`, truth, columns: { speaker } }) as unknown as LabelledCall;
    const humans = Array.from({ length: 299 }, (_, at) => call(at, 'human'));
    const machine = call(999, 'machine');
    checkPeople([...humans, machine], 0.01);
    const tooFew = expect.objectContaining({ code: 'TOO_FEW_PEOPLE' }) as Error;
    expect(() => checkPeople([...humans.slice(1), machine], 0.01)).toThrow(tooFew);
    expect(() => checkPeople(humans, 0.01)).toThrow(tooFew);
    // Calls of one speaker are one person.
    const speakers = humans.map((_, at) => call(at, 'human', `speaker ${at % 40}`));
    expect(() => checkPeople([...speakers, machine], 0.01)).toThrow(
      expect.objectContaining({ found: '40 different people' }) as Error,
    );
  });
});

describe('cpdctl calibrate', () => {
  let folder: ReturnType<typeof scratch>;
  const speech = new URL('../../../../examples/speech/', import.meta.url).pathname;
  const heading = 'file,label,answer_ms,speaker\n';
  beforeAll(() => {
    // 29 people at least speak against a loss of more than 10 %.
    const names = Array.from({ length: 30 }, (_, at) => `live${at}.wav`);
    const rows = names.map((name, at) => `${name},human,0,p${at}\n`).join('');
    folder = scratch({ 'manifest.csv': `${heading}${rows}machine.wav,machine,0,\n` });
    for (const name of names) copyFileSync(`${speech}live-01-en.wav`, folder.path(name));
    copyFileSync(`${speech}machine-01-en.wav`, folder.path('machine.wav'));
  });
  afterAll(() => folder.remove());

  it('writes the setting that cpdd reads, with its intervals', async () => {
    const out = folder.path('calibration.yaml');
    const args = ['calibrate', folder.path('.'), '--max-human-loss', '10 %', '--json', '--out', out];
    const { code, stdout, stderr } = await run('cpdctl', args);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as { scoreOffset: number };
    expect(report).toMatchObject({
      confidence: 0.95,
      maxHumanLoss: 0.1,
      chosen: { people: { count: 0, n: 30 }, machines: { count: 1, n: 1 } },
    });
    expect(readCalibration(out)).toMatchObject({
      scoreOffset: report.scoreOffset,
      maxHumanLoss: 0.1,
      mode: 'accurate_am_detection',
      measured: { people: { count: 0, of: 30, low: 0 } },
    });
    expect(readFileSync(out, 'utf8')).toMatch(/^# By cpdctl calibrate .*\n# People lost: 0 of 30, /);
  });

  it('refuses too few people and a mode that tells no machines, by code', async () => {
    const few = await run('cpdctl', ['calibrate', folder.path('.')]);
    expect(few).toMatchObject({ code: 65, stdout: '' });
    expect(few.stderr).toMatch(
      /^cpdctl: TOO_FEW_PEOPLE: .*found 30 different people; expected at least 299.*\n$/,
    );
    const mode = await run('cpdctl', ['calibrate', folder.path('.'), '--mode', 'no_am_detection']);
    expect(mode).toMatchObject({ code: 2, stdout: '' });
    writeFileSync(folder.path('manifest.csv'), 'file,label\n');
    expect((await run('cpdctl', ['calibrate', folder.path('.')])).stderr).toMatch(/^cpdctl: BAD_CSV: /);
  });
});

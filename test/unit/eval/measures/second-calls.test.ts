import { expect, it } from 'vitest';
import { heardCall } from '../../../../src/eval/calls/heard.ts';
import type { LabelledCall } from '../../../../src/eval/calls/manifest.ts';
import { knownFigures } from '../../../../src/eval/measures/second-calls.ts';
import { secondCallsText } from '../../../../src/eval/report/second-calls-text.ts';
import type { FileAnalysis } from '../../../../src/board/analysis.ts';
import type { Verdict } from '../../../../src/domain/outcome.ts';
import { evidence } from '../../../support/dialer/call-script.ts';

const call = (truth: LabelledCall['truth']): LabelledCall => ({
  ...{
    file: `${truth}.wav`,
    path: `/calls/${truth}.wav`,
    sit: null,
    plan: 'US',
    channel: 'both',
    from: 'answer',
  },
  ...{ answerMs: 0, speechStartMs: 500, greetingEndMs: 9_000, beep: null, generated: false, columns: {} },
  truth,
});

const heard = (truth: LabelledCall['truth'], verdict: Verdict, decidedMs: number, recording?: string) =>
  heardCall(call(truth), {
    observations: [],
    durationMs: 10_000,
    evidence: evidence({
      verdict,
      decidedMs,
      answerMs: 0,
      ...(recording === undefined ? {} : { recording }),
    }),
  } as unknown as FileAnalysis);

it('says what known recordings gain on second calls', () => {
  const figures = knownFigures({
    known: 2,
    skipped: null,
    calls: [
      { without: heard('machine', 'machine', 6_500), with: heard('machine', 'machine', 2_500, 'a') },
      { without: heard('machine', 'live', 3_000), with: heard('machine', 'machine', 2_100, 'b') },
      { without: heard('human', 'live', 2_000), with: heard('human', 'machine', 1_900, 'a') },
      { without: heard('human', 'live', 2_000), with: heard('human', 'live', 2_000) },
    ],
  });
  expect(figures.matched).toMatchObject({ n: 2, count: 2 });
  expect(figures.peopleMatched).toMatchObject({ n: 2, count: 1 });
  expect(figures.without.machinesFound).toMatchObject({ n: 2, count: 1 });
  expect(figures.with.machinesFound).toMatchObject({ n: 2, count: 2 });
  expect(figures.with.peopleLost).toMatchObject({ n: 2, count: 1 });
  expect(figures.without.decided).toMatchObject({ n: 1, max: 6_000 });
  expect(figures.with.decided).toMatchObject({ n: 2, max: 2_000 });
  const text = secondCallsText(figures);
  expect(text).toContain('2 recordings known');
  expect(text).toContain('2 of 2 machines, 1 of 2 people');
});

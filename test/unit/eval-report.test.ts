import { describe, expect, it } from 'vitest';
import type { Evidence, Verdict } from '../../src/domain/outcome.ts';
import { measureBeeps } from '../../src/eval/beeps.ts';
import { operatingCurve } from '../../src/eval/curve.ts';
import { isKept, isRight, type HeardCall } from '../../src/eval/heard.ts';
import { reportHtml } from '../../src/eval/html.ts';
import type { LabelledCall, Truth } from '../../src/eval/manifest.ts';
import { makeReport } from '../../src/eval/report.ts';
import { sliceCalls } from '../../src/eval/slices.ts';
import { reportText } from '../../src/eval/text.ts';

interface Case {
  truth: Truth;
  verdict: Verdict;
  score?: number;
  rule?: string;
  decidedMs?: number;
  answerMs?: number | null;
  call?: Partial<LabelledCall>;
  heard?: Partial<HeardCall>;
}

/** A call of 10 s whose greeting is from 500 to 1500 ms. */
function heard({
  truth,
  verdict,
  score,
  rule = 'greeting-then-silence',
  decidedMs = 2_000,
  answerMs = 0,
  ...more
}: Case): HeardCall {
  const evidence: Evidence = {
    rule,
    confidence: 0.9,
    verdict,
    sit: null,
    decidedMs,
    answerMs,
    speechStartMs: null,
    greetingEndMs: null,
    beepMs: null,
    segments: [],
    scores: score === undefined ? {} : { machineLogOdds: score },
    cause: null,
  };
  return {
    call: {
      file: `${truth}.wav`,
      path: `/calls/${truth}.wav`,
      truth,
      sit: null,
      plan: 'US',
      from: 'answer',
      answerMs: 0,
      speechStartMs: 500,
      greetingEndMs: 1_500,
      beep: null,
      generated: false,
      columns: {},
      ...more.call,
    },
    verdict,
    sit: null,
    evidence,
    ambiguousWith: [],
    beeps: [],
    tones: [],
    corrections: [],
    durationMs: 10_000,
    ...more.heard,
  };
}

describe('what is right', () => {
  it('keeps people for every doubt, and for ringback after answer only', () => {
    const kept = (verdict: Verdict, answerMs: number | null = 0) =>
      isKept(heard({ truth: 'human', verdict, answerMs }));
    expect(kept('live')).toBe(true);
    expect(kept('unknown')).toBe(true);
    expect(kept('ringback')).toBe(true);
    expect(kept('ringback', null)).toBe(false);
    expect(kept('false_answer')).toBe(true);
    for (const verdict of ['machine', 'screening', 'fax', 'modem', 'sit', 'busy', 'silence'] as const)
      expect(kept(verdict), verdict).toBe(false);
  });

  it('takes fax and modem, machine and screening, for one another', () => {
    const right = (truth: Truth, verdict: Verdict) => isRight(heard({ truth, verdict }));
    expect(right('fax', 'modem')).toBe(true);
    expect(right('machine', 'screening')).toBe(true);
    expect(right('machine', 'unknown')).toBe(false);
    expect(right('fax', 'machine')).toBe(false);
    expect(right('silence', 'live')).toBe(false);
  });

  it('takes a tone for another one only where the plan has one cadence for both', () => {
    const busy = { truth: 'congestion', verdict: 'busy' } as const;
    expect(isRight(heard(busy))).toBe(false);
    expect(isRight(heard({ ...busy, heard: { ambiguousWith: ['congestion'] } }))).toBe(true);
  });
});

describe('the operating curve', () => {
  const people = [-4, -3, -2, 1].map((score) => heard({ truth: 'human', verdict: 'live', score }));
  const machines = [-1, 0.5, 2, 5].map((score) => heard({ truth: 'machine', verdict: 'live', score }));

  it('counts both at each threshold', () => {
    const curve = operatingCurve([...people, ...machines]);
    const at = (threshold: number) => curve?.points.find((point) => point.threshold === threshold);
    expect(at(2)).toEqual({ threshold: 2, loss: 0, recall: 0.5 });
    expect(at(1)).toEqual({ threshold: 1, loss: 0.25, recall: 0.5 });
    expect(at(-1)).toEqual({ threshold: -1, loss: 0.25, recall: 1 });
    for (const level of curve?.levels ?? []) {
      expect(level.threshold).toBe(2);
      expect(level.people?.count).toBe(0);
      expect(level.machines?.count).toBe(2);
    }
  });

  it('leaves verdicts alone that no score decides', () => {
    const beep = heard({ truth: 'machine', verdict: 'machine', rule: 'beep-after-speech', score: -9 });
    const fax = heard({ truth: 'human', verdict: 'fax', rule: 'fax_cng' });
    expect(operatingCurve([...people, beep])?.points[0]).toEqual({ threshold: Infinity, loss: 0, recall: 1 });
    const lost = operatingCurve([...people, fax, ...machines]);
    expect(lost?.points[0]?.loss).toBe(0.2);
    expect(lost?.levels.map(({ machines: found }) => found)).toEqual([null, null, null, null]);
  });

  it('is none without scores, or without one of the two', () => {
    expect(operatingCurve([...people, heard({ truth: 'machine', verdict: 'machine' })])).toBeNull();
    expect(operatingCurve(people)).toBeNull();
    const unscored = (['human', 'machine'] as const).map((truth) =>
      heard({ truth, verdict: 'live', rule: 'voice', score: 0 }),
    );
    expect(operatingCurve(unscored)).toBeNull();
  });
});

describe('beeps', () => {
  const beep = { startMs: 5_000, endMs: 5_300, recorded: true };
  const withBeeps = (starts: number[], call: Partial<LabelledCall>) =>
    heard({
      truth: 'machine',
      verdict: 'machine',
      call,
      heard: { beeps: starts.map((startMs) => ({ startMs, endMs: startMs + 300, hz: 1_000 })) },
    });

  it('are found where they are, with the distance of the nearest', () => {
    const found = measureBeeps([
      withBeeps([5_040, 5_310], { beep }),
      withBeeps([2_000], { beep, file: 'missed.wav' }),
      withBeeps([5_010], { beep: { ...beep, recorded: false } }),
    ]);
    expect(found.recorded).toMatchObject({ n: 2, count: 1 });
    expect(found.generated).toMatchObject({ n: 1, count: 1 });
    expect(found.startError).toMatchObject({ n: 2, p50: 25, max: 40 });
    expect(found.missed).toEqual(['missed.wav']);
    expect(found.false).toMatchObject({ count: 1, by: [{ truth: 'machine', count: 1 }] });
  });

  it('are false by the hour of audio that has none', () => {
    const heardRinging = heard({
      truth: 'ringback',
      verdict: 'ringback',
      heard: { beeps: [{ startMs: 0, endMs: 200, hz: 440 }], durationMs: 1_800_000 },
    });
    expect(measureBeeps([heardRinging]).false).toMatchObject({
      count: 1,
      hours: 0.5,
      perHour: 2,
      files: ['ringback.wav'],
    });
  });
});

describe('slices', () => {
  it('bin levels, losses and greetings, and skip what the manifest does not say', () => {
    const call = (truth: Truth, verdict: Verdict, columns: Record<string, string>, endMs: number) =>
      heard({ truth, verdict, call: { columns, greetingEndMs: endMs } });
    const slices = sliceCalls([
      call('human', 'live', { level_dbfs: '-31', loss: '', lang: 'en' }, 1_100),
      call('human', 'machine', { level_dbfs: '-30', loss: '2.1%/zero', lang: 'en-GB' }, 1_101),
      call('machine', 'machine', { level_dbfs: '-12.5', loss: '2%/repeat', lang: 'a voice' }, 9_000),
    ]);
    const values = Object.fromEntries(slices.map(({ by, rows }) => [by, rows.map(({ value }) => value)]));
    expect(values).toEqual({
      'greeting length': ['0 to 0.6 s', '0.6 to 1.2 s', 'over 3.5 s'],
      level: ['below -30 dBFS', 'above -18 dBFS'],
      'packet loss': ['none', 'up to 2 %', 'over 2 %'],
      language: ['en', 'synthetic voices'],
    });
    const english = slices.find(({ by }) => by === 'language')?.rows[0];
    expect(english?.lost).toMatchObject({ n: 2, count: 1 });
    expect(english?.found.n).toBe(0);
  });
});

describe('the report', () => {
  const calls = [
    heard({ truth: 'human', verdict: 'live', score: -3, decidedMs: 2_200 }),
    heard({ truth: 'human', verdict: 'machine', score: 3, decidedMs: 2_201 }),
    heard({ truth: 'machine', verdict: 'machine', score: 4 }),
    heard({ truth: 'sit', verdict: 'sit', call: { sit: 'IC', generated: true }, heard: { sit: 'VC' } }),
    heard({ truth: 'busy', verdict: 'busy', call: { plan: 'DE' } }),
  ];
  const settings = {
    folder: 'calls <1>',
    detector: 'detector 1',
    mode: 'accurate_am_detection',
    plan: null,
    cpdTimeoutMs: null,
    maxHumanLoss: null,
  };
  const report = makeReport(settings, { heard: calls, failures: [], cpuMs: 100 });

  it('counts', () => {
    expect(report.people.lost).toMatchObject({ n: 2, count: 1 });
    expect(report.machines.found).toMatchObject({ n: 1, count: 1 });
    expect(report.sitCategory).toMatchObject({ n: 1, count: 0 });
    expect(report.withinOfGreetingEnd.people).toMatchObject({ n: 2, count: 1 });
    expect(report.decision.people.fromSpeechStart).toMatchObject({ n: 2, max: 1_701 });
    expect(report.tones).toMatchObject([{ plan: 'DE', tone: 'busy', right: { n: 1, count: 1 } }]);
    expect(report.wrong.map(({ truth, verdict }) => [truth, verdict])).toEqual([['human', 'machine']]);
    expect(report.cpu.perChannelSecondMs).toBe(2);
    const row = report.confusion.counts[report.confusion.rows.indexOf('human')];
    expect(row?.[report.confusion.columns.indexOf('live')]).toBe(1);
  });

  it('counts what the detector said later', () => {
    const later = (truth: Truth, first: Verdict, then: Verdict) =>
      heard({ truth, verdict: first, heard: { corrections: [{ verdict: then, atMs: 9_000 }] } });
    const { corrections } = makeReport(settings, {
      heard: [
        ...calls,
        later('human', 'live', 'machine'),
        later('human', 'sit', 'live'),
        later('machine', 'live', 'machine'),
      ],
      failures: [],
      cpuMs: 1,
    });
    expect(corrections).toMatchObject({
      peopleTurnedAway: { n: 2, count: 1 },
      peopleRecovered: { n: 2, count: 1 },
      machinesFoundLate: { n: 1, count: 1 },
      peopleTurnedAwayFiles: ['human.wav'],
    });
  });

  it('is read on a terminal', () => {
    const text = reportText(report, true);
    expect(text).toContain('people lost: 1 of 2, 50.0 % (9.5 to 90.5 %)');
    expect(text).toMatch(/^human +1 +1/m);
    expect(text).toContain('human.wav  human (, plan US) taken for machine by greeting-then-silence');
    expect(reportText(report, false)).not.toContain('human.wav');
  });

  it('is one page that loads nothing', () => {
    const page = reportHtml(report);
    expect(page).toContain('calls &lt;1&gt;');
    expect(page).not.toMatch(/NaN|undefined|Infinity|<script|https?:/);
    expect(page.match(/<svg /g)?.length).toBe(page.match(/<\/svg>/g)?.length);
  });

  it('stands on nothing, too', () => {
    const empty = makeReport(settings, { heard: [], failures: [], cpuMs: 0 });
    expect(reportText(empty, true)).toContain('0 files');
    expect(reportHtml(empty)).not.toMatch(/NaN|undefined|Infinity/);
  });
});

import { describe, expect, it } from 'vitest';
import type { Evidence, Verdict } from '../../../../src/domain/outcome.ts';
import { compareReports, mcNemar, readEarlierReport } from '../../../../src/eval/report/against.ts';
import { measureBeeps } from '../../../../src/eval/measures/beeps.ts';
import { operatingCurve } from '../../../../src/eval/measures/curve.ts';
import {
  hardLines,
  peopleByGreeting,
  readWeights,
  weightedShare,
} from '../../../../src/eval/measures/greetings.ts';
import { machinesByHandOff } from '../../../../src/eval/measures/hand-off.ts';
import { isKept, isRight, type HeardCall } from '../../../../src/eval/calls/heard.ts';
import { reportHtml } from '../../../../src/eval/report/html.ts';
import type { LabelledCall, GroundTruth } from '../../../../src/eval/calls/manifest.ts';
import type { CallRow } from '../../../../src/eval/report/call-rows.ts';
import { makeReport } from '../../../../src/eval/report/report.ts';
import { share } from '../../../../src/eval/measures/statistics.ts';
import { sliceCalls } from '../../../../src/eval/measures/slices.ts';
import { reportText } from '../../../../src/eval/report/text.ts';

interface Case {
  truth: GroundTruth;
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
      channel: 'both',
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
    const right = (truth: GroundTruth, verdict: Verdict) => isRight(heard({ truth, verdict }));
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
    const call = (truth: GroundTruth, verdict: Verdict, columns: Record<string, string>, endMs: number) =>
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
  const report = makeReport(settings, { heard: calls, failures: [], warned: [], cpuMs: 100 });

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
    const later = (truth: GroundTruth, first: Verdict, then: Verdict) =>
      heard({ truth, verdict: first, heard: { corrections: [{ verdict: then, atMs: 9_000 }] } });
    const { corrections } = makeReport(settings, {
      heard: [
        ...calls,
        later('human', 'live', 'machine'),
        later('human', 'sit', 'live'),
        later('machine', 'live', 'machine'),
      ],
      failures: [],
      warned: [],
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
    const empty = makeReport(settings, { heard: [], failures: [], warned: [], cpuMs: 0 });
    expect(reportText(empty, true)).toContain('0 files');
    expect(reportHtml(empty)).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('people by the length of their greeting', () => {
  const person = (lengthMs: number, verdict: Verdict, more: Partial<LabelledCall> = {}) =>
    heard({
      truth: 'human',
      verdict,
      decidedMs: 500 + lengthMs + 600,
      call: { greetingEndMs: 500 + lengthMs, file: `${lengthMs}-${verdict}.wav`, ...more },
    });
  const people = [
    person(899, 'live'),
    person(899, 'machine'),
    person(900, 'live'),
    person(1_999, 'live'),
    person(2_000, 'machine'),
  ];

  it('counts them short, medium and long, and weighted as people answer', () => {
    const { rows, weighted } = peopleByGreeting(people);
    expect(rows.map(({ name, lost }) => [name, lost.count, lost.n])).toEqual([
      ['short', 1, 2],
      ['medium', 0, 2],
      ['long', 1, 1],
    ]);
    expect(rows[0]?.decided).toMatchObject({ n: 2, p95: 600 });
    expect(weighted?.share).toBeCloseTo(0.55 * 0.5 + 0.1, 12);
    expect(peopleByGreeting(people, [0, 1, 0]).weighted?.share).toBe(0);
  });

  it('says nothing weighted where a length that counts does not occur', () => {
    expect(peopleByGreeting(people.slice(0, 3)).weighted).toBeNull();
    expect(peopleByGreeting(people.slice(0, 3), [1, 1, 0]).weighted?.share).toBe(0.25);
    expect(
      peopleByGreeting([heard({ truth: 'human', verdict: 'live', call: { greetingEndMs: null } })]).weighted,
    ).toBeNull();
  });

  it('gives the weighted share the interval of its parts', () => {
    const parts = [share(1, 50), share(2, 40), share(3, 30)];
    const all = weightedShare(parts, [1, 0, 0]);
    expect(all?.low).toBeCloseTo(parts[0]?.low ?? NaN, 12);
    expect(all?.high).toBeCloseTo(parts[0]?.high ?? NaN, 12);
  });

  it.each(['', '1,2', '1,2,3,4', '-1,1,1', '0,0,0', 'a,b,c', '1,,1'])('refuses the weights %j', (text) => {
    expect(() => readWeights(text)).toThrow(/--weights/);
  });

  it('counts people with a tone of their own, and with voices behind', () => {
    const lines = hardLines([
      person(500, 'machine', { columns: { own_tone_ms: '300' } }),
      person(500, 'live', { columns: { behind_db: '12.5', own_tone_ms: '' } }),
    ]);
    expect(lines.ownTone).toMatchObject({ n: 1, count: 1 });
    expect(lines.voicesBehind).toMatchObject({ n: 1, count: 0 });
  });
});

describe('machines before and after the hand-off', () => {
  const beep = { startMs: 5_000, endMs: 5_300, recorded: true };
  const through = (atMs: number | null, call: Partial<LabelledCall> = { beep }) =>
    heard({
      truth: 'machine',
      verdict: 'live',
      call,
      heard: { corrections: atMs === null ? [] : [{ verdict: 'machine', atMs }] },
    });

  it('are told in time up to 300 ms after their beep', () => {
    const machines = [
      heard({ truth: 'machine', verdict: 'machine' }),
      through(5_600),
      through(5_601),
      through(null),
    ];
    const found = machinesByHandOff(machines);
    expect(found.before).toMatchObject({ n: 4, count: 1 });
    expect(found.after).toMatchObject({ n: 3, count: 2 });
    expect(found.soonAfter).toMatchObject({ n: 3, count: 1 });
  });

  it('or 2 s after they go on to speak', () => {
    const columns = { speech_ms: '500-1500 3000-9000' };
    const found = machinesByHandOff([
      through(5_000, { columns }),
      through(5_001, { columns }),
      through(2_100, {}),
    ]);
    expect(found.soonAfter).toMatchObject({ n: 2, count: 1 });
  });

  it('are counted apart where they speak on for 2 s and more and do not beep', () => {
    const spokeOn = (speech_ms: string, atMs: number | null, call: Partial<LabelledCall> = {}) =>
      through(atMs, { ...call, columns: { speech_ms } });
    const found = machinesByHandOff([
      spokeOn('500-1500 3000-5000', 5_000),
      spokeOn('500-1500 3000-5000', 5_001),
      spokeOn('500-1500 3000-4000 4500-9000', null),
      spokeOn('500-1500 3000-4999', 3_500),
      spokeOn('500-1500', 1_800),
      spokeOn('500-1500 3000-9000', 3_500, { beep }),
      spokeOn('500-1500 3000-9000', 5_000, { beep: { startMs: 900, endMs: 1_400, recorded: true } }),
    ]);
    expect(found.withoutBeep).toMatchObject({ n: 4, count: 2 });
  });
});

describe('two reports', () => {
  const row = (file: string, truth: GroundTruth, right: boolean) => ({ file, truth, right });
  const earlier = {
    settings: { detector: 'detector 0' },
    calls: [
      row('1', 'human', false),
      row('2', 'human', true),
      row('3', 'machine', true),
      row('4', 'busy', true),
    ],
  };
  const now = (file: string, truth: GroundTruth, right: boolean): CallRow => ({
    ...row(file, truth, right),
    greeting: truth === 'human' ? 'short' : null,
    verdict: 'live',
    rule: '',
    decidedMs: null,
    machineLogOdds: null,
  });

  it('are compared call by call, where both have the call', () => {
    const against = compareReports(
      [
        now('1', 'human', true),
        now('2', 'human', true),
        now('3', 'machine', false),
        now('5', 'machine', true),
      ],
      earlier,
    );
    expect(against).toMatchObject({ detector: 'detector 0', files: 3 });
    expect(against.rows).toEqual([
      { name: 'people', n: 2, mended: 1, broken: 0, p: 1 },
      { name: 'people, short', n: 2, mended: 1, broken: 0, p: 1 },
      { name: 'machine', n: 1, mended: 0, broken: 1, p: 1 },
    ]);
  });

  it('differ by more than chance as the binomial distribution says', () => {
    expect(mcNemar(0, 0)).toBe(1);
    expect(mcNemar(5, 5)).toBe(1);
    expect(mcNemar(0, 6)).toBeCloseTo(2 / 64, 12);
    expect(mcNemar(1, 9)).toBeCloseTo((2 * 11) / 1024, 12);
    expect(mcNemar(9, 1)).toBe(mcNemar(1, 9));
    expect(mcNemar(2_000, 1_000)).toBeLessThan(1e-9);
    expect(mcNemar(1_500, 1_500)).toBe(1);
  });

  it('that are none are refused', () => {
    expect(() => readEarlierReport('/no/such/report.json')).toThrow(/--against .*cannot be read \(ENOENT\)/);
    expect(() => readEarlierReport(new URL(import.meta.url).pathname)).toThrow(/is no report: not JSON/);
    expect(() => readEarlierReport(new URL('../../../../package.json', import.meta.url).pathname)).toThrow(
      /is no report: settings/,
    );
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TestCallLine } from '../../src/daemon/admin-api.ts';
import { ConfigError } from '../../src/daemon/faults.ts';
import { channelRange } from '../../src/cli/boards.ts';
import { createCallView } from '../../src/cli/call-view.ts';
import { explainCall } from '../../src/cli/calls.ts';
import { checkNode } from '../../src/cli/doctor-checks.ts';
import { explainEvidence } from '../../src/cli/explain.ts';
import { alignedTable, duration, tabbedTable, type Column } from '../../src/cli/output.ts';
import { createParser, withoutIdleDashes, describeFailure, exitCodeOf } from '../../src/cli/program.ts';
import { CodedError } from '../../src/domain/errors.ts';
import { whereTheyDiffer } from '../../src/cli/replay.ts';
import { ruleWords } from '../../src/cli/rule-words.ts';
import type { Evidence } from '../../src/domain/outcome.ts';

const machine: Evidence = {
  rule: 'greeting-long',
  confidence: 0.93,
  verdict: 'machine',
  sit: null,
  decidedMs: 9_500,
  answerMs: 6_000,
  speechStartMs: 6_400,
  greetingEndMs: 12_400,
  beepMs: 12_900,
  segments: [
    { kind: 'tone', startMs: 0, endMs: 2_000, hz: [440.2, 480, 0], dbm0: -19.6 },
    { kind: 'speech', startMs: 6_400, endMs: 12_400 },
  ],
  scores: { machineScore: 0.912_34 },
  cause: null,
};

describe('a replay that differs', () => {
  it('shows the words that differ, with those around them', () => {
    const words = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => `w${from + at}`).join(' ');
    expect(
      whereTheyDiffer(`${words(0, 40)} 1 ${words(40, 60)}`, `${words(0, 40)} 2 3 ${words(40, 60)}`),
    ).toEqual([
      'w0 w1 w2 w3 ... w36 w37 w38 w39 1 w40 w41 w42 w43 ...',
      'w0 w1 w2 w3 ... w36 w37 w38 w39 2 3 w40 w41 w42 w43 ...',
    ]);
    expect(whereTheyDiffer('tone from 0', 'tone from 20')).toEqual(['tone from 0', 'tone from 20']);
    expect(whereTheyDiffer('a b', 'a b c')).toEqual(['a b', 'a b c']);
  });
});

describe('evidence in plain words', () => {
  it('says what was decided, when, and what was heard', () => {
    expect(explainEvidence(machine)).toEqual([
      'Verdict: machine, by rule greeting-long, 93 % sure.',
      'Decided 9.50 s after dialling, 3.50 s after answer.',
      'Answered 6.00 s after dialling.',
      'Speech began 6.40 s after dialling, 0.40 s after answer (a pause of 0.40 s).',
      'The greeting ended 12.40 s after dialling, 6.40 s after answer; it lasted 6.00 s.',
      'A beep began 12.90 s after dialling, 6.90 s after answer.',
      'Heard, in order:',
      '    0.00 to   2.00 s  tone 440 + 480 Hz, -20 dBm0',
      '    6.40 to  12.40 s  speech',
      'Figures behind the decision:',
      '  machineScore 0.912',
    ]);
  });

  it('says why, with the figures that were compared', () => {
    const live: Evidence = {
      ...machine,
      rule: 'greeting-then-silence',
      verdict: 'live',
      scores: { machineLogOdds: -2, liveBelow: -0.5, machineFrom: 5, greetingS: 0.54, silenceAfterS: 0.42 },
    };
    expect(explainEvidence(live).slice(1, 3)).toEqual([
      'A greeting of 0.54 s, then 0.42 s of silence: somebody waits for an answer.',
      'By voice and shape of the greeting it was a machine with 12 %; after this silence it is a person up to 38 %.',
    ]);
    const doubtful = { ...live, scores: { ...live.scores, machineLogOdds: 1 } };
    expect(ruleWords(doubtful)[1]).toMatch(/it is a person below 99\.3 %\.$/);
  });

  it('knows every rule of the detector', () => {
    const source = ['verdict', 'tone_hearing']
      .map((name) => readFileSync(new URL(`../../native/cpd/${name}.cc`, import.meta.url), 'utf8'))
      .join('');
    const rules = [
      ...source.matchAll(/decide\(Verdict::\w+, ?(?:[^";]*\? )?"([a-z-]+)"(?: : "([a-z-]+)")?/g),
    ];
    const names = rules.flatMap(([, one, other]) => [one ?? '', ...(other === undefined ? [] : [other])]);
    expect(new Set(names).size).toBeGreaterThanOrEqual(20);
    const unknown = names.filter((rule) => ruleWords({ ...machine, rule }).length === 0);
    expect(unknown).toEqual([]);
  });

  it('says what was heard after the verdict, and whether it changed anything', () => {
    const insteadOf = { rule: 'recorded-voice', verdict: 'machine', confidence: 0.99 } as const;
    const correction = { verdict: 'live', confidence: 0.7, atMs: 15_000, insteadOf } as const;
    expect(
      explainEvidence({ ...machine, rule: 'correction', correction: { ...correction, taken: true } }),
    ).toContain(
      'Later, 15.00 s after dialling, 9.00 s after answer: live after all, 70 % sure, instead of machine by rule ' +
        'recorded-voice.',
    );
    expect(explainEvidence({ ...machine, correction: { ...correction, taken: false } })).toContain(
      'Later, 15.00 s after dialling, 9.00 s after answer: live after all, 70 % sure; it changed nothing any more.',
    );
  });

  it('names the cause of a call nobody answered', () => {
    const busy: Evidence = {
      ...machine,
      rule: 'cause-17',
      verdict: 'busy',
      answerMs: null,
      speechStartMs: null,
      greetingEndMs: null,
      beepMs: null,
      cause: 17,
      segments: [],
      scores: {},
    };
    const lines = explainEvidence(busy);
    expect(lines).toContain('The network gave cause 17 (user busy).');
    expect(lines).toContain('Nobody answered.');
  });

  it('explains a whole call, and one that was never dialled', () => {
    const call = {
      attemptId: 'a-1',
      campaign: 'autumn',
      number: '*********12',
      test: false,
      outcome: {
        result: 9 as const,
        status: 'dropped' as const,
        reason: null,
        evidence: machine,
        milestones: { dialling: 120, queued: 0, answered: 6_120 },
        channel: 3,
        agentId: null,
      },
      handBack: null,
      answerToVerdictMs: 3_500,
      waitForAgentMs: null,
      endedAt: '2026-01-05T17:00:00.000Z',
    };
    const text = explainCall(call).join('\n');
    expect(text).toContain('Outcome: Answering Machine (9), dropped.');
    expect(text).toContain('Channel 3.');
    expect(text.indexOf('queued')).toBeLessThan(text.indexOf('dialling  '));
    expect(explainCall({ ...call, outcome: null, handBack: 'drain' })).toEqual([
      'Attempt a-1 of autumn to *********12, ended 2026-01-05T17:00:00.000Z.',
      'It was never dialled and went back to OCS: drain.',
    ]);
  });
});

describe('the live view of a test call', () => {
  const lines: TestCallLine[] = [
    { kind: 'started', channel: 2 },
    { kind: 'board', event: { type: 'seized', channel: 2, ref: 1, at: 5_000 } },
    { kind: 'board', event: { type: 'ringing', by: 'audio', channel: 2, ref: 1, at: 7_240 } },
    {
      kind: 'board',
      event: {
        type: 'observation',
        channel: 2,
        ref: 1,
        at: 7_300,
        observation: {
          kind: 'tone',
          tone: 'ringback',
          ambiguousWith: ['busy'],
          startMs: 0,
          endMs: null,
          hz: [440, 480],
        },
      },
    },
    { kind: 'board', event: { type: 'disconnected', cause: 34, channel: 2, ref: 1, at: 9_000 } },
    { kind: 'end', outcome: null, handBack: 'no_channel' },
  ];

  it('shows what is heard with its time since the call began', () => {
    expect(lines.flatMap(createCallView())).toEqual([
      'test call on channel 2',
      '   0.00 s  channel seized',
      '   2.24 s  ringing (heard)',
      '   2.30 s  tone: ringback (or busy), 440 + 480 Hz',
      '   4.00 s  far end released, cause 34 (no circuit available)',
      'not dialled: no_channel',
    ]);
  });
});

describe('output', () => {
  interface Row {
    name: string;
    count: number | null;
  }
  const columns: Column<Row>[] = [
    { heading: 'NAME', value: ({ name }) => name },
    { heading: 'COUNT', value: ({ count }) => count, align: 'right' },
  ];
  const rows = [
    { name: 'autumn', count: 7 },
    { name: 'x\ty', count: null },
  ];

  it('aligns on a terminal and separates by tabs in a pipe', () => {
    expect(alignedTable(columns, rows.slice(0, 1))).toBe('NAME    COUNT\nautumn      7\n');
    expect(tabbedTable(columns, rows)).toBe('autumn\t7\nx y\t-\n');
  });

  it.each([
    [340, '340 ms'],
    [12_400, '12.4 s'],
    [185_000, '3 min 05 s'],
    [7_620_000, '2 h 07 min'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it('writes channels without gaps as a range', () => {
    expect(channelRange([0, 1, 2])).toBe('0-2');
    expect(channelRange([0, 2])).toBe('0,2');
    expect(channelRange([4])).toBe('4');
    expect(channelRange([])).toBe('-');
  });
});

describe('failures', () => {
  it('shows no stack for a mistake of the user, and one for ours', () => {
    const mistake = new CodedError('PORT_IN_USE', 'port 1 is in use');
    expect(describeFailure('cpdd', mistake)).toBe('cpdd: PORT_IN_USE: port 1 is in use\n');
    expect(exitCodeOf(mistake)).toBe(69);
    const number = new CodedError('BAD_NUMBER', 'number: "x" is none', { expected: '2 to 20 digits' });
    expect(describeFailure('cpdctl', number)).toBe(
      'cpdctl: BAD_NUMBER: number: "x" is none; expected 2 to 20 digits\n',
    );
    expect(describeFailure('cpdd', new TypeError('oops'))).toMatch(/INTERNAL: TypeError: oops\n {4}at /);
    expect(exitCodeOf(new TypeError('oops'))).toBe(70);
  });

  it('gives each fault of a configuration a line', () => {
    const fault = {
      source: 'a.yaml',
      line: 3,
      column: 7,
      field: 'log.level',
      found: '"x"',
      expected: 'one of info, warn',
      suggestion: null,
    };
    expect(describeFailure('cpdd', new ConfigError([fault, { ...fault, line: 4 }])).split('\n')).toEqual([
      'cpdd: BAD_CONFIG: the configuration has 2 fault(s)',
      'a.yaml:3:7: log.level: found "x", expected one of info, warn',
      'a.yaml:4:7: log.level: found "x", expected one of info, warn',
      '',
    ]);
  });
});

describe('doctor', () => {
  it.each([
    ['20.19.0', 'fail'],
    ['22.17.9', 'fail'],
    ['22.18.0', 'ok'],
    ['24.1.0', 'ok'],
  ])('judges Node %s as %s', (version, state) => {
    expect(checkNode(version).state).toBe(state);
  });
});

describe('usage', () => {
  it.each([
    ['dial -- +12125550100', 'dial +12125550100'],
    ['dial --json -- 5551', 'dial --json 5551'],
    ['analyze -- -a.wav', 'analyze -- -a.wav'],
    ['dial 5551', 'dial 5551'],
  ])('takes %j as %j', (given, taken) => {
    expect(withoutIdleDashes(given.split(' '))).toEqual(taken.split(' '));
  });

  const parse = async (line: string) =>
    createParser('x')
      .command('boards', 'boards', {}, () => {})
      .command('dial <number>', 'dial', { 'ring-timeout': { type: 'number' } }, () => {})
      .demandCommand(1)
      .parseAsync(line);

  it.each([
    ['bogus', 'unknown command bogus (see x --help)'],
    ['bogus --json', 'unknown command bogus (see x --help)'],
    ['bords', 'unknown command bords; did you mean boards? (see x --help)'],
    ['dial 555 777', 'Unknown argument: 777 (see x --help)'],
    ['dial 555 --ring-timeout abc', 'option --ring-timeout: not a number'],
  ])('refuses %j', async (line, message) => {
    await expect(parse(line)).rejects.toMatchObject({ code: 'BAD_ARGUMENT', message });
  });

  it('takes numbers where numbers are', async () => {
    expect(await parse('dial 555 --ring-timeout 5')).toMatchObject({ ringTimeout: 5 });
  });
});

describe('arguments given more than once', () => {
  const parsed = async (line: string) => {
    let seen: Record<string, unknown> = {};
    await createParser('x')
      .command(
        'read <files..>',
        'several files',
        (yargs) =>
          yargs
            .positional('files', { type: 'string', demandOption: true })
            .option('plan', { choices: ['US', 'GB'] })
            .option('hold-ms', { type: 'number' })
            .option('json', { type: 'boolean' })
            .option('only-these', { type: 'string', array: true }),
        (args) => {
          seen = args;
        },
      )
      .parseAsync(line);
    return seen;
  };

  it('are all kept where a command takes several', async () => {
    expect((await parsed('read a.wav b.wav c.wav'))['files']).toEqual(['a.wav', 'b.wav', 'c.wav']);
    expect((await parsed('read a.wav'))['files']).toEqual(['a.wav']);
    expect((await parsed('read a --only-these p --only-these q'))['onlyThese']).toEqual(['p', 'q']);
  });

  it('count as last said where there is one', async () => {
    const line = 'read a b --plan US --plan GB --hold-ms 1 --hold-ms 2 --json --no-json';
    expect(await parsed(line)).toMatchObject({
      files: ['a', 'b'],
      plan: 'GB',
      holdMs: 2,
      'hold-ms': 2,
      json: false,
    });
    expect(
      await createParser('x').option('url', { type: 'string' }).parseAsync('--url a --url b'),
    ).toMatchObject({
      url: 'b',
    });
  });
});

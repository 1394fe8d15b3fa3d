import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explainEvidence } from '../../../../src/domain/explanation/evidence-words.ts';
import { ruleWords } from '../../../../src/domain/explanation/rule-words.ts';
import { explainCall } from '../../../../src/cli/calls/calls.ts';
import type { Evidence } from '../../../../src/domain/outcome.ts';

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
      'A greeting of 0.54 s, then 0.42 s of silence: somebody is waiting for an answer.',
      'By the voice and the shape of the greeting, the probability of a machine was 12 %; after this much silence the call is live below 38 %.',
    ]);
    const doubtful = { ...live, scores: { ...live.scores, machineLogOdds: 1 } };
    expect(ruleWords(doubtful)[1]).toMatch(/the call is live below 99\.3 %\.$/);
  });

  it('knows every rule of the detector', () => {
    const source = ['verdict', 'tone_hearing', 'known_verdict']
      .map((name) => readFileSync(new URL(`../../../../native/cpd/${name}.cc`, import.meta.url), 'utf8'))
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
      'Later, 15.00 s after dialling, 9.00 s after answer: live after all, 70 % sure; too late to change the call.',
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

import { describe, expect, test } from 'vitest';
import type { Evidence, Outcome } from '../../../src/domain/outcome.ts';
import {
  heardEvidence,
  isCheckOfLearnt,
  lessonOf,
  lessonsOfWord,
  type CalledParty,
  type HeardEvidence,
  type Lesson,
} from '../../../src/domain/recording-lesson.ts';
import { callResult } from '../../../src/domain/result.ts';

const evidence: Evidence = {
  rule: 'recorded-greeting',
  confidence: 0.9,
  verdict: 'machine',
  sit: null,
  decidedMs: 9_000,
  answerMs: 4_000,
  speechStartMs: 4_300,
  greetingEndMs: 8_000,
  beepMs: null,
  segments: [],
  scores: {},
  cause: null,
};
const machineCall: Outcome = {
  result: callResult.AnsweringMachine,
  status: 'dropped',
  reason: 'message_left',
  evidence,
  milestones: {},
  channel: 1,
  agentId: null,
};
const heardAs = (over: Partial<Evidence>): Outcome => ({
  ...machineCall,
  evidence: { ...evidence, ...over },
});

const corrected = {
  verdict: 'live',
  confidence: 0.7,
  atMs: 9_500,
  taken: false,
  insteadOf: { rule: 'known-recording', verdict: 'machine', confidence: 0.99 },
} as const;

describe('what the end of a call says about recordings', () => {
  test('a machine with a beep teaches what was heard', () => {
    expect(lessonOf(machineCall, true)).toEqual({ kind: 'learn' });
  });

  test('no beep, no lesson', () => {
    expect(lessonOf(machineCall, false)).toBeNull();
  });

  test.each<[string, Outcome]>([
    ['a person', heardAs({ verdict: 'live' })],
    ['a screening assistant', heardAs({ verdict: 'screening' })],
    [
      'a machine that a person took over from',
      heardAs({
        correction: {
          verdict: 'live',
          confidence: 0.7,
          atMs: 9_500,
          taken: false,
          insteadOf: { rule: 'recorded-greeting', verdict: 'machine', confidence: 0.9 },
        },
      }),
    ],
    ['a call that an agent got', { ...machineCall, agentId: 'ann' }],
    ['a call that reached an agent', { ...machineCall, milestones: { agentConnected: 9_000 } }],
    ['another result', { ...machineCall, result: callResult.Answer }],
    ['a known recording', heardAs({ recording: 'mailbox' })],
    ['a call of which nothing was heard', { ...machineCall, evidence: null }],
  ])('%s teaches nothing', (_, outcome) => {
    expect(lessonOf(outcome, true)).toBeNull();
  });

  const recording = 'learnt-20261130-1';

  test.each<[string, Outcome]>([
    [
      'the detector took the call for a person',
      { ...heardAs({ recording, verdict: 'live' }), result: callResult.Answer },
    ],
    ['a person was heard too late to be handed over', heardAs({ recording, correction: corrected })],
    [
      'a person was heard and no agent was free',
      {
        ...heardAs({ recording, verdict: 'live', correction: { ...corrected, taken: true } }),
        result: callResult.Answer,
        status: 'abandoned',
      },
    ],
  ])('a known recording is doubted: %s', (_, outcome) => {
    expect(lessonOf(outcome, false)).toEqual({ kind: 'unlearn', name: recording });
  });

  test.each<[string, Partial<Outcome>]>([
    ['dropped', {}],
    ['in doubt', { result: callResult.Answer, evidence: { ...evidence, recording, verdict: 'unknown' } }],
    [
      'taken for a person until it beeped',
      {
        result: callResult.Answer,
        evidence: {
          ...evidence,
          recording,
          verdict: 'live',
          correction: { ...corrected, verdict: 'machine' },
        },
      },
    ],
    ['transferred to where machines go', { status: 'transferred', milestones: { agentConnected: 9_000 } }],
  ])('a known recording of a machine is not doubted: %s', (_, over) => {
    expect(lessonOf({ ...heardAs({ recording }), ...over }, true)).toBeNull();
  });

  test('two calls of a hundred check what was learnt, always the same ones', () => {
    const ids = Array.from({ length: 20_000 }, (_, at) => `attempt-${at}`);
    const checks = ids.filter(isCheckOfLearnt);
    expect(checks.length / ids.length).toBeGreaterThan(0.015);
    expect(checks.length / ids.length).toBeLessThan(0.025);
    expect(checks.every(isCheckOfLearnt)).toBe(true);
  });
});

describe('what the word of somebody who heard the call says about recordings', () => {
  const machine = { verdict: 'machine' } as const;
  const mailbox = { verdict: 'machine', recording: 'mailbox' } as const;
  test.each<[CalledParty, boolean, HeardEvidence | null, Lesson[]]>([
    ['machine', true, machine, [{ kind: 'learn' }]],
    ['machine', false, machine, []],
    ['machine', true, mailbox, []],
    ['machine', true, { verdict: 'screening' }, []],
    ['machine', true, { verdict: 'live' }, []],
    ['machine', true, { verdict: 'unknown' }, []],
    ['machine', true, { verdict: 'machine', correction: corrected }, []],
    ['machine', true, null, []],
    ['person', false, machine, []],
    ['person', true, machine, [{ kind: 'doubt' }]],
    ['person', true, { verdict: 'screening' }, [{ kind: 'doubt' }]],
    ['person', true, null, [{ kind: 'doubt' }]],
    ['person', false, mailbox, [{ kind: 'unlearn', name: 'mailbox' }]],
    ['person', true, mailbox, [{ kind: 'unlearn', name: 'mailbox' }, { kind: 'doubt' }]],
  ])('a %s (beep: %s, heard: %j)', (was, beeped, heard, lessons) => {
    expect(lessonsOfWord(was, beeped, heard)).toEqual(lessons);
  });

  test('keeps of the evidence what it needs', () => {
    expect(heardEvidence(machineCall)).toEqual({ verdict: 'machine' });
    const full = { verdict: 'machine', correction: corrected, recording: 'mailbox' } as const;
    expect(heardEvidence(heardAs(full))).toEqual(full);
    expect(heardEvidence({ ...machineCall, evidence: null })).toBeNull();
  });
});

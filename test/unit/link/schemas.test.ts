import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import {
  agentReplySchema,
  agentRequestSchema,
  commandSchema,
  dialRequestSchema,
  engagementReportSchema,
  handoffSchema,
  humanLossSchema,
  pullRequestSchema,
  registerReplySchema,
  registerRequestSchema,
  reportSchema,
  reportsReplySchema,
  reportsRequestSchema,
} from '../../../src/link/schemas.ts';
import { evidence } from '../../support/dialer/call-script.ts';
import { request } from '../../support/dialer/link-messages.ts';

const registration = {
  dialerId: 'd-1',
  linkVersion: 1,
  softwareVersion: '0.1.0',
  boards: [{ name: 'b', driver: 'sim', spans: [{ span: 1, kind: 'isdn', channels: 30 }] }],
  capabilities: { handoff: ['agent'], plans: ['US'], modes: ['telephony_preset'] },
};
const pull = {
  dialerId: 'd-1',
  sessionId: 's-1',
  free: 0,
  channels: { inService: 0, busy: 0 },
  waitMs: 0,
  active: [],
};
const heard = evidence({ rule: 'greeting', confidence: 1, verdict: 'live', decidedMs: 1, answerMs: 1 });
const report = (over: object) => ({ attemptId: 'a-1', seq: 1, ...over });
const resultReport = (over: object) => report({ kind: 'result', result: 0, evidence: { ...heard, ...over } });
const registered = { sessionId: 's-1', ocsVersion: '1', leaseMs: 0, maxWaitMs: 0 };
const text = (length: number) => 'x'.repeat(length);
const withCapability = (over: object) => ({
  ...registration,
  capabilities: { ...registration.capabilities, ...over },
});

/** What a message may hold at the most and at the least, and what is one too many or too few. */
const limits: readonly [
  what: string,
  schema: z.ZodType,
  make: (value: never) => object,
  good: unknown[],
  bad: unknown[],
][] = [
  [
    'attempt id',
    dialRequestSchema,
    (attemptId) => ({ ...request, attemptId }),
    [text(1), text(128)],
    ['', text(129)],
  ],
  ['record handle', dialRequestSchema, (recordHandle) => ({ ...request, recordHandle }), [1], [0, -1, 1.5]],
  [
    'ring time limit',
    dialRequestSchema,
    (ringTimeoutMs) => ({ ...request, ringTimeoutMs }),
    [15_000, 180_000],
    [14_999, 180_001, 20_000.5],
  ],
  [
    'time limit of call analysis',
    dialRequestSchema,
    (cpdTimeoutMs) => ({ ...request, cpdTimeoutMs }),
    [500, 30_000],
    [499, 30_001],
  ],
  [
    'wait for an agent',
    dialRequestSchema,
    (agentTimeoutMs) => ({ ...request, agentTimeoutMs }),
    [0, 60_000],
    [-1, 60_001],
  ],
  [
    'human loss',
    dialRequestSchema,
    (maxHumanLoss) => ({ ...request, maxHumanLoss }),
    [0.001, 0.1],
    [0.0009, 0.101, '1 %'],
  ],
  [
    'caller id',
    dialRequestSchema,
    (callerId) => ({ ...request, callerId }),
    ['+12025550100'],
    ['112,911', 'anonymous'],
  ],
  [
    'extension',
    handoffSchema,
    (extension) => ({ kind: 'destination', extension }),
    ['10', text(20).replaceAll('x', '7')],
    ['1', '+4930', '7,1', text(21).replaceAll('x', '7')],
  ],
  [
    'software version',
    registerRequestSchema,
    (softwareVersion) => ({ ...registration, softwareVersion }),
    ['', text(200)],
    [text(201)],
  ],
  [
    'version of the link',
    registerRequestSchema,
    (linkVersion) => ({ ...registration, linkVersion }),
    [1],
    [0, 2],
  ],
  [
    'patterns of extensions',
    registerRequestSchema,
    (extensions) => withCapability({ extensions }),
    [[], ['^7'], new Array(1_000).fill('7'), [text(500)]],
    [['('], new Array(1_001).fill('7'), [text(501)]],
  ],
  [
    'warnings',
    registerRequestSchema,
    (warnings) => ({ ...registration, warnings }),
    [[], new Array(20).fill(text(500))],
    [new Array(21).fill('w'), [text(501)]],
  ],
  ['free channels', pullRequestSchema, (free) => ({ ...pull, free }), [0, 2_000], [-1, 0.5]],
  [
    'channels in service',
    pullRequestSchema,
    (inService) => ({ ...pull, channels: { inService, busy: 0 } }),
    [0],
    [-1, 0.5],
  ],
  [
    'busy channels',
    pullRequestSchema,
    (busy) => ({ ...pull, channels: { inService: 0, busy } }),
    [0],
    [-1, 0.5],
  ],
  ['wait of a pull', pullRequestSchema, (waitMs) => ({ ...pull, waitMs }), [0], [-1, 0.5]],
  ['lease', registerReplySchema, (leaseMs) => ({ ...registered, leaseMs }), [0], [-1]],
  ['number of a report', reportSchema, (seq) => report({ seq, kind: 'accepted' }), [1], [0, -1, 1.5]],
  [
    'call result',
    reportSchema,
    (result) => report({ kind: 'result', result, evidence: null }),
    [0, 53],
    [-1, 54, 9.5],
  ],
  ['confidence', reportSchema, (confidence) => resultReport({ confidence }), [0, 1], [-0.01, 1.01]],
  [
    'confidence of a correction',
    reportSchema,
    (confidence) =>
      resultReport({
        correction: {
          verdict: 'machine',
          confidence,
          atMs: 1,
          taken: true,
          insteadOf: { rule: 'r', verdict: null, confidence: 1 },
        },
      }),
    [0, 1],
    [-0.01, 1.01],
  ],
  ['retry of an agent request', agentReplySchema, (retryMs) => ({ agent: null, retryMs }), [0], [-1]],
];

describe('the limits of a message', () => {
  it.each(limits)('%s', (_what, schema, make, good, bad) => {
    const isTaken = (value: unknown) => schema.safeParse(make(value as never)).success;
    expect(good.filter((value) => !isTaken(value))).toEqual([]);
    expect(bad.filter(isTaken)).toEqual([]);
  });
});

describe('what is left out', () => {
  it('of a request has its usual value', () => {
    expect(dialRequestSchema.parse(request)).toEqual({
      ...request,
      ringTimeoutMs: 30_000,
      cpdTimeoutMs: 8_000,
      agentTimeoutMs: 2_000,
      onMachine: { action: 'drop' },
      onFax: { action: 'drop' },
      onSilence: { action: 'drop' },
      userData: {},
    });
  });

  it('of reports is no report of a leg', () => {
    expect(reportsRequestSchema.parse({ dialerId: 'd', sessionId: 's', reports: [] }).engagements).toEqual(
      [],
    );
  });
});

describe('each kind of message', () => {
  const outcome = {
    result: 0,
    status: 'transferred',
    reason: null,
    evidence: heard,
    milestones: { answered: 4_000 },
    channel: 3,
    agentId: 'ann',
  };
  it.each<[string, z.ZodType, object]>([
    ['accepted', reportSchema, report({ kind: 'accepted' })],
    ['milestone', reportSchema, report({ kind: 'milestone', name: 'ringing', atMs: 900 })],
    [
      'result',
      reportSchema,
      resultReport({
        segments: [{ kind: 'tone', startMs: 0, endMs: 5, hz: [440, 480], dbm0: -13 }],
        scores: { live: 0.9 },
      }),
    ],
    ['connected', reportSchema, report({ kind: 'connected', agentId: 'ann', extension: null })],
    ['outcome', reportSchema, report({ kind: 'outcome', outcome })],
    ['hand back', reportSchema, report({ kind: 'hand_back', reason: 'restart' })],
    ['cancel', commandSchema, { kind: 'cancel', attemptId: 'a-1' }],
    ['drain', commandSchema, { kind: 'drain', campaign: 'spring' }],
    [
      'engage',
      commandSchema,
      { kind: 'engage', engagementId: 'e', group: 'g', agentId: 'ann', extension: '7001' },
    ],
    ['disengage', commandSchema, { kind: 'disengage', engagementId: 'e' }],
    ['registration', registerRequestSchema, registration],
    ['registered', registerReplySchema, registered],
    ['pull', pullRequestSchema, pull],
    ['leg', engagementReportSchema, { engagementId: 'e', state: 'released', reason: null }],
    [
      'acknowledgement',
      reportsReplySchema,
      {
        accepted: [{ attemptId: 'a', seq: 1 }],
        refused: [{ attemptId: 'a', seq: 2, code: 'C', message: 'm' }],
      },
    ],
    ['agent request', agentRequestSchema, { dialerId: 'd', sessionId: 's', attemptId: 'a', failed: ['bob'] }],
    ['agent', agentReplySchema, { agent: { agentId: 'ann', extension: '7001' }, retryMs: 0 }],
  ])('%s keeps what it says, and is refused without any of it', (_kind, schema, message) => {
    expect(schema.parse(message)).toEqual(message);
    for (const name of Object.keys(message)) {
      if (['campaign', 'failed'].includes(name)) continue;
      const { [name as keyof typeof message]: _left, ...rest } = message;
      expect(schema.safeParse(rest).success, name).toBe(false);
    }
    // The other side may be newer.
    expect(schema.parse({ ...message, later: 1 })).toEqual(message);
  });

  it('of a number that is refused says what was expected of it', () => {
    const read = dialRequestSchema.safeParse({ ...request, number: '5550101/5550102' });
    expect(read.error?.issues).toEqual([
      expect.objectContaining({
        path: ['number'],
        message: expect.stringMatching(/, expected one number$/) as string,
      }),
    ]);
  });

  it('of a share of people that is refused says what a share is', () => {
    expect([humanLossSchema.parse('1 %'), humanLossSchema.parse(0.01)]).toEqual([0.01, 0.01]);
    expect(humanLossSchema.safeParse('20 %').error?.issues[0]?.message).toContain('from 0.1 % to 10 %');
  });
});

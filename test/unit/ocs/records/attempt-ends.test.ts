import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CampaignDefinitionInput } from '../../../../src/api/campaign-definition.ts';
import type { Outcome } from '../../../../src/domain/outcome.ts';
import { recordStatus } from '../../../../src/domain/record.ts';
import { callResult } from '../../../../src/domain/result.ts';
import type { Report } from '../../../../src/link/schemas.ts';
import { evidence } from '../../../support/dialer/call-script.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';
import { outcome } from '../../../support/ocs/ocs.ts';

const definition = {
  name: 'spring',
  list: 'l',
  mode: 'progressive',
  group: 'sales',
  redialBlockHours: { abandoned: 72, machine: 2 },
} satisfies CampaignDefinitionInput;
const hourMs = 3_600_000;

let rooms: Rooms;
let attemptId: string;
beforeEach(() => {
  rooms = openRooms({ staleMs: 60_000, handBackDelayMs: 5_000 });
  rooms.load(definition, ['5550101']);
  rooms.register('d1');
  attemptId = rooms.retrieve('spring', 'd1');
});
afterEach(() => {
  rooms.store.close();
});

const take = (...reports: Report[]) => {
  for (const report of reports) rooms.reports.take('d1', report);
};
const end = (result: keyof typeof callResult, more: Partial<Outcome> = {}) => {
  take({ kind: 'outcome', attemptId, seq: 90, outcome: outcome(result, more) });
};
const attempt = () => rooms.store.attempts.get(attemptId);
const record = () => rooms.store.records.get(1);
const counted = () => {
  const { live, abandoned } = rooms.campaigns.abandoned(rooms.campaigns.need('spring'));
  return { live, abandoned };
};
const answered = { milestones: { answered: 4_000 } };
const connected: Report[] = [
  { kind: 'milestone', attemptId: '', seq: 1, name: 'answered', atMs: 4_000 },
  { kind: 'connected', attemptId: '', seq: 2, agentId: 'ann', extension: '7001' },
];
const connect = () => {
  take(...connected.map((report) => ({ ...report, attemptId })));
};

describe('the end of an attempt', () => {
  it.each<
    [keyof typeof callResult, Partial<Outcome>, keyof typeof callResult, { live: number; abandoned: number }]
  >([
    ['Busy', {}, 'Busy', { live: 0, abandoned: 0 }],
    ['AnsweringMachine', answered, 'AnsweringMachine', { live: 0, abandoned: 0 }],
    // Who heard the announcement that was for everybody was reached.
    ['Answer', { ...answered, status: 'dropped', reason: 'announced' }, 'Answer', { live: 0, abandoned: 0 }],
    [
      'Answer',
      { ...answered, status: 'dropped', reason: 'shutdown' },
      'CallDropError',
      { live: 0, abandoned: 1 },
    ],
    // A person whom nobody talked to is no Answer in the list.
    ['Answer', { ...answered, status: 'abandoned' }, 'Abandoned', { live: 0, abandoned: 1 }],
    ['Answer', { ...answered, status: 'dropped' }, 'CallDropError', { live: 0, abandoned: 1 }],
    // One who hung up before the verdict was not abandoned by us.
    ['Answer', { ...answered, status: 'released' }, 'RemoteRelease', { live: 0, abandoned: 0 }],
    ['Answer', { ...answered, status: 'dial_error' }, 'CallDropError', { live: 0, abandoned: 0 }],
    // A doubt about an answered call is a person, before an answer it is not.
    ['Unknown', { ...answered, status: 'abandoned' }, 'Abandoned', { live: 0, abandoned: 1 }],
    ['Unknown', { status: 'abandoned' }, 'Unknown', { live: 0, abandoned: 0 }],
  ])('%s with %j is %s in the list', (result, more, listed, people) => {
    end(result, more);
    expect(record()).toMatchObject({ record_status: recordStatus.Updated, call_result: callResult[listed] });
    expect(counted()).toEqual(people);
    expect(attempt()).toMatchObject({
      state: 'ended',
      ended_by: 'outcome',
      result: callResult[result],
      channel: 1,
    });
    expect(rooms.calls.get(attemptId)).toBeUndefined();
  });

  it('with an agent leaves the record to the agent, and counts one person who was served', () => {
    const { agent } = rooms.sit('ann', '7001', 'sales');
    connect();
    end('Answer', { ...answered, status: 'transferred', agentId: 'ann' });
    expect(record()?.record_status).toBe(recordStatus.Retrieved);
    expect(agent.handle).toBe(1);
    expect(counted()).toEqual({ live: 1, abandoned: 0 });
    expect(attempt()?.agent_id).toBe('ann');
  });

  it('with an agent of whom only the end tells finds the agent all the same', () => {
    const { agent } = rooms.sit('ann', '7001', 'sales');
    end('Answer', { ...answered, status: 'transferred', agentId: 'ann' });
    expect(agent).toMatchObject({ state: 'busy', handle: 1 });
    expect(record()?.record_status).toBe(recordStatus.Retrieved);
  });

  it('at the switch, which found an agent whom OCS does not know, is an Answer', () => {
    end('Answer', { ...answered, status: 'transferred' });
    expect(record()).toMatchObject({ record_status: recordStatus.Updated, call_result: callResult.Answer });
    expect(counted()).toEqual({ live: 1, abandoned: 0 });
  });

  it('names the agent only if the call got there', () => {
    end('Answer', { ...answered, status: 'abandoned', agentId: 'ann' });
    expect(attempt()?.agent_id).toBeNull();
  });

  it('has a line in the history of the record', () => {
    end('Busy', { status: 'released' });
    const [line] = rooms.store.history.of(1).filter(({ event }) => event === 'outcome');
    expect(JSON.parse(line?.detail ?? '{}')).toEqual({ result: callResult.Busy, status: 'released' });
    expect(line?.attempt_id).toBe(attemptId);
  });
});

describe('a number rests', () => {
  const restsFor = () => {
    const until = rooms.store.doNotCall.restsUntil('5550101', rooms.clock.now());
    return until === null ? 0 : (until - rooms.clock.now()) / hourMs;
  };

  it('after an abandoned call and after a machine, as long as the campaign says', () => {
    end('Answer', { ...answered, status: 'abandoned' });
    expect(restsFor()).toBe(72);
  });

  it('after a machine', () => {
    end('AnsweringMachine', answered);
    expect(restsFor()).toBe(2);
  });

  it('after nothing else, nor where the campaign is gone', () => {
    end('Busy');
    expect(restsFor()).toBe(0);
    rooms.load({ ...definition, name: 'summer', list: 'm' }, ['5550101']);
    const other = rooms.retrieve('summer', 'd1');
    rooms.campaigns.remove('summer');
    take({ kind: 'outcome', attemptId: other, seq: 1, outcome: outcome('AnsweringMachine') });
    expect(restsFor()).toBe(0);
  });
});

describe('what a late report keeps', () => {
  const heard = evidence({ rule: 'greeting', verdict: 'live' });

  it('is the evidence, where the end has none of its own', () => {
    take({ kind: 'result', attemptId, seq: 1, result: callResult.Answer, evidence: heard });
    end('SystemError', { reason: 'crash' });
    expect(JSON.parse(attempt()?.evidence ?? 'null')).toEqual(heard);
    expect(attempt()).toMatchObject({ result: callResult.SystemError, reason: 'crash' });
  });

  it('is not the evidence where the end has some', () => {
    take({ kind: 'result', attemptId, seq: 1, result: callResult.Answer, evidence: heard });
    const own = evidence({ rule: 'correction', verdict: 'machine' });
    end('AnsweringMachine', { evidence: own });
    expect(JSON.parse(attempt()?.evidence ?? 'null')).toEqual(own);
  });

  it('is the answer: milestones of the reports and of the end are put together', () => {
    take({ kind: 'milestone', attemptId, seq: 1, name: 'answered', atMs: 4_000 });
    end('Answer', { status: 'released', milestones: { released: 9_000 } });
    expect(JSON.parse(attempt()?.milestones ?? '{}')).toEqual({ answered: 4_000, released: 9_000 });
  });

  it('is what was decided: pacing learns from an attempt once, by its first word', () => {
    const { history } = rooms.campaigns.need('spring');
    take({ kind: 'milestone', attemptId, seq: 1, name: 'answered', atMs: 4_000 });
    rooms.clock.advance(6_000);
    take({ kind: 'result', attemptId, seq: 2, result: callResult.Answer, evidence: null });
    rooms.clock.advance(60_000);
    end('Answer', { ...answered, status: 'abandoned' });
    expect(history.count()).toBe(1);
    expect(history.figures().answerMs).toBe(6_000);
    expect(attempt()?.decided_at).toBe(rooms.clock.now() - 60_000);
  });

  it('of a result after answer is a person in doubt also when OCS was restarted in between', () => {
    take({ kind: 'milestone', attemptId, seq: 1, name: 'answered', atMs: 4_000 });
    rooms.calls.remove(attemptId);
    take({ kind: 'result', attemptId, seq: 2, result: callResult.Unknown, evidence: null });
    const { history } = rooms.campaigns.need('spring');
    expect(history.figures().answerMs).not.toBeNull();
  });
});

describe('the phase of a call', () => {
  const phase = () => rooms.calls.get(attemptId)?.phase;

  it('follows what its dialler says, and never goes back', () => {
    expect(phase()).toBe('leased');
    take({ kind: 'accepted', attemptId, seq: 1 });
    expect([phase(), attempt()?.state, attempt()?.accepted_at]).toEqual([
      'dialling',
      'accepted',
      rooms.clock.now(),
    ]);
    take({ kind: 'milestone', attemptId, seq: 2, name: 'answered', atMs: 4_000 });
    expect(phase()).toBe('answered');
    take({ kind: 'result', attemptId, seq: 3, result: callResult.Answer, evidence: null });
    expect(phase()).toBe('waiting');
    take({ kind: 'milestone', attemptId, seq: 4, name: 'ringing', atMs: 900 });
    expect(phase()).toBe('waiting');
    take({ kind: 'connected', attemptId, seq: 5, agentId: 'ann', extension: '7001' });
    expect([phase(), attempt()?.agent_id, attempt()?.connected_at]).toEqual([
      'connected',
      'ann',
      rooms.clock.now(),
    ]);
    take({ kind: 'milestone', attemptId, seq: 6, name: 'released', atMs: 60_000 });
    expect(phase()).toBe('ending');
  });

  it('follows the milestones alone, where other reports are late', () => {
    take({ kind: 'milestone', attemptId, seq: 1, name: 'agentRequested', atMs: 1 });
    expect(phase()).toBe('waiting');
    take({ kind: 'milestone', attemptId, seq: 2, name: 'agentConnected', atMs: 2 });
    expect(phase()).toBe('connected');
  });

  it('is ending once it is known that nobody live is there', () => {
    take({ kind: 'result', attemptId, seq: 1, result: callResult.Busy, evidence: null });
    expect(phase()).toBe('ending');
  });

  it('is undialled until the dialler says more than that it is queued', () => {
    const undialled = () => rooms.calls.get(attemptId)?.undialled;
    take(
      { kind: 'accepted', attemptId, seq: 1 },
      { kind: 'milestone', attemptId, seq: 2, name: 'queued', atMs: 0 },
    );
    expect(undialled()).toBe(true);
    take({ kind: 'milestone', attemptId, seq: 3, name: 'dialling', atMs: 5 });
    expect(undialled()).toBe(false);
  });
});

describe('what contradicts the end that is known', () => {
  it('is refused, and changes nothing', () => {
    end('Busy', { status: 'released' });
    const before = attempt();
    const others: Report[] = [
      { kind: 'hand_back', attemptId, seq: 91, reason: 'drain' },
      ...(['result', 'status', 'reason', 'channel'] as const).map((field): Report => ({
        kind: 'outcome',
        attemptId,
        seq: 91,
        outcome: {
          ...outcome('Busy', { status: 'released' }),
          ...{
            result: { result: callResult.NoAnswer },
            status: { status: 'dropped' as const },
            reason: { reason: 'x' },
            channel: { channel: 2 },
          }[field],
        },
      })),
    ];
    for (const report of others)
      expect(() => {
        take(report);
      }).toThrow(
        expect.objectContaining({
          code: 'ILLEGAL_STATE',
          expected: 'the end already reported: outcome 6 released',
        }),
      );
    end('Busy', { status: 'released' });
    take({ kind: 'milestone', attemptId, seq: 92, name: 'ringing', atMs: 1 });
    expect(attempt()).toEqual(before);
  });

  it('is an outcome of what was handed back', () => {
    take({ kind: 'hand_back', attemptId, seq: 1, reason: 'drain' });
    expect(attempt()).toMatchObject({ ended_by: 'hand_back', reason: 'drain', agent_id: null });
    expect(record()).toMatchObject({
      record_status: recordStatus.Ready,
      attempt: 0,
      due: rooms.clock.now() + 5_000,
    });
    take({ kind: 'hand_back', attemptId, seq: 2, reason: 'restart' });
    expect(() => {
      end('Busy');
    }).toThrow(expect.objectContaining({ code: 'ILLEGAL_STATE' }));
  });

  it('is not the word of a dialler whose attempt was given up: it is taken, unless the record has gone on', () => {
    rooms.wireClock.advance(60_001);
    rooms.endStale();
    expect(record()?.record_status).toBe(recordStatus.Stale);
    end('Busy');
    expect(record()).toMatchObject({ record_status: recordStatus.Updated, call_result: callResult.Busy });
  });

  it('nor a hand-back of it: the record is dialled again', () => {
    rooms.wireClock.advance(60_001);
    rooms.endStale();
    take({ kind: 'hand_back', attemptId, seq: 1, reason: 'restart' });
    expect(record()).toMatchObject({ record_status: recordStatus.Ready, attempt: 0 });
  });

  it('of another dialler, or of an attempt that never was, is unknown', () => {
    for (const [dialer, id] of [
      ['d2', attemptId],
      ['d1', 'never'],
    ] as const)
      expect(() => {
        rooms.reports.take(dialer, { kind: 'accepted', attemptId: id, seq: 1 });
      }).toThrow(expect.objectContaining({ code: 'UNKNOWN_ATTEMPT', found: id }));
  });
});

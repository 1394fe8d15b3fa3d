import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CampaignDefinitionInput } from '../../../../src/api/campaign-definition.ts';
import { recordStatus, recordType } from '../../../../src/domain/record.ts';
import { callResult } from '../../../../src/domain/result.ts';
import type { Report } from '../../../../src/link/schemas.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';
import { outcome } from '../../../support/ocs/ocs.ts';

const phone = '5550101';
const definition = {
  name: 'spring',
  list: 'l',
  mode: 'progressive',
  group: 'sales',
  announcement: 'sorry',
  optOut: { key: '9' },
  redialBlockHours: { abandoned: 72 },
  treatments: [{ result: 'Stale', retries: 5, retryMinutes: 0 }],
} satisfies CampaignDefinitionInput;

let rooms: Rooms;
let attemptId: string;
beforeEach(() => {
  rooms = openRooms({ staleMs: 60_000 });
  rooms.load(definition, [phone, '5550102']);
  rooms.register('d1');
  attemptId = rooms.retrieve('spring', 'd1');
});
afterEach(() => {
  rooms.store.close();
});

const take = (...reports: Report[]) => {
  for (const report of reports) rooms.reports.take('d1', report);
};
const wish = (): Report => ({ kind: 'do_not_call', attemptId, seq: 6, key: '9' });
const answered = (): Report => ({ kind: 'milestone', attemptId, seq: 2, name: 'answered', atMs: 4_000 });
const ended = (): Report => ({
  kind: 'outcome',
  attemptId,
  seq: 7,
  outcome: outcome('Answer', {
    status: 'abandoned',
    reason: 'do_not_call',
    milestones: { answered: 4_000 },
  }),
});
const listed = () => rooms.store.doNotCall.find({ phone });
const record = () => rooms.store.records.get(1);
const doNotCalled = {
  record_status: recordStatus.Updated,
  record_type: recordType.NoCall,
  call_result: callResult.DoNotCall,
};

describe('a person who presses the key for Do Not Call', () => {
  it('is on the list as soon as the dialler says so, and the call goes on to its end', () => {
    take(answered(), wish());
    expect(listed()).toMatchObject([{ phone, campaign: 'spring', list: 'l', message: 'key 9' }]);
    expect(record()).toMatchObject({ record_status: recordStatus.Retrieved, current_attempt: attemptId });
    take(ended());
    expect(record()).toMatchObject(doNotCalled);
  });

  it('is there once, however often that is reported, and an abandoned call counts as one', () => {
    take(answered(), wish(), wish(), ended(), wish(), ended());
    expect(listed()).toHaveLength(1);
    expect(record()).toMatchObject(doNotCalled);
    expect(rooms.campaigns.abandoned(rooms.campaigns.need('spring'))).toMatchObject({ abandoned: 1 });
  });

  it('is not forgotten where the end was taken before the wish', () => {
    take(answered(), ended(), wish());
    expect(listed()).toHaveLength(1);
    expect(record()).toMatchObject(doNotCalled);
  });

  it('is not called again though the attempt had been given up and the record retried', () => {
    rooms.wireClock.advance(rooms.config.staleMs + 1);
    rooms.endStale();
    expect(record()?.record_status).toBe(recordStatus.Ready);
    take(wish());
    expect(record()).toMatchObject(doNotCalled);
    take(wish(), ended());
    expect(listed()).toHaveLength(1);
    expect(record()).toMatchObject(doNotCalled);
    expect(() => rooms.retrieve('spring', 'd1')).not.toThrow();
    expect(rooms.calls.all().map(({ request }) => request.number)).toEqual(['5550102']);
  });

  it('who took over from a machine waits for an agent as far as OCS knows', () => {
    const heard = (result: number, seq: number): Report => ({
      kind: 'result',
      attemptId,
      seq,
      result: result as 9,
      evidence: null,
    });
    take(answered(), heard(callResult.AnsweringMachine, 3));
    expect(rooms.calls.get(attemptId)?.phase).toBe('ending');
    take(heard(callResult.Answer, 4));
    expect(rooms.calls.get(attemptId)?.phase).toBe('waiting');
  });
});

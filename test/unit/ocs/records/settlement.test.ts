import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { campaignSchema, type CampaignDefinitionInput } from '../../../../src/api/campaign-definition.ts';
import { recordStatus, recordType } from '../../../../src/domain/record.ts';
import { callResult, type CallResult } from '../../../../src/domain/result.ts';
import { parseCallingList } from '../../../../src/ocs/lists/csv.ts';
import { isSuccess } from '../../../../src/ocs/records/settlement.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

const definition = {
  name: 'spring',
  list: 'l',
  mode: 'progressive',
  group: 'sales',
  treatments: [{ result: 'Busy', retryMinutes: 10, incrementMinutes: 5, retries: 2, then: 'mark' }],
} satisfies CampaignDefinitionInput;

let rooms: Rooms;
let campaign: ReturnType<typeof campaignSchema.parse>;
/** One customer with three numbers, and one who has one. Handles 1 to 4. */
beforeEach(() => {
  rooms = openRooms();
  const csv =
    'phone,tz,chain_id,chain_n,customer_id\n5550101,UTC,7,0,c\n5550102,UTC,7,1,c\n5550103,UTC,7,2,c\n5550104,UTC,8,0,d\n';
  rooms.store.lists.add('l', parseCallingList(csv).records, true);
  campaign = campaignSchema.parse(definition);
  rooms.campaigns.load(campaign);
  rooms.campaigns.setRunning('spring', true);
  rooms.register('d1');
});
afterEach(() => {
  rooms.store.close();
});

const record = (handle = 1) => {
  const row = rooms.store.records.get(handle);
  if (row === undefined) throw new Error(`no record ${String(handle)}`);
  return row;
};
/** Status of the four records. */
const statuses = () => [1, 2, 3, 4].map((handle) => record(handle).record_status);
const { Ready, ChainReady, ChainUpdated, Retrieved, Updated, Stale, Cancelled } = recordStatus;
const lastEvent = (handle = 1) => rooms.store.history.of(handle).at(-1);

/** Retrieves the first record, as if it were dialled now. */
const retrieved = () => {
  rooms.retrieve('spring', 'd1');
  expect(record().record_status).toBe(Retrieved);
  return record();
};

describe('what becomes of a record', () => {
  it.each(['Ok', 'Transferred', 'Conferenced', 'Answer'] as const)(
    'with success: %s closes it and the other numbers of the customer',
    (name) => {
      rooms.settlement.byResult(retrieved(), callResult[name], campaign);
      expect(statuses()).toEqual([Updated, ChainUpdated, ChainUpdated, Ready]);
      expect(record()).toMatchObject({ call_result: callResult[name], current_attempt: null });
      expect(lastEvent()?.event).toBe('closed');
    },
  );

  it('is that of success for no other result of the field', () => {
    const all = Object.values(callResult) as CallResult[];
    const { Ok, Transferred, Conferenced, Answer } = callResult;
    expect(all.filter(isSuccess).sort((a, b) => a - b)).toEqual(
      [Ok, Transferred, Conferenced, Answer].sort((a, b) => a - b),
    );
  });

  it('with a result that is treated: later again, later each time, then closed with its chain', () => {
    const due: number[] = [];
    for (let i = 0; i < 2; i++) {
      rooms.settlement.byResult(record(), callResult.Busy, campaign);
      due.push((record().due - rooms.clock.now()) / 60_000);
      expect(record()).toMatchObject({
        record_status: Ready,
        record_type: recordType.CampaignRescheduled,
        call_result: callResult.Busy,
        dial_sched_time: record().due / 1_000,
      });
      expect(lastEvent()?.event).toBe('retry');
    }
    expect(due).toEqual([10, 15]);
    rooms.settlement.byResult(record(), callResult.Busy, campaign);
    expect(statuses()).toEqual([Updated, ChainUpdated, ChainUpdated, Ready]);
  });

  it('with a result that is not: the next number of the customer has its turn, one after the other', () => {
    rooms.settlement.byResult(retrieved(), callResult.NoAnswer, campaign);
    expect(statuses()).toEqual([Updated, Ready, ChainReady, Ready]);
    rooms.settlement.byResult(record(2), callResult.NoAnswer, campaign);
    expect(statuses()).toEqual([Updated, Updated, Ready, Ready]);
    // Of a campaign that is not known any more no treatment is known either.
    rooms.settlement.byResult(record(3), callResult.Busy, null);
    expect(statuses()).toEqual([Updated, Updated, Updated, Ready]);
  });

  it('without a word of the dialler: Stale, and the next number has its turn', () => {
    rooms.settlement.stale(retrieved(), campaign);
    expect(statuses()).toEqual([Stale, Ready, ChainReady, Ready]);
    expect(record().call_result).toBe(callResult.Stale);
  });

  it('that was not dialled: ready again after the delay, and the attempt does not count', () => {
    const row = retrieved();
    expect(row.attempt).toBe(1);
    rooms.settlement.putBack(row, 30_500, true);
    // Whole seconds, and no second too early.
    const dueSeconds = Math.ceil((rooms.clock.now() + 30_500) / 1_000);
    expect(record()).toMatchObject({
      record_status: Ready,
      attempt: 0,
      due: dueSeconds * 1_000,
      current_attempt: null,
    });
    expect(lastEvent()?.event).toBe('put_back');
    rooms.settlement.putBack(record(), 0, true);
    expect(record().attempt).toBe(0);
  });

  it('that an agent rejected: ready again, and the attempt counts', () => {
    rooms.settlement.putBack(retrieved(), 0, false);
    expect(record()).toMatchObject({ record_status: Ready, attempt: 1 });
  });

  it('to be called back: by the campaign or by this agent, at that time, with what the agent said', () => {
    const at = rooms.clock.now() + 3_600_000;
    const extra = { user_fields: '{"note":"later"}' };
    rooms.settlement.reschedule(retrieved(), at, null, callResult.Answer, extra);
    expect(record()).toMatchObject({
      record_status: Ready,
      record_type: recordType.CampaignCallBack,
      call_result: callResult.Answer,
      agent_id: null,
      due: at,
      user_fields: extra.user_fields,
    });
    rooms.settlement.reschedule(record(), at, 'ann', callResult.Answer);
    expect(record()).toMatchObject({ record_type: recordType.PersonalCallBack, agent_id: 'ann' });
    expect(lastEvent()?.event).toBe('rescheduled');
    // The other numbers go on waiting for this one.
    expect(statuses()).toEqual([Ready, ChainReady, ChainReady, Ready]);
  });

  it('that is called back and found busy: stays a callback', () => {
    rooms.settlement.reschedule(record(), rooms.clock.now(), null, callResult.Answer);
    rooms.settlement.byResult(record(), callResult.Busy, campaign);
    expect(record().record_type).toBe(recordType.CampaignCallBack);
    rooms.settlement.reschedule(record(), rooms.clock.now(), 'ann', callResult.Answer);
    rooms.settlement.byResult(record(), callResult.Busy, campaign);
    expect(record().record_type).toBe(recordType.CampaignRescheduled);
  });

  it('that is cancelled: closed with the customer’s other numbers', () => {
    rooms.settlement.cancel(retrieved());
    expect(statuses()).toEqual([Cancelled, ChainUpdated, ChainUpdated, Ready]);
    expect(record().call_result).toBe(callResult.CancelRecord);
    expect(lastEvent()?.event).toBe('cancelled');
  });

  it('whose number must not be called: closed, the next number has its turn', () => {
    rooms.settlement.noCall(retrieved(), 'phone');
    expect(statuses()).toEqual([Updated, Ready, ChainReady, Ready]);
    expect(record()).toMatchObject({ record_type: recordType.NoCall, call_result: callResult.DoNotCall });
    expect(lastEvent()?.event).toBe('do_not_call');
    // Once it is closed, it does not bring the turn to yet another.
    rooms.settlement.noCall(record(), 'phone');
    expect(statuses()).toEqual([Updated, Ready, ChainReady, Ready]);
  });

  it('whose customer must not be called: closed with all numbers that still wait, each as Do Not Call', () => {
    rooms.settlement.byResult(retrieved(), callResult.NoAnswer, campaign);
    rooms.settlement.noCall(record(2), 'customer_id');
    expect(statuses()).toEqual([Updated, Updated, Updated, Ready]);
    expect([1, 2, 3].map((handle) => record(handle).record_type === recordType.NoCall)).toEqual([
      false,
      true,
      true,
    ]);
    expect(lastEvent(3)?.event).toBe('do_not_call');
  });
});

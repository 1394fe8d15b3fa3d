import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  campaignSchema,
  definitionAsWritten,
  type CampaignDefinitionInput,
} from '../../../src/api/campaign-definition.ts';

describe('campaign definition', () => {
  const minimal: CampaignDefinitionInput = { name: 'a', list: 'l', mode: 'predictive', group: 'g' };
  const faults = (more: object) => {
    const parsed = campaignSchema.safeParse({ ...minimal, ...more });
    return parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.'));
  };

  it('has defaults for all but name, list, mode and group', () => {
    expect(campaignSchema.parse(minimal)).toMatchObject({
      handoff: { kind: 'agent' },
      ringTimeoutMs: 30_000,
      dailyWindow: { from: 28_800, till: 75_600 },
      pacing: { targetAbandonedPct: 3, historyLength: 50 },
    });
  });

  it('leaves messages and takes keys, and says what does not go together', () => {
    const file = 'call-back';
    expect(campaignSchema.parse({ ...minimal, onMachine: { action: 'message', file } })).toMatchObject({
      onMachine: { action: 'message', file, maxWaitMs: 30_000 },
      announcementFor: 'no_agent',
    });
    const keys = { announcement: 'sorry', optOut: { key: '9', file: 'removed' }, agentKey: '0' };
    expect(faults({ ...keys, announcementFor: 'all' })).toEqual([]);
    expect(faults({ onMachine: { action: 'message' } })).toEqual(['onMachine.file']);
    expect(faults({ onMachine: { action: 'message', file, maxWaitMs: 500 } })).toEqual([
      'onMachine.maxWaitMs',
    ]);
    expect(faults({ onFax: { action: 'message', file } })).toEqual(['onFax.action']);
    expect(faults({ ...keys, announcement: undefined })).toEqual(['announcement']);
    expect(faults({ announcementFor: 'all' })).toEqual(['announcement']);
    expect(faults({ ...keys, agentKey: '9' })).toEqual(['agentKey']);
    expect(faults({ ...keys, optOut: { key: '12' } })).toEqual(['optOut.key']);
    const left = { reason: 'message_left', then: 'mark' };
    expect(faults({ treatments: [{ result: 'AnsweringMachine', ...left }] })).toEqual([]);
    expect(faults({ treatments: [{ result: ['AnsweringMachine', 'Busy'], ...left }] })).toEqual([
      'treatments.0.reason',
    ]);
  });

  it('can be stored and read again', () => {
    const definition = campaignSchema.parse({
      ...minimal,
      treatments: [{ result: ['Busy', 7], retries: 2 }],
      dailyWindow: { from: '09:30', till: '20:00', tz: 'Europe/Berlin' },
    });
    expect(campaignSchema.parse(JSON.parse(JSON.stringify(definition)))).toEqual(definition);
  });

  it('means the same when it is written out and loaded again', () => {
    const seconds = fc.integer({ min: 0, max: 86_399 });
    const clock = (at: number) => new Date(at * 1_000).toISOString().slice(11, 19);
    const definition = fc.record({
      window: fc.tuple(seconds, seconds).filter(([from, till]) => from < till),
      maxHumanLoss: fc.constantFrom(undefined, '1 %', '0.5 %', 0.01, 0.1),
      treatments: fc.array(
        fc.record({
          result: fc.oneof(fc.constantFrom('Busy', 'NoAnswer', 7), fc.constant(['Busy', 9])),
          retries: fc.nat(5),
          retryMinutes: fc.nat(600),
        }),
        { maxLength: 3 },
      ),
      abandonedWindow: fc.constantFrom('campaign' as const, 'calendar_day' as const, { hours: 3 }),
      onMachine: fc.constantFrom(
        { action: 'drop' as const },
        { action: 'transfer' as const, extension: '8000' },
      ),
    });
    fc.assert(
      fc.property(definition, ({ window: [from, till], abandonedWindow, ...more }) => {
        const dailyWindow = { from: clock(from), till: clock(till), tz: 'Europe/Berlin' };
        const loaded = campaignSchema.parse({
          ...minimal,
          ...more,
          dailyWindow,
          pacing: { abandonedWindow },
        });
        const written: unknown = JSON.parse(JSON.stringify(definitionAsWritten(loaded)));
        expect(campaignSchema.parse(written)).toEqual(loaded);
      }),
      {
        examples: [
          [
            {
              window: [0, 1],
              treatments: [],
              abandonedWindow: 'campaign',
              maxHumanLoss: undefined,
              onMachine: { action: 'drop' },
            },
          ],
        ],
      },
    );
  });

  it('names what is wrong', () => {
    expect(faults({ group: undefined })).toEqual(['group']);
    expect(faults({ mode: 'power' })).toEqual(['mode']);
    expect(faults({ ringTimeoutMs: 5_000 })).toEqual(['ringTimeoutMs']);
    expect(faults({ treatments: [{ result: 'Bussy' }] })).toEqual(['treatments.0.result']);
    expect(faults({ dailyWindow: { from: '21:00', till: '08:00' } })).toEqual(['dailyWindow.from']);
    expect(faults({ mode: 'predictive_with_seizing' })).toEqual(['handoff.kind']);
    expect(faults({ group: undefined, handoff: { kind: 'destination', extension: '8000' } })).toEqual([
      'pacing.maxInFlight',
    ]);
    expect(faults({ colour: 'red' })).toEqual(['']);
  });
});

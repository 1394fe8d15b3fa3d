import { describe, expect, it } from 'vitest';
import { campaignSchema, type CampaignDefinitionInput } from '../../../../src/api/campaign-definition.ts';
import type { RegisterRequest } from '../../../../src/link/schemas.ts';
import { cannotDial } from '../../../../src/ocs/live/capability.ts';
import { createTakeovers, takeoverWindowMs } from '../../../../src/ocs/live/takeovers.ts';
import { campaignWarnings } from '../../../../src/ocs/live/warnings.ts';
import { campaignStatus } from '../../../../src/ocs/api/status.ts';
import { manualClock } from '../../../../src/ocs/clock.ts';
import { openRooms } from '../../../support/ocs/rooms.ts';

const base = { name: 'spring', list: 'l', mode: 'progressive', group: 'sales' } as const;
const campaign = (over: Partial<CampaignDefinitionInput> = {}) => campaignSchema.parse({ ...base, ...over });
const about = (dialerId: string, over: Partial<RegisterRequest['capabilities']> = {}): RegisterRequest => ({
  linkVersion: 1,
  dialerId,
  softwareVersion: 'test',
  boards: [],
  capabilities: { handoff: ['agent'], plans: ['US'], modes: ['telephony_preset'], cpa: ['ours'], ...over },
});

describe('a dialler can dial for a campaign', () => {
  it.each<[string, Partial<CampaignDefinitionInput>, string | null]>([
    ['that asks for nothing else', {}, null],
    ['with what it has', { plan: 'US', cpa: 'ours' }, null],
    [
      'but not with another hand-off',
      { handoff: { kind: 'destination', extension: '7000' } },
      'does not support hand-off destination',
    ],
    [
      'nor with another detection mode',
      { detectionMode: 'accurate_am_detection' },
      'does not support detection mode accurate_am_detection',
    ],
    ['nor with another tone plan', { plan: 'GB' }, 'does not support tone plan GB'],
    ['nor with another call analysis', { cpa: 'both' }, 'has no line with call analysis both'],
  ])('%s', (_what, over, why) => {
    expect(cannotDial(about('d1'), campaign(over))).toBe(why === null ? null : `dialler d1 ${why}`);
  });

  it('has no line with any call analysis that can be asked for, where it does not say', () => {
    const { cpa: _none, ...capabilities } = about('d1').capabilities;
    expect(cannotDial({ ...about('d1'), capabilities }, campaign({ cpa: 'ours' }))).toContain(
      'call analysis ours',
    );
  });
});

describe('a dialler that was asked to leave a message', () => {
  const message = campaign({ onMachine: { action: 'message', file: 'call-back' } });
  const transfer = campaign({ onMachine: { action: 'transfer', extension: '7000' } });
  const lacks = (action: string) => `dialler d1 does not support onMachine ${action}`;

  it.each<[string, RegisterRequest['capabilities']['onMachine'], message: boolean, transfer: boolean]>([
    ['is sent such requests when it says that it can', ['drop', 'transfer', 'message'], true, true],
    [
      'is sent none when it does not say what it can: an earlier version refuses them',
      undefined,
      false,
      true,
    ],
    ['is sent none when it says that it cannot', ['drop'], false, false],
  ])('%s', (_what, onMachine, canMessage, canTransfer) => {
    const dialer = about('d1', onMachine === undefined ? {} : { onMachine });
    expect(cannotDial(dialer, message)).toBe(canMessage ? null : lacks('message'));
    expect(cannotDial(dialer, transfer)).toBe(canTransfer ? null : lacks('transfer'));
    expect(cannotDial(dialer, campaign())).toBeNull();
  });

  it('gets no record where it cannot, and the status of the campaign says why', () => {
    const rooms = openRooms();
    rooms.load({ ...base, onMachine: { action: 'message', file: 'call-back' } }, ['5550101']);
    rooms.sit('a1', '2001', 'sales');
    rooms.register('d1');
    const status = () => campaignStatus(rooms, rooms.campaigns.need('spring'));
    expect(status().obstacles).toEqual([lacks('message')]);
    rooms.dialers.register(about('d2', { onMachine: ['drop', 'transfer', 'message'] }));
    expect(status().obstacles).toEqual([]);
    rooms.store.close();
  });
});

describe('a dialler that was asked to listen for keys', () => {
  const announced = { announcement: 'sorry', handoff: { kind: 'agent' } } as const;
  const optOut = campaign({ ...announced, optOut: { key: '9' } });
  const agentKey = campaign({ ...announced, agentKey: '1' });

  it.each<[string, RegisterRequest['capabilities']['keys'], optOut: boolean, agentKey: boolean]>([
    ['is sent such requests when it says that it does', ['optOut', 'agentKey'], true, true],
    [
      'is sent none when it does not say: an earlier version plays on as if none was pressed',
      undefined,
      false,
      false,
    ],
    ['is sent those of the key that it knows', ['optOut'], true, false],
  ])('%s', (_what, keys, hearsOptOut, hearsAgentKey) => {
    const dialer = about('d1', keys === undefined ? {} : { keys });
    const lacks = (key: string) => `dialler d1 does not support ${key}`;
    expect(cannotDial(dialer, optOut)).toBe(hearsOptOut ? null : lacks('optOut'));
    expect(cannotDial(dialer, agentKey)).toBe(hearsAgentKey ? null : lacks('agentKey'));
    expect(cannotDial(dialer, campaign(announced))).toBeNull();
  });
});

describe('the warnings of a campaign', () => {
  it('are of callbacks that are never dialled, and of what diallers that are here lack or say', () => {
    const rooms = openRooms({ leaseMs: 30_000 });
    const warnings = (over: Partial<CampaignDefinitionInput>) =>
      campaignWarnings(rooms.dialers, campaign(over));
    rooms.dialers.register({
      ...about('old', { announcements: [] }),
      warnings: ['allow lets all numbers through'],
    });
    rooms.wireClock.advance(30_001);
    rooms.dialers.register({ ...about('d1', { announcements: ['sorry'] }), warnings: ['deny is empty'] });
    rooms.dialers.register(about('says nothing'));
    const said = 'dialler d1: deny is empty';
    expect(warnings({ announcement: 'sorry' })).toEqual([said]);
    expect(warnings({ announcement: 'busy' })).toEqual(['dialler d1 does not have announcement busy', said]);
    expect(warnings({ recordTypeOrder: [2, 6] })).toEqual([
      'recordTypeOrder has no 5: callbacks that agents promise are never dialled',
      said,
    ]);
    expect(warnings({ recordTypeOrder: [2] })[0]).toContain('has no 5 and no 6');
    rooms.store.close();
  });
});

describe('an agent who is taken over by another connection', () => {
  it('moves three times a minute; then the one that has it keeps it, until the other was quiet for a minute', () => {
    const clock = manualClock();
    const takeovers = createTakeovers(clock);
    const may = (afterMs: number, agentId = 'ann') => {
      clock.advance(afterMs);
      return takeovers.may(agentId);
    };
    expect([may(0), may(10), may(10), may(10), may(0, 'bob')]).toEqual([true, true, true, false, true]);
    // Refused attempts count: a page that goes on does not get it.
    expect([may(takeoverWindowMs - 1), may(takeoverWindowMs - 1)]).toEqual([false, false]);
    expect(may(takeoverWindowMs)).toBe(true);
    expect([
      may(takeoverWindowMs / 2),
      may(takeoverWindowMs / 2),
      may(takeoverWindowMs / 2),
      may(takeoverWindowMs / 2),
    ]).toEqual([true, true, true, true]);
  });
});

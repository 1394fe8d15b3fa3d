import { afterEach, beforeEach, expect, it } from 'vitest';
import { campaignOperations } from '../../../../src/api/campaigns.ts';
import { doNotCallOperations } from '../../../../src/api/do-not-call.ts';
import type { Operation } from '../../../../src/api/operation.ts';
import type { Serve } from '../../../../src/http/serve.ts';
import { serveCampaigns } from '../../../../src/ocs/api/campaign-routes.ts';
import { serveDoNotCall } from '../../../../src/ocs/api/dnc-routes.ts';
import { nextTurn } from '../../../../src/ocs/clock.ts';
import { createFailingWrites } from '../../../support/ocs/failing-writes.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

let rooms: Rooms;
let ask: (operation: Operation, request: object) => unknown;
beforeEach(() => {
  rooms = openRooms();
  const handlers = new Map<unknown, (request: object) => unknown>();
  const serve = ((operation: unknown, handle: (request: object) => unknown) => {
    handlers.set(operation, handle);
  }) as unknown as Serve;
  serveCampaigns(serve, { ...rooms, changed: () => undefined, unloadFinished: () => undefined });
  serveDoNotCall(serve, rooms);
  ask = (operation, request) => handlers.get(operation)?.(request);
  const definition = { name: 'c', list: 'l', mode: 'progressive', group: 'sales' } as const;
  rooms.load({ ...definition, handoff: { kind: 'destination', extension: '7000' } }, ['+12125550101']);
  rooms.store.doNotCall.add({ phone: '+12125550102', atMs: 1 });
});
afterEach(() => {
  rooms.store.close();
});

it.each([
  ['a campaign started', campaignOperations.startCampaign, { params: { name: 'c' } }, 'campaign started'],
  ['a campaign stopped', campaignOperations.stopCampaign, { params: { name: 'c' } }, 'campaign stopped'],
  [
    'a number taken off Do Not Call',
    doNotCallOperations.removeDoNotCall,
    { query: { phone: '+12125550102' } },
    'removed from the Do Not Call list',
  ],
] as const)(
  '%s is logged once it is kept, and not when the audit fails',
  (_what, operation, request, said) => {
    expect(() =>
      rooms.store.transaction(() => {
        ask(operation, request);
        throw new Error('no audit');
      }),
    ).toThrow('no audit');
    expect(rooms.logged).not.toContain(said);
    expect(rooms.logged).not.toContain('campaign started with warnings');
    rooms.store.transaction(() => {
      ask(operation, request);
    });
    expect(rooms.logged.filter((line) => line === said)).toHaveLength(1);
  },
);

it('an agent logged in, here or elsewhere, and a telephone failed: logged once it is kept', () => {
  const first = rooms.desk();
  const lines = ['agent logged in', 'agent logged in elsewhere', 'telephone of an agent failed'];
  const said = () => lines.filter((line) => rooms.logged.some((logged) => logged.startsWith(line)));
  const change = () => {
    first.login('a1', '2001');
    rooms.desk().login('a1', '2001');
    const agent = rooms.agents.get('a1');
    if (agent !== undefined) rooms.telephones.failed(agent, 'not_taken');
  };
  expect(() =>
    rooms.store.transaction(() => {
      change();
      throw new Error('not kept');
    }),
  ).toThrow('not kept');
  expect(said()).toEqual([]);
  rooms.store.transaction(change);
  expect(said()).toEqual(lines);
});

it('an attempt is stale, and an agent freed of a lost dialler: logged once it is kept', () => {
  const writes = createFailingWrites();
  try {
    rooms.register('d1');
    const attemptId = rooms.retrieve('c', 'd1');
    rooms.agentCalls.reserve(rooms.sit('a1', '2001', 'sales').agent, attemptId);
    rooms.wireClock.advance(100 * 3_600_000);
    const lines = ['attempt is stale', 'dialler lost; the agent who waits for it is freed'];
    for (const [look, line] of [
      [rooms.freeReserved, lines[1]],
      [rooms.endStale, lines[0]],
    ] as const) {
      writes.failAt(1);
      expect(look).toThrow('full');
      expect(rooms.logged).not.toContain(line);
      writes.end();
      look();
      expect(rooms.logged).toContain(line);
    }
  } finally {
    writes.end();
  }
});

it('polls are woken by what is kept, not by what is taken back', async () => {
  rooms.register('d1');
  const dialer = rooms.dialers.get('d1');
  let woken = 0;
  if (dialer !== undefined) dialer.wake = () => (woken += 1);
  await nextTurn();
  woken = 0;
  expect(() =>
    rooms.store.transaction(() => {
      rooms.changed();
      throw new Error('not kept');
    }),
  ).toThrow('not kept');
  await nextTurn();
  expect(woken).toBe(0);
  rooms.store.transaction(rooms.changed);
  await nextTurn();
  expect(woken).toBe(1);
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import { campaignOperations } from '../../../../src/api/campaigns.ts';
import { doNotCallOperations } from '../../../../src/api/do-not-call.ts';
import type { Operation } from '../../../../src/api/operation.ts';
import type { Serve } from '../../../../src/http/serve.ts';
import { serveCampaigns } from '../../../../src/ocs/api/campaign-routes.ts';
import { serveDoNotCall } from '../../../../src/ocs/api/dnc-routes.ts';
import { openRooms, type Rooms } from '../../../support/ocs-rooms.ts';

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

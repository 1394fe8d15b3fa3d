import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { campaignSchema } from '../../../../src/api/campaign-definition.ts';
import { campaignOperations } from '../../../../src/api/campaigns.ts';
import type { Serve } from '../../../../src/http/serve.ts';
import { serveCampaigns } from '../../../../src/ocs/api/campaign-routes.ts';
import { openRooms, type Rooms } from '../../../support/ocs/rooms.ts';

let rooms: Rooms;
let load: (name: string, customerIdField: string, check: boolean) => Promise<unknown>;
const without = 'customers are searched for without an index: loaded campaigns name them by too many fields';
const definition = (name: string, customerIdField: string) =>
  campaignSchema.parse({
    name,
    list: 'l',
    mode: 'progressive',
    group: 'sales',
    handoff: { kind: 'destination', extension: '7000' },
    customerIdField,
  });
beforeEach(() => {
  rooms = openRooms();
  const handlers = new Map<unknown, (request: object, reply: object) => unknown>();
  const serve = ((operation: unknown, handle: (request: object, reply: object) => unknown) => {
    handlers.set(operation, handle);
  }) as unknown as Serve;
  serveCampaigns(serve, { ...rooms, changed: () => undefined, unloadFinished: () => undefined });
  rooms.load(definition('first', 'customer_id'), ['+12125550101']);
  load = async (name, customerIdField, check) => {
    const body = { definition: definition(name, customerIdField), check, skipBad: false, map: {} };
    return await handlers.get(campaignOperations.loadCampaign)?.({ body }, { code: () => undefined });
  };
});
afterEach(() => {
  rooms.store.close();
});

it('a rehearsal makes no index, a load does', async () => {
  const index = vi.spyOn(rooms.store.records.customers, 'index');
  await load('c', 'Kunden-Nr', true);
  expect(index).not.toHaveBeenCalled();
  await load('c', 'Kunden-Nr', false);
  expect(index.mock.calls).toEqual([['Kunden-Nr', ['customer_id', 'Kunden-Nr', 'Kunden-Nr'], 'soon']]);
});

it('a field too many is warned of, and has room once a campaign with another one is gone', async () => {
  for (let n = 0; n < 7; n += 1) await load(`c${String(n)}`, `field ${String(n)}`, false);
  expect(rooms.logged).not.toContain(without);
  await load('c7', 'field 7', false);
  expect(rooms.logged.filter((line) => line === without)).toHaveLength(1);
  rooms.campaigns.remove('c0');
  await load('c8', 'field 8', false);
  expect(rooms.logged.filter((line) => line === without)).toHaveLength(1);
});

import type { FastifyRequest } from 'fastify';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CodedError } from '../../../../../src/domain/errors.ts';
import { createAudited } from '../../../../../src/ocs/api/access/audited.ts';
import { openRooms, type Rooms } from '../../../../support/ocs/rooms.ts';

let rooms: Rooms;
beforeEach(() => {
  rooms = openRooms();
});
afterEach(() => {
  rooms.store.close();
});

/** Does something through a door of the API. @returns what the audit has of it, the newest first */
async function pass(door: string, method: string, isAsync: boolean, run: () => unknown) {
  const { store } = rooms;
  const add: typeof store.audit.add = (entry) => {
    // Outside of a transaction it runs at once.
    const afterwards = vi.fn();
    store.memory.afterwards(afterwards);
    expect(afterwards).not.toHaveBeenCalled();
    store.audit.add(entry);
  };
  const carryOut = createAudited(
    { ...rooms, store: { ...store, audit: { ...store.audit, add } } },
    () => null,
  );
  const request = { ip: '127.0.0.1', method, params: { list: 'l' }, routeOptions: { config: {} } };
  await carryOut(door, request as unknown as FastifyRequest, Object.assign(run, { isAsync }));
  return store.audit.find({ limit: 10 }).map(({ action, reason }) => ({ action, reason }));
}
const refuse = () => Promise.reject(new CodedError('BAD_CSV', 'no phone'));

it.each([
  ['starts a campaign', 'startCampaign', 'POST', false],
  ['imports a list', 'importList', 'POST', true],
  ['exports a list', 'exportList', 'GET', true],
])('who %s is in the audit, by a transaction', async (_what, door, method, isAsync) => {
  expect(await pass(door, method, isAsync, () => 'done')).toEqual([{ action: door, reason: null }]);
});

it('what is refused after it began is there twice, the second time with why, each by a transaction', async () => {
  await expect(pass('importList', 'POST', true, refuse)).rejects.toThrow('no phone');
  expect(rooms.store.audit.find({ limit: 10 })).toMatchObject([
    { action: 'importList', reason: 'refused: BAD_CSV' },
    { action: 'importList', reason: null },
  ]);
});

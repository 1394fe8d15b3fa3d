import { afterAll, beforeAll, expect, it } from 'vitest';
import { manualClock } from '../../../src/ocs/clock.ts';
import { createOcs, type Ocs } from '../../../src/ocs/ocs.ts';
import { parsePostgresAddress } from '../../../src/ocs/store/postgres/address.ts';
import { startOfTest } from '../../support/ocs/ocs.ts';
import { runSql, startPostgres, type PostgresServer } from '../../support/ocs/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
});

const open = (address: string): Promise<Ocs> =>
  createOcs({
    database: {
      address: parsePostgresAddress(address),
      url: 'http://here',
      stopped: new AbortController().signal,
      lost: (why) => {
        throw new Error(why);
      },
    },
    clock: manualClock(startOfTest),
    wireClock: manualClock(startOfTest),
    log: silentLog,
  });

it('keeps lists and gives them back after a restart', async () => {
  const address = await server.database();
  let ocs = await open(address);
  await ocs.start();
  const reply = await ocs.app.inject({
    method: 'PUT',
    url: '/api/v1/lists/a',
    headers: { host: 'localhost', 'content-type': 'text/csv' },
    payload: 'phone,name\n+12025550123,Ada\n+12025550124,Grace\n',
  });
  console.log(reply.statusCode, reply.body);
  console.log(await runSql(address, 'select handle, phone, user_fields from records'));
  await ocs.stop();
  ocs = await open(address);
  await ocs.start();
  const again = await ocs.app.inject({ method: 'GET', url: '/api/v1/lists', headers: { host: 'localhost' } });
  console.log(again.body);
  await ocs.stop();
  expect(1).toBe(1);
});

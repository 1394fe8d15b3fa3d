import { manualClock } from '../../../src/ocs/clock.ts';
import type { OcsConfigInput } from '../../../src/ocs/config.ts';
import { createOcs, type Ocs } from '../../../src/ocs/ocs.ts';
import { parsePostgresAddress } from '../../../src/ocs/store/postgres/address.ts';
import { silentLog } from '../silent-log.ts';
import { startOfTest } from './ocs.ts';
import { nodeOfTest } from './store-of-tests.ts';

/** An OCS of this process with its rows at `address`, and what it said when they went to another one. */
export async function openOn(
  address: string,
  config: OcsConfigInput = {},
): Promise<{ ocs: Ocs; lost: string[] }> {
  const lost: string[] = [];
  const ocs = await createOcs({
    database: {
      address: parsePostgresAddress(address),
      self: nodeOfTest,
      standingBy: () => undefined,
      stopped: new AbortController().signal,
      lost: (why) => lost.push(why),
    },
    config,
    clock: manualClock(startOfTest),
    wireClock: manualClock(startOfTest),
    log: silentLog,
  });
  await ocs.start();
  return { ocs, lost };
}

/** Asks its supervisor's API; a text goes as CSV. */
export function ask(ocs: Ocs, method: 'GET' | 'POST', url: string, payload?: string | object) {
  return ocs.app.inject({
    method,
    url: `/api/v1${url}`,
    headers: { host: 'localhost', ...(typeof payload === 'string' && { 'content-type': 'text/csv' }) },
    ...(payload !== undefined && { payload }),
  });
}

import { rmSync } from 'node:fs';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
// Loaded before time stands still.
import '../../src/ocs/store/postgres/postgres-store.ts';
import type * as connections from '../../src/ocs/store/postgres/connection.ts';
import { parsePostgresAddress } from '../../src/ocs/store/postgres/address.ts';
import { faultyConnection } from '../support/chaos/database.ts';
import { checkRows } from '../support/chaos/rows.ts';
import { World, type WorldOptions } from '../support/chaos/world.ts';
import { withoutSync } from '../support/ocs/without-sync.ts';
import { postgresPrograms, startPostgres, type PostgresServer } from '../support/ocs/postgres.ts';

const now = vi.hoisted((): { world: World | null } => ({ world: null }));

vi.mock('../../src/ocs/store/postgres/connection.ts', async (importOriginal) => {
  const real = await importOriginal<typeof connections>();
  return {
    ...real,
    createConnection: (...given: Parameters<typeof real.createConnection>) => {
      if (now.world === null) throw new Error('no world');
      return faultyConnection(now.world, () => real.createConnection(...given), given[1]?.once === true);
    },
  };
});
vi.mock('../../src/ocs/store/postgres/node-probe.ts', () => ({
  mayBeReached: () => true,
  /** Says rightly that a process has ended, and now and then wrongly. */
  hasEnded: ({ address }: { address: string }) => {
    const node = now.world?.nodes.find(({ name }) => name === new URL(address).hostname);
    return Promise.resolve(node?.running !== true || now.world?.weather.chance(0.3) === true);
  },
}));

withoutSync();

/** `npm run chaos` plays more of them. */
const attempts = Number(process.env['CHAOS_ATTEMPTS'] ?? 250);
const seeds = (process.env['CHAOS_SEEDS'] ?? '1,2').split(',').map(Number);
const hourMs = 3_600_000;

/** @returns what happened that must not, or is written otherwise than it was */
async function play(options: WorldOptions): Promise<string[]> {
  const world = new World(options);
  now.world = world;
  try {
    await world.run();
  } finally {
    now.world = null;
  }
  const faults = [...world.truth.faults, ...(await checkRows(world, options.address))];
  process.stderr.write(`${world.summary()}\n`);
  if (options.address !== undefined) expect(await ownersOf(options.address)).toBeGreaterThan(1);
  rmSync(world.folder, { recursive: true });
  // A run without deaths and without talks has shown nothing.
  const { diallers, nodes, truth } = world;
  const lives = [nodes, diallers].map((all) => all.reduce((sum, each) => sum + each.lives, 0) - all.length);
  expect([...lives, truth.talks, truth.forbiddenNumbers].map((n) => n > 0)).toEqual([true, true, true, true]);
  return faults.slice(0, 20);
}

/** How often somebody became the owner. */
async function ownersOf(address: string): Promise<number> {
  const { hosts, user, database } = parsePostgresAddress(address);
  const client = new Client({ ...hosts[0], user, database });
  await client.connect();
  const { rows } = await client.query<{ epoch: string }>('select epoch from ocs_units');
  await client.end();
  return Number(rows[0]?.epoch);
}

// Clocks that are right, and such as differ by an hour.
const ahead = (seed: number) => (seed % 2 === 0 ? [0, hourMs, -hourMs] : [0]);

describe('no number in two calls, none dialled twice, one end each, no agent in two calls, counts that are right', () => {
  test.each(seeds)(
    'an OCS on a file that is killed and started again, seed %i',
    async (seed) => {
      expect(await play({ seed, records: attempts, ahead: ahead(seed) })).toEqual([]);
    },
    24 * hourMs,
  );
});

describe.runIf(postgresPrograms() !== null)('the same with rows in PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(['fsync=off']);
  });
  afterAll(() => server.stop());
  test.each(seeds)(
    'two nodes that take over from each other, seed %i',
    async (seed) => {
      const address = await server.database();
      // Half of a life goes with making the working copy.
      const rates = { life: { dialler: 400, node: 800 } };
      expect(await play({ seed, records: attempts, ahead: ahead(seed), address, rates })).toEqual([]);
    },
    24 * hourMs,
  );
});

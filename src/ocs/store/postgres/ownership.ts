import { randomUUID } from 'node:crypto';
import { CodedError } from '../../../domain/errors.ts';
import type { Connection } from './connection.ts';
import { hasEnded, mayBeReached } from './node-probe.ts';
import type { OwnerSeen, ThisNode } from './nodes.ts';
import { ownSchema } from './schema.ts';

/** This process as the one that writes. */
export interface Ownership {
  readonly node: string;
  readonly epoch: number;
}

/** What is said of it where this process was the owner. */
export const taken = 'another ocsd owns the campaigns now';

/** Between two looks at the owner's beat, and between two beats. ms. */
export const beatMs = 1_000;
/** An owner whose beat stands still for so long is gone, by the clock of whoever looks. ms. */
export const deadMs = 10_000;
/** The same for one that makes its copy: that keeps its event loop from beating. ms. */
const deadLoadingMs = 180_000;
/** After so long already, where its host says that nobody listens there: its process has ended. ms. */
const quietMs = 2_000;

/** Who owns the rows. */
interface UnitRow extends Record<string, unknown> {
  node: string | null;
  url: string | null;
  /** Null while the owner makes its copy. */
  listens: string | null;
  epoch: number;
  /** What was found missing, until a person has looked at it. */
  lost: string | null;
  /** Of the owner's own row. */
  address: string | null;
  host: string | null;
  secret: string | null;
  certificate: string | null;
  beat: number | null;
}

async function readUnit(connection: Connection): Promise<UnitRow> {
  const { rows } = await connection.query<UnitRow>(
    `select u.node, u.url, u.listens, u.epoch, u.lost, n.address, n.host, n.secret, n.certificate, n.beat
     from ocs_units u left join ocs_nodes n on n.node = u.node where u.unit = 'all'`,
  );
  const [unit] = rows;
  if (unit === undefined) throw new CodedError('DATABASE_ERROR', 'the table ocs_units is empty');
  return unit;
}

export interface Taking {
  self: ThisNode;
  stopped: AbortSignal;
  /** Told at each look while it waits, with why; without an owner while there is none that could be asked for anything. */
  waiting: (why: string, owner: OwnerSeen | null) => void;
  /** Throws where this process may not have the rows. */
  check: () => Promise<unknown>;
  clock?: () => number;
}

/**
 * Waits until nobody owns the rows, or the owner is gone, and takes them. Whoever owned them can write nothing from then
 * on: each of its writes looks for its epoch. While the database does not answer it waits for that.
 */
export async function takeOwnership(connection: Connection, options: Taking): Promise<Ownership> {
  const { self, stopped, waiting, check, clock = () => performance.now() } = options;
  const node = randomUUID();
  let last: UnitRow | null = null;
  const still = createStillness(clock);
  for (;;) {
    try {
      if (last === null) await register(connection, node, self);
      else await connection.query(standingBeat, [node]);
      const now = await readUnit(connection);
      still.saw(now.epoch === last?.epoch && now.beat === last.beat && now.listens === last.listens);
      last = now;
      if (now.lost !== null) throw lossError(now.lost);
      if (now.node === null || (await isGone(now, self, still.ms()))) {
        await check();
        const epoch = await claim(connection, node, self, now);
        if (epoch !== null) return { node, epoch };
      }
      waiting(...seenOf(now));
    } catch (error) {
      if (!mayPass(error)) throw error;
      still.sawNothing();
      waiting(`PostgreSQL does not answer: ${(error as Error).message}`, last && seenOf(last)[1]);
    }
    await pause(beatMs, stopped);
  }
}

/** How long the owner's beat was seen to stand still. What passes while the database does not answer says nothing of it. */
function createStillness(clock: () => number) {
  let sum = 0;
  /** The last look, if the database answered. */
  let lookedAt: number | null = null;
  return {
    ms: () => sum,
    saw: (isSame: boolean) => {
      const now = clock();
      sum = isSame ? sum + (lookedAt === null ? 0 : now - lookedAt) : 0;
      lookedAt = now;
    },
    /** The owner, too, has some time to be heard again. */
    sawNothing: () => {
      sum = Math.max(0, Math.min(sum, deadLoadingMs) - deadMs);
      lookedAt = null;
    },
  };
}

/** A wrong password or a database that is not there stays so; a server that is away or starting does not. */
function mayPass(error: unknown): boolean {
  if (error instanceof CodedError) return false;
  const { code } = error as { code?: unknown };
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || /^(57|53|40|08|55|25)/.test(code);
}

/** Of one that stands by: nobody acts on it. */
const standingBeat = 'update ocs_nodes set beat = beat + 1, seen_at = now() where node = $1';

async function register(connection: Connection, node: string, self: ThisNode): Promise<void> {
  // Two that start at once wait for each other; the lock ends with the statement.
  await connection.query(`begin; select pg_advisory_xact_lock(823417); ${ownSchema} commit;`);
  await enter(connection, node, self);
  await connection.query(`delete from ocs_nodes n where seen_at < now() - interval '1 day'
    and not exists (select 1 from ocs_units u where u.node = n.node)`);
}

async function enter(connection: Connection, node: string, self: ThisNode): Promise<void> {
  await connection.query(
    `insert into ocs_nodes (node, url, address, host, version, secret, certificate) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict do nothing`,
    [node, self.url, self.address, self.host, self.version, self.secret, self.certificate()],
  );
}

function ownerOf({ certificate, host, listens, secret, url }: UnitRow): OwnerSeen | null {
  if (listens === null || secret === null) return null;
  return { url: url ?? listens, address: listens, secret, certificate, host };
}

/** Whom clients are handed to, and why this process stands by. */
function seenOf(unit: UnitRow): [why: string, owner: OwnerSeen | null] {
  if (unit.node === null) return ['no ocsd owns the campaigns', null];
  const why = `another ocsd owns the campaigns: ${unit.url ?? 'one that gave no address'}`;
  const owner = ownerOf(unit);
  if (owner === null) return [`${why}; it is starting`, null];
  if (!mayBeReached(owner)) {
    return [
      `${why}; it is on another host, and gave the loopback address ${owner.address}: it needs nodeUrl`,
      null,
    ];
  }
  return [why, owner];
}

async function isGone(unit: UnitRow, self: ThisNode, stillMs: number): Promise<boolean> {
  // Where this process listens no other one does any more.
  const isBefore = unit.address === self.address && unit.host === self.host;
  if (isBefore && stillMs > quietMs) return true;
  const owner = ownerOf(unit);
  if (owner === null) return stillMs > deadLoadingMs;
  return stillMs > deadMs || (stillMs > quietMs && (await hasEnded(owner)));
}

/** Not where the owner has given a sign of life since it was looked at. */
async function claim(
  connection: Connection,
  node: string,
  self: ThisNode,
  seen: UnitRow,
): Promise<number | null> {
  // It may have been taken away meanwhile, as that of one that was not seen for long.
  await enter(connection, node, self);
  const { rows } = await connection.query<{ epoch: number }>(
    `update ocs_units u set node = $1, url = $2, listens = null, epoch = epoch + 1, since = now()
     where unit = 'all' and epoch = $3
       and not exists (select 1 from ocs_nodes n where n.node = u.node and n.beat is distinct from $4)
     returning epoch`,
    [node, self.url, seen.epoch, seen.beat],
  );
  return rows[0]?.epoch ?? null;
}

/** From now on it answers at `address`. */
export async function nowListens(
  connection: Connection,
  { node, epoch }: Ownership,
  { address }: ThisNode,
): Promise<void> {
  await connection.query(
    `update ocs_units set listens = $3 where unit = 'all' and node = $1 and epoch = $2`,
    [node, epoch, address],
  );
}

/** What to do where rows were lost. */
export const lookAtLoss =
  'a look at the records of that time, then in the database: update ocs_units set lost = null';

function lossError(lost: string): CodedError {
  return new CodedError('DATABASE_ERROR', `${lost}; records may be ready that were dialled already`, {
    field: 'database',
    found: lost,
    expected: lookAtLoss,
  });
}

/** Nobody takes the rows before a person has looked at what is missing. */
export async function noteLoss(
  connection: Connection,
  { node, epoch }: Ownership,
  lost: string,
): Promise<void> {
  await connection.query(
    `update ocs_units set lost = $3, node = null where unit = 'all' and node = $1 and epoch = $2`,
    [node, epoch, lost],
  );
}

/**
 * Says that this process lives.
 *
 * @param newest number of the newest set that was kept; 0 when there is none
 * @param certificate the one in use now, for others that bring it their clients' requests
 */
export async function beat(
  connection: Connection,
  { node, epoch }: Ownership,
  newest: number,
  certificate: string | null,
): Promise<'owner' | 'fenced' | 'gap'> {
  const { rows } = await connection.query<{ own: boolean; there: boolean }>(
    `with beat as (update ocs_nodes set beat = beat + 1, seen_at = now(), certificate = $4 where node = $1)
     select exists (select 1 from ocs_units where unit = 'all' and node = $1 and epoch = $2) own,
       $3 = 0 or exists (select 1 from ocs_changes where seq >= $3) there`,
    [node, epoch, newest, certificate],
    'beat',
  );
  const [found] = rows;
  if (found?.own !== true) return 'fenced';
  return found.there ? 'owner' : 'gap';
}

/** Lets another process take over at once. */
export async function giveUp(connection: Connection, { node, epoch }: Ownership): Promise<void> {
  await connection.query(`update ocs_units set node = null where unit = 'all' and node = $1 and epoch = $2`, [
    node,
    epoch,
  ]);
  await connection.query('delete from ocs_nodes where node = $1', [node]);
}

async function pause(ms: number, stopped: AbortSignal): Promise<void> {
  const over = () => new CodedError('DATABASE_ERROR', 'stopped while standing by for the database');
  if (stopped.aborted) throw over();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = () => {
    reject(over());
  };
  stopped.addEventListener('abort', stop, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener('abort', stop);
  }
}

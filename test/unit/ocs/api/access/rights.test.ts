import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessOperations } from '../../../../../src/api/access.ts';
import type { Operation } from '../../../../../src/api/operation.ts';
import { rights, type Door } from '../../../../../src/api/rights.ts';
import { roles, type Role } from '../../../../../src/api/roles.ts';
import { supervisorOperations } from '../../../../../src/api/supervisor.ts';
import { openAccess, type AccessBench, type Browser } from '../../../../support/ocs/access.ts';
import { routesOf } from '../../../../support/routes.ts';

const machineToken = (role: Role) => `the-token-of-a-machine-${role}`;

let bench: AccessBench;
const browsers = new Map<Role, Browser>();
beforeAll(async () => {
  const machines = ['supervisor', 'engineer', 'wall', 'admin'] as const;
  bench = await openAccess({
    tokens: {
      api: 'the-api-token-of-tests',
      machines: Object.fromEntries(machines.map((role) => [role, { role, token: machineToken(role) }])),
    },
  });
  for (const role of roles) browsers.set(role, await bench.enter(`user-${role}`, role));
});
afterAll(() => bench.ocs.stop());

/** Method and address of each door, with something in place of what the address names. */
const doors: Record<Door, { method: string; path: string }> = {
  ...(Object.fromEntries(
    Object.entries({ ...supervisorOperations, ...accessOperations } as Record<string, Operation>).map(
      ([id, { method, path }]) => [id, { method, path: path.replace(/:\w+/g, '1') }],
    ),
  ) as Record<
    keyof typeof supervisorOperations | keyof typeof accessOperations,
    { method: string; path: string }
  >),
  openapi: { method: 'GET', path: '/api/v1/openapi.json' },
  accessOpenapi: { method: 'GET', path: '/api/v1/access/openapi.json' },
  desktop: { method: 'GET', path: '/desktop/v1' },
  live: { method: 'GET', path: '/live/v1' },
  console: { method: 'GET', path: '/console' },
  consolePage: { method: 'GET', path: '/console/*' },
};

/** Doors of which a test must not make use, whoever may: they end the session that the other tests have. */
const ending = ['logOut', 'changePassword'];

const listed = (Object.entries(rights) as [Door, (typeof rights)[Door]][]).map(([door, { roles: who }]) => ({
  door,
  ...doors[door],
  who,
}));

/** What stops somebody at a door, as opposed to what is wrong with the request inside. */
async function stopped(
  { method, path }: { method: string; path: string },
  asks: Parameters<AccessBench['ask']>[2],
): Promise<number | null> {
  const sent = method === 'GET' ? {} : { body: {} };
  const { status, body } = await bench.ask(method, path, {
    headers: { origin: 'http://localhost' },
    ...asks,
    ...sent,
  });
  const refused = ['UNAUTHORIZED', 'FORBIDDEN', 'TOO_MANY_WRONG_TOKENS'].includes(body.error?.code ?? '');
  return refused ? status : null;
}

describe('the table of rights', () => {
  it('has every route of ocsd but those of the link', () => {
    const routes = routesOf(bench.ocs.app).filter((route) => !route.includes(' /link/v1/'));
    const operations = { ...supervisorOperations, ...accessOperations } as Record<string, Operation>;
    const named = listed.map(({ door, method, path }) => {
      const written = operations[door]?.path ?? path;
      return `${method} ${written.replace(/:(\w+)/g, '{$1}')}`;
    });
    expect(named.sort()).toEqual(routes);
  });

  it('lets nobody do what only a user is asked for by a token', async () => {
    const { status } = await bench.ask('GET', '/api/v1/session', { token: 'the-api-token-of-tests' });
    expect(status).toBe(401);
  });
});

describe.each(listed)('$method $path', ({ door, method, path, who }) => {
  it('is closed to whoever does not say who it is, unless it is open to everybody', async () => {
    const answer = await bench.ask(method, path, method === 'GET' ? {} : { body: {} });
    if (who === 'everybody') expect(answer.status).not.toBe(401);
    // After many, the answer is a short one.
    else expect([401, 429]).toContain(answer.status);
  });

  it.each(roles)('is open to a user with the role %s as the table says', async (role) => {
    if (ending.includes(door)) return;
    const may = who === 'everybody' || who === 'session' || who.includes(role);
    const browser = browsers.get(role);
    expect(await stopped({ method, path }, { ...(browser && { as: browser }) })).toBe(may ? null : 403);
  });

  it.each(['supervisor', 'engineer', 'wall', 'admin'] as const)(
    'is open to a machine with the role %s as the table says',
    async (role) => {
      const may = who === 'everybody' || (who !== 'session' && who.includes(role));
      const expected = may ? null : who === 'session' ? 401 : 403;
      expect(await stopped({ method, path }, { token: machineToken(role) })).toBe(expected);
    },
  );

  it('asks a browser for its CSRF token when it changes something', async () => {
    if (method === 'GET' || who === 'everybody') return;
    const role = who === 'session' ? 'agent' : (who[0] ?? 'admin');
    const as = browsers.get(role) as Browser;
    for (const csrf of [
      null,
      'another',
      browsers.get(role === 'admin' ? 'wall' : 'admin')?.csrfToken ?? '',
    ]) {
      const { status, body } = await bench.ask(method, path, { as, csrf, body: {} });
      expect([status, body.error?.field]).toEqual([403, 'x-csrf-token']);
    }
  });
});

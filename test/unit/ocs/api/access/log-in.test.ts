import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiToken, openAccess, ownPassword, type AccessBench } from '../../../../support/ocs/access.ts';

let bench: AccessBench;
beforeEach(async () => {
  bench = await openAccess();
});
afterEach(() => bench.ocs.stop());

const hour = 3_600_000;
const definition = {
  name: 'c',
  list: 'l',
  mode: 'progressive',
  handoff: { kind: 'destination', extension: '7000' },
  pacing: { maxInFlight: 1 },
};
const load = { definition, csv: 'phone,tz\n+12125550101,UTC\n' };
const session = '/api/v1/session';
/** Sessions have the time of the machine. */
const pass = (ms: number) => {
  bench.wire.advance(ms);
};

describe('the first log-in', () => {
  it('is with a one-time password, and opens nothing but the change of it', async () => {
    const password = await bench.addUser('anna', 'admin');
    const anna = await bench.logIn('Anna ', password);
    expect(anna).toMatchObject({ name: 'anna', role: 'admin', mustChangePassword: true });
    const users = await bench.ask('GET', '/api/v1/users', { as: anna });
    expect([users.status, users.body.error?.code]).toEqual([403, 'FORBIDDEN']);
    const changed = await bench.ask('POST', `${session}/password`, {
      as: anna,
      body: { current: password, next: ownPassword },
    });
    const after = bench.browserOf(changed);
    expect(after.mustChangePassword).toBe(false);
    expect((await bench.ask('GET', '/api/v1/users', { as: after })).status).toBe(200);
    // What was there before the change is over.
    expect((await bench.ask('GET', session, { as: anna })).status).toBe(401);
    expect((await bench.tryLogIn('anna', password)).status).toBe(401);
  });

  it('is too late after a day', async () => {
    const password = await bench.addUser('anna', 'admin');
    pass(24 * hour - 1);
    expect((await bench.tryLogIn('anna', password)).status).toBe(201);
    pass(1);
    expect((await bench.tryLogIn('anna', password)).status).toBe(401);
  });

  it.each([
    ['a short password', 'fourteen chars', 'next'],
    ['the password as it is', null, 'next'],
  ])('takes %s for no new one', async (_what, next, field) => {
    const password = await bench.addUser('anna', 'admin');
    const as = await bench.logIn('anna', password);
    const body = { current: password, next: next ?? password };
    const answer = await bench.ask('POST', `${session}/password`, { as, body });
    expect([answer.status, answer.body.error?.field]).toEqual([400, field]);
    expect(JSON.stringify(answer.body)).not.toContain(body.next);
    expect((await bench.ask('GET', session, { as })).body).toMatchObject({ mustChangePassword: true });
  });
});

describe('a session', () => {
  it('is a cookie that no script and no other page gets', async () => {
    const { cookies } = await bench.tryLogIn('anna', await bench.addUser('anna', 'supervisor'));
    expect(cookies).toHaveLength(2);
    expect(cookies[0]).toMatch(/^cpd=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    expect(cookies[1]).toMatch(/^cpd-device=[\w.-]+; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Strict$/);
  });

  it('is bound to this host and to TLS where the address is https', async () => {
    await bench.ocs.stop();
    bench = await openAccess({ publicUrl: 'https://ocs.example.com' });
    const password = await bench.addUser('anna', 'supervisor');
    const { cookies } = await bench.tryLogIn('anna', password);
    for (const line of cookies)
      expect(line).toMatch(/^__Host-cpd.*; Path=\/; .*HttpOnly; SameSite=Strict; Secure$/);
  });

  it('is another one after each log-in, and what a browser brings along is never taken', async () => {
    const password = await bench.addUser('anna', 'supervisor');
    const chosen = `cpd=${'A'.repeat(43)}`;
    const first = await bench.logIn('anna', password, { headers: { cookie: chosen } });
    expect(first.cookie).not.toContain(chosen);
    expect((await bench.ask('GET', session, { headers: { cookie: chosen } })).status).toBe(401);
    const second = await bench.logIn('anna', password, { as: first });
    expect((await bench.ask('GET', session, { as: first })).status).toBe(401);
    expect((await bench.ask('GET', session, { as: second })).status).toBe(200);
  });

  it('is over an hour after its last use, and twelve after its begin', async () => {
    const anna = await bench.enter('anna', 'supervisor');
    const status = async () => (await bench.ask('GET', session, { as: anna })).status;
    for (let hours = 0; hours < 12 * 2 - 1; hours += 1) {
      pass(hour / 2);
      expect(await status()).toBe(200);
    }
    pass(hour / 2 - 1);
    expect(await status()).toBe(200);
    pass(1);
    expect(await status()).toBe(401);
    const again = await bench.logIn('anna', ownPassword);
    pass(hour - 1);
    expect((await bench.ask('GET', session, { as: again })).status).toBe(200);
    pass(hour);
    expect((await bench.ask('GET', session, { as: again })).status).toBe(401);
  });

  it('of a wall screen goes on for a month', async () => {
    const wall = await bench.enter('screen', 'wall');
    pass(30 * 24 * hour - 1);
    expect((await bench.ask('GET', '/api/v1/agents', { as: wall })).status).toBe(200);
    pass(1);
    expect((await bench.ask('GET', '/api/v1/agents', { as: wall })).status).toBe(401);
  });

  it('ends with the log-out, at once', async () => {
    const anna = await bench.enter('anna', 'supervisor');
    const out = await bench.ask('DELETE', session, { as: anna });
    expect(out.cookies).toEqual(['cpd=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict']);
    expect((await bench.ask('GET', session, { as: anna })).status).toBe(401);
  });

  it.each([
    ['who is disabled', 'PATCH', '', { disabled: true }],
    ['whose role changes', 'PATCH', '', { role: 'wall' }],
    ['whose password is reset', 'POST', '/reset', undefined],
    ['whose sessions an admin ends', 'DELETE', '/sessions', undefined],
  ])('of a user %s is over at once', async (_who, method, path, body) => {
    const anna = await bench.enter('anna', 'supervisor');
    const done = await bench.ask(method, `/api/v1/users/anna${path}`, {
      token: apiToken,
      ...(body !== undefined && { body }),
    });
    expect(done.status).toBe(200);
    expect((await bench.ask('GET', '/api/v1/campaigns', { as: anna })).status).toBe(401);
  });

  it('is not kept in the store as it is in the cookie', async () => {
    const anna = await bench.enter('anna', 'supervisor');
    const secret = /cpd=([\w-]{43})/.exec(anna.cookie)?.[1] ?? 'none';
    const kept = JSON.stringify(await bench.audit()) + JSON.stringify(bench.logged);
    expect(secret).toHaveLength(43);
    expect(kept).toContain('anna');
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(anna.csrfToken);
  });
});

describe('who logs in', () => {
  it('is answered alike for a wrong name, a wrong password, and a user who may not', async () => {
    await bench.enter('anna', 'supervisor');
    await bench.enter('ben', 'supervisor');
    await bench.ask('PATCH', '/api/v1/users/ben', { token: apiToken, body: { disabled: true } });
    const answers = await Promise.all([
      bench.tryLogIn('anna', 'a wrong password of length'),
      bench.tryLogIn('nobody', ownPassword),
      bench.tryLogIn('ben', ownPassword),
    ]);
    const [first, ...others] = answers.map(({ status, body, cookies }) => ({ status, body, cookies }));
    expect(first).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHORIZED' } }, cookies: [] });
    for (const other of others) expect(other).toEqual(first);
  });

  it('waits longer after each wrong password from the fifth on, also when the name is nobody', async () => {
    await bench.enter('anna', 'supervisor');
    for (const name of ['anna', 'nobody']) {
      const statuses: number[] = [];
      for (let times = 0; times < 6; times += 1) statuses.push((await bench.tryLogIn(name, 'wrong')).status);
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    }
    const refused = await bench.tryLogIn('anna', ownPassword);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '2']);
    expect(refused.body.error).toMatchObject({
      code: 'TOO_MANY_LOG_INS',
      expected: 'another attempt in 2 s',
    });
    pass(2_000);
    expect((await bench.tryLogIn('anna', 'wrong')).status).toBe(401);
    pass(3_999);
    expect((await bench.tryLogIn('anna', ownPassword)).status).toBe(429);
    pass(1);
    expect((await bench.tryLogIn('anna', ownPassword)).status).toBe(201);
    // Forgotten.
    expect((await bench.tryLogIn('anna', 'wrong')).status).toBe(401);
  });

  it('has been logged in in this browser before is not kept out by strangers who guess', async () => {
    const anna = await bench.enter('anna', 'supervisor');
    for (let times = 0; times < 40; times += 1) await bench.tryLogIn(`somebody${String(times)}`, 'wrong');
    for (let times = 0; times < 6; times += 1) {
      await bench.tryLogIn('anna', 'wrong', { address: '192.0.2.7' });
    }
    expect((await bench.tryLogIn('anna', ownPassword)).status).toBe(429);
    expect((await bench.tryLogIn('anna', ownPassword, { as: anna })).status).toBe(201);
    // That browser is no help with other names, and guesses no longer than others.
    expect((await bench.tryLogIn('somebody', 'wrong', { as: anna })).status).toBe(429);
    const guesses: number[] = [];
    for (let times = 0; times < 6; times += 1) {
      guesses.push((await bench.tryLogIn('anna', 'wrong', { as: anna })).status);
    }
    expect(guesses).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('does not send a password in plain HTTP from another host', async () => {
    const password = await bench.addUser('anna', 'supervisor');
    const answer = await bench.tryLogIn('anna', password, { address: '192.0.2.1' });
    expect([answer.status, answer.body.error?.code]).toEqual([403, 'TLS_REQUIRED']);
    expect((await bench.tryLogIn('anna', password, { address: '::1' })).status).toBe(201);
  });

  it('does not come past the proxy that ends TLS', async () => {
    await bench.ocs.stop();
    bench = await openAccess({
      publicUrl: 'https://ocs.example.com',
      trustedProxies: ['192.0.2.1', '2001:db8::/64'],
    });
    const password = await bench.addUser('anna', 'supervisor');
    const status = async (address: string) =>
      (await bench.tryLogIn('anna', password, { address, headers: { 'x-forwarded-for': '127.0.0.1' } }))
        .status;
    expect(await status('192.0.2.2')).toBe(403);
    expect(await status('2001:db8:0:1::1')).toBe(403);
    for (const proxy of ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::7', '127.0.0.1', '::1']) {
      expect(await status(proxy), proxy).toBe(201);
    }
  });

  it('is not kept out by a stranger behind the same proxy, which does not say who it brings', async () => {
    await bench.ocs.stop();
    bench = await openAccess({ publicUrl: 'https://ocs.example.com' });
    const password = await bench.addUser('anna', 'supervisor');
    // What whoever is not trusted says of the client is not believed.
    const headers = { 'x-forwarded-for': '198.51.100.1' };
    for (let n = 0; n < 40; n += 1) {
      expect((await bench.tryLogIn(`name${String(n)}`, 'wrong', { headers })).status).toBe(401);
    }
    expect((await bench.tryLogIn('anna', password)).status).toBe(201);
    const [entry] = await bench.audit('?action=log_in');
    expect(entry).toMatchObject({ who: 'anna', address: '127.0.0.1' });
  });

  it('is known by its own address behind a trusted proxy', async () => {
    await bench.ocs.stop();
    bench = await openAccess({ publicUrl: 'https://ocs.example.com', trustedProxies: ['127.0.0.1', '::1'] });
    const password = await bench.addUser('anna', 'supervisor');
    const from = (client: string) => ({ headers: { 'x-forwarded-for': `203.0.113.9, ${client}` } });
    for (let n = 0; n < 30; n += 1) {
      await bench.tryLogIn(`name${String(n)}`, 'wrong', from('198.51.100.1'));
    }
    expect((await bench.tryLogIn('anna', password, from('198.51.100.1'))).status).toBe(429);
    expect((await bench.tryLogIn('anna', password, from('198.51.100.2'))).status).toBe(201);
    const [entry] = await bench.audit('?action=log_in');
    expect(entry).toMatchObject({ who: 'anna', address: '198.51.100.2' });
  });

  it('sends little before it is known', async () => {
    const answer = await bench.tryLogIn('anna', 'x'.repeat(5_000));
    expect(answer.status).toBe(413);
    const list = await bench.ask('POST', '/api/v1/lists/l/import', { body: 'phone\n' });
    expect(list.status).toBe(401);
  });

  it.each([
    ['{"name":"anna","password":1234567890123456}'],
    ['{"name":{"secret":"1234567890123456"},"password":"x"}'],
    [`{"name":"anna","password":"${'1234567890123456'.repeat(70)}"}`],
    ['{"name":"anna","password":"1234567890123456"'],
  ])('gets nothing of it back in an error: %s', async (text) => {
    const reply = await bench.ocs.app.inject({
      method: 'POST',
      url: session,
      headers: { host: 'localhost', 'content-type': 'application/json' },
      payload: text,
    });
    expect([400, 422]).toContain(reply.statusCode);
    expect(reply.body + JSON.stringify(bench.logged)).not.toContain('1234567890123456');
  });

  it('comes from a page of this server, and from no other', async () => {
    const password = await bench.addUser('anna', 'supervisor');
    const from = async (origin: string, host = 'localhost:7800') =>
      (await bench.tryLogIn('anna', password, { headers: { origin, host } })).status;
    expect(await from('http://localhost:7800')).toBe(201);
    expect(await from('http://localhost:3000')).toBe(401);
    expect(await from('https://localhost:7800')).toBe(401);
    expect(await from('http://evil.example.net', 'evil.example.net')).toBe(401);
    expect(await from('null')).toBe(401);
  });
});

describe('users', () => {
  const add = (body: object) => bench.ask('POST', '/api/v1/users', { token: apiToken, body });

  it.each([
    [{ name: 'anna', role: 'agent' }, 'groups'],
    [{ name: 'anna', role: 'engineer', groups: ['sales'] }, 'groups'],
    [{ name: 'a b', role: 'admin' }, 'name'],
    [{ name: 'anna', role: 'king' }, 'role'],
    [{ name: 'anna', role: 'agent', groups: ['sales'], extension: 'x' }, 'extension'],
  ])('are refused as %j', async (body, field) => {
    const answer = await add(body);
    expect([answer.status, answer.body.error?.field]).toEqual([400, field]);
    expect((await bench.ask('GET', '/api/v1/users', { token: apiToken })).body).toEqual({ users: [] });
  });

  it('have one name each, however it is written, and none of them is lost by a second one', async () => {
    await bench.enter('anna', 'supervisor');
    const again = await add({ name: 'ANNA', role: 'admin' });
    expect([again.status, again.body.error?.field]).toEqual([400, 'name']);
    expect((await bench.tryLogIn('anna', ownPassword)).body).toMatchObject({ role: 'supervisor' });
    const unknown = await bench.ask('PATCH', '/api/v1/users/ben', {
      token: apiToken,
      body: { disabled: true },
    });
    expect([unknown.status, unknown.body.error?.code]).toEqual([404, 'UNKNOWN_USER']);
  });

  it('cannot have the name of whoever is not asked', async () => {
    expect((await add({ name: 'Anybody', role: 'admin' })).body.error?.field).toBe('name');
  });

  it('are kept in no cache', async () => {
    for (const path of ['/api/v1/users', '/api/v1/attempts', '/api/v1/none', session]) {
      const { headers } = await bench.ask('GET', path, { token: apiToken });
      expect(headers['cache-control'], path).toBe('no-store');
    }
  });

  it('are asked who they are also where a file of machines names none', async () => {
    await bench.ocs.stop();
    bench = await openAccess({ tokens: { machines: {} } });
    expect((await bench.ask('GET', '/api/v1/campaigns')).status).toBe(401);
  });

  it('are there only where somebody is asked who it is', async () => {
    await bench.ocs.stop();
    bench = await openAccess({ tokens: {} });
    const refused = await bench.ask('POST', '/api/v1/users', { body: { name: 'anna', role: 'admin' } });
    expect([refused.status, refused.body.error?.field]).toEqual([409, 'tokens.apiFile']);
    expect((await bench.ask('GET', '/api/v1/campaigns')).status).toBe(200);
  });

  it('see calls without the numbers, where they are engineers', async () => {
    const [engineer, supervisor] = [
      await bench.enter('eve', 'engineer'),
      await bench.enter('sam', 'supervisor'),
    ];
    await bench.ask('POST', '/api/v1/campaigns', { as: supervisor, body: load });
    await bench.ask('POST', '/api/v1/campaigns/c/start', { as: supervisor });
    const dialer = { dialerId: 'd', linkVersion: 1, softwareVersion: '1', boards: [] };
    const modes = ['telephony_preset', 'accurate_am_detection'];
    const capabilities = { handoff: ['agent', 'destination'], plans: ['US'], modes };
    const { body } = await bench.ask('POST', '/link/v1/register', { body: { ...dialer, capabilities } });
    await bench.ask('POST', '/link/v1/pull', {
      body: {
        dialerId: 'd',
        sessionId: body['sessionId'],
        free: 1,
        channels: { inService: 1, busy: 0 },
        waitMs: 0,
        active: [],
      },
    });
    const phones = async (as: typeof engineer) => {
      const found = (await bench.ask('GET', '/api/v1/attempts', { as })).body['attempts'];
      return (found as { phone: string; attempt_id: string }[]).map(({ phone }) => phone);
    };
    expect(await phones(supervisor)).toEqual(['+12125550101']);
    expect(await phones(engineer)).toEqual(['**********01']);
    const search = async (as: typeof engineer) =>
      (await bench.ask('GET', '/api/v1/attempts?phone=12125550101', { as })).body;
    expect((await search(engineer)).error).toMatchObject({ code: 'FORBIDDEN', field: 'phone' });
    expect((await search(supervisor)).error).toBeUndefined();
  });
});

describe('the audit', () => {
  it('has who did what, from where, with what was before', async () => {
    const admin = await bench.enter('anna', 'admin');
    await bench.ask('POST', '/api/v1/users', { as: admin, body: { name: 'ben', role: 'wall' } });
    await bench.ask('PATCH', '/api/v1/users/ben', { as: admin, body: { role: 'engineer' } });
    await bench.tryLogIn('ben', 'wrong', { address: '::1' });
    await bench.ask('POST', '/api/v1/dnc', { as: admin, body: { phone: '+12125550101' } });
    await bench.ask('GET', '/api/v1/dnc/export', { as: admin });
    const entries = await bench.audit('?limit=5');
    expect(entries.map(({ who, address, action, object }) => [who, address, action, object])).toEqual([
      ['anna', '127.0.0.1', 'exportDoNotCall', null],
      ['anna', '127.0.0.1', 'addDoNotCall', null],
      ['ben', '::1', 'log_in_failed', null],
      ['anna', '127.0.0.1', 'changeUser', 'ben'],
      ['anna', '127.0.0.1', 'addUser', 'ben'],
    ]);
    expect(entries[1]).toMatchObject({ after: { phone: '**********01' } });
    expect(entries[3]).toMatchObject({ before: { role: 'wall' }, after: { role: 'engineer' } });
    const older = await bench.audit(`?before=${String(entries[4]?.['id'])}`);
    expect(older.map(({ action }) => action)).toEqual(['changePassword', 'log_in', 'addUser']);
    expect(older.at(-1)).toMatchObject({ who: 'token api' });
    expect((await bench.audit('?action=log_in_failed&who=ben')).length).toBe(1);
    expect(JSON.stringify([entries, older])).not.toContain(ownPassword);
  });

  it('has nothing of what was refused, and of a file that was refused that it was', async () => {
    const admin = await bench.enter('anna', 'admin');
    const before = (await bench.audit()).length;
    await bench.ask('POST', '/api/v1/campaigns/none/start', { as: admin });
    expect(await bench.audit()).toHaveLength(before);
    await bench.ask('POST', '/api/v1/lists/l/import', { as: admin, body: 'name\nx\n' });
    await bench.ask('POST', '/api/v1/dnc/import?dryRun=1', { as: admin, body: 'phone\n5550101\n' });
    const entries = await bench.audit(`?limit=2`);
    expect(await bench.audit()).toHaveLength(before + 2);
    expect(entries).toMatchObject([
      { action: 'importList', object: 'l', reason: 'refused: BAD_CSV' },
      { action: 'importList', object: 'l', reason: null },
    ]);
  });

  it('has whom it was about under no name but one that an admin can search by', async () => {
    const admin = await bench.enter('anna', 'admin');
    const dnc = (method: string, more: string, body?: object) =>
      bench.ask(method, `/api/v1/dnc${more}`, { as: admin, ...(body !== undefined && { body }) });
    await dnc('POST', '', { phone: '+12125550101', message: 'asked for it' });
    await dnc('POST', '', { phone: '+12125550199' });
    await dnc('POST', '', { customerId: 'customer-4711' });
    await dnc('DELETE', '?phone=%2B1%20212-555-0101');
    expect(JSON.stringify(await bench.audit())).not.toMatch(/25550101|5550199|customer-4711/);
    const about = async (query: string) =>
      (await bench.audit(query)).map(({ action, after }) => [action, (after as { phone?: string }).phone]);
    expect(await about('?phone=%2B12125550101')).toEqual([
      ['removeDoNotCall', expect.stringMatching(/^\*+01$/)],
      ['addDoNotCall', '**********01'],
    ]);
    expect(await about('?customerId=customer-4711')).toEqual([['addDoNotCall', undefined]]);
    expect(await about('?phone=%2B12125550102')).toEqual([]);
  });

  it('has what was done, whatever a client adds to its request', async () => {
    const admin = await bench.enter('anna', 'admin');
    const start = (more: string, body?: object | string) =>
      bench.ask('POST', `/api/v1/campaigns/c/start${more}`, {
        as: admin,
        ...(body !== undefined && { body }),
      });
    const before = (await bench.audit()).length;
    const rehearsed = await bench.ask('POST', '/api/v1/campaigns', {
      as: admin,
      body: { ...load, check: true },
    });
    expect([rehearsed.status, (await bench.audit()).length]).toEqual([200, before]);
    await bench.ask('POST', '/api/v1/campaigns', { as: admin, body: load });
    for (const body of [{ check: true }, { note: 'x'.repeat(100) }, ['x'], 'check\n']) {
      const refused = await start('', body);
      expect([refused.status, refused.body.error]).toMatchObject([
        400,
        { code: 'BAD_ARGUMENT', field: 'body' },
      ]);
    }
    expect((await start('?dryRun=1&note=x', {})).status).toBe(200);
    const entries = await bench.audit();
    expect(entries).toHaveLength(before + 2);
    expect(entries[0]).toMatchObject({ action: 'startCampaign', object: 'c', after: {} });
    const unload = await bench.ask('POST', '/api/v1/campaigns/c/unload?force=1&check=1', { as: admin });
    expect(unload.status).toBe(200);
    expect((await bench.audit())[0]).toMatchObject({ action: 'unloadCampaign', after: { force: true } });
  });

  it('has no name that nobody has: it may be a password in the wrong field', async () => {
    await bench.tryLogIn('my-secret-password', 'x');
    expect(JSON.stringify([await bench.audit(), bench.logged])).not.toContain('my-secret-password');
    expect(bench.logged).toContainEqual(['log-in failed', { address: '127.0.0.1', user: null }]);
  });
});

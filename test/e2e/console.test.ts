import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { wallClock } from '../../src/ocs/clock.ts';
import { createOcs, type Ocs } from '../../src/ocs/ocs.ts';
import { silentLog } from '../support/silent-log.ts';

const token = 'the-api-token-of-tests';
const password = 'correct horse battery staple';
/** Debian's; the developer who has none is told, and CI fails. */
const program = '/usr/bin/chromium';
const isThere = existsSync(program);
if (process.env['BUILT_FOR_TESTS'] !== undefined && !isThere) throw new Error(`${program} is missing`);

/** It runs as root in CI, and with little shared memory. */
const args = ['--no-sandbox', '--disable-dev-shm-usage'];

let browser: Browser;
beforeAll(async () => {
  if (isThere) browser = await chromium.launch({ executablePath: program, args, timeout: 120_000 });
});
afterAll(() => browser?.close());

let ocs: Ocs;
let url: string;
let folder: string;
let page: Page;
/** What a page must not say: faults of scripts, and what its policy forbids. */
let faults: string[];
const ask = async (method: string, path: string, body?: object) => {
  const reply = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return (await reply.json()) as Record<string, unknown>;
};
const load = () =>
  ask('POST', '/campaigns', {
    definition: {
      name: 'spring',
      list: 'customers',
      mode: 'progressive',
      group: 'sales',
      handoff: { kind: 'destination', extension: '7000' },
    },
    csv: 'phone,tz\n+12125550101,UTC\n+12125550102,UTC\n',
  });
/** Everything of WCAG that a program can find, in both themes. */
const axe = async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    expect(violations.map(({ id, nodes }) => [colorScheme, id, nodes[0]?.html])).toEqual([]);
  }
};
const logIn = async (name: string, secret: string) => {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(secret);
  await page.keyboard.press('Enter');
};
/** A user logs in for the first time and gets to the wall. */
const enter = async (name: string, role: string) => {
  const { password: once } = await ask('POST', '/users', { name, role });
  await page.goto(`${url}/console/`);
  await logIn(name, once as string);
  await page.getByLabel('One-time password').fill(once as string);
  await page.getByLabel('New password', { exact: true }).fill(password);
  await page.getByLabel('New password, once more').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Wall' }).waitFor();
};

describe.runIf(isThere)('the console', () => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'console-test-'));
    ocs = await createOcs({
      database: join(folder, 'ocs.db'),
      clock: wallClock(),
      log: silentLog,
      config: { tokens: { api: token } },
      passwordCost: { memory: 8, passes: 1, parallelism: 1 },
    });
    url = await ocs.listen({ port: 0 });
    faults = [];
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      // A refusal is an answer: that nobody is logged in yet, or that a password was wrong.
      if (message.type() === 'error' && !/Failed to load resource.* 40[013] /.test(message.text())) {
        faults.push(message.text());
      }
    });
  });
  afterEach(async () => {
    await page.context().close();
    await ocs.stop();
    rmSync(folder, { recursive: true });
  });

  it('lets a user in with a name and a password, and says what is wrong', async () => {
    const { password: once } = await ask('POST', '/users', { name: 'anna', role: 'supervisor' });
    await page.goto(`${url}/console`);
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await axe();
    await logIn('anna', 'a wrong password');
    await page.getByRole('alert').filter({ hasText: 'the name or the password is wrong' }).waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('anna');
    await logIn('anna', once as string);
    await page.getByRole('heading', { name: 'Choose a password' }).waitFor();
    await axe();
    await page.getByLabel('One-time password').fill(once as string);
    await page.getByLabel('New password', { exact: true }).fill('too short');
    await page.getByLabel('New password, once more').fill('another');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'are not the same' }).waitFor();
    await page.getByLabel('New password, once more').fill('too short');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: '15 to 128 characters' }).waitFor();
    await page.getByLabel('New password', { exact: true }).fill(password);
    await page.getByLabel('New password, once more').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Wall' }).waitFor();
    // A reload finds the session again.
    await page.reload();
    await page.getByRole('heading', { name: 'Wall' }).waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(faults).toEqual([]);
  });

  it('shows a supervisor what happens, and starts and stops campaigns by keyboard', async () => {
    await enter('anna', 'supervisor');
    await page.getByText('No campaign is loaded').waitFor();
    await page.getByText('No agent is logged in').waitFor();
    await axe();
    await load();
    const row = page.getByRole('row', { name: /spring/ });
    await row.getByText('2 of 2').waitFor();
    await page.getByRole('button', { name: 'Start spring' }).focus();
    await page.keyboard.press('Enter');
    await row.getByText('running').waitFor();
    await page.getByText('spring: no dialler is connected.').waitFor();
    const desk = new WebSocket(`${url.replace('http', 'ws')}/desktop/v1`);
    await once(desk, 'open');
    const say = (request: string, more = {}) =>
      desk.send(JSON.stringify({ GSW_AGENT_REQ_TYPE: request, ...more }));
    say('Login', { GSW_AGENT_ID: 'ben', GSW_EXTENSION: '2001', GSW_GROUP: 'sales' });
    say('Ready');
    const agent = page.getByRole('row', { name: /ben/ });
    await agent.getByText('ready', { exact: false }).first().waitFor();
    await axe();
    await page.setViewportSize({ width: 390, height: 844 });
    await axe();
    // The page itself does not scroll sideways.
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    desk.close();
    await page.getByText('desktop lost').waitFor();
    await page.getByRole('button', { name: 'Stop spring' }).click();
    await page.getByRole('button', { name: 'Start spring' }).waitFor();
    const { entries } = (await ask('GET', '/audit?action=startCampaign')) as { entries: object[] };
    expect(entries).toMatchObject([{ who: 'anna', object: 'spring' }]);
    expect(faults).toEqual([]);
  });

  it('shows an engineer the same without the buttons', async () => {
    await load();
    await enter('eve', 'engineer');
    await page.getByRole('row', { name: /spring/ }).waitFor();
    expect(await page.getByRole('button', { name: /Start/ }).count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('has no desk for an agent, and says so', async () => {
    const { password: once } = await ask('POST', '/users', { name: 'ben', role: 'agent', groups: ['sales'] });
    await page.goto(`${url}/console/`);
    await logIn('ben', once as string);
    await page.getByLabel('One-time password').fill(once as string);
    await page.getByLabel('New password', { exact: true }).fill(password);
    await page.getByLabel('New password, once more').fill(password);
    await page.keyboard.press('Enter');
    await page.getByText('this console has no desk yet').waitFor();
    await axe();
  });

  it('asks for a log-in when an admin ends the session', async () => {
    await load();
    await enter('anna', 'supervisor');
    await page.getByRole('row', { name: /spring/ }).waitFor();
    await ask('DELETE', '/users/anna/sessions');
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  it('asks for a log-in when the session is ended before the stream is there', async () => {
    // The stream is held up until the session is over.
    let letOn = () => {};
    const over = new Promise<void>((resolve) => (letOn = resolve));
    await page.routeWebSocket('**/live/v1', async (socket) => {
      await over;
      socket.connectToServer();
    });
    await enter('anna', 'supervisor');
    await ask('DELETE', '/users/anna/sessions');
    letOn();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  it('says when the connection is lost, with the age of what it shows, and comes back by itself', async () => {
    await load();
    await enter('anna', 'supervisor');
    await page.getByRole('row', { name: /spring/ }).waitFor();
    const { port } = new URL(url);
    await ocs.stop();
    await page.getByText('Connection lost. Trying again.').waitFor();
    await page.getByText(/ s old$/).waitFor();
    expect(
      await page
        .getByRole('row', { name: /spring/ })
        .getByText('2 of 2')
        .count(),
    ).toBe(1);
    ocs = await createOcs({
      database: join(folder, 'ocs.db'),
      clock: wallClock(),
      log: silentLog,
      config: { tokens: { api: token } },
    });
    await ocs.listen({ port: Number(port) });
    await page.getByText('Connection lost. Trying again.').waitFor({ state: 'detached' });
  });
});

it('the pages are small, and nothing in them comes from elsewhere', () => {
  const names = readdirSync('dist/web', { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.\w+$/.test(name),
  );
  const size = (ending: string) =>
    names
      .filter((name) => name.endsWith(ending))
      .reduce((sum, name) => sum + gzipSync(readFileSync(join('dist/web', name))).length, 0);
  expect(size('.js')).toBeGreaterThan(1_000);
  expect(size('.js')).toBeLessThan(50_000);
  expect(size('.css')).toBeLessThan(15_000);
  for (const name of names) {
    const text = readFileSync(join('dist/web', name), 'utf8').replaceAll('http://www.w3.org/', '');
    expect(text, name).not.toMatch(/https?:\/\/[a-z]/);
  }
});

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Role } from '../../../src/api/roles.ts';
import { wallClock, type Clock } from '../../../src/ocs/clock.ts';
import { createOcs, type Ocs } from '../../../src/ocs/ocs.ts';
import { silentLog } from '../silent-log.ts';
import { checkAccessibility } from './axe.ts';

const token = 'the-api-token-of-tests';
export const ownPassword = 'correct horse battery staple';
/** Debian's; the developer who has none is told, and CI fails. */
const program = '/usr/bin/chromium';
export const hasBrowser = existsSync(program);
if (process.env['BUILT_FOR_TESTS'] !== undefined && !hasBrowser) throw new Error(`${program} is missing`);

/** It runs as root in CI, and with little shared memory. */
const args = ['--no-sandbox', '--disable-dev-shm-usage'];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: program, args, timeout: 120_000 });
}

const wide = { width: 1366, height: 768 };
const looks = [
  ['wide', wide.width, wide.height, 'light'],
  ['narrow', 390, 844, 'dark'],
] as const;

/** An OCS that serves the console, and a browser before it; both anew for each test. */
export interface ConsoleStage {
  readonly ocs: Ocs;
  readonly url: string;
  readonly page: Page;
  /** What a page must not say: faults of scripts, and what its policy forbids. */
  readonly faults: string[];
  /** What an admin asks of the API. */
  readonly ask: (method: string, path: string, body?: object) => Promise<Record<string, unknown>>;
  /** Nothing of WCAG that a program can find, in both themes. */
  readonly axe: () => Promise<void>;
  /** Pictures for the documents, wide and light, narrow and dark; only with `SCREENSHOTS`, the folder for them. */
  shoot(name: string): Promise<void>;
  /** The browser of somebody else. */
  readonly elsewhere: () => Promise<Page>;
  /** Fills in the form of the log-in. */
  readonly logIn: (name: string, secret: string, page?: Page) => Promise<void>;
  /** A new user logs in for the first time with a one-time password, chooses {@link ownPassword}, and gets to its first page. */
  readonly comeIn: (name: string, once: string, page?: Page) => Promise<void>;
  /** Adds a user, who logs in for the first time, chooses {@link ownPassword}, and gets to its first page. */
  readonly enter: (
    name: string,
    role: Role,
    more?: { groups?: string[]; extension?: string },
    page?: Page,
  ) => Promise<void>;
  /** Ends the OCS; `start` brings it back at the same address. */
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** Of the OCS; the machine's when absent. */
export interface StageClocks {
  clock: Clock;
  wireClock: Clock;
}

/** For a `describe`: the stage of each of its tests. @param clocks asked for each test */
export function useConsole(clocks?: () => StageClocks): ConsoleStage {
  let browser: Browser;
  let folder: string;
  let now: StageClocks | { clock: Clock };
  const stage = { faults: [] as string[] } as {
    -readonly [K in keyof ConsoleStage]: ConsoleStage[K];
  };
  const open = async (port: number) => {
    stage.ocs = await createOcs({
      database: join(folder, 'ocs.db'),
      ...now,
      log: silentLog,
      config: { tokens: { api: token } },
      passwordCost: { memory: 8, passes: 1, parallelism: 1 },
    });
    stage.url = await stage.ocs.listen({ port });
  };
  stage.start = () => open(Number(new URL(stage.url).port));
  stage.stop = () => stage.ocs.stop();
  stage.ask = async (method, path, body) => {
    const reply = await fetch(`${stage.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return (await reply.json()) as Record<string, unknown>;
  };
  stage.axe = () => checkAccessibility(stage.page);
  stage.shoot = async (name) => {
    const folder = process.env['SCREENSHOTS'];
    if (folder === undefined) return;
    const { page } = stage;
    for (const [look, width, height, colorScheme] of looks) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(folder, `console-${name}-${look}.png`) });
    }
    await page.setViewportSize(wide);
  };
  stage.logIn = async (name, secret, page = stage.page) => {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(secret);
    await page.keyboard.press('Enter');
  };
  stage.comeIn = async (name, once, page = stage.page) => {
    await page.goto(`${stage.url}/console/`);
    await stage.logIn(name, once, page);
    await page.getByLabel('One-time password').fill(once);
    await page.getByLabel('New password', { exact: true }).fill(ownPassword);
    await page.getByLabel('New password, once more').fill(ownPassword);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Log out' }).waitFor();
  };
  stage.enter = async (name, role, more = {}, page = stage.page) => {
    const { password: once } = await stage.ask('POST', '/users', { name, role, ...more });
    await stage.comeIn(name, once as string, page);
  };
  stage.elsewhere = async () => {
    const context = await browser.newContext({ viewport: wide });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    return page;
  };
  beforeAll(async () => {
    if (hasBrowser) browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'console-test-'));
    now = clocks?.() ?? { clock: wallClock() };
    await open(0);
    const faults: string[] = [];
    const page = await stage.elsewhere();
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      // What a page that is left, reloaded or closed still asked for, and a server that a test has stopped.
      if (!/ERR_(ABORTED|CONNECTION_(REFUSED|RESET))/.test(why)) faults.push(`${request.url()}: ${why}`);
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      // A refusal is an answer: that nobody is logged in yet, that a password was wrong, that there is no such call.
      if (message.type() === 'error' && !/Failed to load resource.* 4(0[0134]|09|22) /.test(message.text())) {
        faults.push(message.text());
      }
    });
    Object.assign(stage, { faults, page });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await stage.ocs.stop();
    rmSync(folder, { recursive: true });
  });
  return stage;
}

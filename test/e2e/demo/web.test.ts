import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { hasBrowser, launchBrowser } from '../../support/console/stage.ts';

const script = fileURLToPath(new URL('../../../src/demo/main.ts', import.meta.url));
let demo: ChildProcess | null = null;
let folder = '';
afterEach(() => {
  demo?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts it. @returns what it printed, once that is whole, and its end */
async function startDemo(): Promise<{ printed: string; ended: Promise<number | null> }> {
  folder = mkdtempSync(join(tmpdir(), 'demo-web-'));
  const args = ['--web', '--out', folder, '--records', '60', '--agents', '1', '--speed', '2'];
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  demo = child;
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  let printed = '';
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => (complaints += data.toString()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      printed += data.toString();
      if (printed.includes('Ctrl+C')) resolve();
    });
    void ended.then(() => {
      reject(new Error(`the demo ended: ${complaints}${printed}`));
    });
  });
  return { printed, ended };
}

describe.runIf(hasBrowser)('npm run demo -- --web', () => {
  it('prints where the console is and how to log in; an agent takes a call of the simulated board', async () => {
    const { ended, printed } = await startDemo();
    const url = /^console +(\S+)$/m.exec(printed)?.[1] ?? '';
    const passwords = new Map([...printed.matchAll(/^ {2}(\w+) +(demo-\w+)$/gm)].map(([, a, b]) => [a, b]));
    expect([...passwords.keys()]).toEqual(['agent', 'supervisor', 'engineer', 'wall', 'admin']);
    const browser = await launchBrowser();
    const enter = async (name: string) => {
      const page = await (await browser.newContext()).newPage();
      page.setDefaultTimeout(120_000);
      await page.goto(url);
      await page.getByLabel('Name').fill(name);
      await page.getByLabel('Password').fill(passwords.get(name) ?? '');
      await page.keyboard.press('Enter');
      return page;
    };
    try {
      const agent = await enter('agent');
      await agent.getByRole('button', { name: 'Start work' }).click();
      await agent.getByText('not ready').first().waitFor();
      await agent.keyboard.press('r');
      await agent.getByText('may I speak to').waitFor();
      await agent.getByRole('button', { name: 'Talk is over' }).click();
      await agent.getByLabel('Promised to pay').check();
      await agent.getByRole('button', { name: 'Close record' }).click();
      await agent.getByRole('status').filter({ hasText: 'Promised to pay.' }).waitFor();
      const wall = await enter('wall');
      await wall.getByRole('row', { name: /demo/ }).getByText('running').waitFor();
    } finally {
      await browser.close();
    }
    demo?.kill('SIGINT');
    expect(await ended).toBe(130);
  });
});

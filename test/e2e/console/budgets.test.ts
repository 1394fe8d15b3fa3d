import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import type { Response } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../../src/api/roles.ts';
import { deskSteps } from '../../support/console/desk-steps.ts';
import { hasBrowser, useConsole } from '../../support/console/stage.ts';

/** Of a page with what is fetched for it: gzipped bytes of scripts, and how many files. */
const budgets: readonly { role: Role; page: string; heading: string; js: number; files: number }[] = [
  { role: 'agent', page: 'desk', heading: 'Desk', js: 45_000, files: 12 },
  { role: 'supervisor', page: 'wall', heading: 'Wall', js: 50_000, files: 16 },
  { role: 'engineer', page: 'channels', heading: 'Channels', js: 80_000, files: 16 },
  { role: 'engineer', page: 'calls', heading: 'Calls', js: 80_000, files: 16 },
  { role: 'admin', page: 'administration', heading: 'Administration', js: 80_000, files: 16 },
];
const styleBudget = 15_000;

describe.runIf(hasBrowser)('the budgets of the console', () => {
  const stage = useConsole();

  it.each(budgets)('$page: bytes and files', async ({ files, heading, js, page: path, role }) => {
    const { enter, faults, page, url } = stage;
    await enter('anna', role, role === 'agent' ? { groups: ['sales'] } : {});
    await page.goto('about:blank');
    const replies: Response[] = [];
    page.on('response', (reply) => {
      if (reply.url().startsWith(`${url}/console/`)) replies.push(reply);
    });
    await page.goto(`${url}/console/#/${path}`);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    await page.locator('#content > :not(.loading)').first().waitFor({ state: 'attached' });
    await page.waitForLoadState('networkidle');
    const gzipped = async (ending: string) => {
      const bodies = await Promise.all(
        replies.filter((reply) => reply.url().endsWith(ending)).map((reply) => reply.body()),
      );
      return bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
    };
    expect(await gzipped('.js')).toBeGreaterThan(10_000);
    expect(await gzipped('.js')).toBeLessThan(js);
    expect(await gzipped('.css')).toBeLessThan(styleBudget);
    expect(replies.length).toBeLessThanOrEqual(files);
    expect(faults).toEqual([]);
  });

  it('the wall draws anew the cells that changed, and no others', async () => {
    const { enter, faults, page, url } = stage;
    await deskSteps(stage).load();
    const desks = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const desk = new WebSocket(`${url.replace('http', 'ws')}/desktop/v1`);
        await once(desk, 'open');
        const say = (request: string, more = {}) =>
          desk.send(JSON.stringify({ GSW_AGENT_REQ_TYPE: request, ...more }));
        const id = `agent-${String(n).padStart(2, '0')}`;
        say('Login', { GSW_AGENT_ID: id, GSW_EXTENSION: String(2_000 + n), GSW_GROUP: 'sales' });
        return { close: () => desk.close(), say };
      }),
    );
    await enter('anna', 'supervisor');
    await page.getByRole('row', { name: /agent-19/ }).waitFor();
    await page.getByRole('row', { name: /spring/ }).waitFor();
    await page.evaluate(`{
      globalThis.drawn = new Set();
      const nodes = (change) => [change.target, ...change.addedNodes, ...change.removedNodes];
      new MutationObserver((changes) => {
        for (const node of changes.flatMap(nodes)) {
          const cell = (node.nodeType === 1 ? node : node.parentElement)?.closest('td, th, tr, tbody');
          if (cell) globalThis.drawn.add((cell.closest('tr')?.querySelector('th')?.textContent ?? 'all') + ' ' + (cell.cellIndex ?? 'row'));
        }
      }).observe(document.querySelector('#content'), { subtree: true, childList: true, characterData: true, attributes: true });
    }`);
    desks[7]?.say('Ready');
    await page.getByRole('row', { name: /R ready agent-07/ }).waitFor();
    await page.getByRole('row', { name: /spring .* R 1 N 19/ }).waitFor();
    const drawn = await page.evaluate<string[]>('[...globalThis.drawn].sort()');
    // Of all rows the time in the state goes on, column 3.
    expect(drawn.filter((cell) => !/^agent-\d+ 3$/.test(cell))).toEqual([
      ...['agent-07 0', 'agent-07 5', 'spring 4'],
    ]);
    for (const { close } of desks) close();
    expect(faults).toEqual([]);
  });
});

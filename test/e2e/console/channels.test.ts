import type { Locator, Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { runSpring } from '../../support/console/calls.ts';
import { openRealDialler, openToldDialler, toldChannel } from '../../support/console/diallers.ts';
import type { Subscriber } from '../../support/dialer/scenario.ts';
import { hasBrowser, useConsole } from '../../support/console/stage.ts';

const toChannels = (page: Page) => page.getByRole('link', { name: 'Channels' }).click();

describe.runIf(hasBrowser)('the page of channels', () => {
  const stage = useConsole();
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  it('shows an engineer a running call as it is heard, by keyboard, with the number masked', async () => {
    const { ask, axe, enter, faults, page, url } = stage;
    const machine: Omit<Subscriber, 'number'> = {
      kind: 'machine',
      ringMs: 2_000,
      speech: ['machine-01-en.wav'],
    };
    const { board, close } = await openRealDialler(url, 4, [{ number: '12125551000', ...machine }]);
    closing.push(close);
    /** Lets the board's time go on until something is to be seen. */
    const until = async (what: Locator) => {
      while (!(await what.isVisible())) {
        board.simulation.advance(100);
        await page.waitForTimeout(15);
      }
    };
    await enter('eve', 'engineer');
    await page.getByText('Wall').first().waitFor();
    await toChannels(page);
    await page.getByRole('button', { name: /^Channel 4: idle/ }).waitFor();
    await page.getByRole('heading', { name: 'Span 1: 4 channels' }).waitFor();
    await axe();
    await runSpring(ask, 1);
    const busy = page.getByRole('button', { name: /^Channel \d: (dialling|ringing), campaign spring$/ });
    await until(busy);
    await busy.focus();
    await page.keyboard.press('Enter');
    const one = page.getByRole('region', { name: /^Channel \d of d1, span 1$/ });
    await one.getByRole('heading', { name: /^Channel \d of d1/ }).waitFor();
    await one.getByText(/^\+?1212555\d*\*|\*+00$/).waitFor();
    expect(await one.getByText('+12125551000').count()).toBe(0);
    await until(one.getByText('answered, listening'));
    await until(one.locator('svg .segment.speech'));
    await axe();
    await stage.shoot('channels');
    // The score while nothing is decided yet.
    await until(one.getByText(/^A machine with \d+ %; a person below \d+ %; a machine from \d+ %\./));
    expect(await one.getByText(/^verdict/).count()).toBe(0);
    await until(one.getByText(/^verdict machine/).first());
    await one.getByText('The same as a table').click();
    for (const row of [/^ringback \d\.\d\d s .*\d Hz$/, /^answer \d\.\d\d s .*told by signal$/, /^speech/]) {
      await one.getByRole('row', { name: row }).first().waitFor();
    }
    await one.getByRole('row', { name: /^verdict machine .* % sure$/ }).waitFor();
    await one.getByText(/^A machine with \d+ %; a person below \d+ %; a machine from \d+ %\./).waitFor();
    const points = (await one.locator('.score-line').getAttribute('points')) ?? '';
    expect(points.split(' ').length).toBeGreaterThan(1);
    await axe();
    await page.keyboard.press('Escape');
    expect(await page.locator('[data-tile]:focus').count()).toBe(1);
    await one.waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
  });

  it('has words for each state: nothing there, older, dead, out of service with its reason', async () => {
    const { axe, enter, faults, page, url } = stage;
    await enter('anna', 'supervisor');
    await toChannels(page);
    await page.getByText('No dialler is connected.').waitFor();
    await axe();
    await openToldDialler(url, 'old', { handoff: [], plans: [], modes: [] });
    await page.getByText('Dialler old is of an older version and cannot show its channels.').waitFor();
    const dialler = await openToldDialler(url, 'east');
    await page.getByText('Dialler east is asked for its channels.').waitFor();
    expect(await dialler.asked()).toMatchObject({ kind: 'watch', hear: [] });
    await dialler.tell({});
    await page.getByText('Dialler east has no channels: none are configured on its board.').waitFor();
    const out = { use: 'out_of_service', reason: 'alarm_red', faults: 3 };
    const more = { phase: 'awaiting_agent', use: 'call', campaign: 'spring', attemptId: 'never' };
    await dialler.tell({ channels: [toldChannel(1, out), toldChannel(2, more), toldChannel(31)] });
    await page.getByRole('heading', { name: 'Span 0: 2 channels, 1 in calls, 1 out of service' }).waitFor();
    await page.getByRole('button', { name: 'Channel 1: out of service, alarm red' }).click();
    await page.getByText('Red alarm: nothing comes in on the span.').waitFor();
    await axe();
    await page.getByRole('button', { name: /^Channel 2: waits for an agent, campaign spring/ }).click();
    await page.getByText('no attempt never').waitFor();
    await dialler.tell({ board: 'dead' });
    await page.getByText('The board of dialler east failed.').waitFor();
    await axe();
    expect(faults).toEqual([]);
  });

  it('is gone through by arrows, filtered, shown as a table, and fits a narrow page', async () => {
    const { axe, enter, faults, page, url } = stage;
    await enter('anna', 'admin');
    await toChannels(page);
    const dialler = await openToldDialler(url, 'd1');
    await dialler.asked();
    await dialler.tell({ channels: Array.from({ length: 60 }, (_, n) => toldChannel(n + 1)) });
    const focused = () => page.locator('[data-tile]:focus').getAttribute('data-tile');
    await page.locator('[data-tile="d1/1"]').focus();
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('d1/2');
    await page.keyboard.press('ArrowDown');
    const below = Number((await focused())?.slice(3));
    expect(below).toBeGreaterThan(3);
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toBe('d1/2');
    await page.keyboard.press('End');
    expect(await focused()).toBe('d1/60');
    // One tile is in the order of the tabs, the one that was left.
    expect(await page.locator('[data-tile][tabindex="0"]').count()).toBe(1);
    await page.keyboard.press('t');
    await page.getByRole('row', { name: /^Channel 60 I idle/ }).waitFor();
    await axe();
    await page.keyboard.press('t');
    await page.keyboard.press('/');
    await page.keyboard.type('60');
    await page.locator('[data-tile="d1/1"]').waitFor({ state: 'detached' });
    await page.keyboard.type('x');
    await page.getByText('No channel has that in its number').waitFor();
    await axe();
    await page.getByRole('searchbox').fill('');
    await page.setViewportSize({ width: 683, height: 384 });
    await page.locator('[data-tile="d1/1"]').click();
    await axe();
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(faults).toEqual([]);
  });

  it('draws of a thousand channels only those that changed, and asks no more when nobody looks', async () => {
    const { enter, faults, page, url } = stage;
    await enter('anna', 'admin');
    await toChannels(page);
    const dialler = await openToldDialler(url, 'd1');
    await dialler.asked();
    const all = Array.from({ length: 1_000 }, (_, n) => toldChannel(n + 1, { forMs: 7_200_000 }));
    await dialler.tell({ channels: all });
    await page.locator('[data-tile="d1/1000"]').waitFor({ state: 'attached' });
    expect(await page.locator('[data-tile]').count()).toBe(1_000);
    await page.evaluate(`{
      globalThis.drawn = new Set();
      const tileOf = (node) => (node.nodeType === 1 ? node : node.parentElement).closest('[data-tile]');
      new MutationObserver((changes) => {
        for (const { target } of changes) globalThis.drawn.add(tileOf(target)?.dataset.tile);
      }).observe(document.querySelector('.channels'), { subtree: true, childList: true, characterData: true, attributes: true });
    }`);
    await dialler.tell({
      channels: [
        toldChannel(7, { use: 'call', phase: 'alerting' }),
        toldChannel(500, { use: 'leg', phase: 'idle' }),
      ],
    });
    await page.getByRole('button', { name: 'Channel 7: ringing' }).waitFor();
    await page.getByRole('button', { name: "Channel 500: agent's leg, idle" }).waitFor({ state: 'attached' });
    const drawn = await page.evaluate<string[]>('[...globalThis.drawn].filter(Boolean).sort()');
    expect(drawn).toEqual(['d1/500', 'd1/7']);
    await page.getByRole('link', { name: 'Wall' }).click();
    await page.getByRole('heading', { name: 'Wall' }).waitFor();
    await expect.poll(async () => (await dialler.tell({})).want).toBe('nothing');
    expect(faults).toEqual([]);
  });

  it('is no page of an agent or a wall screen', async () => {
    const { enter, page } = stage;
    await enter('screen', 'wall');
    await page.getByRole('heading', { name: 'Wall' }).waitFor();
    expect(await page.getByRole('link', { name: 'Channels' }).count()).toBe(0);
  });
});

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/domain/outcome.ts';
import { callResult } from '../../../src/domain/result.ts';
import { evidence } from '../../support/dialer/call-script.ts';
import { hasBrowser, useConsole } from '../../support/console/stage.ts';
import { dialAll, runSpring } from '../../support/console/calls.ts';
import { openRealDialler } from '../../support/console/diallers.ts';

const machine: Outcome = {
  result: callResult.AnsweringMachine,
  status: 'dropped',
  reason: null,
  evidence: evidence({
    rule: 'recorded-greeting',
    verdict: 'machine',
    confidence: 0.93,
    decidedMs: 9_500,
    answerMs: 4_000,
    speechStartMs: 4_400,
    greetingEndMs: 9_000,
    segments: [
      { kind: 'tone', startMs: 500, endMs: 2_500, hz: [440, 480], dbm0: -19 },
      { kind: 'speech', startMs: 4_400, endMs: 9_000, dbm0: -21 },
    ],
    scores: { machineLogOdds: 3, machineFrom: 2, liveBelow: -1, greetingS: 4.6 },
  }),
  milestones: { seized: 10, dialling: 40, answered: 4_040, cpdCompleted: 9_540, released: 9_600 },
  channel: 7,
  agentId: null,
};
const busy: Outcome = {
  ...machine,
  result: callResult.Busy,
  reason: 'line_busy',
  evidence: evidence({ rule: 'busy-cadence', verdict: 'busy', confidence: 0.6 }),
  milestones: { dialling: 40 },
  channel: 8,
};

/** Requests that are given out at one moment come in no order. */
const isFirst = async (page: Page, name: RegExp) =>
  name.test((await page.locator('tbody tr').first().textContent()) ?? '');

describe.runIf(hasBrowser)('the page of calls', () => {
  const stage = useConsole();

  it('says why a call was judged a machine, and takes what it was, by keyboard alone', async () => {
    const { ask, axe, enter, faults, page, url } = stage;
    await runSpring(ask, 2);
    const [first = '', second = ''] = await dialAll(url, [machine, busy]);
    await enter('anna', 'supervisor');
    await page.getByRole('link', { name: 'Calls' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /spring .* Busy/ }).waitFor();
    await page.getByRole('row', { name: /spring .* Answering Machine/ }).waitFor();
    await axe();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await page.locator('a[data-call]:focus').count()).toBe(1);
    await page.keyboard.press((await isFirst(page, /Answering Machine/)) ? 'k' : 'j');
    await page.keyboard.press('Enter');
    await page.getByText('Verdict: machine, by rule recorded-greeting, 93 % sure.').waitFor();
    await page
      .getByText('The probability of a machine was 95.3%; a person below 26.9%, a machine from 88.1%.')
      .waitFor();
    await page.getByText(/^Record 1 of list customers/).waitFor();
    // What is not refused shows no empty alarm.
    expect(await page.locator('.refusal:visible').count()).toBe(0);
    await axe();
    await page.getByText('The same as a table').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: 'tone 0.50 s 2.50 s 440 + 480 Hz, -19 dBm0' }).waitFor();
    await page.getByRole('row', { name: 'deadline 12.00 s' }).waitFor();
    await page.getByRole('button', { name: 'Person' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(/^Person, said by anna at /).waitFor();
    expect(await page.getByRole('button', { name: 'Person', pressed: true }).count()).toBe(1);
    await axe();
    await page.reload();
    await page.getByText(/^Person, said by anna at /).waitFor();
    expect(await ask('GET', '/labels')).toMatchObject({
      labels: [{ attemptId: first, was: 'person', verdict: 'machine', answerMs: 4_000 }],
    });
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('button', { name: 'Person', pressed: false }).waitFor();
    expect(await ask('GET', '/labels')).toMatchObject({ labels: [] });
    await page.goto(`${url}/console/#/calls?id=${second}`);
    await page.getByText('Verdict: busy, by rule busy-cadence, 60 % sure.').waitFor();
    await page.getByText('This verdict was not decided by a score.').waitFor();
    expect(faults).toEqual([]);
  });

  it('keeps what is chosen and typed while the calls are still on their way', async () => {
    const { ask, enter, faults, page, url } = stage;
    await runSpring(ask, 2);
    await dialAll(url, [machine, busy]);
    await enter('anna', 'supervisor');
    const { promise: chosen, resolve: hasChosen } = Promise.withResolvers<void>();
    await page.route('**/api/v1/attempts?*', async (route) => {
      await chosen;
      await route.continue();
    });
    await page.goto(`${url}/console/#/calls`);
    await page.getByLabel('Result').selectOption({ label: 'Busy' });
    await page.getByLabel('Campaign').fill('spring');
    hasChosen();
    await page.getByRole('row', { name: /spring .* Answering Machine/ }).waitFor();
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('row', { name: /spring .* Answering Machine/ }).waitFor({ state: 'detached' });
    await page.getByRole('row', { name: /spring .* Busy/ }).waitFor();
    expect(page.url()).toContain(`campaign=spring&result=${String(callResult.Busy)}`);
    await page.reload();
    await page.getByRole('row', { name: /spring .* Busy/ }).waitFor();
    expect(await page.getByLabel('Result').inputValue()).toBe(String(callResult.Busy));
    expect(await page.getByLabel('Campaign').inputValue()).toBe('spring');
    expect(faults).toEqual([]);
  });

  it('keeps its filters in the address, and says when nothing fits', async () => {
    const { ask, axe, enter, faults, page, url } = stage;
    await enter('anna', 'supervisor');
    await page.goto(`${url}/console/#/calls`);
    await page.getByText('There is no call yet.').waitFor();
    await runSpring(ask, 2);
    await dialAll(url, [machine, busy]);
    await page.getByLabel('Less sure than, %').fill('70');
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /Busy/ }).waitFor();
    expect(await page.locator('a[data-call]').count()).toBe(1);
    expect(page.url()).toContain('lessSureThan=0.7');
    await page.reload();
    await page.getByRole('row', { name: /Busy/ }).waitFor();
    expect(await page.getByLabel('Less sure than, %').inputValue()).toBe('70');
    await page.getByLabel('Verdict').selectOption('machine');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('No call fits these filters.').waitFor();
    await axe();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByRole('row', { name: /Answering Machine/ }).waitFor();
    await page.getByLabel('Channel').fill('seven');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'channel' }).waitFor();
    expect(await page.getByLabel('Channel').inputValue()).toBe('seven');
    await axe();
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(faults).toEqual([]);
  });

  it('shows many page by page, and goes on where one ended', async () => {
    const { ask, enter, faults, page, url } = stage;
    await runSpring(ask, 60);
    await dialAll(
      url,
      Array.from({ length: 60 }, () => busy),
    );
    await enter('anna', 'supervisor');
    await page.goto(`${url}/console/#/calls`);
    const links = page.locator('a[data-call]');
    await links.nth(49).waitFor();
    expect(await links.count()).toBe(50);
    await page.getByRole('button', { name: 'Show older calls' }).click();
    await links.nth(59).waitFor();
    await page.getByRole('button', { name: 'Show older calls' }).waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
  });

  it('shows an engineer masked numbers, and neither the record nor a filter by number', async () => {
    const { ask, axe, enter, faults, page, url } = stage;
    await runSpring(ask, 1);
    await dialAll(url, [machine]);
    await enter('eve', 'engineer');
    await page.goto(`${url}/console/#/calls`);
    await page.getByRole('row', { name: /\*00/ }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Number' }).count()).toBe(0);
    await page.locator('a[data-call]').click();
    await page.getByText('Verdict: machine').waitFor();
    await page.getByRole('button', { name: 'Not sure' }).click();
    await page.getByText(/^Not sure, said by eve/).waitFor();
    await page
      .getByRole('row', { name: /Answering Machine machine.*Not sure|Answering Machine machine/ })
      .waitFor();
    expect(await page.getByText(/^Record 1/).count()).toBe(0);
    await axe();
    await page.goto(`${url}/console/#/calls?id=never`);
    await page.getByRole('alert').filter({ hasText: 'no attempt never' }).waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await axe();
    expect(faults).toEqual([]);
  });

  it('plays what the dialler recorded, and the audit has who heard it', async () => {
    const { ask, axe, enter, faults, page, url } = stage;
    const machine = { number: '12125551000', ringMs: 1_000, speech: ['machine-01-en.wav'] };
    const { board, close } = await openRealDialler(url, 1, [{ ...machine, kind: 'machine' }], true);
    try {
      await runSpring(ask, 1);
      await expect
        .poll(
          async () => {
            board.simulation.advance(500);
            return ((await ask('GET', '/attempts')) as { attempts: { state: string }[] }).attempts[0]?.state;
          },
          { timeout: 30_000 },
        )
        .toBe('ended');
      await enter('anna', 'supervisor');
      await page.goto(`${url}/console/#/calls`);
      await page.locator('a[data-call]').click();
      await page.getByText('That you heard it is written into the audit.').waitFor();
      await axe();
      await page.getByRole('button', { name: 'Get the recording' }).focus();
      await page.keyboard.press('Enter');
      const play = page.getByRole('button', { name: 'Play' });
      await play.waitFor();
      const waves = (await page.locator('path.wave').getAttribute('d')) ?? '';
      const heights = [...waves.matchAll(/v([\d.]+)/g)].map((match) => Number(match[1]));
      expect(heights).toHaveLength(480);
      // Silence before the ringing, and a voice.
      expect(Math.min(...heights)).toBe(1);
      expect(Math.max(...heights)).toBeGreaterThan(10);
      await axe();
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Pause' }).waitFor();
      await page.keyboard.press('Enter');
      await play.waitFor();
      await stage.shoot('recording');
      const { entries } = (await ask('GET', '/audit?action=getRecording')) as { entries: object[] };
      expect(entries).toMatchObject([{ who: 'anna', action: 'getRecording' }]);
      expect(faults).toEqual([]);
    } finally {
      await close();
    }
  });
});

import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { manualClock, wallClock, type ManualClock } from '../../../src/ocs/clock.ts';
import { evidence } from '../../support/dialer/call-script.ts';
import { dialAll, runSpring } from '../../support/console/calls.ts';
import { deskSteps } from '../../support/console/desk-steps.ts';
import { hasBrowser, useConsole } from '../../support/console/stage.ts';
import { openDialer, outcome } from '../../support/ocs/ocs.ts';

describe.runIf(hasBrowser)('a supervisor’s day', () => {
  let wire: ManualClock;
  const stage = useConsole(() => {
    wire = manualClock(Date.now());
    return { clock: wallClock(), wireClock: wire };
  });
  /** The live stream goes by the wire clock. */
  const flow = async (until: () => Promise<unknown>) => {
    let isOver = false;
    const over = until().finally(() => (isOver = true));
    while (!isOver) {
      wire.advance(250);
      await pause(20);
    }
    await over;
  };

  it('loads a list and a campaign, sees what holds it up, starts it, loses a dialler, stops it', async () => {
    const { ask, axe, enter, faults, page, url } = stage;
    await enter('sue', 'supervisor');
    const shown = (text: string | RegExp) => flow(() => page.getByText(text).first().waitFor());
    await page.getByRole('link', { name: 'Administration' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Into the list').fill('customers');
    await page.getByLabel('Time zone').fill('UTC');
    const file = 'phone\n+12125550101\n+12125550102\n+12125550103\n';
    const upload = { name: 'customers.csv', mimeType: 'text/csv', buffer: Buffer.from(file) };
    await page.getByLabel('File (CSV)').setInputFiles(upload);
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('Records that would be added: 3').waitFor();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('Records that were added: 3').waitFor();

    await page.getByRole('link', { name: 'Campaigns' }).click();
    await page.getByLabel('Live calls go to').selectOption('destination');
    await page.getByText(/handoff.*extension/).waitFor();
    await page.getByRole('textbox', { name: 'Extension of the switch' }).fill('7000');
    await page.getByLabel('Agent group').fill('');
    await page.getByLabel('Calls at once at most').fill('2');
    await page.getByLabel('Daily from').fill('00:00');
    await page.getByLabel('Daily until').fill('24:00');
    await page.getByText('The definition is good.').waitFor();
    await page.getByRole('button', { name: 'Load' }).click();
    await page.getByText('spring is loaded.').waitFor();

    await page.getByRole('link', { name: 'Wall' }).click();
    await shown('3 of 3');
    await page.getByRole('button', { name: 'Start spring' }).click();
    await shown('spring: no dialler is connected.');
    const dialer = await openDialer(url, 'd1', {});
    const { requests } = await dialer.pull();
    expect(requests).toHaveLength(2);
    await flow(() => page.getByText('spring: no dialler is connected.').waitFor({ state: 'detached' }));
    await shown('2 dialling, 0 waiting, 0 connected');
    const [one, two] = requests.map(({ attemptId }) => attemptId);
    await dialer.report(
      { kind: 'outcome', attemptId: one ?? '', seq: 1, outcome: outcome('NoAnswer') },
      { kind: 'outcome', attemptId: two ?? '', seq: 1, outcome: outcome('Busy') },
    );
    await shown('No Answer 50 % (1)');
    expect(await page.locator('.sparkline polyline').getAttribute('points')).toMatch(/,1( |$)/);
    await page.getByRole('button', { name: 'Next to dial spring' }).click();
    await page
      .getByRole('dialog')
      .getByRole('row', { name: /\+12125550103 now/ })
      .waitFor();
    await page.keyboard.press('Escape');

    // The dialler dies with a call.
    expect((await dialer.pull()).requests).toHaveLength(1);
    await shown(/^Dialler d1 is silent; 1 calls? were with it\.$/);
    await axe();
    await page.getByRole('button', { name: 'Stop spring' }).click();
    await flow(() => page.getByRole('button', { name: 'Start spring' }).waitFor());
    const { entries } = (await ask('GET', '/audit')) as { entries: { who: string; action: string }[] };
    const bySue = entries.filter(({ who }) => who === 'sue').map(({ action }) => action);
    expect(bySue).toEqual(
      expect.arrayContaining(['importList', 'loadCampaign', 'startCampaign', 'stopCampaign']),
    );
    expect(faults).toEqual([]);
  });
});

describe.runIf(hasBrowser)('an agent’s day', () => {
  const stage = useConsole();
  const { beReady, connect, load, next, notice, ring, startWork, state } = deskSteps(stage);

  it('is worked by keyboard alone: calls, a callback, a break, what comes next taken back, and home', async () => {
    const { ask, faults, page } = stage;
    await load();
    await startWork();
    await beReady();

    const first = await ring();
    const isAda = await page.getByText('may I speak to Ada?').isVisible();
    await connect(first);
    await page.getByLabel('Plan').focus();
    await page.keyboard.type('plus');
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.keyboard.type('wants the brochure');
    await notice('Saved.').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('1');
    await page.keyboard.press('Control+Enter');
    await notice(': Sale.').waitFor();
    await state('ready').waitFor();

    await page.keyboard.press('r');
    await page.getByRole('radio', { name: 'Break' }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await state('not ready').waitFor();
    await beReady();

    await connect(await ring());
    await page.keyboard.press('r');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Enter');
    await next('not ready').waitFor();
    await page.keyboard.press('r');
    await next('ready').waitFor();
    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog', { name: 'Call back' });
    await dialog.getByLabel('Date, New York').fill(`${String(new Date().getUTCFullYear() + 1)}-01-15`);
    await dialog.getByLabel('Time, New York').fill('10:00');
    await dialog.getByLabel('Only me').press('Space');
    await dialog.getByLabel('Time, New York').press('Enter');
    await notice('Callback at 10:00 New York').waitFor();
    await page.getByRole('region', { name: 'My callbacks (1)' }).first().waitFor();
    await state('ready').waitFor();

    await page.getByRole('button', { name: 'Log out' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await ask('GET', '/agents')).toEqual({ agents: [] });
    const records = [await ask('GET', '/records/1'), await ask('GET', '/records/2')];
    const [sold, later] = isAda ? records : records.reverse();
    expect(sold).toMatchObject({
      call_result: 33,
      agent_id: 'ben',
      user_fields: { notes: 'wants the brochure', plan: 'plus' },
    });
    expect(later?.['dial_sched_time']).toBeGreaterThan(Date.now() / 1_000);
    expect(faults).toEqual([]);
  });
});

describe.runIf(hasBrowser)('an engineer’s day', () => {
  const stage = useConsole();

  it('finds out why a person was called a machine, and says so to those who calibrate', async () => {
    const { ask, axe, enter, faults, page, url } = stage;
    await runSpring(ask, 2);
    const scores = { machineLogOdds: 3, machineFrom: 2, liveBelow: -1, greetingS: 2.1 };
    const judged = evidence({ rule: 'recorded-greeting', verdict: 'machine', confidence: 0.9, scores });
    await dialAll(url, [
      outcome('AnsweringMachine', { evidence: judged, channel: 2 }),
      outcome('NoAnswer', { channel: 1 }),
    ]);
    await enter('eve', 'engineer');
    await page.getByRole('link', { name: 'Channels' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('d1').first().waitFor();
    await page.getByRole('link', { name: 'Calls' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Result').selectOption({ label: 'Answering Machine' });
    await page.getByRole('button', { name: 'Search' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /spring .* Answering Machine/ }).waitFor();
    await expect.poll(() => page.locator('a[data-call]').count()).toBe(1);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByText(/^Verdict: machine, by rule recorded-greeting/).waitFor();
    await page.getByText(/^The probability of a machine was 95\.3%/).waitFor();
    expect(await page.getByText(/12125551/).count()).toBe(0);
    await axe();
    await page.getByRole('button', { name: 'Person' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(/^Person, said by eve at /).waitFor();
    expect(await ask('GET', '/labels')).toMatchObject({ labels: [{ was: 'person', verdict: 'machine' }] });
    expect(faults).toEqual([]);
  });
});

import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { manualClock, wallClock, type ManualClock } from '../../../src/ocs/clock.ts';
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

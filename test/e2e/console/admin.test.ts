import { describe, expect, it } from 'vitest';
import { hasBrowser, useConsole } from '../../support/console/stage.ts';
import { runSpring } from '../../support/console/calls.ts';

const csv = (text: string | Buffer) => ({
  name: 'file.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(text),
});

describe.runIf(hasBrowser)('the page of administration', () => {
  const stage = useConsole();
  const open = async (part: string) => {
    await stage.page.goto(`${stage.url}/console/#/administration?part=${part}`);
  };

  it('imports a list with semicolons, other names and bad lines: checked first, then the good ones', async () => {
    const { ask, axe, enter, faults, page } = stage;
    await ask('POST', '/dnc', { phone: '+12125550103' });
    await enter('anna', 'supervisor');
    await open('lists');
    await page.getByText('There is no calling list yet.').waitFor();
    await axe();
    await page.getByLabel('Into the list').fill('customers');
    await page.getByLabel('Time zone').fill('UTC');
    const lines = [
      'Telefon;Name',
      '+12125550101;Jos\u00e9',
      '+12125550102;"Ada; Byron"',
      '+12125550103;Cleo',
      'none;Ben',
      '+12125550103;Cleo',
    ];
    await page.getByLabel('File (CSV)').setInputFiles(csv(Buffer.from(lines.join('\r\n'), 'latin1')));
    await page.getByText('Windows-1252, with semicolons between the columns.').waitFor();
    await page.getByText('Jos\u00e9 | Ada; Byron | Cleo | Ben').waitFor();
    await page.getByLabel('Is: Telefon').selectOption('phone');
    await axe();
    await page.getByRole('button', { name: 'Check' }).focus();
    await page.keyboard.press('Enter');
    await page
      .getByText('Records that would be added: 3, 1 of them with a number on Do Not Call. Lines left out: 2.')
      .waitFor();
    await page.getByRole('row', { name: /5 phone none/ }).waitFor();
    await axe();
    expect(await ask('GET', '/lists')).toEqual({ lists: [] });
    // What was not checked like that is not imported.
    const good = page.getByRole('button', { name: 'Import the good lines' });
    await page.getByLabel('Is: Name').selectOption('customer_id');
    await good.waitFor({ state: 'detached' });
    await page.getByLabel('Is: Name').selectOption('');
    await good.click();
    await page.getByText('Records that were added: 3. Lines left out: 2.').waitFor();
    await page.getByRole('row', { name: 'customers 3' }).waitFor();
    expect(faults).toEqual([]);
  });

  it('says why a file is refused, and keeps what was filled in', async () => {
    const { axe, enter, faults, page } = stage;
    await enter('anna', 'supervisor');
    await open('lists');
    await page.getByLabel('Into the list').fill('customers');
    await page.getByLabel('File (CSV)').setInputFiles(csv('Name,Town\nAda,London\n'));
    await page.getByText('UTF-8, with commas between the columns.').waitFor();
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByRole('alert').filter({ hasText: 'phone' }).waitFor();
    expect(await page.getByLabel('Into the list').inputValue()).toBe('customers');
    await axe();
    expect(faults).toEqual([]);
  });

  it('keeps Do Not Call: somebody added, a file loaded and taken back, nobody removed by a supervisor', async () => {
    const { ask, axe, enter, faults, page } = stage;
    await enter('anna', 'admin');
    await open('dnc');
    await page.getByText('No file was loaded.').waitFor();
    await page.getByLabel('Number').fill('+1 212 555 0101');
    await page.keyboard.press('Enter');
    await page.getByText('Not listed.').waitFor();
    await page.getByLabel('Message').fill('asked by letter');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('Added: 1.').waitFor();
    await page.getByRole('row', { name: /12125550101 .*asked by letter/ }).waitFor();
    await axe();
    await page.getByLabel('File (CSV)').setInputFiles(csv('phone\n+12125550102\n+12125550104\n'));
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('Would be new: 2, of whom 0 wait to be called. Lines left out: 0.').waitFor();
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('Were new: 2. Lines left out: 0.').waitFor();
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: /^Take back / }).click();
    await dialog.getByText(/^Take back .*, 2 entries\?/).waitFor();
    await axe();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Take back / }).click();
    expect(await dialog.getByRole('button', { name: 'Take back' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Why?').fill('the wrong file');
    await page.keyboard.press('Enter');
    await page.getByText('Taken back: 2.').waitFor();
    // Who is shown is removed, whatever was typed since.
    await ask('POST', '/dnc', { phone: '+12125550109' });
    await page.getByLabel('Number').fill('+12125550109');
    await page.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByText('Remove +12125550101 from Do Not Call?').waitFor();
    await dialog.getByLabel('Why?').fill('asked for it by letter');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Removed: 1.').waitFor();
    const audited = (action: string) => ask('GET', `/audit?action=${action}`);
    expect(await audited('removeDoNotCall')).toMatchObject({
      entries: [{ reason: 'asked for it by letter' }],
    });
    expect(await audited('undoDncBatch')).toMatchObject({ entries: [{ reason: 'the wrong file' }] });
    expect(await ask('GET', '/dnc?phone=%2B12125550109')).toMatchObject({ listed: true });
    await ask('POST', '/dnc', { phone: '+12125550101' });
    await page.getByRole('button', { name: 'Log out' }).click();
    await enter('ben', 'supervisor');
    await open('dnc');
    await page.getByLabel('Number').fill('+12125550101');
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /12125550101/ }).waitFor();
    expect(await page.getByRole('button', { name: 'Remove' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Users' }).count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('checks a campaign as it is typed, loads it, and the audit has what was before', async () => {
    const { ask, axe, enter, faults, page } = stage;
    await runSpring(ask, 1);
    await ask('POST', '/campaigns/spring/stop');
    await enter('anna', 'admin');
    await open('campaigns');
    await page.getByText('The definition is good.').waitFor();
    await page.getByRole('combobox', { name: /^Campaign/ }).selectOption('spring');
    const yaml = page.getByLabel('Definition (YAML)');
    await page.getByText('The definition is good.').waitFor();
    await expect.poll(() => yaml.inputValue()).toContain('ringTimeoutMs: 30000');
    await axe();
    const written = await yaml.inputValue();
    await yaml.fill(written.replace('ringTimeoutMs: 30000', 'ringTimeoutMs: 1'));
    await page.getByRole('status').filter({ hasText: 'ringTimeoutMs' }).waitFor();
    expect(await page.getByRole('button', { name: 'Load' }).isDisabled()).toBe(true);
    await axe();
    await yaml.fill(`${written}\n  bad: [`);
    await page
      .getByRole('status')
      .filter({ hasText: /^Line \d+: / })
      .waitFor();
    await yaml.fill(written.replace('ringTimeoutMs: 30000', 'ringTimeoutMs: 25000'));
    await page.getByText('The definition is good.').waitFor();
    // The form and the text are one.
    const rings = page.getByLabel('Rings for, ms');
    expect(await rings.inputValue()).toBe('25000');
    await yaml.fill(`# asked for by Cleo\n${await yaml.inputValue()}`);
    await rings.fill('5');
    await page.keyboard.press('Tab');
    await page.getByRole('status').filter({ hasText: 'ringTimeoutMs' }).waitFor();
    expect(await rings.getAttribute('aria-invalid')).toBe('true');
    await rings.fill('26000');
    await page.getByLabel('Calls at once at most').fill('7');
    await page.getByLabel('Daily until').fill('');
    await page.getByLabel('Mode').selectOption('predictive');
    await page.getByText('The definition is good.').waitFor();
    expect(await yaml.inputValue()).toMatch(/^# asked for by Cleo\n[^]*mode: predictive\n/);
    await page.getByRole('button', { name: 'Load' }).click();
    await page.getByText('spring is loaded.').waitFor();
    expect(await ask('GET', '/campaigns/spring/definition')).toMatchObject({
      ringTimeoutMs: 26_000,
      mode: 'predictive',
      dailyWindow: { till: '21:00' },
      pacing: { maxInFlight: 7 },
    });
    await page.getByRole('link', { name: 'Audit' }).focus();
    await page.keyboard.press('Enter');
    const entry = page.getByRole('row', { name: /anna .*loadCampaign spring/ });
    await entry.getByText('definition.ringTimeoutMs: 30000 -> 26000').waitFor();
    await axe();
    await page.getByLabel('Who').fill('anna');
    await page.getByLabel('Action').fill('log_in_failed');
    await page.keyboard.press('Enter');
    await page.getByText('No entry fits.').waitFor();
    expect(page.url()).toContain('who=anna&action=log_in_failed');
    await axe();
    expect(faults).toEqual([]);
  });

  it('keeps users: adds one, changes it, gives a new password, disables it, ends its sessions', async () => {
    const { ask, axe, enter, faults, page, url } = stage;
    await enter('anna', 'admin');
    await open('users');
    await page.getByRole('row', { name: /anna admin .*active/ }).waitFor();
    expect(await page.locator('.refusal:visible').count()).toBe(0);
    await page.getByLabel('Name').fill('ben');
    await page.getByLabel('Role').selectOption('agent');
    await page.getByLabel('Groups').fill('sales, service');
    await page.getByLabel('Extension').fill('2001');
    await page.keyboard.press('Enter');
    await page.getByText('ben is added.').waitFor();
    const secret = page.getByText(/^One-time password of ben: /);
    const once = (await secret.locator('code').textContent()) ?? '';
    await page.getByRole('row', { name: /ben agent sales, service 2001 has a one-time password/ }).waitFor();
    await axe();
    const logIn = () =>
      fetch(`${url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'ben', password: once }),
      });
    expect((await logIn()).status).toBe(201);
    await page.getByRole('button', { name: 'End sessions: ben' }).click();
    await page.getByText('Sessions of ben that were ended: 1.').waitFor();
    await page.getByRole('button', { name: 'Change: ben' }).click();
    await page.getByRole('heading', { name: 'Change: ben' }).waitFor();
    await page.getByLabel('Role').selectOption('wall');
    await page.getByLabel('Groups').fill('');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByText('ben is changed.').waitFor();
    await page.getByRole('row', { name: /ben wall/ }).waitFor();
    await page.getByRole('button', { name: 'New password: ben' }).click();
    await page.getByText('ben has a new one-time password.').waitFor();
    expect(await secret.locator('code').textContent()).not.toBe(once);
    expect((await logIn()).status).toBe(401);
    await page.getByRole('button', { name: 'Disable: ben' }).click();
    await page.getByRole('row', { name: /ben wall .*disabled/ }).waitFor();
    await axe();
    await page.getByLabel('Role').selectOption('wall');
    await page.getByLabel('Name').fill('anna');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'there is a user anna already' }).waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('anna');
    expect(await ask('GET', '/audit?action=resetPassword')).toMatchObject({
      entries: [{ who: 'anna', object: 'ben' }],
    });
    await page.setViewportSize({ width: 390, height: 844 });
    await axe();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(faults).toEqual([]);
  });
});

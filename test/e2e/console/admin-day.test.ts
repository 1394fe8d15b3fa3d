import { describe, expect, it } from 'vitest';
import { adminSteps } from '../../support/console/admin-steps.ts';
import { hasBrowser, ownPassword, useConsole } from '../../support/console/stage.ts';

const records = 12_000;

/** With semicolons, a heading of its own, and in Windows-1252, as an office writes it. */
function listFile(): string {
  const lines = Array.from({ length: records }, (_, n) => `+1212${String(5_000_000 + n)};José`);
  return ['Telefon;Name', ...lines, 'none;Ben'].join('\r\n');
}

describe.runIf(hasBrowser)('an administrator’s day', () => {
  const stage = useConsole();
  const { actions, addUser, choose, hurry, part, press, said } = adminSteps(stage);
  const row = (name: string | RegExp) => stage.page.getByRole('row', { name });

  it('lets people in, brings a list, Do Not Call and a campaign, locks one out, and reads who did what', async () => {
    const { ask, axe, comeIn, elsewhere, enter, faults, logIn, page } = stage;
    await page.clock.install();
    await enter('anna', 'admin');
    await page.getByRole('link', { name: 'Administration' }).focus();
    await page.keyboard.press('Enter');

    // Users: each gets in with what the administrator reads out, and to nothing but the own pages.
    await part('Users');
    const sues = await addUser({ name: 'sue', role: 'supervisor', groups: 'sales' });
    const bens = await addUser({ name: 'ben', role: 'agent', groups: 'sales', extension: '2007' });
    const [sue, ben] = [await elsewhere(), await elsewhere()];
    await comeIn('sue', sues, sue);
    await comeIn('ben', bens, ben);
    expect(await sue.getByRole('link').allTextContents()).toEqual(expect.arrayContaining(['Administration']));
    await sue.goto(`${stage.url}/console/#/administration?part=users`);
    await sue.getByRole('heading', { name: 'Import a list' }).waitFor();
    expect(await sue.getByRole('link', { name: 'Users' }).count()).toBe(0);
    await ben.getByRole('button', { name: 'Start work' }).click();
    await ben.getByRole('region', { name: 'Your state' }).waitFor();
    expect(await ben.getByRole('link', { name: 'Administration' }).count()).toBe(0);
    // Another group for somebody leaves the role as it was.
    await press('Change: sue');
    await page.getByRole('heading', { name: 'Change: sue' }).waitFor();
    await page.getByLabel('Groups').fill('sales, service');
    await page.keyboard.press('Enter');
    await said('sue is changed.');
    await row(/sue supervisor sales, service .*active/).waitFor();
    await axe();

    // A list: columns named, checked, imported; how far it is meanwhile.
    await part('Lists');
    await page.getByLabel('Into the list').fill('customers');
    await page.getByLabel('Time zone').fill('UTC');
    await choose('customers.csv', listFile());
    await said('Windows-1252, with semicolons between the columns.');
    await page.getByLabel('Is: Telefon').selectOption('phone');
    await press('Check');
    await hurry(/^Lines checked: [1-9][\d,]*; added: 0\.$/);
    await said(
      'Records that would be added: 12,000, 0 of them with a number on Do Not Call. Lines left out: 1.',
    );
    expect(await ask('GET', '/lists')).toEqual({ lists: [] });
    await row('12002 phone none').waitFor();
    await press('Import the good lines');
    await hurry(/^Lines checked: [\d,]+; added: [1-9][\d,]*\.$/);
    await said('Records that were added: 12,000. Lines left out: 1.');
    await row('customers 12,000').waitFor();

    // Do Not Call: a file, the wrong file, taken back.
    await part('Do Not Call');
    await choose('asked.csv', 'phone\n+12125000001\n');
    await press('Check');
    await said('Would be new: 1, of whom 1 wait to be called. Lines left out: 0.');
    await press('Import');
    await said('Were new: 1. Lines left out: 0.');
    await choose('wrong.csv', 'phone\n+12125000002\n+12125000003\n');
    await press('Check');
    await said('Would be new: 2, of whom 2 wait to be called. Lines left out: 0.');
    await press('Import');
    await said('Were new: 2. Lines left out: 0.');
    await axe();
    await row(/ 2 /).getByRole('button').focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Why?').fill('last year’s file');
    await page.keyboard.press('Enter');
    await said('Taken back: 2.');
    await page.getByLabel('Number').fill('+12125000002');
    await page.keyboard.press('Enter');
    await said('Not listed.');
    await page.getByLabel('Number').fill('+12125000001');
    await page.keyboard.press('Enter');
    await row(/\+12125000001/).waitFor();

    // A campaign: what the form knows in the form, the rest in the text.
    await part('Campaigns');
    await page.getByLabel('Agent group').fill('sales');
    await page.getByLabel('Calls per agent at most').fill('1.5');
    const yaml = page.getByLabel('Definition (YAML)');
    await expect.poll(() => yaml.inputValue()).toContain('maxLinesPerAgent: 1.5');
    await yaml.fill(`${await yaml.inputValue()}desk:\n  wrapUpMs: 45000\n`);
    await said('The definition is good.');
    await page.getByLabel('Calls per agent at most').fill('0');
    await page.getByRole('status').filter({ hasText: 'maxLinesPerAgent' }).waitFor();
    await axe();
    await page.getByLabel('Calls per agent at most').fill('2');
    await said('The definition is good.');
    await press('Load');
    await said('spring is loaded.');
    expect(await ask('GET', '/campaigns/spring/definition')).toMatchObject({
      desk: { wrapUpMs: 45_000 },
      pacing: { maxLinesPerAgent: 2 },
    });

    // Somebody who left: out at once, and not in again.
    await part('Users');
    await press('Disable: ben');
    await row(/ben agent .*disabled/).waitFor();
    await ben.getByRole('heading', { name: 'Log in' }).waitFor();
    await logIn('ben', ownPassword, ben);
    await ben.getByRole('alert').filter({ hasText: /\S/ }).waitFor();

    await part('Audit');
    await row(/ben .*log_in_failed/).waitFor();
    await page.getByLabel('Who').fill('anna');
    await page.keyboard.press('Enter');
    await row(/ben .*log_in_failed/).waitFor({ state: 'detached' });
    await row(/anna .*undoDncBatch .*last year’s file/).waitFor();
    expect(await actions()).toEqual([
      ...['log_in', 'changePassword', 'addUser', 'addUser', 'changeUser'],
      ...['importList', 'importDoNotCall', 'importDoNotCall', 'undoDncBatch', 'loadCampaign', 'changeUser'],
    ]);
    await axe();
    expect(faults).toEqual([]);
  });
});

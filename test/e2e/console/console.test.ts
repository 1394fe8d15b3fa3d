import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { hasBrowser, ownPassword as password, useConsole } from '../../support/console/stage.ts';

describe.runIf(hasBrowser)('the console', () => {
  const stage = useConsole();
  const load = () =>
    stage.ask('POST', '/campaigns', {
      definition: {
        name: 'spring',
        list: 'customers',
        mode: 'progressive',
        group: 'sales',
        handoff: { kind: 'destination', extension: '7000' },
        // Whatever the time of the machine is.
        dailyWindow: { from: '00:00', till: '24:00' },
      },
      csv: 'phone,tz\n+12125550101,UTC\n+12125550102,UTC\n',
    });

  it('lets a user in with a name and a password, and says what is wrong', async () => {
    const { page, url } = stage;
    const { password: once } = await stage.ask('POST', '/users', { name: 'anna', role: 'supervisor' });
    await page.goto(`${url}/console`);
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await stage.axe();
    await stage.logIn('anna', 'a wrong password');
    await page.getByRole('alert').filter({ hasText: 'the name or the password is wrong' }).waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('anna');
    await stage.logIn('anna', once as string);
    await page.getByRole('heading', { name: 'Choose a password' }).waitFor();
    await stage.axe();
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
    expect(stage.faults).toEqual([]);
  });

  it('shows a supervisor what happens, and starts and stops campaigns by keyboard', async () => {
    const { page, url } = stage;
    await stage.enter('anna', 'supervisor');
    await page.getByText('No campaign is loaded').waitFor();
    await page.getByText('No agent is logged in').waitFor();
    await stage.axe();
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
    await stage.axe();
    await page.setViewportSize({ width: 390, height: 844 });
    await stage.axe();
    // The page itself does not scroll sideways.
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    desk.close();
    await page.getByText('desktop lost').waitFor();
    await page.getByRole('button', { name: 'Stop spring' }).click();
    await page.getByRole('button', { name: 'Start spring' }).waitFor();
    const { entries } = (await stage.ask('GET', '/audit?action=startCampaign')) as { entries: object[] };
    expect(entries).toMatchObject([{ who: 'anna', object: 'spring' }]);
    expect(stage.faults).toEqual([]);
  });

  it('lets a supervisor make an agent not ready and log it out, see why nothing is dialled, and unload', async () => {
    const { page, url } = stage;
    await load();
    await stage.enter('anna', 'supervisor');
    const desk = new WebSocket(`${url.replace('http', 'ws')}/desktop/v1`);
    await once(desk, 'open');
    const say = (request: string, more = {}) =>
      desk.send(JSON.stringify({ GSW_AGENT_REQ_TYPE: request, ...more }));
    say('Login', { GSW_AGENT_ID: 'ben', GSW_EXTENSION: '2001', GSW_GROUP: 'sales' });
    say('Ready');
    await page.getByRole('button', { name: 'Not ready ben' }).click();
    const agent = page.getByRole('row', { name: /ben/ });
    await agent.getByText('not ready, supervisor').waitFor();
    await stage.shoot('wall');
    await page.keyboard.press('/');
    await page.keyboard.type('nobody');
    await page.getByText('Nothing has that in its name.').first().waitFor();
    await page.getByRole('searchbox').fill('BEN');
    await agent.waitFor();
    await page.getByRole('searchbox').fill('');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Log out ben' }).click();
    await page.getByText('No agent is logged in.').waitFor();
    await page.getByRole('button', { name: 'Next to dial spring' }).click();
    const next = page.getByRole('dialog', { name: 'Next to dial: spring' });
    await next.getByText('Records are due now.').waitFor();
    await next.getByRole('row', { name: '+12125550101 now 0 from the list' }).waitFor();
    await stage.axe();
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Full screen').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('f');
    await page.waitForFunction('document.fullscreenElement !== null');
    await page.keyboard.press('f');
    await page.waitForFunction('document.fullscreenElement === null');
    await page.getByRole('button', { name: 'Unload spring' }).click();
    const dialog = page.getByRole('dialog', { name: 'Unload spring' });
    expect(await dialog.getByRole('button', { name: 'Unload' }).isDisabled()).toBe(true);
    await stage.axe();
    await dialog.getByLabel('Its name, typed').fill('spring');
    await page.keyboard.press('Enter');
    await page.getByText('No campaign is loaded').waitFor();
    const { entries } = (await stage.ask('GET', '/audit')) as { entries: { who: string; action: string }[] };
    const byAnna = entries.filter(({ who }) => who === 'anna').map(({ action }) => action);
    expect(byAnna).toEqual(expect.arrayContaining(['setNotReady', 'logOutAgent', 'unloadCampaign']));
    expect(stage.faults).toEqual([]);
    desk.close();
  });

  it('shows an engineer the same without the buttons', async () => {
    const { page } = stage;
    await load();
    await stage.enter('eve', 'engineer');
    await page.getByRole('row', { name: /spring/ }).waitFor();
    expect(await page.getByRole('button', { name: /Start/ }).count()).toBe(0);
    expect(stage.faults).toEqual([]);
  });

  it('shows an agent the desk, also where the address names a page of others', async () => {
    const { page, url } = stage;
    await stage.enter('ben', 'agent', { groups: ['sales'] });
    await page.getByRole('heading', { name: 'Desk' }).waitFor();
    await page.goto(`${url}/console/#/wall`);
    await page.reload();
    await page.getByRole('heading', { name: 'Desk' }).waitFor();
    expect(stage.faults).toEqual([]);
  });

  it('asks for a log-in when an admin ends the session', async () => {
    const { page } = stage;
    await load();
    await stage.enter('anna', 'supervisor');
    await page.getByRole('row', { name: /spring/ }).waitFor();
    await stage.ask('DELETE', '/users/anna/sessions');
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  it('asks for a log-in when the session is ended before the stream is there', async () => {
    const { page } = stage;
    // The stream is held up until the session is over.
    let letOn = () => {};
    const over = new Promise<void>((resolve) => (letOn = resolve));
    await page.routeWebSocket('**/live/v1', async (socket) => {
      await over;
      socket.connectToServer();
    });
    await stage.enter('anna', 'supervisor');
    await stage.ask('DELETE', '/users/anna/sessions');
    letOn();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  it('says when the connection is lost, with the age of what it shows, and comes back by itself', async () => {
    const { page } = stage;
    await load();
    await stage.enter('anna', 'supervisor');
    await page.getByRole('row', { name: /spring/ }).waitFor();
    await stage.stop();
    await page.getByText('Connection lost. Trying again.').waitFor();
    await page.getByText(/ s old$/).waitFor();
    expect(
      await page
        .getByRole('row', { name: /spring/ })
        .getByText('2 of 2')
        .count(),
    ).toBe(1);
    await stage.start();
    await page.getByText('Connection lost. Trying again.').waitFor({ state: 'detached' });
  });
});

it('the pages are small, and nothing in them comes from elsewhere', () => {
  const names = readdirSync('dist/web', { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.\w+$/.test(name),
  );
  const sizeOf = (name: string) => gzipSync(readFileSync(join('dist/web', name))).length;
  const sizes = (ending: string) => names.filter((name) => name.endsWith(ending)).map(sizeOf);
  const own = names.filter((name) => /(admin|calls|desk|wall)-[\w-]+\.js$/.test(name));
  expect(own).toHaveLength(4);
  const shared =
    sizes('.js').reduce((sum, size) => sum + size, 0) - own.reduce((sum, name) => sum + sizeOf(name), 0);
  expect(shared).toBeGreaterThan(1_000);
  for (const name of own) {
    expect(shared + sizeOf(name), name).toBeLessThan(/desk|wall/.test(name) ? 45_000 : 80_000);
  }
  expect(sizes('.css').reduce((sum, size) => sum + size, 0)).toBeLessThan(15_000);
  for (const name of names) {
    const text = readFileSync(join('dist/web', name), 'utf8').replaceAll('http://www.w3.org/', '');
    expect(text, name).not.toMatch(/https?:\/\/[a-z]/);
  }
});

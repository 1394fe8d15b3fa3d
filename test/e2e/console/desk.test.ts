import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { manualClock, wallClock, type ManualClock } from '../../../src/ocs/clock.ts';
import type { Message } from '../../../src/ocs/live/desks.ts';
import { deskSteps } from '../../support/console/desk-steps.ts';
import { hasBrowser, ownPassword, useConsole } from '../../support/console/stage.ts';

/** A page that its browser shows to nobody. */
const hide = (page: Page) =>
  page.addInitScript(`
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    Object.defineProperty(document, 'hidden', { get: () => true });
  `);

/** The desk's way to the server, which can be cut. */
async function cuttable(page: Page) {
  let isCut = false;
  let cutNow = () => {};
  await page.routeWebSocket(/desktop\/v1$/, (socket) => {
    if (isCut) {
      void socket.close();
      return;
    }
    const server = socket.connectToServer();
    cutNow = () => {
      void socket.close();
      void server.close();
    };
  });
  return {
    cut: () => {
      isCut = true;
      cutNow();
    },
    mend: () => {
      isCut = false;
    },
  };
}

/** @returns requests that are answered with an error, and which one, until they are taken out */
async function refusing(page: Page) {
  const refused = new Map<string, Message>();
  await page.routeWebSocket(/desktop\/v1$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const message = JSON.parse(String(text)) as Message;
      const request = String(message['GSW_AGENT_REQ_TYPE']);
      const error = refused.get(request);
      if (error === undefined) {
        server.send(text);
        return;
      }
      const says = `${request} is refused: ${String(error['GSW_ERROR'])}`;
      socket.send(JSON.stringify({ ...message, ...error, GSW_USER_EVENT: 'Error', GSW_ERROR_MESSAGE: says }));
    });
  });
  return refused;
}

/** Holds back what OCS acknowledges under one name. @returns gives it to the page */
async function holding(page: Page, acknowledge: string) {
  const held: (() => void)[] = [];
  await page.routeWebSocket(/desktop\/v1$/, (socket) => {
    socket.connectToServer().onMessage((text) => {
      const send = () => {
        socket.send(text);
      };
      if ((JSON.parse(String(text)) as Message)['GSW_USER_EVENT'] === acknowledge) held.push(send);
      else send();
    });
  });
  return {
    held,
    release: () => {
      for (const send of held.splice(0)) send();
    },
  };
}

describe.runIf(hasBrowser)('the desk', () => {
  let wire: ManualClock;
  /** What OCS does in a minute or later. */
  const late = new Set<() => void>();
  const stage = useConsole(() => {
    wire = manualClock(Date.now());
    const wall = wallClock();
    const after = (ms: number, run: () => void) => {
      if (ms < 60_000) return wall.after(ms, run);
      late.add(run);
      return () => {
        late.delete(run);
      };
    };
    return { clock: { ...wall, after }, wireClock: wire };
  });
  const passMinute = () => {
    for (const run of [...late]) {
      late.delete(run);
      run();
    }
  };
  const { beReady, connect, load, next, notice, recordOne, ring, startWork, state, talk } = deskSteps(stage);

  it('is worked at by keyboard alone: a call, its fields, a result, a pause', async () => {
    const { page } = stage;
    await load();
    await stage.enter('ben', 'agent', { groups: ['sales'], extension: '2007' });
    await page.getByRole('heading', { name: 'Begin work' }).waitFor();
    await stage.axe();
    expect(await page.getByLabel('Extension of your telephone').inputValue()).toBe('2007');
    await page.getByLabel('Extension of your telephone').focus();
    await page.keyboard.press('Enter');
    await state('not ready').waitFor();
    await stage.axe();
    await beReady();
    await page.getByText('spring is running, 2 left.').waitFor();
    await stage.axe();
    const attemptId = await ring();
    expect(await page.title()).toBe('CALL - Ada Byron');
    await page.getByText('may I speak to Ada?').waitFor();
    await page.getByText('This is the first.').waitFor();
    await state('call coming').waitFor();
    await stage.axe();
    await connect(attemptId);
    await page.keyboard.press('n');
    await page.keyboard.type('calls 1 and 2, CDHR');
    await notice('Saved.').waitFor();
    await stage.shoot('desk');
    await page.keyboard.press('Escape');
    await page.keyboard.press('h');
    await state('wrap-up').waitFor();
    await stage.axe();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').filter({ hasText: 'Choose a result first.' }).waitFor();
    await page.keyboard.press('1');
    expect(await page.getByLabel('Sale').isChecked()).toBe(true);
    expect((await recordOne())['record_status']).toBe(2);
    await page.getByLabel('Notes').focus();
    await page.keyboard.press('Control+Enter');
    await notice('Ada Byron: Sale.').waitFor();
    await state('ready').waitFor();
    expect(await recordOne()).toMatchObject({
      call_result: 33,
      agent_id: 'ben',
      user_fields: { notes: 'calls 1 and 2, CDHR', first_name: 'Ada' },
    });
    const day = page.getByRole('region', { name: 'My day' });
    await day.getByText('Answer1').waitFor();
    await day.getByText(/^in call\d+:\d\d$/).waitFor();
    await page.getByRole('region', { name: 'My callbacks (0)' }).waitFor();
    await page.keyboard.press('r');
    await page.getByRole('dialog').waitFor();
    await stage.axe();
    await page.getByRole('radio', { name: 'Break' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('Lunch', { exact: true }).waitFor();
    await state('not ready').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await stage.axe();
    expect(stage.faults).toEqual([]);
  });

  it('comes back after a reload in every state, with what was typed', async () => {
    const { page } = stage;
    await load();
    await startWork();
    await page.reload();
    await state('not ready').waitFor();
    await beReady();
    await vi.waitFor(async () => {
      // The page tells each few seconds that it runs, and notes that its agent is ready.
      expect(await page.evaluate('sessionStorage.getItem("desk of ben")')).toMatch(/"readyAt":\d/);
    }, 60_000);
    await page.reload();
    await state('ready').waitFor();
    const attemptId = await ring();
    await page.reload();
    await state('call coming').waitFor();
    await connect(attemptId);
    await page.getByLabel('Plan').selectOption('plus');
    await page.getByLabel('Notes').fill('not saved yet');
    await page.reload();
    await state('in call').waitFor();
    expect(await page.getByLabel('Notes').inputValue()).toBe('not saved yet');
    await notice('Saved.').waitFor();
    await page.keyboard.press('h');
    await state('wrap-up').waitFor();
    await page.keyboard.press('2');
    await page.reload();
    await state('wrap-up').waitFor();
    expect(await page.getByLabel('Wrong number').isChecked()).toBe(true);
    expect(await page.getByLabel('Plan').inputValue()).toBe('plus');
    await page.keyboard.press('Control+Enter');
    await notice('Ada Byron: Wrong number.').waitFor();
    expect(await recordOne()).toMatchObject({ user_fields: { notes: 'not saved yet', plan: 'plus' } });
    expect(stage.faults).toEqual([]);
  });

  it('keeps what is typed and closed while the server is away, and sends it when it is back', async () => {
    const { page } = stage;
    await load();
    await startWork();
    await beReady();
    await talk();
    await page.keyboard.press('h');
    await state('wrap-up').waitFor();
    await stage.stop();
    await page.getByText('Connection lost. Your call goes on').waitFor();
    await stage.axe();
    await page.getByLabel('Notes').fill('typed without a server');
    await page.getByLabel('Sale').check();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'Closing the record.' }).waitFor();
    await stage.start();
    await notice('Ada Byron: Sale.').waitFor();
    expect(await recordOne()).toMatchObject({
      call_result: 33,
      user_fields: { notes: 'typed without a server' },
    });
  });

  it('loses nothing when the network is away for 5 s; after 70 s the record is closed as saved, and it says so', async () => {
    const { page } = stage;
    const network = await cuttable(page);
    await load();
    await startWork();
    await beReady();
    await talk();
    await page.getByLabel('Notes').fill('before');
    await notice('Saved.').waitFor();
    const away = async () => {
      network.cut();
      await page.getByText('Connection lost. Your call goes on').waitFor();
      await vi.waitFor(async () => {
        expect(await stage.ask('GET', '/agents')).toMatchObject({ agents: [{ online: false }] });
      }, 60_000);
      wire.advance(5_000);
    };
    await away();
    await page.getByLabel('Notes').fill('typed meanwhile');
    network.mend();
    await notice('Saved.').waitFor();
    await page.getByText('Connection lost.').waitFor({ state: 'detached' });
    await state('in call').waitFor();
    await away();
    await page.getByLabel('Notes').fill('typed too late');
    passMinute();
    await vi.waitFor(async () => {
      expect(await recordOne()).toMatchObject({ user_fields: { notes: 'typed meanwhile' } });
    }, 60_000);
    network.mend();
    await notice('Away too long: the record was closed with what was saved.').waitFor();
    await state('not ready').waitFor();
    expect(stage.faults).toEqual([]);
  });

  it('shows names from right to left and very long ones without a page that scrolls sideways', async () => {
    const { page } = stage;
    await load({}, ['\u05e9\u05dc\u05d5\u05dd', 'Wolfeschlegelsteinhausenbergerdorff'.repeat(4)]);
    await startWork();
    await beReady();
    await talk();
    await page.getByRole('heading', { name: /Wolfeschlegel/ }).waitFor();
    expect(await page.evaluate("getComputedStyle(document.getElementById('customer')).direction")).toBe(
      'rtl',
    );
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await stage.axe();
  });

  it('sends what closes a record until it is acknowledged, whatever is refused on the way', async () => {
    const { page } = stage;
    const refuse = await refusing(page);
    await load();
    await startWork();
    await beReady();
    await talk();
    const isListed = async () => (await stage.ask('GET', '/dnc?phone=%2B12125550101'))['listed'];
    const tryingAgain = page.getByRole('alert').filter({ hasText: 'Nothing is lost. Trying again' });
    refuse.set('DoNotCall', { GSW_ERROR: 'DATABASE_ERROR' });
    await page.keyboard.press('d');
    await page.getByRole('dialog').getByRole('button', { name: 'Do not call' }).click();
    await tryingAgain.waitFor();
    refuse.set('Login', { GSW_ERROR: 'DATABASE_ERROR' });
    await page.reload();
    await tryingAgain.filter({ hasText: 'Login' }).waitFor();
    refuse.set('Login', { GSW_ERROR: 'ILLEGAL_STATE', GSW_ERROR_FIELD: 'GSW_AGENT_ID' });
    await tryingAgain.filter({ hasText: 'ILLEGAL_STATE' }).waitFor();
    refuse.set('Login', { GSW_ERROR: 'EXTENSION_NOT_ALLOWED' });
    await notice('What you did with the record is kept here').waitFor();
    await stage.axe();
    expect(await isListed()).toBe(false);
    await page.reload();
    refuse.delete('Login');
    await page.getByRole('button', { name: 'Start work' }).click();
    await state('in call').waitFor();
    await tryingAgain.filter({ hasText: 'DoNotCall' }).waitFor();
    refuse.delete('DoNotCall');
    await notice('Ada Byron: Do not call.').waitFor();
    expect(await isListed()).toBe(true);
    await tryingAgain.waitFor({ state: 'detached' });
  });

  it('keeps the next call when the answer to what closed the one before comes after it', async () => {
    const { page } = stage;
    const answer = await holding(page, 'RecordProcessedAcknowledge');
    await load();
    await startWork();
    await beReady();
    await talk();
    await page.keyboard.press('h');
    await state('wrap-up').waitFor();
    await page.getByLabel('Sale').check();
    await page.keyboard.press('Control+Enter');
    await state('ready').waitFor();
    const attemptId = await ring();
    await page.getByText('may I speak to Charles?').waitFor();
    await page.getByLabel('Notes').fill('said by Charles');
    expect(answer.held).toHaveLength(1);
    answer.release();
    await connect(attemptId);
    await notice('Saved.').waitFor();
    expect(await page.getByLabel('Notes').inputValue()).toBe('said by Charles');
    await page.keyboard.press('Escape');
    await page.keyboard.press('h');
    await state('wrap-up').waitFor();
    await page.getByLabel('Wrong number').check();
    await page.keyboard.press('Control+Enter');
    await vi.waitFor(() => {
      expect(answer.held).toHaveLength(1);
    }, 60_000);
    answer.release();
    await notice('Charles Babbage: Wrong number.').waitFor();
    expect(await stage.ask('GET', '/records/2')).toMatchObject({ user_fields: { notes: 'said by Charles' } });
    expect(stage.faults).toEqual([]);
  });

  it('is ready again when the server is back, though nobody looks at it', async () => {
    const { page } = stage;
    await hide(page);
    await load();
    await startWork();
    await beReady();
    await vi.waitFor(async () => {
      expect(await page.evaluate('sessionStorage.getItem("desk of ben")')).toMatch(/"readyAt":\d/);
    }, 60_000);
    await stage.stop();
    await page.getByText('Connection lost.').waitFor();
    await stage.start();
    await vi.waitFor(async () => {
      expect(await stage.ask('GET', '/agents')).toMatchObject({ agents: [{ state: 'ready' }] });
    }, 60_000);
  });

  it('arranges a callback in the zone of the customer, and refuses times that are over', async () => {
    const { page } = stage;
    await load();
    await startWork();
    await beReady();
    await talk();
    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog', { name: 'Call back' });
    await dialog.getByLabel('Date, New York').fill('2020-01-02');
    await dialog.getByText('That time is over.').waitFor();
    await stage.axe();
    const year = new Date().getUTCFullYear() + 1;
    await dialog.getByLabel('Date, New York').fill(`${String(year)}-01-15`);
    await dialog.getByLabel('Time, New York').fill('10:00');
    await dialog.getByLabel('Only me').check();
    await dialog.getByText('anyone of your group calls after 10 min').waitFor();
    await dialog.getByRole('button', { name: 'Arrange the callback' }).click();
    await notice('Callback at 10:00 New York').waitFor();
    const callbacks = page.getByRole('region', { name: 'My callbacks (1)' });
    await callbacks.getByRole('row', { name: /Ada Byron .* 10:00 New York/ }).waitFor();
    expect(await recordOne()).toMatchObject({
      dial_sched_time: Date.UTC(year, 0, 15, 15) / 1_000,
      agent_id: 'ben',
    });
  });

  it('sounds and notifies once when a call comes to a page that nobody looks at, and holds a lock', async () => {
    const { page } = stage;
    await hide(page);
    await page.addInitScript(`
      window.alerts = [];
      window.Notification = class {
        static permission = 'granted';
        constructor(title) { alerts.push(title); }
      };
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (...when) {
        alerts.push(this.frequency.value + ' Hz');
        return start.apply(this, when);
      };
    `);
    await load();
    await startWork();
    const locks = 'navigator.locks.query().then(({ held }) => held.map(({ name }) => name))';
    expect(await page.evaluate(locks)).toEqual(['desk']);
    await beReady();
    await talk();
    expect(await page.evaluate('alerts')).toEqual(['660 Hz', '880 Hz', 'Call: Ada Byron']);
  });

  it('asks before it puts a number on Do Not Call', async () => {
    const { page } = stage;
    await load();
    await startWork();
    await beReady();
    await talk();
    await page.keyboard.press('d');
    const dialog = page.getByRole('dialog', { name: 'Do not call again?' });
    await dialog.getByText('Ada Byron, +12125550101').waitFor();
    await stage.axe();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.keyboard.press('d');
    await dialog.getByRole('button', { name: 'Do not call' }).click();
    await notice('Ada Byron: Do not call.').waitFor();
    expect(await stage.ask('GET', '/dnc?phone=%2B12125550101')).toMatchObject({ listed: true });
  });

  it('says beside the field what the server refuses', async () => {
    const { page } = stage;
    await load();
    await startWork();
    await beReady();
    await talk();
    await page.getByLabel('Notes').evaluate((field: { value: string; dispatchEvent(event: Event): void }) => {
      // Half of a character, as a broken paste leaves it.
      field.value = '\ud800';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await page.getByText('notes: ').waitFor();
    expect(await page.getByLabel('Notes').getAttribute('aria-invalid')).toBe('true');
    await stage.axe();
    await page.getByLabel('Notes').fill('whole');
    await notice('Saved.').waitFor();
    expect(await page.getByLabel('Notes').getAttribute('aria-invalid')).toBe('false');
  });

  it('takes back what comes after the call, and lets nobody log out before the record is closed', async () => {
    const { page } = stage;
    await load();
    await startWork();
    await beReady();
    await talk();
    await page.keyboard.press('r');
    await page.getByRole('radio', { name: 'Meeting' }).check();
    await page.keyboard.press('Enter');
    await next('not ready').waitFor();
    await page.keyboard.press('r');
    await next('ready').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await next('log-out').waitFor();
    await page.keyboard.press('1');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await stage.ask('GET', '/agents')).toEqual({ agents: [] });
    expect(await recordOne()).toMatchObject({ call_result: 33 });
  });

  it('is in one window: the one before is told, and takes it back only when it is asked to', async () => {
    const { page, url } = stage;
    await load();
    await startWork();
    const second = await page.context().newPage();
    await second.goto(`${url}/console/`);
    await second.getByRole('button', { name: 'Start work' }).click();
    await page.getByText('You are logged in in another window.').waitFor();
    await stage.axe();
    await page.getByRole('button', { name: 'Work here' }).click();
    await second.getByText('You are logged in in another window.').waitFor();
    await state('not ready').waitFor();
  });

  it('gets no calls while its page sleeps, and says so afterwards; a hidden page that runs keeps its calls', async () => {
    const { page } = stage;
    await load();
    await startWork();
    await beReady();
    const hidden = await stage.elsewhere();
    hidden.setDefaultTimeout(60_000);
    await hide(hidden);
    const socket = hidden.waitForEvent('websocket', (one) => one.url().endsWith('/desktop/v1'));
    await stage.enter('ann', 'agent', { groups: ['sales'], extension: '2008' }, hidden);
    await hidden.getByRole('button', { name: 'Start work' }).click();
    await hidden.getByRole('region', { name: 'Your state' }).waitFor();
    await hidden.keyboard.press('r');
    const states = async () => {
      const { agents } = await stage.ask('GET', '/agents');
      const all = agents as { agentId: string; state: string }[];
      return Object.fromEntries(all.map(({ agentId, state }) => [agentId, state]));
    };
    await vi.waitFor(async () => {
      expect(await states()).toEqual({ ann: 'ready', ben: 'ready' });
    }, 60_000);
    const desktop = await socket;
    /** As long as the hidden page needs to say so many times that it runs. */
    const pass = async (times: number) => {
      for (let time = 0; time < times; time += 1) {
        await desktop.waitForEvent('framesent', ({ payload }) => String(payload).includes('"Alive"'));
        wire.advance(10_000);
      }
    };
    await pass(2);
    expect(await states()).toEqual({ ann: 'ready', ben: 'ready' });
    const devTools = await page.context().newCDPSession(page);
    // A page set to frozen here goes on hearing its worker; one whose scripts are held runs nothing.
    await devTools.send('Debugger.enable');
    await devTools.send('Debugger.pause');
    await pass(2);
    expect(await states()).toEqual({ ann: 'ready', ben: 'not_ready' });
    await hidden.context().close();
    await devTools.send('Debugger.disable');
    await page.getByText('This page slept; no calls were sent here.').waitFor();
    await beReady();
  });

  it('asks for a log-in when the session ends, and goes on with the record after it', async () => {
    const { page } = stage;
    await load();
    await startWork();
    await beReady();
    await talk();
    await page.getByLabel('Notes').fill('kept over the log-in');
    await stage.ask('DELETE', '/users/ben/sessions');
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await stage.logIn('ben', ownPassword);
    await state('in call').waitFor();
    expect(await page.getByLabel('Notes').inputValue()).toBe('kept over the log-in');
  });

  it('counts the wrap-up down, gives more time, and closes the record by the timer', async () => {
    const { page } = stage;
    await page.clock.install();
    await load({ wrapUpMs: 60_000, wrapUpResult: 33 });
    await startWork();
    await beReady();
    await talk();
    await page.keyboard.press('h');
    await state('wrap-up').waitFor();
    await page.getByText(/^[01]:\d\d left for the record\.$/).waitFor();
    expect(await page.getByRole('button', { name: '30 s more' }).count()).toBe(0);
    const more = page.getByRole('button', { name: '30 s more' });
    await vi.waitFor(async () => {
      await page.clock.fastForward(10_000);
      expect(await more.count()).toBe(1);
    }, 60_000);
    await more.click();
    await more.waitFor({ state: 'detached' });
    expect((await recordOne())['record_status']).toBe(2);
    await vi.waitFor(async () => {
      await page.clock.fastForward(10_000);
      expect(await notice('closed by the timer').count()).toBe(1);
    }, 60_000);
    expect(await recordOne()).toMatchObject({ call_result: 33, user_fields: { closed_by: 'timer' } });
  });

  it('fits a narrow window and a wide one', async () => {
    const { page } = stage;
    await load();
    await startWork();
    await beReady();
    await talk();
    for (const [width, height] of [
      [1920, 1080],
      [390, 844],
      [320, 640],
    ] as const) {
      await page.setViewportSize({ width, height });
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), String(width)).toBe(
        true,
      );
    }
    await stage.axe();
  });
});

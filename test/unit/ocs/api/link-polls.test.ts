import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordStatus } from '../../../../src/domain/record.ts';
import type { PullReply } from '../../../../src/link/schemas.ts';
import { manualClock, type ManualClock } from '../../../../src/ocs/clock.ts';
import { createOcs, type Ocs } from '../../../../src/ocs/ocs.ts';
import { startOfTest } from '../../../support/ocs/ocs.ts';
import { silentLog } from '../../../support/silent-log.ts';

const leaseMs = 30_000;
const staleMs = 120_000;
let folder: string;
let clock: ManualClock;
let wireClock: ManualClock;
let ocs: Ocs;

const open = async () => {
  const config = { leaseMs, staleMs };
  ocs = await createOcs({ database: join(folder, 'ocs.db'), clock, wireClock, log: silentLog, config });
  await ocs.start();
};
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'link-'));
  clock = manualClock(startOfTest);
  wireClock = manualClock(startOfTest);
  await open();
});
afterEach(async () => {
  await ocs.stop();
  rmSync(folder, { recursive: true, force: true });
});

const post = async <T>(url: string, payload: object): Promise<T> => {
  const headers = { host: 'localhost' };
  const reply = await ocs.app.inject({ method: 'POST', url, payload, headers });
  return reply.json<T>();
};
/** A campaign that needs no agents, with so many numbers. */
const load = async (numbers: number) => {
  const definition = {
    name: 'spring',
    list: 'l',
    mode: 'progressive',
    handoff: { kind: 'destination', extension: '700' },
    pacing: { maxInFlight: 100, maxLinesPerAgent: 20 },
  };
  const phones = Array.from({ length: numbers }, (_, n) => `555${String(1_000 + n)},UTC`);
  await post('/api/v1/campaigns', { definition, csv: `phone,tz\n${phones.join('\n')}\n` });
  await post('/api/v1/campaigns/spring/start', {});
};
const register = async (journalId: string, dialerId = 'd1') => {
  const { sessionId } = await post<{ sessionId: string }>('/link/v1/register', {
    dialerId,
    journalId,
    linkVersion: 1,
    softwareVersion: 'test',
    boards: [],
    capabilities: { handoff: ['destination'], plans: [], modes: ['telephony_preset'] },
  });
  return { dialerId, sessionId };
};
const pull = async (session: object, more: object = {}) => {
  const question = { free: 30, channels: { inService: 30, busy: 0 }, waitMs: 0, active: [] };
  return (await post<PullReply>('/link/v1/pull', { ...session, ...question, ...more })).requests;
};
const record = async () => {
  const headers = { host: 'localhost' };
  const reply = await ocs.app.inject({ url: '/api/v1/records/1', headers });
  return reply.json<{ record_status: number; call_result: number }>();
};

describe('a request that was sent and is not known at the dialler', () => {
  beforeEach(() => load(1));

  it('goes out again to the journal it went to, also after a restart of OCS', async () => {
    const [first] = await pull(await register('j1'));
    expect(await pull(await register('j1'))).toEqual([first]);
    await ocs.stop();
    await open();
    expect(await pull(await register('j1'))).toEqual([first]);
  });

  it.each([false, true])(
    'never goes to another journal: it may have been dialled, and ends as Stale (OCS restarted: %s)',
    async (restarted) => {
      await pull(await register('j1'));
      if (restarted) {
        await ocs.stop();
        await open();
      }
      wireClock.advance(leaseMs + 1);
      const session = await register('j2');
      expect(await pull(session)).toEqual([]);
      wireClock.advance(staleMs);
      clock.advance(500);
      expect(await pull(session)).toEqual([]);
      expect(await record()).toMatchObject({ record_status: recordStatus.Stale, call_result: 46 });
    },
  );

  it('is not sent again once its dialler has accepted it, named or not', async () => {
    const session = await register('j1');
    const [request] = await pull(session);
    const report = { kind: 'accepted', attemptId: request?.attemptId, seq: 1 };
    await post('/link/v1/reports', { ...session, reports: [report] });
    expect(await pull(session)).toEqual([]);
  });
});

describe('a poll', () => {
  it('that a newer one of the same dialler replaces is answered with nothing, and takes nothing', async () => {
    await load(1);
    const session = await register('j1');
    const [older, newer] = await Promise.all([pull(session), pull(session)]);
    expect(older).toEqual([]);
    expect(newer).toHaveLength(1);
  });

  it('is held until there is something, and answered with nothing when its time is over or OCS stops', async () => {
    await load(1);
    await post('/api/v1/campaigns/spring/stop', {});
    const session = await register('j1');
    const other = await register('j9', 'other');
    const held = pull(session, { waitMs: 10_000 });
    await pull(other);
    await post('/api/v1/campaigns/spring/start', {});
    expect(await held).toHaveLength(1);
    const [attempt] = (await held).map(({ attemptId }) => attemptId);
    const nothing = pull(session, { waitMs: 10_000, active: [attempt] });
    // It is held once a later one has been answered.
    await pull(other);
    wireClock.advance(10_000);
    expect(await nothing).toEqual([]);
    const last = pull(session, { waitMs: 10_000, active: [attempt] });
    await pull(other);
    await ocs.stop();
    expect(await last).toEqual([]);
  });
});

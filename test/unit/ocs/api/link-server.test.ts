import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CampaignDefinitionInput } from '../../../../src/api/campaign-definition.ts';
import { recordType } from '../../../../src/domain/record.ts';
import { callResult } from '../../../../src/domain/result.ts';
import type { PullReply, PullRequest, Report, ReportsReply } from '../../../../src/link/schemas.ts';
import { manualClock, type ManualClock } from '../../../../src/ocs/clock.ts';
import { createOcs, type Ocs } from '../../../../src/ocs/ocs.ts';
import { openBench, outcome, startOfTest, type OcsBench, type TestDialer } from '../../../support/ocs/ocs.ts';
import { isOnFile } from '../../../support/ocs/store-of-tests.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { settle } from '../../../support/dialer/fake-ocs.ts';

const spring = {
  name: 'spring',
  list: 'l',
  mode: 'progressive',
  group: 'sales',
} satisfies CampaignDefinitionInput;
/** The switch finds the agents: calls as many as the campaign may have. */
const fixed = {
  name: 'spring',
  list: 'l',
  mode: 'progressive',
  handoff: { kind: 'destination', extension: '7000' },
  pacing: { maxInFlight: 60 },
} satisfies CampaignDefinitionInput;

let ocs: Ocs;
let clock: ManualClock;
let wire: ManualClock;
beforeEach(async () => {
  clock = manualClock(startOfTest);
  wire = manualClock(startOfTest);
  ocs = await createOcs({
    database: ':memory:',
    clock,
    wireClock: wire,
    log: silentLog,
    config: { maxWaitMs: 20_000, leaseMs: 30_000, agentRetryMs: 300 },
    version: 'test',
  });
  await ocs.start();
});
afterEach(async () => {
  await ocs.stop();
});

async function post<T>(url: string, payload?: object): Promise<T> {
  const reply = await ocs.app.inject({
    method: 'POST',
    url,
    headers: { host: 'localhost' },
    ...(payload && { payload }),
  });
  return reply.json<T>();
}

/** Loads a campaign with so many records and starts it. */
async function load(definition: CampaignDefinitionInput, records: number): Promise<void> {
  const first = definition.name === 'spring' ? 5_550_100 : 5_560_100;
  const csv = ['phone,tz', ...Array.from({ length: records }, (_, i) => `${String(first + i)},UTC`)].join(
    '\n',
  );
  await post('/api/v1/campaigns', { definition, csv });
  await post(`/api/v1/campaigns/${definition.name}/start`);
}

async function dialer(dialerId = 'd1', over: object = {}) {
  const capabilities = {
    handoff: ['agent', 'destination'],
    plans: ['US'],
    modes: ['telephony_preset'],
    ...over,
  };
  const about = { dialerId, linkVersion: 1, softwareVersion: 'test', boards: [], capabilities };
  const { sessionId } = await post<{ sessionId: string }>('/link/v1/register', about);
  const session = { dialerId, sessionId };
  return {
    session,
    pull: (over: Partial<PullRequest> = {}) =>
      post<PullReply>('/link/v1/pull', {
        ...session,
        free: 30,
        channels: { inService: 30, busy: 0 },
        waitMs: 0,
        active: [],
        ...over,
      }),
    report: (...reports: Report[]) => post<ReportsReply>('/link/v1/reports', { ...session, reports }),
  };
}
const ids = ({ requests }: PullReply) => requests.map(({ attemptId }) => attemptId);
const milestone = (attemptId: string, seq: number, name: 'dialling' | 'answered'): Report => ({
  kind: 'milestone',
  attemptId,
  seq,
  name,
  atMs: 1,
});

describe('a registration', () => {
  it('says how long a dialler may be silent and a poll is held', async () => {
    const reply = await post('/link/v1/register', {
      dialerId: 'd1',
      linkVersion: 1,
      softwareVersion: 'test',
      boards: [],
      capabilities: { handoff: [], plans: [], modes: [] },
    });
    expect(reply).toMatchObject({ ocsVersion: 'test', leaseMs: 30_000, maxWaitMs: 20_000 });
  });
});

describe('new requests', () => {
  it('are as many as channels are free, and 25 in one answer', async () => {
    await load(fixed, 60);
    const { pull } = await dialer();
    const first = await pull({ free: 3 });
    expect(first.requests).toHaveLength(3);
    const active = ids(first);
    expect((await pull({ free: 40, active })).requests).toHaveLength(25);
    expect((await pull({ free: 0, active })).requests).toEqual([]);
  });

  it('come from every running campaign that the dialler can dial for, each in its turn first', async () => {
    await load(fixed, 5);
    await load({ ...fixed, name: 'summer', list: 'm' }, 5);
    await load({ ...fixed, name: 'autumn', list: 'n', plan: 'GB' }, 5);
    await load({ ...fixed, name: 'winter', list: 'o' }, 5);
    await post('/api/v1/campaigns/winter/stop');
    const { pull } = await dialer();
    const seen: string[] = [];
    const active: string[] = [];
    for (let i = 0; i < 4; i++) {
      const reply = await pull({ free: 1, active });
      active.push(...ids(reply));
      seen.push(...reply.requests.map(({ campaign }) => campaign));
    }
    expect(new Set(seen.slice(0, 2))).toEqual(new Set(['spring', 'summer']));
    expect(seen[2]).toBe(seen[0]);
    expect(seen[3]).toBe(seen[1]);
  });
});

describe('a request that the dialler does not name', () => {
  it('goes out again as it was, before others and within the free channels, until its dialler takes it', async () => {
    await load(fixed, 9);
    const { pull, report } = await dialer();
    const lost = ids(await pull({ free: 2 }));
    expect(ids(await pull({ free: 1 }))).toEqual([lost[0]]);
    const again = await pull({ free: 3 });
    expect(ids(again).slice(0, 2)).toEqual(lost);
    expect(again.requests).toHaveLength(3);
    await report({ kind: 'accepted', attemptId: lost[0] ?? '', seq: 1 });
    expect(ids(await pull({ free: 1 }))).toEqual([lost[1]]);
    expect((await pull({ free: 0 })).requests).toEqual([]);
  });

  it('goes to no other dialler, nor to another journal under the same name', async () => {
    await load({ ...fixed, pacing: { maxInFlight: 1 } }, 1);
    const { pull } = await dialer();
    const [lost] = ids(await pull());
    const other = await dialer('d2');
    expect((await other.pull()).requests).toEqual([]);
    expect(ids(await pull())).toEqual([lost]);
    wire.advance(30_001);
    const about = { dialerId: 'd1', journalId: 'new', linkVersion: 1, softwareVersion: 'test', boards: [] };
    const capabilities = { handoff: ['destination'], plans: [], modes: ['telephony_preset'] };
    const { sessionId } = await post<{ sessionId: string }>('/link/v1/register', { ...about, capabilities });
    const pulled = await post<PullReply>('/link/v1/pull', {
      dialerId: 'd1',
      sessionId,
      free: 9,
      channels: { inService: 9, busy: 0 },
      waitMs: 0,
      active: [],
    });
    expect(pulled.requests).toEqual([]);
  });

  it('comes with the command that takes it back, when it must not be dialled any more', async () => {
    await load(fixed, 2);
    const { pull } = await dialer();
    const [stopped = ''] = ids(await pull({ free: 1 }));
    await post('/api/v1/campaigns/spring/stop');
    expect(await pull({ free: 1 })).toMatchObject({
      requests: [{ attemptId: stopped }],
      commands: expect.arrayContaining([{ kind: 'drain', campaign: 'spring' }]) as object,
    });
    await post('/api/v1/campaigns/spring/start');
    await ocs.app.inject({
      method: 'POST',
      url: '/api/v1/dnc',
      headers: { host: 'localhost' },
      payload: { phone: '5550100' },
    });
    const forbidden = await pull({ free: 1 });
    expect(ids(forbidden)).toEqual([stopped]);
    expect(forbidden.commands).toContainEqual({ kind: 'cancel', attemptId: stopped });
  });

  it('outside its daily window is taken back as well', async () => {
    await load({ ...fixed, dailyWindow: { from: '08:00', till: '18:00', tz: 'UTC' } }, 1);
    const { pull } = await dialer();
    const [late] = ids(await pull());
    clock.advance(3_600_000);
    expect(await pull()).toMatchObject({
      requests: [{ attemptId: late }],
      commands: [{ kind: 'drain', campaign: 'spring' }],
    });
  });
});

describe('commands', () => {
  it('take back what is not dialled when a campaign stops, and say so again only after a while', async () => {
    await load(fixed, 3);
    const { pull, report } = await dialer();
    const active = ids(await pull({ free: 2 }));
    const [waiting = '', dialled = ''] = active;
    await report({ kind: 'accepted', attemptId: waiting, seq: 1 }, milestone(dialled, 1, 'dialling'));
    await post('/api/v1/campaigns/spring/stop');
    const drain = [{ kind: 'drain', campaign: 'spring' }];
    expect((await pull({ free: 0, active })).commands).toEqual(drain);
    expect((await pull({ free: 0, active })).commands).toEqual([]);
    wire.advance(5_000);
    expect((await pull({ free: 0, active })).commands).toEqual(drain);
    await report({ kind: 'hand_back', attemptId: waiting, seq: 2, reason: 'drain' });
    wire.advance(5_000);
    // The one that is dialled goes on.
    expect((await pull({ free: 0, active: [dialled] })).commands).toEqual([]);
  });

  it('of one dialler do not go to another', async () => {
    await load(fixed, 2);
    const one = await dialer();
    const other = await dialer('d2');
    const [attemptId = ''] = ids(await one.pull({ free: 1 }));
    await post(`/api/v1/campaigns/spring/unload?force=1`);
    expect((await other.pull({ free: 0 })).commands).toEqual([]);
    expect((await one.pull({ free: 0, active: [attemptId] })).commands.length).toBeGreaterThan(0);
  });
});

describe('a poll', () => {
  it('is held until there is something, or its time is over', async () => {
    const { pull } = await dialer();
    let over = false;
    const waiting = pull({ waitMs: 60_000 }).then((reply) => {
      over = true;
      return reply;
    });
    await settle(3);
    wire.advance(19_999);
    await settle(3);
    expect(over).toBe(false);
    // No longer than OCS holds any.
    wire.advance(1);
    expect(await waiting).toEqual({ requests: [], commands: [] });
    const woken = pull({ waitMs: 20_000 });
    await settle(3);
    await load(fixed, 1);
    expect((await woken).requests).toHaveLength(1);
  });

  it('that is asked anew ends the one before with nothing', async () => {
    const { pull } = await dialer();
    const first = pull({ waitMs: 20_000 });
    await settle(3);
    await load({ ...fixed, pacing: { maxInFlight: 1 } }, 1).catch(() => undefined);
    await first;
    const second = pull({ waitMs: 20_000, active: [] });
    await settle(3);
    const third = await pull({ waitMs: 0 });
    expect([(await second).requests.length + third.requests.length] as number[]).toEqual([2]);
  });

  it('of a session that is not the present one is refused', async () => {
    const { session } = await dialer();
    await dialer();
    const message = { ...session, free: 1, channels: { inService: 1, busy: 0 }, waitMs: 0, active: [] };
    expect(await post('/link/v1/pull', message)).toMatchObject({ error: { code: 'UNKNOWN_DIALER' } });
  });
});

describe('reports', () => {
  it('are acknowledged one by one; what can never be taken is refused with its code', async () => {
    await load(fixed, 1);
    const { pull, report } = await dialer();
    const [attemptId = ''] = ids(await pull());
    expect(
      await report(
        { kind: 'accepted', attemptId, seq: 1 },
        { kind: 'accepted', attemptId: 'never', seq: 1 },
        { kind: 'outcome', attemptId, seq: 2, outcome: outcome('Busy') },
        { kind: 'hand_back', attemptId, seq: 3, reason: 'drain' },
      ),
    ).toEqual({
      accepted: [
        { attemptId, seq: 1 },
        { attemptId, seq: 2 },
      ],
      refused: [
        expect.objectContaining({ attemptId: 'never', code: 'UNKNOWN_ATTEMPT' }),
        expect.objectContaining({ attemptId, seq: 3, code: 'ILLEGAL_STATE' }),
      ],
    });
  });

  it.runIf(isOnFile)(
    'of one message are all kept or none: the end of a call is not kept without its connection',
    async () => {
      const bench = await openBench();
      const database = new Database(bench.database);
      try {
        await bench.load(spring, 'phone,tz\n5550101,UTC\n');
        await bench.start('spring');
        const desktop = await bench.desktop();
        await desktop.login('a1', '7001');
        await desktop.ask('Ready');
        const d = await bench.dialer();
        const [attemptId = ''] = ids(await d.pull({ free: 1 }));
        const connected: Report = { kind: 'connected', attemptId, seq: 2, agentId: 'a1', extension: '7001' };
        const end = outcome('Answer', { status: 'released', agentId: 'a1', milestones: { answered: 1 } });
        const ended: Report = { kind: 'outcome', attemptId, seq: 3, outcome: end };
        const said = [milestone(attemptId, 1, 'answered'), connected, ended];
        const attempts = database.prepare('select * from attempts');
        const before = attempts.all();
        // Whatever is tried, the connection cannot be written.
        database.exec(`create trigger t before insert on agent_work begin select raise(abort, 'x'); end`);
        expect(await d.report(...said)).toMatchObject({ error: { code: 'DATABASE_ERROR' } });
        expect(attempts.all()).toEqual(before);
        database.exec('drop trigger t');
        expect(await d.report(...said)).toMatchObject({ accepted: [{ seq: 1 }, { seq: 2 }, { seq: 3 }] });
        expect(await bench.api('GET', '/agents')).toMatchObject({
          agents: [{ agentId: 'a1', recordHandle: 1 }],
        });
      } finally {
        database.close();
        await bench.close();
      }
    },
  );

  describe.runIf(isOnFile)('of one long message', () => {
    let bench: OcsBench;
    let database: Database.Database;
    let d: TestDialer;
    let attemptId: string;
    const taken = () => database.prepare('select coalesce(max(seq), 0) from reports_taken').pluck().get();
    const milestones = (count: number) =>
      Array.from({ length: count }, (_, i) => milestone(attemptId, i + 1, 'dialling'));
    beforeEach(async () => {
      bench = await openBench();
      database = new Database(bench.database);
      await bench.load(fixed, 'phone,tz\n5550101,UTC\n');
      await bench.start('spring');
      d = await bench.dialer();
      [attemptId = ''] = ids(await d.pull({ free: 1 }));
    });
    afterEach(async () => {
      database.close();
      await bench.close();
    });

    it('are taken in slices: those behind one that cannot be written are not taken and not named, and come again', async () => {
      database.exec(`create trigger t before insert on reports_taken when new.seq = 250
        begin select raise(abort, 'x'); end`);
      const { accepted, refused } = await d.report(...milestones(350));
      expect(accepted.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
      expect(refused).toEqual([]);
      expect(taken()).toBe(200);
      database.exec('drop trigger t');
      expect((await d.report(...milestones(350))).accepted).toHaveLength(350);
      expect(taken()).toBe(350);
    });
  });
});

describe('the agent for a person', () => {
  const many = { ...spring, pacing: { multiplier: 5 } };
  let bench: OcsBench;
  beforeEach(async () => {
    bench = await openBench({ agentRetryMs: 300 });
    await bench.load(many, `phone,tz\n${[1, 2, 3, 4].map((i) => `555010${String(i)},UTC`).join('\n')}\n`);
    await bench.start('spring');
  });
  afterEach(async () => {
    await bench.close();
  });

  const sit = async (id: string, group = 'sales') => {
    const desktop = await bench.desktop();
    await desktop.login(id, `70${id}`, group);
    await desktop.ask('Ready');
    bench.clock.advance(1_000);
  };
  /** A person who answered a call of this dialler. @param active its other calls */
  const live = async (d: TestDialer, active: string[] = []) => {
    const [attemptId = ''] = ids(await d.pull({ free: 1, active }));
    const heard: Report = { kind: 'result', attemptId, seq: 2, result: callResult.Answer, evidence: null };
    await d.report(milestone(attemptId, 1, 'answered'), heard);
    return attemptId;
  };

  it('is the one idle longest, stays the same when asked again, and another when that one could not be reached', async () => {
    await sit('01');
    await sit('02');
    await sit('03', 'service');
    const d = await bench.dialer();
    const attemptId = await live(d);
    const named = { agent: { agentId: '01', extension: '7001' }, retryMs: 300 };
    expect(await d.agent(attemptId)).toEqual(named);
    expect(await d.agent(attemptId)).toEqual(named);
    expect((await d.agent(attemptId, ['01'])).agent?.agentId).toBe('02');
    expect(await d.agent(attemptId, ['01', '02'])).toEqual({ agent: null, retryMs: 300 });
  });

  it('is one whose telephone this dialler may call', async () => {
    await sit('01');
    await sit('02');
    const d = await bench.dialer('d1', { extensions: ['2$'] });
    expect((await d.agent(await live(d))).agent?.agentId).toBe('02');
  });

  it('is none for a call that this dialler does not have', async () => {
    await sit('01');
    const d = await bench.dialer();
    const attemptId = await live(d);
    const other = await bench.dialer('d2');
    const refused = { error: { code: 'UNKNOWN_ATTEMPT' } };
    expect(await other.agent(attemptId)).toMatchObject(refused);
    expect(await d.agent('never')).toMatchObject(refused);
  });

  it('of a personal callback is the one who promised it, if free, else whoever is', async () => {
    await sit('01');
    await sit('02');
    const callback = (phone: string) => `${phone},UTC,${String(recordType.PersonalCallBack)},02`;
    const csv = `phone,tz,record_type,agent_id\n${callback('5550301')}\n${callback('5550302')}\n`;
    await bench.api('POST', '/campaigns/spring/stop');
    await bench.load({ ...many, name: 'back', list: 'b' }, csv);
    await bench.start('back');
    const d = await bench.dialer();
    const first = await live(d);
    const second = await live(d, [first]);
    expect((await d.agent(first)).agent?.agentId).toBe('02');
    expect((await d.agent(second)).agent?.agentId).toBe('01');
  });
});

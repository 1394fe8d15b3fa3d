import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/journal/journal.ts';
import type { StatusReply } from '../../../src/api/admin.ts';
import type { CampaignStatus } from '../../../src/api/campaigns.ts';
import { addressOf, killAll, run, scratch, startDaemon } from '../programs.ts';

const records = 40;
const speech = new URL('../../../examples/speech', import.meta.url).pathname;

const files = {
  'ocsd.yaml': 'listen: {port: 0}\nclock: {speed: 10}\n',
  'cpdd.yaml': `board:
  driver: sim
  trunks: [{kind: isdn, channels: 8}]
  clock: {speed: 10}
  world: {audioFolder: ${speech}, unlisted: busy}
dialPlan: {allow: ['^\\+1']}
admin: {port: 0}
drain: {flushMs: 500}
`,
  'autumn.yaml': `name: autumn
list: customers
mode: progressive
handoff: {kind: destination, extension: '7001'}
pacing: {maxInFlight: 8}
dailyWindow: {from: 0, till: 86399}
`,
  'customers.csv': [
    'record_id,chain_id,chain_n,phone,customer_id',
    ...Array.from(
      { length: records },
      (_, i) => `${i + 1},${i + 1},0,+121255501${String(i).padStart(2, '0')},C${i}`,
    ),
    '',
  ].join('\n'),
};

interface Attempts {
  attempts: {
    attempt_id: string;
    record_handle: number;
    ended_by: string;
    reason: string | null;
    result: number;
  }[];
}

let folder: ReturnType<typeof scratch>;
beforeEach(() => {
  folder = scratch(files);
});
afterEach(() => {
  killAll();
  folder.remove();
});

/** Asks OCS until the answer fits. */
async function until(url: string, fits: (status: CampaignStatus) => boolean): Promise<CampaignStatus> {
  for (;;) {
    const status = (await (await fetch(url)).json()) as CampaignStatus;
    if (fits(status)) return status;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A running ocsd and cpdd with the campaign started. */
async function startPrograms() {
  const ocsd = startDaemon('ocsd', ['--config', folder.path('ocsd.yaml')]);
  const ocs = await addressOf(ocsd, 'url');
  const env = { CPDCTL_OCS_URL: ocs };
  const startCpdd = () => startDaemon('cpdd', ['--config', folder.path('cpdd.yaml'), '--ocs-url', ocs]);
  const cpdd = startCpdd();
  const admin = await addressOf(cpdd, 'admin');
  const load = ['campaign', 'load', folder.path('autumn.yaml'), folder.path('customers.csv')];
  expect(await run('cpdctl', load, env)).toMatchObject({ code: 0, stderr: '' });
  expect((await run('cpdctl', ['campaign', 'start', 'autumn'], env)).code).toBe(0);
  return { ocsd, ocs, cpdd, admin, startCpdd, campaign: `${ocs}/api/v1/campaigns/autumn` };
}

/** OCS again, at the address where it was. */
const startOcsd = (ocs: string) =>
  startDaemon('ocsd', ['--config', folder.path('ocsd.yaml'), '--port', new URL(ocs).port]);

const attemptsOf = async (ocs: string) =>
  ((await (await fetch(`${ocs}/api/v1/attempts?limit=1000`)).json()) as Attempts).attempts;

describe('cpdd killed in the middle of a campaign', () => {
  it('ends every record with one outcome and dials nothing twice', async () => {
    const { ocs, cpdd: first, startCpdd, campaign } = await startPrograms();
    const before = await until(campaign, ({ attempts, calls }) => attempts >= 8 && calls.dialling >= 4);
    expect(before.finished).toBe(false);
    first.signal('SIGKILL');
    await first.ended;

    const second = startCpdd();
    await addressOf(second, 'admin');
    const settled = await second.line(({ msg }) => msg === 'closed the attempts that the last run left open');
    expect(Number(settled['crashed'])).toBeGreaterThan(0);
    await until(campaign, ({ finished }) => finished);

    const attempts = await attemptsOf(ocs);
    const outcomes = attempts.filter(({ ended_by }) => ended_by === 'outcome');
    // One outcome for each record: those cut off are not dialled again in silence.
    expect(outcomes).toHaveLength(records);
    expect(new Set(outcomes.map(({ record_handle }) => record_handle)).size).toBe(records);
    const crashed = outcomes.filter(({ reason }) => reason === 'crash');
    expect(crashed).toHaveLength(Number(settled['crashed']));
    expect(attempts.filter(({ ended_by }) => !['outcome', 'hand_back'].includes(ended_by))).toEqual([]);

    // What the diallers wrote of each call: an attempt was dialled by one of the two at most.
    const taken = [...first.log, ...second.log].filter(({ msg }) => msg === 'request taken');
    const ids = taken.map((line) => String(line['attemptId']));
    expect(new Set(ids).size).toBe(ids.length);
    second.signal('SIGTERM');
    expect((await second.ended).code).toBe(0);

    // The journal and OCS tell the same story.
    const journal = openJournal(folder.path('journal.db'), () => Date.now());
    const entries = [...journal.attempts()];
    journal.close();
    expect(entries.every(({ state, acknowledged }) => state === 'ended' && acknowledged)).toBe(true);
    const told = entries.map(({ attemptId, final }) => [attemptId, final?.kind]);
    const known = attempts.map(({ attempt_id, ended_by }) => [attempt_id, ended_by]);
    expect(told.sort()).toEqual(known.sort());
  });
});

describe('ocsd killed in the middle of a campaign', () => {
  it('dials nothing new, lets calls end, and gets the results when it is back', async () => {
    const { ocsd, ocs, cpdd, admin, campaign } = await startPrograms();
    await until(campaign, ({ attempts, calls }) => attempts >= 8 && calls.dialling >= 4);
    ocsd.signal('SIGKILL');
    await ocsd.ended;

    const status = async () => (await (await fetch(`${admin}/admin/v1/status`)).json()) as StatusReply;
    let alone = await status();
    while (alone.dialer?.calls !== 0 || alone.dialer.link !== 'down') alone = await status();
    expect(alone.dialer.unacknowledged).toBeGreaterThan(0);
    expect(alone.health).toMatchObject({ ready: false, reasons: ['OCS does not answer'] });
    const taken = cpdd.log.filter(({ msg }) => msg === 'request taken').length;
    expect(taken).toBeLessThan(records);

    await addressOf(startOcsd(ocs), 'url');
    await until(campaign, ({ finished }) => finished);
    const outcomes = (await attemptsOf(ocs)).filter(({ ended_by }) => ended_by === 'outcome');
    expect(outcomes).toHaveLength(records);
    expect(new Set(outcomes.map(({ record_handle }) => record_handle)).size).toBe(records);
    expect(outcomes.every(({ result, reason }) => result === 6 && reason === null)).toBe(true);
    while (alone.dialer?.unacknowledged !== 0) alone = await status();
    cpdd.signal('SIGTERM');
    expect((await cpdd.ended).code).toBe(0);
  });

  it('leaves results in the journal when cpdd has to end without it', async () => {
    const { ocsd, ocs, cpdd, campaign, startCpdd } = await startPrograms();
    await until(campaign, ({ attempts, calls }) => attempts >= 4 && calls.dialling >= 2);
    ocsd.signal('SIGKILL');
    await ocsd.ended;
    cpdd.signal('SIGTERM');
    expect((await cpdd.ended).code).toBe(0);
    const left = cpdd.log.find(({ msg }) => msg.startsWith('ending before all results were delivered'));
    expect(left).toMatchObject({ calls: 0 });
    expect(Number(left?.['unacknowledged'])).toBeGreaterThan(0);

    await addressOf(startOcsd(ocs), 'url');
    startCpdd();
    const { attempts } = await until(campaign, ({ finished }) => finished);
    expect(attempts).toBe(records);
  });
});

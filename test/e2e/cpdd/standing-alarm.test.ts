import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChannelsReply } from '../../../src/api/admin.ts';
import { hasStandin, standin } from '../../support/board/standin.ts';
import { addressOf, killAll, scratch, startDaemon, type Daemon } from '../programs.ts';

/** Two spans; the second is in red alarm from before the board is opened, for so long of its time. */
const vendor = (forMs: number) => ({
  clock: { speed: 20 },
  boards: [
    { family: 'springware', channels: 4 },
    { family: 'dm3', network: 't1', channels: 4 },
  ],
  world: { unlisted: 'live' },
  faults: [{ kind: 'alarm', span: 2, alarm: 'red', atMs: 0, forMs }],
});

const config = `dialerId: alarmed
ocs: {url: 'http://127.0.0.1:9'}
board:
  driver: dialogic
  libraries: {folder: ${standin(64).libraries}, clock: standin_now}
  spans:
    - {kind: analog, channels: 4, voice: dxxxB1C1}
    - {kind: isdn, network: dtiB1, channels: 4, voice: dxxxB2C1}
  globalCall: {libraries: [GC_DM3CC_LIB]}
dialPlan: {allow: ['^\\+1']}
admin: {port: 0}
drain: {timeoutMs: 0, flushMs: 0}
`;

let folder: ReturnType<typeof scratch>;
let cpdd: Daemon;
let admin: string;
beforeEach(() => {
  folder = scratch({ 'cpdd.yaml': config });
});
afterEach(async () => {
  cpdd.signal('SIGTERM');
  expect((await cpdd.ended).code).toBe(0);
  folder.remove();
});
afterAll(killAll);

async function start(alarmMs: number): Promise<void> {
  const standInConfig = folder.path('standin.json');
  writeFileSync(standInConfig, JSON.stringify(vendor(alarmMs)));
  cpdd = startDaemon('cpdd', ['--config', folder.path('cpdd.yaml')], { STANDIN_CONFIG: standInConfig });
  admin = await addressOf(cpdd, 'admin');
}

const metrics = async () => (await fetch(`${admin}/metrics`)).text();
const told = (on: boolean) =>
  cpdd.line(
    (line) =>
      line.msg === 'alarm on a span' && line['span'] === 2 && line['alarm'] === 'red' && line['on'] === on,
  );

// Built by npm run build:standin.
describe.skipIf(!hasStandin(64))('an alarm that stands when cpdd opens its board', () => {
  it('is in the metrics, in the log and the reason of the channels', async () => {
    await start(3_600_000);
    await told(true);
    expect(await metrics()).toContain('cpdd_board_alarm{span="2",alarm="red"} 1');
    const { channels } = (await (await fetch(`${admin}/admin/v1/channels`)).json()) as ChannelsReply;
    const reasons = channels.filter(({ span }) => span === 2).map((channel) => channel.outOfServiceReason);
    expect(reasons).toEqual(['alarm_red', 'alarm_red', 'alarm_red', 'alarm_red']);
  });

  it('is told when it goes, like any other', async () => {
    await start(60_000);
    await told(true);
    await told(false);
    expect(await metrics()).toContain('cpdd_board_alarm{span="2",alarm="red"} 0');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openToldDialler, toldChannel } from '../../support/console/diallers.ts';
import {
  addressOf,
  killAll,
  run,
  scratch,
  start,
  startDaemon,
  startOnTerminal,
  type Daemon,
} from '../programs.ts';

const token = 'the-api-token-of-tests';
const files = {
  'ocsd.yaml': 'database: ocs.db\nlisten: {port: 0}\ntokens: {apiFile: token}\n',
  token: `${token}\n`,
  'spring.yaml':
    "name: spring\nlist: customers\nmode: progressive\ngroup: sales\nhandoff: {kind: destination, extension: '7000'}\n",
  'customers.csv': 'phone,tz\n+12125550101,UTC\n+12125550102,UTC\n',
};

let folder: ReturnType<typeof scratch>;
let env: NodeJS.ProcessEnv;
let ocsd: Daemon;

beforeAll(async () => {
  folder = scratch(files);
  ocsd = startDaemon('ocsd', ['--config', folder.path('ocsd.yaml')]);
  env = { CPDCTL_OCS_URL: await addressOf(ocsd, 'url'), CPDCTL_OCS_TOKEN: token };
  const { code, stderr } = await run(
    'cpdctl',
    ['campaign', 'load', folder.path('spring.yaml'), folder.path('customers.csv')],
    env,
  );
  expect([code, stderr]).toEqual([0, '']);
});
afterAll(() => {
  killAll();
  folder.remove();
});

describe('cpdctl watch', () => {
  it('says each change of a campaign as a line in a pipe, and ends at SIGINT', async () => {
    const watch = start('cpdctl', ['watch'], env);
    await watch.says(/\dZ\tspring\tinactive\tprogressive\t2\/2\t/);
    await run('cpdctl', ['campaign', 'start', 'spring'], env);
    await watch.says(/\dZ\tspring\trunning\t/);
    watch.signal('SIGINT');
    expect(await watch.ended).toBe(0);
    expect(watch.complaints()).toBe('');
    await run('cpdctl', ['campaign', 'stop', 'spring'], env);
  });

  it('gives programs the whole item after each change', async () => {
    const watch = start('cpdctl', ['watch', 'campaigns', '--json'], env);
    await watch.says(/^\{"at":\d+,"topic":"campaigns","item":\{"name":"spring",.*"state":"inactive".*\}\n/);
    await run('cpdctl', ['campaign', 'start', 'spring'], env);
    await watch.says(
      /\{"at":\d+,"topic":"campaigns","item":\{"name":"spring",.*"state":"running".*"total":2.*\}\n/,
    );
    await run('cpdctl', ['campaign', 'stop', 'spring'], env);
    watch.signal('SIGTERM');
    expect(await watch.ended).toBe(0);
  });

  it('is worked by keys on a terminal, fits it when it becomes another size, and gives it back', async () => {
    const watch = startOnTerminal('cpdctl', ['watch'], env, { columns: 120, rows: 20 });
    await watch.says('> spring');
    watch.type('a');
    await watch.says('No agent is logged in.');
    watch.type('c\r');
    await watch.says('spring: inactive, progressive, list customers, group sales');
    watch.resize(30, 10);
    await watch.says('spring: inactive, progressive~');
    watch.type('q');
    await watch.says('\u001b[?25h\u001b[?1049l');
    expect(await watch.ended).toBe(0);
  });

  it('shows channels live, on a terminal only while they are looked at', async () => {
    const dialler = await openToldDialler(env['CPDCTL_OCS_URL'] ?? '', 'east');
    const terminal = startOnTerminal('cpdctl', ['watch'], env, { columns: 140, rows: 20 });
    await terminal.says('> spring');
    expect((await dialler.tell({})).want).toBe('nothing');
    terminal.type('h');
    await terminal.says('No dialler has told of channels.');
    await dialler.asked();
    const out = { use: 'out_of_service', reason: 'alarm_red', faults: 2 };
    const call = { use: 'call', phase: 'alerting', campaign: 'spring', attemptId: 'a-1' };
    await dialler.tell({ channels: [toldChannel(10, out), toldChannel(2, call)] }, 1);
    await terminal.says(/> east\/2 +0 +ringing +12\.\d s +spring/);
    await terminal.says(/ {2}east\/10 +0 +out of service .* 2 +alarm_red/);
    terminal.type('j');
    await terminal.says(/> east\/10 /);
    const [plain, json] = [
      start('cpdctl', ['watch', 'channels'], env),
      start('cpdctl', ['watch', 'channels', '--json'], env),
    ];
    await plain.says(/\dZ\teast\/10\t0\tout of service\t/);
    await json.says(
      /\{"at":\d+,"topic":"channels","item":\{"id":"east\/2","dialerId":"east","channel":2,.*"phase":"alerting"/,
    );
    await dialler.tell({ board: 'dead' });
    await terminal.says('! the board of dialler east failed');
    for (const each of [plain, json]) {
      each.signal('SIGINT');
      expect(await each.ended).toBe(0);
    }
    terminal.type('c');
    await terminal.says('> spring');
    await expect.poll(async () => (await dialler.tell({})).want).toBe('nothing');
    terminal.type('q');
    expect(await terminal.ended).toBe(0);
  });

  it('says in a word why it cannot watch', async () => {
    const refused = await run('cpdctl', ['watch', '--ocs-token', 'a-wrong-token-of-tests'], env);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/^cpdctl: UNAUTHORIZED: .*\n$/);
    const away = await run('cpdctl', ['watch', '--ocs-url', 'http://127.0.0.1:1'], env);
    expect(away.stderr).toMatch(
      /^cpdctl: OCS_UNREACHABLE: ocsd does not answer at http:\/\/127.0.0.1:1 .*\n$/,
    );
    expect((await run('cpdctl', ['watch', 'weather'], env)).stderr).toContain('expected one of campaigns');
  });

  it('says that the connection is lost, and goes on when ocsd is back', async () => {
    const { port } = new URL(env['CPDCTL_OCS_URL'] ?? '');
    const terminal = startOnTerminal('cpdctl', ['watch'], env, { columns: 120, rows: 20 });
    const plain = start('cpdctl', ['watch'], env);
    await Promise.all([terminal.says('> spring'), plain.says('spring\tinactive')]);
    ocsd.signal('SIGTERM');
    await ocsd.ended;
    await terminal.says(/Connection lost. Trying again. As of \d\d:\d\d:\d\d, \d+ s old/);
    ocsd = startDaemon('ocsd', ['--config', folder.path('ocsd.yaml'), '--port', port]);
    await plain.says('spring\tinactive');
    expect(plain.complaints()).toContain('cpdctl: connection to ocsd lost; trying again\n');
    await terminal.says(/\u001b\[HAs of /);
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(0);
    plain.signal('SIGINT');
    expect(await plain.ended).toBe(0);
  });
});

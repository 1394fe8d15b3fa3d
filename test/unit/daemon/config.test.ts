import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flag } from '../../../src/daemon/config-file.ts';
import { dialerConfig } from '../../../src/daemon/cpdd/settings.ts';
import { loadCpddConfig, type CpddSetup } from '../../../src/daemon/cpdd/config.ts';
import { missingFolders } from '../../../src/daemon/config-parts.ts';
import { loadOcsdConfig } from '../../../src/daemon/ocsd/config.ts';
import { ConfigError, describeFault, fieldName, type ConfigFault } from '../../../src/daemon/faults.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const good = `dialerId: host1
board:
  driver: sim
dialPlan:
  allow: ['^\\+1']
`;

function load(yaml: string, flags: Flag[] = [], env: NodeJS.ProcessEnv = {}): CpddSetup {
  const file = join(folder, 'cpdd.yaml');
  writeFileSync(file, yaml);
  return loadCpddConfig(file, flags, env);
}

function faultsOf(yaml: string, flags: Flag[] = [], env: NodeJS.ProcessEnv = {}): ConfigFault[] {
  try {
    load(yaml, flags, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  throw new Error('the configuration was taken');
}

describe('cpdd configuration', () => {
  it('fills in defaults: loopback, the usual ports, masked numbers', () => {
    const { config } = load(good);
    expect(config.admin).toEqual({ host: '127.0.0.1', port: 7810 });
    expect(config.ocs).toEqual({ url: 'http://127.0.0.1:7800', standbyUrls: [] });
    expect(config.log).toEqual({ level: 'info', maskNumbers: true });
    expect(config.board).toMatchObject({ driver: 'sim', trunks: [{ kind: 'isdn', channels: 24 }] });
  });

  it('takes paths relative to the file', () => {
    const { config } = load(`${good}journal:\n  path: here/j.db\n`);
    expect(config.journal.path).toBe(join(folder, 'here/j.db'));
  });

  it('lets a flag go over the file and the file over the default', () => {
    const yaml = `${good}admin:\n  port: 9000\n`;
    expect(load(yaml).config.admin.port).toBe(9000);
    const flag = { name: 'admin-port', path: ['admin', 'port'], value: 9001 };
    expect(load(yaml, [flag]).config.admin.port).toBe(9001);
    expect(load(yaml, [{ ...flag, value: undefined }]).config.admin.port).toBe(9000);
    expect(load(good, [flag]).config.admin.port).toBe(9001);
  });

  it('names the keys of the driver that is meant, and no other', () => {
    const [fault] = faultsOf(good.replace('driver: sim', 'driver: sim\n  spans: []'));
    expect(fault).toMatchObject({ field: 'board.spans', found: 'unknown key spans' });
    expect(fault?.expected).toMatch(/^one of driver, name, host, trunks, /);
    expect(fault?.expected).not.toMatch(/spans|globalCall/);
    const [other] = faultsOf(good.replace('driver: sim', 'driver: dialogic\n  trunks: []'));
    expect(other?.expected).toMatch(/spans.*globalCall/);
    expect(other?.expected).not.toContain('trunks');
  });

  it('names a wrong flag instead of a line', () => {
    const faults = faultsOf(good, [{ name: 'admin-port', path: ['admin', 'port'], value: 70_000 }]);
    expect(faults.map(describeFault)).toEqual([
      'option --admin-port: admin.port: found 70000, expected at most 65535',
    ]);
  });

  it.each([
    ['an unknown key', `${good}bord: {}\n`, 6, 1, 'bord', 'unknown key bord', 'board'],
    [
      'a wrong value in a list',
      good.replace('driver: sim', 'driver: sim\n  trunks:\n    - {kind: isdn, channels: 0}'),
      5,
      30,
      'board.trunks[0].channels',
      '0',
      null,
    ],
    [
      'a key of the world',
      good.replace('driver: sim', 'driver: sim\n  world:\n    unlistd: live'),
      5,
      5,
      'board.world.unlistd',
      'unknown key unlistd',
      'unlisted',
    ],
    ['an unknown driver', good.replace('sim', 'foo'), 3, 11, 'board.driver', '"foo"', null],
    ['a missing part', 'board: {driver: sim}\n', 1, 1, 'dialPlan', 'nothing', null],
    ['a broken pattern', good.replace("'^\\+1'", "'^1', '('"), 5, 17, 'dialPlan.allow[1]', '(', null],
    ['the wrong type', `${good}log: {maskNumbers: 3}\n`, 6, 20, 'log.maskNumbers', '3', null],
    [
      'a missing world file',
      good.replace('sim', 'sim\n  world: no.yaml'),
      4,
      10,
      'board.world',
      'ENOENT',
      null,
    ],
    ['an unknown tone plan', `${good}dialling: {plan: XX}\n`, 6, 18, 'dialling.plan', 'XX', null],
    [
      'a broken cadence',
      `${good}tonePlans: [{code: XX, name: x, busy: '480/abc'}]\n`,
      6,
      39,
      'tonePlans[0].busy',
      '480/abc',
      null,
    ],
    ['admin for everyone', `${good}admin: {host: 0.0.0.0}\n`, 6, 15, 'admin.host', '"0.0.0.0"', null],
  ])('says line, column and field of %s', (_, yaml, line, column, field, found, suggestion) => {
    const [fault, ...more] = faultsOf(yaml);
    expect(more).toEqual([]);
    expect(fault).toMatchObject({ line, column, field, suggestion });
    expect(fault?.found).toContain(found);
  });

  it('says whether a bound itself is allowed', () => {
    const clock = good.replace('driver: sim', 'driver: sim\n  clock: { speed: 0 }');
    expect(faultsOf(clock).map(describeFault)[0]).toMatch(/found 0, expected more than 0$/);
    expect(faultsOf(`${good}announcements: []\ntonePlans: {}\n`).map(({ expected }) => expected)).toEqual([
      'a map',
      'a list',
    ]);
  });

  it('knows the tone plans of the site', () => {
    const own = `tonePlans: [{code: XX, name: x, busy: '480/500,0/500'}]\ndialling: {plan: XX}\n`;
    expect(load(good + own).config.dialling.plan).toBe('XX');
  });

  it('names every fault, in the order of the file', () => {
    const faults = faultsOf('dialerId: 5\nboard: {driver: sim, seed: a}\ndialPlan: {allow: []}\n');
    expect(faults.map(({ line, field }) => [line, field])).toEqual([
      [1, 'dialerId'],
      [2, 'board.seed'],
      [3, 'dialPlan.allow'],
    ]);
  });

  it('takes the share of people one may lose as people write it', () => {
    const shareOf = (text: string) =>
      load(`${good}detection: { maxHumanLoss: ${text} }\n`).config.detection.maxHumanLoss;
    expect(shareOf('1 %')).toBe(0.01);
    expect(shareOf('0.3%')).toBe(0.003);
    expect(shareOf('0.03')).toBe(0.03);
    for (const wrong of ['1', '0.05 %', '11 %', 'some', '-1 %']) {
      const [fault] = faultsOf(`${good}detection: { maxHumanLoss: ${wrong} }\n`);
      expect(fault).toMatchObject({ field: 'detection.maxHumanLoss', line: 6 });
      expect(fault?.expected).toContain('1 %');
    }
  });

  it('takes a calibration, and the knob it was measured for', () => {
    const calibration =
      'calibration: 1\nscoreOffset: -0.5\nmaxHumanLoss: 1 %\nmode: accurate_am_detection\ndetector: 0.1.0\n';
    writeFileSync(join(folder, 'calibration.yaml'), calibration);
    writeFileSync(join(folder, 'broken.yaml'), calibration.replace('-0.5', 'low'));
    const setting = (file: string, more = '') => `${good}detection:\n  calibrationFile: ${file}\n${more}`;
    const setup = load(setting('calibration.yaml'));
    expect(setup.calibration).toMatchObject({ scoreOffset: -0.5, maxHumanLoss: 0.01 });
    expect(dialerConfig(setup).detection).toEqual({ scoreOffset: -0.5, maxHumanLoss: 0.01 });
    expect(dialerConfig(load(good)).detection).toEqual({});
    for (const wrong of [
      setting('broken.yaml'),
      setting('nowhere.yaml'),
      setting('calibration.yaml', '  maxHumanLoss: 3 %\n'),
    ]) {
      expect(faultsOf(wrong)).toMatchObject([{ field: 'detection.calibrationFile', line: 7 }]);
    }
  });

  it('says where YAML itself is broken', () => {
    const [fault] = faultsOf('board:\n  driver: sim\n  driver: sim\n');
    expect(fault).toMatchObject({ line: 3, expected: 'well-formed YAML' });
  });

  it('says one fault of a slip in YAML, not all that follow from it', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `  key${String(i)}: value`);
    expect(faultsOf(['board:', '\tdriver: sim', ...lines].join('\n'))).toMatchObject([{ line: 2 }]);
  });

  it('never shows a token', () => {
    const faults = faultsOf(`${good}ocs: {token: sesame}\n`);
    expect(faults.map(describeFault).join()).not.toContain('sesame');
    expect(faults[0]?.field).toBe('ocs.token');
  });

  it('refuses an OCS address with credentials, and does not repeat them', () => {
    for (const url of [
      'http://ann:hunter2@10.0.0.1:7800',
      'http://hunter2@10.0.0.1',
      'http://:hunter2@[::1]',
    ]) {
      const [fault, ...more] = faultsOf(`${good}ocs: {url: '${url}'}\n`);
      expect(more).toEqual([]);
      expect(fault).toMatchObject({ field: 'ocs.url', line: 6 });
      expect(fault?.expected).toContain('ocs.tokenFile');
      expect(describeFault(fault as ConfigFault)).not.toContain('hunter2');
    }
    expect(load(`${good}ocs: {url: 'http://10.0.0.1:7800/ocs'}\n`).config.ocs.url).toContain('10.0.0.1');
  });

  it('reads a token from a file and from the credentials of systemd', () => {
    writeFileSync(join(folder, 'tok'), '0123456789abcdef\n');
    expect(load(`${good}ocs: {tokenFile: tok}\n`).ocsToken).toBe('0123456789abcdef');
    const yaml = `${good}ocs: {tokenFile: '\${CREDENTIALS_DIRECTORY}/tok'}\n`;
    expect(load(yaml, [], { CREDENTIALS_DIRECTORY: folder }).ocsToken).toBe('0123456789abcdef');
    expect(faultsOf(yaml)[0]).toMatchObject({ line: 6, field: 'ocs.tokenFile' });
  });

  it('refuses a token too short to be one', () => {
    writeFileSync(join(folder, 'short'), 'abc\n');
    const [fault] = faultsOf(`${good}ocs: {tokenFile: short}\n`);
    expect(fault).toMatchObject({ field: 'ocs.tokenFile', found: '3 characters' });
  });

  it('has one coded error for a file that is not there', () => {
    expect(() => loadCpddConfig(join(folder, 'none.yaml'))).toThrow(
      expect.objectContaining({ code: 'NO_SUCH_FILE' }) as Error,
    );
  });
});

describe('values that do not go together', () => {
  const ocsd = (server: string) => {
    const file = join(folder, 'ocsd.yaml');
    writeFileSync(file, `database: ocs.db\nserver: ${server}\n`);
    try {
      loadOcsdConfig(file);
      return [];
    } catch (error) {
      if (error instanceof ConfigError)
        return error.faults.map(({ line, field, found }) => [line, field, found]);
      throw error;
    }
  };

  it('are refused by ocsd where they are written', () => {
    expect(ocsd('{ staleMs: 59999 }')).toEqual([[2, 'server.staleMs', '59999']]);
    expect(ocsd('{ staleMs: 60000 }')).toEqual([]);
    expect(ocsd('{ leaseMs: 10000, maxWaitMs: 10000, staleMs: 20000 }')).toEqual([
      [2, 'server.maxWaitMs', '10000'],
    ]);
    expect(ocsd('{ leaseMs: 10001, maxWaitMs: 10000, staleMs: 20002 }')).toEqual([]);
    expect(ocsd('{ leaseMs: 200000 }')).toEqual([[2, 'server.staleMs', '300000']]);
  });

  it('are refused by cpdd', () => {
    const pauses = (firstMs: number) => `${good}boardRecovery: { firstMs: ${firstMs}, longestMs: 500 }\n`;
    expect(faultsOf(pauses(501))).toMatchObject([{ field: 'boardRecovery.firstMs' }]);
    expect(load(pauses(500)).config.boardRecovery.firstMs).toBe(500);
  });

  it('are refused by cpdd where one number may be called more often an hour than a day', () => {
    const limits = (values: string) => `${good}limits: { ${values} }\n`;
    expect(faultsOf(limits('perNumberHour: 6, perNumberDay: 5'))).toMatchObject([
      { field: 'limits.perNumberHour', found: '6' },
    ]);
    expect(load(limits('perNumberHour: 5, perNumberDay: 5')).config.limits.perNumberHour).toBe(5);
    // Who only lowers the day lowers the hour with it.
    expect(load(limits('perNumberDay: 4')).config.limits).toMatchObject({
      perNumberHour: 4,
      perNumberDay: 4,
    });
    expect(load(good).config.limits).toMatchObject({ perNumberHour: 10, perNumberDay: 20 });
  });

  it('are warned of where a folder is not there yet', () => {
    const gone = join(folder, 'gone');
    expect(
      missingFolders({ database: folder, 'journal.path': gone, 'recordings.folder': undefined }),
    ).toEqual([`journal.path: the folder ${gone} does not exist`]);
  });
});

describe('names of fields', () => {
  it('writes paths as people do', () => {
    expect(fieldName(['board', 'trunks', 0, 'kind'])).toBe('board.trunks[0].kind');
  });
});

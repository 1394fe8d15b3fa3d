import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sipBoardConfigSchema } from '../../../../src/board/sip/config.ts';
import { sipDriver } from '../../../../src/board/sip/driver.ts';

const trunk = { name: 'carrier', address: 'sip.example.net' };
const parse = (more: object = {}, first: object = {}) =>
  sipBoardConfigSchema.safeParse({ driver: 'sip', trunks: [{ ...trunk, ...first }], ...more });
const field = (result: ReturnType<typeof parse>) => result.error?.issues[0]?.path.join('.');

describe('the configuration of a SIP board', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sip-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('listens on loopback unless told otherwise', () => {
    expect(parse().data).toMatchObject({ bind: '127.0.0.1', sipPort: 5_060, rtpPorts: [20_000, 29_999] });
    expect(parse().data?.trunks[0]).toMatchObject({
      transport: 'udp',
      channels: 30,
      callsPerSecond: 1,
      codecs: ['pcma', 'pcmu'],
    });
  });

  it.each([
    [{}, { address: 'sip.example.net;transport=tcp' }, 'trunks.0.address'],
    [{}, { address: 'a:99999' }, 'trunks.0.address'],
    [{}, { address: 'a b' }, 'trunks.0.address'],
    [{}, { address: 'a\r\nVia: x' }, 'trunks.0.address'],
    [{}, { domain: 'example.net>' }, 'trunks.0.domain'],
    [{}, { transport: 'sctp' }, 'trunks.0.transport'],
    [{}, { tls: { caFile: 'a.pem' } }, 'trunks.0.tls'],
    [{}, { transport: 'tls', tls: { verify: false } }, 'trunks.0.tls'],
    [{}, { address: [] }, 'trunks.0.address'],
    [{}, { address: ['a', 'b:99999'] }, 'trunks.0.address.1'],
    [{}, { register: true }, 'trunks.0.username'],
    [{}, { srtp: 'optional' }, 'trunks.0.srtp'],
    [{}, { sessionExpiresS: 60 }, 'trunks.0.sessionExpiresS'],
    [{}, { headers: { 'X-A': 'a\r\nVia: b' } }, 'trunks.0.headers.X-A'],
    [{}, { headers: { 'X A': 'a' } }, 'trunks.0.headers.X A'],
    [{}, { headers: { Contact: '<sip:a@b>' } }, 'trunks.0.headers.Contact'],
    [{}, { callerId: '0800-DIAL' }, 'trunks.0.callerId'],
    [{}, { callsPerSecond: 0 }, 'trunks.0.callsPerSecond'],
    [{}, { codecs: ['g729'] }, 'trunks.0.codecs.0'],
    [{}, { codecs: [] }, 'trunks.0.codecs'],
    [{}, { username: 'a"b', passwordFile: 'x' }, 'trunks.0.username'],
    [{}, { username: 'a' }, 'trunks.0.passwordFile'],
    [{}, { password: 'secret' }, 'trunks.0'],
    [{ bind: 'eth0' }, {}, 'bind'],
    [{ rtpPorts: [20_000, 20_010] }, {}, 'rtpPorts'],
    [{ trunks: [trunk, trunk] }, {}, 'trunks'],
    [{ agentTrunk: 'pbx' }, {}, 'agentTrunk'],
    [{ trunks: [] }, {}, 'trunks'],
  ])('refuses %j, %j: %s', (more, first, wrong) => {
    expect(field(parse(more, first))).toBe(wrong);
  });

  it.each([
    [{ bind: '::1' }, { address: '[::1]:5080' }],
    [{ bind: '2001:db8::9' }, { address: ['2001:db8::1', '[2001:db8::2]:5070', 'sip.example.net'] }],
    [{ bind: ['192.0.2.1', '2001:db8::9'] }, { address: ['2001:db8::1', '192.0.2.9'] }],
    [{}, { alsoFrom: ['192.0.2.0/24', '2001:db8::/32', '198.51.100.7', '2001:db8::1/128'] }],
  ])('takes %j, %j', (more, first) => {
    expect(parse(more, first).error).toBeUndefined();
  });

  it.each([
    [{}, { address: '[::1]:5080' }, 'trunks.0.address', 'none of IPv6'],
    [{}, { address: ['192.0.2.1', '2001:db8::1'] }, 'trunks.0.address.1', 'none of IPv6'],
    [{ bind: '::1' }, { address: '192.0.2.1' }, 'trunks.0.address', 'none of IPv4'],
    [{ bind: '::1' }, { address: 'fe80::1%eth0' }, 'trunks.0.address', 'in brackets'],
    [{ bind: '::1' }, { address: '[::1]:65536' }, 'trunks.0.address', 'in brackets'],
    [{ bind: '::1' }, { address: '[192.0.2.1]' }, 'trunks.0.address', 'in brackets'],
    [{ bind: '::ffff:192.0.2.1' }, {}, 'bind', 'an IP address'],
    [{ bind: 'eth0' }, {}, 'bind', 'an IP address'],
    [{ bind: 'fe80::1%eth0' }, {}, 'bind', 'an IP address'],
    [{ bind: ['192.0.2.1', '192.0.2.2'] }, {}, 'bind', 'one of IPv6'],
    [{}, { alsoFrom: ['192.0.2.0/33'] }, 'trunks.0.alsoFrom.0', 'prefix'],
    [{}, { alsoFrom: ['0.0.0.0/0'] }, 'trunks.0.alsoFrom.0', 'prefix'],
    [{}, { externalAddress: 'gw.example.net' }, 'trunks.0.externalAddress', 'an IP address'],
    [{}, { externalAddress: '203.0.113.5:70000' }, 'trunks.0.externalAddress', 'or learn'],
    [{}, { externalAddress: '2001:db8::5' }, 'trunks.0.externalAddress', 'none of IPv6'],
    [{ bind: '::1' }, { externalAddress: '203.0.113.5' }, 'trunks.0.externalAddress', 'none of IPv4'],
    [{ silentCalls: 'never' }, {}, 'silentCalls', 'ask'],
    [{}, { alsoFrom: ['sip.example.net'] }, 'trunks.0.alsoFrom.0', 'prefix'],
  ])('says of %j, %j what is expected of %s', (more, first, wrong, expected) => {
    const refused = parse(more, first);
    expect(field(refused)).toBe(wrong);
    expect(refused.error?.issues[0]?.message).toContain(expected);
  });

  const standIn = { file: 'exchange.json' };
  const here = '127.0.0.2:5080';
  it.each([
    [{ address: 'sip.example.net:5060' }],
    [{ address: 'localhost:5060' }],
    [{ address: '192.0.2.1:5060' }],
    [{ address: '127.0.0.1' }],
    [{ address: '127.0.0.1:0' }],
    [{ address: '127.0.0.256:5060' }],
    [{ address: '127.1:5060' }],
    [{ address: '[::ffff:127.0.0.1]:5060' }],
    [{ address: ['sip.example.net:5060', here] }],
    [{ address: [here, '198.51.100.5'] }],
  ])('refuses a stand-in beside somebody’s address: %j', (first) => {
    const wrong = [first.address].flat().findIndex((each) => each !== here);
    const place = Array.isArray(first.address) ? `trunks.0.address.${wrong}` : 'trunks.0.address';
    expect(field(parse({ standIn }, first))).toBe(place);
  });

  it('with a stand-in looks at every trunk, the agents’ too', () => {
    const trunks = (address: string) => ({
      standIn,
      agentTrunk: 'office',
      trunks: [
        { name: 'exchange', address: here },
        { name: 'office', address },
      ],
    });
    expect(field(parse(trunks('pbx.example.net:5060')))).toBe('trunks.1.address');
    expect(parse(trunks('127.255.255.254:65535')).success).toBe(true);
  });

  it('takes addresses apart and reads passwords for the board', () => {
    const file = join(folder, 'good');
    writeFileSync(file, 'secret\n', { mode: 0o600 });
    const config = sipBoardConfigSchema.parse({
      driver: 'sip',
      rtpPorts: [30_000, 31_000],
      trunks: [
        {
          ...trunk,
          address: '192.0.2.1:5070',
          username: 'me',
          passwordFile: 'good',
          headers: { 'X-Account': '12, a' },
        },
      ],
    });
    expect(sipDriver.prepare(config, folder)).toMatchObject({
      rtpFirstPort: 30_000,
      rtpLastPort: 31_000,
      trunks: [
        {
          addresses: [{ host: '192.0.2.1', port: 5_070 }],
          transport: 'udp',
          registers: false,
          headers: ['X-Account: 12, a'],
          username: 'me',
          password: 'secret',
        },
      ],
    });
  });

  it('tells the board where it is, and where it is seen', () => {
    const prepare = (bind: unknown, externalAddress?: string) =>
      sipDriver.prepare(
        sipBoardConfigSchema.parse({
          driver: 'sip',
          bind,
          trunks: [{ name: 'a', address: 'a.example', externalAddress }],
        }),
        folder,
      );
    expect(prepare('192.0.2.1')).not.toHaveProperty('secondBind');
    expect(prepare(['2001:db8::1', '192.0.2.1'], '203.0.113.5:5070')).toMatchObject({
      bind: '2001:db8::1',
      secondBind: '192.0.2.1',
      trunks: [{ externalHost: '203.0.113.5', externalPort: 5_070, learnsAddress: false }],
    });
    expect(prepare('192.0.2.1', '203.0.113.5').trunks[0]).toMatchObject({ externalPort: 0 });
    const learning = prepare('192.0.2.1', 'learn').trunks[0];
    expect(learning).toMatchObject({ learnsAddress: true });
    expect(learning).not.toHaveProperty('externalHost');
    expect(prepare('192.0.2.1').trunks[0]).toMatchObject({ learnsAddress: false });
  });

  it('takes several addresses, and finds the files of TLS beside the configuration', () => {
    writeFileSync(join(folder, 'ca.pem'), 'x', { mode: 0o644 });
    writeFileSync(join(folder, 'own.pem'), 'x', { mode: 0o600 });
    const prepare = (tls: object) =>
      sipDriver.prepare(
        sipBoardConfigSchema.parse({
          driver: 'sip',
          trunks: [{ name: 'a', address: ['a.example', 'b.example:5070'], transport: 'tls', tls }],
        }),
        folder,
      );
    expect(prepare({ caFile: 'ca.pem', certificateFile: 'own.pem', serverName: 'c.example' })).toMatchObject({
      trunks: [
        {
          addresses: [
            { host: 'a.example', port: 0 },
            { host: 'b.example', port: 5_070 },
          ],
          transport: 'tls',
          caFile: join(folder, 'ca.pem'),
          certificateFile: join(folder, 'own.pem'),
          serverName: 'c.example',
        },
      ],
    });
    const fault = (field: string, code: string) =>
      expect.objectContaining({ code, field: `trunks.tls.${field}` }) as Error;
    expect(() => prepare({ caFile: 'absent.pem' })).toThrow(fault('caFile', 'NO_SUCH_FILE'));
    // It holds a key.
    expect(() => prepare({ certificateFile: 'ca.pem' })).toThrow(fault('certificateFile', 'BAD_CONFIG'));
  });

  it.each([
    ['open', 'secret', 0o644, 'BAD_CONFIG'],
    ['empty', '\n', 0o600, 'BAD_CONFIG'],
    ['lines', 'a\nb', 0o600, 'BAD_CONFIG'],
    ['absent', null, 0o600, 'NO_SUCH_FILE'],
  ])('refuses a password file that is %s', (name, text, mode, code) => {
    if (text !== null) writeFileSync(join(folder, name), text, { mode });
    const config = sipBoardConfigSchema.parse({
      driver: 'sip',
      trunks: [{ ...trunk, username: 'me', passwordFile: name }],
    });
    expect(() => sipDriver.prepare(config, folder)).toThrow(
      expect.objectContaining({ code, field: 'trunks.passwordFile' }) as Error,
    );
  });
});

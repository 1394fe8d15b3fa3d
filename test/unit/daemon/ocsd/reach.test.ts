import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeFault, type ConfigError } from '../../../../src/daemon/faults.ts';
import { loadOcsdConfig } from '../../../../src/daemon/ocsd/config.ts';
import { certificates } from '../../../support/certificates.ts';

const secret = 'a-secret-of-all-desktops';
const link = 'link: link-link-link-link';
const api = 'api: api-api-api-api-api';
const host = 'listen: { host: 0.0.0.0 }';
const proxy = "server: { publicUrl: 'https://ocs.example.com' }";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reach-test-'));
  writeFileSync(join(folder, 'one.crt'), certificates.one.cert);
  writeFileSync(join(folder, 'one.key'), certificates.one.key);
  writeFileSync(join(folder, 'two.key'), certificates.two.key);
  writeFileSync(join(folder, 'machines'), '# who\nprometheus wall wall-wall-wall-wall\n');
  writeFileSync(join(folder, 'kings'), 'prometheus king king-king-king-king\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const load = (yaml: string) => {
  const file = join(folder, 'ocsd.yaml');
  writeFileSync(file, yaml);
  return loadOcsdConfig(file);
};
const faults = (yaml: string) => {
  try {
    load(yaml);
    return [];
  } catch (error) {
    return (error as ConfigError).faults.map((fault) => `${fault.field}: ${describeFault(fault)}`);
  }
};

describe.each([
  ['on an address of the host', host, 'listen.host'],
  ['through a proxy', proxy, 'server.publicUrl'],
])('an ocsd that others reach %s', (_how, reach, field) => {
  it('has tokens of diallers and of the API, and none of all desktops', () => {
    expect(faults(`${reach}\ntokens: { ${link}, ${api} }\n`)).toEqual([]);
    expect(load(`${reach}\ntokens: { ${link}, ${api} }\n`).ocs.tokens.agents).toEqual({});
    for (const [tokens, named] of [
      [link, 'tokens.apiFile'],
      [api, 'tokens.linkFile'],
      [`${link}, ${api}, desktop: ${secret}`, 'no token of all desktops'],
      [`${link}, ${api}, desktopFile: somewhere`, 'no token of all desktops'],
    ] as const) {
      const found = faults(`${reach}\ntokens: { ${tokens} }\n`);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(new RegExp(`^${field}: .*${named}`));
      expect(found[0]).not.toContain(secret);
    }
  });
});

describe('an ocsd on an address of the host that browsers reach through a proxy', () => {
  const both = (server: string, listen = '') =>
    faults(
      `listen: { host: 0.0.0.0${listen} }\nserver: { publicUrl: 'https://ocs.example.com'${server} }\ntokens: { ${link}, ${api} }\n`,
    );

  it('speaks TLS itself, or names the proxy: passwords would come past it in the clear', () => {
    expect(both(', trustedProxies: [192.0.2.1, 2001:db8::/64]')).toEqual([]);
    expect(both('', ', tls: { certFile: one.crt, keyFile: one.key }')).toEqual([]);
    const found = both('');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^listen\.host: .*listen\.tls as well, or server\.trustedProxies/);
  });

  it.each(['proxy.example.com', '192.0.2.300', '192.0.2.0/33', '0.0.0.0/0', '::/0'])(
    'does not trust %s',
    (proxies) => {
      const found = both(`, trustedProxies: ['${proxies}']`);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(/^server\.trustedProxies/);
    },
  );
});

it('one on loopback needs no token, and may have one of all desktops', () => {
  expect(faults('')).toEqual([]);
  expect(load(`tokens: { desktop: ${secret} }\n`).ocs.tokens).toEqual({ desktop: secret });
});

it.each(['ftp://ocs.example.com', 'ocs.example.com', 'https://ocs.example.com/console'])(
  'the address of browsers is not %s',
  (url) => {
    expect(faults(`server: { publicUrl: '${url}' }\ntokens: { ${link}, ${api} }\n`)).toHaveLength(1);
  },
);

describe('files that the configuration names', () => {
  it('are read: machines with their roles, certificate and key', () => {
    const tls = 'tls: { certFile: one.crt, keyFile: one.key }';
    const setup = load(`listen: { ${tls} }\ntokens: { machinesFile: machines }\n`);
    expect(setup.ocs.tokens.machines).toEqual({ prometheus: { role: 'wall', token: 'wall-wall-wall-wall' } });
    expect(setup.tls).toEqual({
      files: { certFile: join(folder, 'one.crt'), keyFile: join(folder, 'one.key') },
      certificate: certificates.one,
    });
  });

  it.each([
    ['api admin', 'api'],
    ['ocsd wall', 'ocsd'],
    ['anybody wall', 'anybody'],
  ])('name no machine %s', (line, name) => {
    writeFileSync(join(folder, 'reserved'), `${line} wall-wall-wall-wall\n`);
    expect(faults('tokens: { machinesFile: reserved }')[0]).toMatch(/^tokens\.machinesFile: /);
    writeFileSync(join(folder, 'reserved'), `${line.replace(name, 'other')} wall-wall-wall-wall\n`);
    expect(faults('tokens: { machinesFile: reserved }')).toEqual([]);
  });

  it.each([
    ['crm admin wall-wall-wall-wall', '', 'one token for crm and prometheus'],
    ['', ', api: wall-wall-wall-wall', 'one token for prometheus and tokens.api'],
    ['', ', link: wall-wall-wall-wall', 'one token for prometheus and tokens.link'],
    ['', ', agentsFile: agents', 'one token for prometheus and agent a1'],
  ])('give no machine the token of another: %s%s', (line, more, found) => {
    writeFileSync(join(folder, 'agents'), 'a1 sales wall-wall-wall-wall\n');
    writeFileSync(join(folder, 'equal'), `prometheus wall wall-wall-wall-wall\n${line}\n`);
    const said = faults(`tokens: { machinesFile: equal${more} }`);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(found);
    expect(said[0]).not.toContain('wall-wall');
  });

  it.each([
    ['tokens: { machinesFile: kings }', 'tokens.machinesFile: '],
    ['tokens: { machinesFile: none }', 'tokens.machinesFile: '],
    ['listen: { tls: { certFile: none, keyFile: one.key } }', 'listen.tls.certFile: '],
    ['listen: { tls: { certFile: one.crt, keyFile: two.key } }', 'listen.tls.keyFile: '],
    ['listen: { tls: { certFile: one.crt } }', 'listen.tls.keyFile: '],
  ])('are refused in %s', (yaml, beginning) => {
    const found = faults(yaml);
    expect(found).toHaveLength(1);
    expect(found[0]?.startsWith(beginning)).toBe(true);
    expect(found[0]).not.toMatch(/king-king|PRIVATE/);
  });
});

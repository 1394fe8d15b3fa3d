import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAgentsFile } from '../../../src/daemon/config-parts.ts';
import type { ConfigError } from '../../../src/daemon/faults.ts';
import { loadOcsdConfig } from '../../../src/daemon/ocsd/config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agents-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const write = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const secret = 'a-secret-of-agent-7';

describe('a file of agents', () => {
  it('has an agent, a group and a token in each line', () => {
    const path = write('agents', `# agents\n\nagent-7  sales ${secret}\r\nanna\t*\tthe-secret-of-anna\n`);
    expect(readAgentsFile(path)).toEqual({
      'agent-7': { token: secret, group: 'sales' },
      anna: { token: 'the-secret-of-anna' },
    });
  });

  it.each([
    ['a token that is short', `agent-7 sales ${secret}\nanna sales short\n`],
    ['a token without a group', `\nanna ${secret}\n`],
    ['an agent who is there twice', `anna sales ${secret}\nanna sales ${secret}x\n`],
    ['a name with a blank', `# x\nanna b. sales ${secret}\n`],
  ])('is refused with the number of its line, not with what is secret: %s', (_what, text) => {
    const path = write('agents', text);
    try {
      readAgentsFile(path);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'BAD_CONFIG', field: 'agentsFile', found: `line 2 of ${path}` });
      expect(JSON.stringify(error) + String(error)).not.toContain(secret);
    }
  });

  it('is read with the configuration, and stands for the token of the desktops', () => {
    write('agents', `agent-7 sales ${secret}\n`);
    const host = 'listen: { host: 0.0.0.0 }\n';
    const tokens = 'link: link-link-link-link, api: api-api-api-api-api';
    const file = write('ocsd.yaml', `${host}tokens: { ${tokens}, agentsFile: agents }\n`);
    expect(loadOcsdConfig(file).ocs.tokens.agents).toEqual({ 'agent-7': { token: secret, group: 'sales' } });
    // Without it, users log in, and nobody else.
    const without = write('none.yaml', `${host}tokens: { ${tokens} }\n`);
    expect(loadOcsdConfig(without).ocs.tokens.agents).toEqual({});
    const local = write('local.yaml', `tokens: { ${tokens} }\n`);
    expect(loadOcsdConfig(local).ocs.tokens.agents).toBeUndefined();
    const missing = write('missing.yaml', 'tokens: { agentsFile: not-there }\n');
    try {
      loadOcsdConfig(missing);
      expect.unreachable();
    } catch (error) {
      expect((error as ConfigError).faults).toMatchObject([{ field: 'tokens.agentsFile' }]);
    }
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tarGz } from '../../../../src/cli/doctor/tar.ts';

describe('an archive', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpd-tar-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is one that tar unpacks, byte for byte', async () => {
    const files = new Map([
      ['empty.txt', ''],
      ['board/long.json', 'ü'.repeat(700)],
      ['exact.txt', 'x'.repeat(512)],
    ]);
    const path = join(folder, 'a.tar.gz');
    writeFileSync(path, await tarGz(files, new Date(1_700_000_000_000)));
    for (const [name, text] of files) {
      expect(execFileSync('tar', ['-xzOf', path, name], { encoding: 'utf8' })).toBe(text);
    }
    const listed = execFileSync('tar', ['-tzvf', path], { encoding: 'utf8', env: { TZ: 'UTC' } });
    expect(listed.match(/2023-11-14 22:13 \S+$/gm)).toHaveLength(3);
  });
});

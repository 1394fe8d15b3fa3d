import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeOptionsOf } from '../../../src/terminal/node-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'node-options-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function optionsIn(text: string): string[] {
  const file = join(folder, 'program.js');
  writeFileSync(file, text);
  return nodeOptionsOf(file);
}

describe('what a program asks of Node', () => {
  it('stands behind node in its first line', () => {
    expect(optionsIn('#!/usr/bin/env -S node --one=1 --two\nrun();\n')).toEqual(['--one=1', '--two']);
  });

  it('is nothing where that line names node alone, or there is none', () => {
    expect(optionsIn('#!/usr/bin/env node\n')).toEqual([]);
    expect(optionsIn('run(); // #!/usr/bin/env -S node --one\n')).toEqual([]);
  });

  it('is a small young generation for cpdd, so that collecting it holds no live call up', () => {
    expect(nodeOptionsOf('src/cli/cpdd.ts')).toEqual(['--max-semi-space-size=4']);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { redact } from '../../src/cli/redact.ts';
import { reportLines } from '../../src/cli/report-text.ts';
import { tarGz } from '../../src/cli/tar.ts';

describe('a report as text', () => {
  it('shows figures by name, lists as tables, and a vendor number with its name', () => {
    expect(
      reportLines({
        ok: true,
        total: 3.141_59,
        calls: [
          { at: 20, ATDX_CPTERM: { value: 10, name: 'CR_CNCT' }, hz: [950, 1_400] },
          { at: 1_240, ATDX_CPTERM: { value: 7, name: 'CR_BUSY' }, note: '' },
        ],
        counters: { resets: 2, spans: [] },
      }),
    ).toEqual([
      'ok: true',
      'total: 3.14',
      '',
      'calls:',
      '    at  ATDX_CPTERM  hz         note',
      '    20  10 CR_CNCT   950, 1400  -',
      '  1240  7 CR_BUSY    -          -',
      '',
      'counters:',
      '  resets: 2',
      '',
      '  spans:',
      '    none',
    ]);
  });
});

describe('what may be sent away', () => {
  it('has no secret and no telephone number in it, and keeps the rest', () => {
    expect(
      redact({
        ocs: { url: 'http://192.0.2.1:7800', token: 'abcdefghijklmnop', tokenFile: '/etc/token12345' },
        calls: [{ attemptId: '20261126001', number: '+12125550100', phase: 'ringing', ageMs: 12_345 }],
        world: { subscribers: [{ number: '5551', kind: 'busy' }] },
        trace: [{ text: 'gc_MakeCall("12125550100@192.0.2.9")', at: 20 }],
        extensions: { allow: ['^7\\d\\d$'] },
        empty: null,
      }),
    ).toEqual({
      ocs: { url: 'http://192.0.2.1:7800', token: '(withheld)', tokenFile: '/etc/token12345' },
      calls: [{ attemptId: '20261126001', number: '**********00', phase: 'ringing', ageMs: 12_345 }],
      world: { subscribers: [{ number: '**51', kind: 'busy' }] },
      trace: [{ text: 'gc_MakeCall("*********00@192.0.2.9")', at: 20 }],
      extensions: { allow: ['^7\\d\\d$'] },
      empty: null,
    });
  });
});

describe('an archive', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpd-tar-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is one that tar unpacks, byte for byte', () => {
    const files = new Map([
      ['empty.txt', ''],
      ['board/long.json', 'ü'.repeat(700)],
      ['exact.txt', 'x'.repeat(512)],
    ]);
    const path = join(folder, 'a.tar.gz');
    writeFileSync(path, tarGz(files, new Date(1_700_000_000_000)));
    for (const [name, text] of files) {
      expect(execFileSync('tar', ['-xzOf', path, name], { encoding: 'utf8' })).toBe(text);
    }
    const listed = execFileSync('tar', ['-tzvf', path], { encoding: 'utf8', env: { TZ: 'UTC' } });
    expect(listed.match(/2023-11-14 22:13 \S+$/gm)).toHaveLength(3);
  });
});

import { describe, expect, it } from 'vitest';
import { reportLines } from '../../../../src/cli/boards/report-text.ts';

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

import { describe, expect, it } from 'vitest';
import { cpddConfigSchema } from '../../../../src/daemon/cpdd/config.ts';
import { trunkReport } from '../../../../src/daemon/cpdd/trunk-report.ts';

const warningsOf = (...allow: string[]) => {
  const config = cpddConfigSchema.parse({
    board: { driver: 'sim', trunks: [{ kind: 'isdn', channels: 2 }] },
    dialPlan: { allow },
  });
  return trunkReport({
    config,
    folder: '/',
    calibration: undefined,
    ocsToken: undefined,
    adminToken: undefined,
  }).warnings;
};

describe('a dial plan', () => {
  it.each(['.*', '.', '', '^', '[0-9]+', '^[+0-9]'])(
    'that allows every number with %j is warned of',
    (open) => {
      const warnings = warningsOf('^\\+1212', open === '' ? '(?:)' : open);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain('allows every number in the world');
    },
  );

  it.each(['^\\+1[2-9]', '^\\+49', '^0[1-9]', '^[2-9]\\d{9}$'])(
    'that names what it calls, as %j, is not',
    (named) => {
      expect(warningsOf(named)).toEqual([]);
    },
  );
});

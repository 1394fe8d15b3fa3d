import { describe, expect, it } from 'vitest';
import { configConflicts, ocsConfigSchema } from '../../../src/ocs/config.ts';

const accepts = (input: object) => ocsConfigSchema.safeParse(input).success;

describe('the configuration of OCS', () => {
  /** The least and the greatest value that a field takes, and what is just beyond. */
  it.each<[field: string, least: number | null, most: number | null]>([
    ['applicationId', 1, null],
    ['leaseMs', 1_000, null],
    ['maxWaitMs', 0, 120_000],
    ['staleMs', 1_000, null],
    ['agentRetryMs', 20, null],
    ['agentGraceMs', 0, null],
    ['loginTimeoutMs', 1_000, null],
    ['handBackDelayMs', 0, null],
    ['rejectDelayMinutes', 0, null],
    ['callbackDays', 1, 3_650],
    ['personalCallbackWaitMs', 0, null],
    ['tickMs', 20, null],
    ['bodyLimitBytes', 65_536, null],
    ['listLimitBytes', 65_536, null],
  ])('takes %s from %s to %s and nothing beyond', (field, least, most) => {
    if (least !== null) {
      expect(accepts({ [field]: least })).toBe(true);
      expect(accepts({ [field]: least - 1 })).toBe(false);
    }
    if (most !== null) {
      expect(accepts({ [field]: most })).toBe(true);
      expect(accepts({ [field]: most + 1 })).toBe(false);
    }
  });

  it.each([
    ['leaseMs', 1_000.5],
    ['callbackDays', 1.5],
    ['applicationId', 1.5],
    ['bodyLimitBytes', 65_536.5],
    ['listLimitBytes', 65_536.5],
    ['leaseMs', '30000'],
  ])('takes no %s of %s', (field, value) => {
    expect(accepts({ [field]: value })).toBe(false);
  });

  it('has defaults that go together', () => {
    const config = ocsConfigSchema.parse({});
    expect(config).toEqual({
      applicationId: 1,
      leaseMs: 30_000,
      maxWaitMs: 20_000,
      staleMs: 300_000,
      agentRetryMs: 200,
      agentGraceMs: 60_000,
      loginTimeoutMs: 10_000,
      handBackDelayMs: 2_000,
      rejectDelayMinutes: 15,
      callbackDays: 366,
      personalCallbackWaitMs: 600_000,
      tickMs: 500,
      resumeCampaigns: true,
      tokens: {},
      trustedProxies: [],
      allowedHosts: [],
      allowedOrigins: [],
      bodyLimitBytes: 8_388_608,
      listLimitBytes: 268_435_456,
    });
    expect(configConflicts(config)).toEqual([]);
  });

  it.each([
    ['nothing that it does not know', { leaseMS: 30_000 }, false],
    ['a token of 16 characters', { tokens: { link: 'x'.repeat(16) } }, true],
    ['no token of 15', { tokens: { link: 'x'.repeat(15) } }, false],
    ['a token of 512 characters', { tokens: { api: 'x'.repeat(512) } }, true],
    ['no token of 513', { tokens: { desktop: 'x'.repeat(513) } }, false],
    ['no token under another name', { tokens: { desktops: 'x'.repeat(16) } }, false],
    ['a token of an agent', { tokens: { agents: { a1: { token: 'x'.repeat(16), group: 's' } } } }, true],
    ['no group without a name', { tokens: { agents: { a1: { token: 'x'.repeat(16), group: '' } } } }, false],
    ['no host without a name', { allowedHosts: [''] }, false],
    ['no origin without a name', { allowedOrigins: [''] }, false],
  ])('takes %s', (_what, input, taken) => {
    expect(accepts(input)).toBe(taken);
  });

  const numbering = { countryCode: '44', nationalPrefix: '0', internationalPrefix: '00' };
  it.each([
    ['a country code, a national and an international prefix', {}, true],
    ['a country code of 3 digits', { countryCode: '353' }, true],
    ['no country code of 4', { countryCode: '3531' }, false],
    ['no country code with a 0 first', { countryCode: '044' }, false],
    ['no country code with a +', { countryCode: '+44' }, false],
    ['no country code that is a number', { countryCode: 44 }, false],
    ['an empty national prefix', { nationalPrefix: '' }, true],
    ['a national prefix of 3 digits', { nationalPrefix: '013' }, true],
    ['no national prefix of 4', { nationalPrefix: '0130' }, false],
    ['no national prefix with a letter', { nationalPrefix: '0x' }, false],
    ['an international prefix of 5 digits', { internationalPrefix: '00114' }, true],
    ['no international prefix of 6', { internationalPrefix: '001144' }, false],
    ['no empty international prefix', { internationalPrefix: '' }, false],
    ['national numbers of any length', { nationalDigits: 0 }, true],
    ['national numbers of 15 digits', { nationalDigits: 15 }, true],
    ['none of 16', { nationalDigits: 16 }, false],
    ['none below 0', { nationalDigits: -1 }, false],
    ['none of half a digit', { nationalDigits: 9.5 }, false],
    ['nothing else', { country: 'GB' }, false],
  ])('takes a numbering with %s', (_what, change, taken) => {
    expect(accepts({ numbering: { ...numbering, ...change } })).toBe(taken);
  });

  it.each([
    ['a long poll as long as the lease', { leaseMs: 20_000, maxWaitMs: 20_000 }, ['maxWaitMs']],
    ['a long poll just below the lease', { leaseMs: 20_001, maxWaitMs: 20_000 }, []],
    ['calls stale just before two leases', { leaseMs: 30_000, staleMs: 59_999 }, ['staleMs']],
    ['calls stale after two leases', { leaseMs: 30_000, staleMs: 60_000 }, []],
    [
      'calls stale before two polls',
      { leaseMs: 1_000, maxWaitMs: 20_000, staleMs: 39_999 },
      ['maxWaitMs', 'staleMs'],
    ],
  ])('judges %s', (_what, input, fields) => {
    const conflicts = configConflicts(ocsConfigSchema.parse(input));
    expect(conflicts.map(({ field }) => field)).toEqual(fields);
  });
});

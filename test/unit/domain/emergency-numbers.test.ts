import { describe, expect, it } from 'vitest';
import { emergencyNumbers, isEmergencyNumber } from '../../../src/domain/emergency-numbers.ts';

/** Police or ambulance of each country, as dialled there beside 112, 911 and 999; a help line where there is no other. */
const known =
  'AE 998, AR 101, AT 133, AU 000, BE 101, BG 150, BR 190, CA 988, CH 117, CL 133, CN 110, CR 128, CZ 158, DE 110, ' +
  'DK 114, EE 110, ES 091, FI 10022, FR 17, GB 101, GR 100, HU 107, ID 110, IL 100, IN 100, IT 113, JP 110, LT 02, ' +
  'MO 110, MX 066, MY 994, NL 113, NO 110, NZ 111, PA 104, PH 117, PL 997, PT 115, RU 02, SE 11414, SG 995, TH 191, ' +
  'TR 155, TW 110, US 988, VE 171, ZA 10111';

describe('an emergency number', () => {
  it.each(known.split(', ').map((entry) => entry.split(' ') as [string, string]))(
    'of %s: %s',
    (country, number) => {
      expect(isEmergencyNumber(number, country)).toBe(true);
      expect(isEmergencyNumber(`+${number}`, country)).toBe(true);
      // Digits behind it make another number.
      expect(isEmergencyNumber(`${number}5550101`, country)).toBe(false);
    },
  );

  it('of all countries is one in every country, also in one that has no others', () => {
    for (const country of ['DE', 'US', 'XX', ''])
      expect(['112', '911', '999'].filter((number) => isEmergencyNumber(number, country))).toHaveLength(3);
    expect(emergencyNumbers('XX')).toEqual(['112', '911', '999']);
  });

  it('of another country is an ordinary one', () => {
    expect(isEmergencyNumber('110', 'US')).toBe(false);
    expect(isEmergencyNumber('988', 'DE')).toBe(false);
  });
});

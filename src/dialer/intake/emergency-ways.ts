import {
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  Metadata,
  type CountryCode,
} from 'libphonenumber-js/max';
import { isEmergencyNumber } from '../../domain/emergency-numbers.ts';

/** Dialled before a number abroad in most of the world, in North America, and in the former Soviet Union. */
const internationalPrefixes = ['00', '011', '810'];

/** Calling codes within which a national number is dialled behind another digit than 0 (ITU-T E.164, dialling procedures). */
const nationalPrefixes: Readonly<Record<string, string>> = {
  '1': '1',
  '7': '8',
  '370': '8',
  '375': '8',
  '992': '8',
  '993': '8',
};

/** Digits of at least this length that begin with the country's code, without any prefix, may be a subscriber's number. */
const shortestSubscriber = 7;

/** Countries and territories of each calling code; those of North America share one. */
const countriesByCode = new Map<string, CountryCode[]>();
for (const country of getCountries()) {
  const code = getCountryCallingCode(country);
  countriesByCode.set(code, [...(countriesByCode.get(code) ?? []), country]);
}

/**
 * Whether digits could reach an emergency service on some switch: as they are; behind the prefix of national calls; behind
 * a `+` or an international prefix, with or without the code of a country, and with a national prefix that belongs to no
 * international number (`0049112`, `011 1 911`, `+49 0 110`). Switches differ in what of this they take off.
 *
 * @param country of the trunk, ISO 3166
 * @returns a check of digits as they go to the trunk behind its access digits, or as a list has them, with a `+` or without
 */
export function compileEmergencyCheck(country: string): (digits: string) => boolean {
  const own = isSupportedCountry(country) ? getCountryCallingCode(country) : '';
  const ownPrefix = isSupportedCountry(country) ? internationalPrefixOf(country) : null;

  /** What is left behind an international prefix, whichever it may be. */
  const abroad = (digits: string): string[] => {
    const found = ownPrefix?.exec(digits)?.[0] ?? '';
    return [...internationalPrefixes, found]
      .filter((prefix) => prefix !== '' && digits.startsWith(prefix))
      .map((prefix) => digits.slice(prefix.length));
  };

  return (digits) => {
    const plain = digits.replace(/^\+/, '');
    const parts = [...abroad(plain), ...(plain === digits ? [] : [plain])];
    if ([plain, ...parts].some((part) => isEmergency(part, country, own))) return true;
    if (parts.some(isEmergencyOfItsCountry)) return true;
    // The + was lost on the way.
    const lost = own !== '' && plain.startsWith(own) && plain.length < shortestSubscriber;
    return lost && isEmergency(plain.slice(own.length), country, own);
  };
}

/** Dialled within the country. @param code its calling code */
function isEmergency(national: string, country: string, code: string): boolean {
  const prefix = nationalPrefixes[code] ?? '0';
  const bare = national.startsWith(prefix) ? national.slice(prefix.length) : national;
  return isEmergencyNumber(national, country) || isEmergencyNumber(bare, country);
}

/** @param digits an international number without its `+` */
function isEmergencyOfItsCountry(digits: string): boolean {
  return [1, 2, 3].some((length) => {
    const code = digits.slice(0, length);
    const countries = countriesByCode.get(code) ?? [];
    return countries.some((country) => isEmergency(digits.slice(length), country, code));
  });
}

function internationalPrefixOf(country: CountryCode): RegExp {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  return new RegExp(`^(?:${metadata.numberingPlan?.IDDPrefix() ?? ''})`);
}

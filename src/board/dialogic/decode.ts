import { loadNative } from '../native.ts';

/** Constants of the vendor's libraries that have a number or a name; `error` says why there is none. */
export interface DecodedNumbers {
  found: { family: string; name: string; value: number; hex: string; cause?: number }[];
  error?: string;
}

/**
 * The name of a number of the vendor's libraries, or the number of a name.
 *
 * @param family `GCEV`, `CR`, `TDX` ...; empty for all of them
 * @param text a number, decimal or 0x..., or a name with or without its prefix
 */
export function decodeVendorNumber(family: string, text: string): DecodedNumbers {
  return JSON.parse(loadNative().decodeVendorNumber(family, text)) as DecodedNumbers;
}

/**
 * The tones of a telephone network that the detector tells apart. Same words and order as `cpd::ToneId`; a test
 * compares the two.
 */
export const heardTones = [
  'dialtone',
  'ringback',
  'busy',
  'congestion',
  'number_unobtainable',
  'sit',
  'fax_ced',
  'fax_cng',
  'fax_v21',
  'ansam',
  'modem',
  'tty',
  'dtmf',
] as const;
export type HeardTone = (typeof heardTones)[number];

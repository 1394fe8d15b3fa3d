/**
 * The detector's one knob: the largest share of live people that may be taken for machines. From 0.1 to 10 %;
 * without it the recognition mode says how careful the detector is.
 */
export const humanLossLimits = { least: 0.001, most: 0.1 } as const;

/** What is expected where it is written. */
export const humanLossWords = 'a share of people as 1 % or 0.01, from 0.1 % to 10 %';

/**
 * Reads a share as people write it: `0.3 %`, `1%`, `0.01`.
 *
 * @returns null for what is no share, or one outside the limits
 */
export function parseHumanLoss(value: string | number): number | null {
  const [, digits, percent] = /^\s*([0-9]*\.?[0-9]+)\s*(%?)\s*$/.exec(String(value)) ?? [];
  if (digits === undefined) return null;
  // 0.3 % and 0.003 are one share, whatever dividing does to the last bit.
  const share = Number((Number(digits) / (percent === '%' ? 100 : 1)).toPrecision(9));
  return share >= humanLossLimits.least && share <= humanLossLimits.most ? share : null;
}

/** `0.3 %`. */
export function humanLossText(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}

import type { Share } from './statistics.ts';

/** `1.6 %`; two digits after the point below 1 %, none at 100. */
export function percent(share: number | null): string {
  if (share === null) return '-';
  const value = share * 100;
  if (value === 0 || value === 100) return `${value} %`;
  return `${value.toFixed(value < 1 ? 2 : 1)} %`;
}

/** `1.6 % (0.4 to 5.6 %)`. */
export function withInterval({ share, low, high }: Share): string {
  if (share === null || low === null || high === null) return '-';
  return `${percent(share)} (${percent(low).replace(' %', '')} to ${percent(high)})`;
}

/** `2 of 126`. */
export function counted({ count, n }: Share): string {
  return n === 0 ? '-' : `${count} of ${n}`;
}

/** Seconds, two digits. */
export function inSeconds(ms: number | null): string {
  return ms === null ? '-' : (ms / 1000).toFixed(2);
}

export function scoreWords(scores: Readonly<Record<string, number>>): string {
  return Object.entries(scores)
    .map(([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toFixed(2)}`)
    .join(', ');
}

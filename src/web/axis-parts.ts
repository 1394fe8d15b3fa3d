/** A moment on the axis, in ms since dialling. */
export interface Mark {
  ms: number;
  word: string;
}

/** A stretch of it; what is known by its kind has a colour of its own. */
export interface Stretch {
  kind: string;
  startMs: number;
  endMs: number;
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

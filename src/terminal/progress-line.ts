/** How far a long run is, on a terminal's stderr only. */
export interface ProgressLine {
  /** `12 of 40 files` */
  show: (done: number, of: number, what: string) => void;
  clear: () => void;
}

export function progressLine(): ProgressLine {
  const clear = '\r\x1b[K';
  if (!process.stderr.isTTY) return { show: () => undefined, clear: () => undefined };
  return {
    show: (done, of, what) => process.stderr.write(`${clear}${done} of ${of} ${what}`),
    clear: () => process.stderr.write(clear),
  };
}

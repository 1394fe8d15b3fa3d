/** How far a transfer of many records is, in one line on a terminal's stderr; nothing in a pipe. */
export interface TransferProgress {
  /** Some more bytes of CSV went by; each line break counts as a record. */
  bytes(chunk: Uint8Array): void;
  /** Another stage, with its own count. */
  stage(words: string, records: number): void;
  /** Takes the line away. */
  end(): void;
}

/** Where the line goes, and the time. */
export interface ProgressTerminal {
  readonly isTTY: boolean;
  write(text: string): unknown;
  /** ms. */
  now(): number;
}

const stderrTerminal: ProgressTerminal = {
  isTTY: process.stderr.isTTY,
  write: (text) => process.stderr.write(text),
  now: () => performance.now(),
};

/** The line is brought up to date at most so often. */
const everyMs = 200;
const lineFeed = 10;
const clear = '\r\x1b[K';

/** @param words what is done with the records, e.g. `sent` */
export function transferProgress(words: string, terminal = stderrTerminal): TransferProgress {
  const { isTTY } = terminal;
  let stage = { words, records: 0, since: terminal.now() };
  let shownAt = -Infinity;
  const show = () => {
    if (!isTTY || terminal.now() - shownAt < everyMs) return;
    shownAt = terminal.now();
    const seconds = (terminal.now() - stage.since) / 1_000;
    const rate = seconds < 1 ? '' : `, ${Math.round(stage.records / seconds).toLocaleString('en')}/s`;
    terminal.write(`${clear}${stage.records.toLocaleString('en')} records ${stage.words}${rate}`);
  };
  return {
    bytes: (chunk) => {
      if (!isTTY || stage.words !== words) return;
      for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, at + 1)) {
        stage.records += 1;
      }
      show();
    },
    stage: (next, records) => {
      if (next !== stage.words) stage = { words: next, records, since: terminal.now() };
      stage.records = records;
      show();
    },
    end: () => {
      if (isTTY) terminal.write(clear);
    },
  };
}

import { badCsv } from './csv-table.ts';

/** Some whole lines of a CSV file. */
export interface CsvSlice {
  text: string;
  /** The number of its first line in the file; the first is 1. */
  firstLine: number;
}

/** A file as it comes in: bytes in UTF-8, or text. */
export type CsvSource = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/** A file that can be read twice: checked as a whole before anything of it is written. */
export interface TwiceReadable {
  first(): CsvSource;
  again(): CsvSource;
}

/** A file that is in memory already. */
export function textFile(text: string): TwiceReadable {
  function* pieces() {
    for (let at = 0; at < text.length; at += longestRecord) yield text.slice(at, at + longestRecord);
  }
  return { first: pieces, again: pieces };
}

/** About so many characters a slice: read, checked and written in some 10 ms. */
const sliceLength = 16_384;
/** Longest record, in characters; a quote that is left open ends with it. */
export const longestRecord = 65_536;

/**
 * Cuts a file into slices of whole records, so that no more than a slice of it is in memory or holds up others.
 *
 * @throws CodedError BAD_CSV for a file that is not text, at its first bytes, and for a line beyond all measure
 */
export async function* csvSlices(source: CsvSource): AsyncGenerator<CsvSlice> {
  const decoder = new TextDecoder();
  let rest = '';
  let firstLine = 1;
  let atStart = true;
  for await (const chunk of source) {
    refuseBinary(chunk, atStart);
    atStart = false;
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const cut = cutRecords(rest, firstLine);
    yield* cut.slices;
    ({ rest, firstLine } = cut);
  }
  rest += decoder.decode();
  if (rest !== '' || firstLine === 1) yield { text: rest, firstLine };
}

/** Slices of whole records, and what is left of the text. */
function cutRecords(
  text: string,
  firstLine: number,
): { slices: CsvSlice[]; rest: string; firstLine: number } {
  const slices: CsvSlice[] = [];
  let begin = 0;
  let line = firstLine;
  let breaks = 0;
  let lineBegin = 0;
  let quoted = false;
  const emit = (end: number) => {
    slices.push({ text: text.slice(begin, end), firstLine: line });
    begin = end;
    line += breaks;
    breaks = 0;
    quoted = false;
  };
  // A CR at the end may be half of a line break.
  for (const { 0: mark, index } of text.matchAll(/"|\r\n|\n|\r(?!$)/g)) {
    if (mark === '"') {
      quoted = !quoted;
      continue;
    }
    breaks += 1;
    const end = index + mark.length;
    lineBegin = end;
    if (quoted ? end - begin > longestRecord : end - begin >= sliceLength) emit(end);
  }
  if (text.length - begin > 2 * longestRecord) {
    const found = `${text.slice(lineBegin, lineBegin + 80)}...`;
    const expected = `lines of at most ${String(longestRecord)} characters`;
    throw badCsv([{ line: line + breaks, field: 'line', found, expected }]);
  }
  return { slices, rest: text.slice(begin), firstLine: line };
}

const knownFiles: readonly { begins: readonly number[]; what: string }[] = [
  { begins: [0x50, 0x4b, 0x03, 0x04], what: 'an Excel workbook or another zip archive' },
  { begins: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Excel workbook' },
  { begins: [0x1f, 0x8b], what: 'a file packed by gzip' },
  { begins: [0x25, 0x50, 0x44, 0x46], what: 'a PDF document' },
  { begins: [0xff, 0xfe], what: 'text in UTF-16' },
  { begins: [0xfe, 0xff], what: 'text in UTF-16' },
];

/** A file that is no text at all would be read as one long bad line. */
function refuseBinary(chunk: Uint8Array | string, atStart: boolean): void {
  const isText = typeof chunk === 'string';
  const known =
    isText || !atStart
      ? undefined
      : knownFiles.find(({ begins }) => begins.every((byte, index) => chunk[index] === byte));
  const hasNul = isText ? chunk.includes('\0') : chunk.includes(0);
  if (known === undefined && !hasNul) return;
  const found = known?.what ?? 'a file that is not text';
  const expected = 'CSV in UTF-8: in a spreadsheet, save as "CSV UTF-8"';
  throw badCsv([{ line: 1, field: 'file', found, expected }]);
}

/** A file of a user as it is to be sent: UTF-8 with commas. */
export interface CsvFile {
  header: string[];
  /** Its first rows. */
  rows: string[][];
  encoding: 'UTF-8' | 'Windows-1252';
  delimiter: Delimiter;
  body: Blob;
}

const delimiters = [',', ';', '\t'] as const;
type Delimiter = (typeof delimiters)[number];
const shownRows = 5;

/** Finds out how the file is written; what is not UTF-8 with commas is written anew. */
export async function readCsvFile(file: Blob): Promise<CsvFile> {
  const bytes = await file.arrayBuffer();
  const { encoding, text } = decode(bytes);
  const delimiter = delimiterOf(text.split(/\r?\n/, 1)[0] ?? '');
  const isPlain = encoding === 'UTF-8' && delimiter === ',';
  const head: string[][] = [];
  for (const row of rowsOf(text, delimiter)) {
    head.push(row);
    if (head.length > shownRows) break;
  }
  const [header = [], ...rows] = head;
  return { header, rows, encoding, delimiter, body: isPlain ? file : withCommas(text, delimiter) };
}

/** Bytes that are no UTF-8 are what Western spreadsheets write. */
export function decode(bytes: ArrayBuffer): Pick<CsvFile, 'encoding'> & { text: string } {
  try {
    return { encoding: 'UTF-8', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { encoding: 'Windows-1252', text: new TextDecoder('windows-1252').decode(bytes) };
  }
}

/** The one that the header has most often, outside quotes; a comma where it has none. */
export function delimiterOf(header: string): Delimiter {
  const bare = header.replace(/"(?:[^"]|"")*"/g, '');
  const counts = delimiters.map((delimiter) => bare.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** The rows of a CSV text, cell by cell; empty lines are none. */
export function* rowsOf(text: string, delimiter: Delimiter): Generator<string[]> {
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at <= text.length; at += 1) {
    const char = text[at] ?? '\n';
    if (isQuoted && at < text.length) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += char;
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && cell === '') isQuoted = true;
    else if (char === delimiter || char === '\n') {
      row.push(cell.replace(/\r$/, ''));
      cell = '';
      if (char !== '\n') continue;
      if (row.length > 1 || row[0] !== '') yield row;
      row = [];
    } else cell += char;
  }
}

function withCommas(text: string, delimiter: Delimiter): Blob {
  const lines: string[] = [];
  for (const row of rowsOf(text, delimiter)) lines.push(`${row.map(quoted).join(',')}\n`);
  return new Blob(lines, { type: 'text/csv' });
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

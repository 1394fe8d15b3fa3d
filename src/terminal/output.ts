import stringWidth from 'string-width';

/** One column of a table: its heading, how a row is shown in it, and whether it is a figure. */
export interface Column<T> {
  heading: string;
  value: (row: T) => string | number | null | undefined;
  align?: 'right';
}

/**
 * Shows rows on stdout: aligned with headings on a terminal, tab-separated without headings in a pipe, so that
 * `cut` and `awk` work on it.
 *
 * @param empty said on stderr when there is no row
 */
export function printTable<T>(columns: Column<T>[], rows: readonly T[], empty: string): void {
  if (rows.length === 0) {
    process.stderr.write(`${empty}\n`);
    return;
  }
  process.stdout.write(process.stdout.isTTY ? alignedTable(columns, rows) : tabbedTable(columns, rows));
}

export function tabbedTable<T>(columns: Column<T>[], rows: readonly T[]): string {
  return rows
    .map((row) => columns.map((column) => cell(column, row).replaceAll('\t', ' ')).join('\t') + '\n')
    .join('');
}

export function alignedTable<T>(columns: Column<T>[], rows: readonly T[]): string {
  const cells = rows.map((row) => columns.map((column) => cell(column, row)));
  const widths = columns.map(({ heading }, at) =>
    Math.max(stringWidth(heading), ...cells.map((line) => stringWidth(line[at] ?? ''))),
  );
  const show = (line: string[]) =>
    line
      .map((text, at) => {
        const padding = ' '.repeat((widths[at] ?? 0) - stringWidth(text));
        return columns[at]?.align === 'right' ? padding + text : text + padding;
      })
      .join('  ')
      .trimEnd() + '\n';
  return [columns.map(({ heading }) => heading), ...cells].map(show).join('');
}

function cell<T>(column: Column<T>, row: T): string {
  const value = column.value(row);
  return value === null || value === undefined ? '-' : String(value);
}

/** One JSON document, indented on a terminal, on one line in a pipe. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, process.stdout.isTTY ? 2 : undefined)}\n`);
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Milliseconds as a person reads them: `340 ms`, `12.4 s`, `3 min 05 s`, `2 h 07 min`. */
export function duration(ms: number | null | undefined): string | null {
  if (ms === null || ms === undefined) return null;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(seconds / 3_600)} h ${String(Math.floor((seconds % 3_600) / 60)).padStart(2, '0')} min`;
}

import { alignedTable, type Column } from '../../terminal/output.ts';

/**
 * A JSON report as text: figures and words as `name: value`, lists of objects as tables under their name. A vendor's
 * number with its name, `{"value": 10, "name": "CR_CNCT"}`, is shown as `10 CR_CNCT`.
 */
export function reportLines(report: unknown): string[] {
  if (!isObject(report)) return [shown(report)];
  const lines: string[] = [];
  for (const [name, value] of Object.entries(report)) {
    if (isTable(value)) {
      lines.push('', `${name}:`);
      lines.push(...tableLines(value));
    } else if (isObject(value) && !isNamed(value)) {
      lines.push('', `${name}:`);
      lines.push(...reportLines(value).map((line) => (line === '' ? '' : `  ${line}`)));
    } else {
      lines.push(`${name}: ${shown(value)}`);
    }
  }
  return lines[0] === '' ? lines.slice(1) : lines;
}

type Row = Record<string, unknown>;

function tableLines(rows: Row[]): string[] {
  if (rows.length === 0) return ['  none'];
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns: Column<Row>[] = names.map((name) => ({
    heading: name,
    value: (row) => (row[name] === undefined ? null : shown(row[name])),
    ...(rows.every((row) => typeof (row[name] ?? 0) === 'number') ? { align: 'right' as const } : {}),
  }));
  return alignedTable(columns, rows)
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`);
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  if (typeof value === 'number') return String(Math.round(value * 100) / 100);
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(shown).join(', ');
  if (isNamed(value)) return `${String(value['value'])}${'name' in value ? ` ${shown(value['name'])}` : ''}`;
  if (isObject(value)) {
    return Object.entries(value)
      .map(([name, each]) => `${name}=${shown(each)}`)
      .join(' ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTable(value: unknown): value is Row[] {
  return Array.isArray(value) && value.every(isObject);
}

/** A number of the vendor, with its name where it has one. */
function isNamed(value: unknown): value is Row {
  return (
    isObject(value) && 'value' in value && Object.keys(value).every((key) => ['value', 'name'].includes(key))
  );
}

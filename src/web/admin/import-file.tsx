import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { BadLine, ImportProgress } from '../../api/fields.ts';
import { Outcome, useAction } from '../action.tsx';
import { ask } from '../server.ts';
import { Table } from '../table.tsx';
import { count } from '../words.ts';
import { adminWords, badText } from './admin-words.ts';
import { readCsvFile, type CsvFile } from './csv-file.ts';

/** What a file is imported into. */
export interface ImportTarget {
  /** Columns that it knows. */
  columns: readonly string[];
  /** The address of the import, where it also says how far it is. */
  path: () => string;
  /** What is asked of it besides `map`, `skipBad` and `dryRun`. */
  query: () => Record<string, string>;
  /** What an answer means. */
  summary: (tried: boolean, reply: ImportReply) => string;
  done: () => void;
}
export interface ImportReply {
  added: number;
  doNotCall?: number;
  waiting?: number;
  skipped: BadLine[];
  moreSkipped?: number;
}

/** File, columns, check, import: nothing is imported that was not checked. */
export function ImportFile({ target }: { target: ImportTarget }) {
  const file = useSignal<CsvFile | null>(null);
  const map = useSignal<Record<string, string>>({});
  const checked = useSignal<{ request: string; reply: ImportReply } | null>(null);
  const action = useAction();
  const choose = (chosen: File | undefined) => {
    file.value = null;
    checked.value = null;
    map.value = {};
    if (chosen === undefined) return;
    void action.run(async () => {
      file.value = await readCsvFile(chosen);
      return '';
    });
  };
  /** What would be asked now; only what was checked like that is imported. */
  const request = `${target.path()}?${options(target.query(), map.value)}`;
  const send = (tried: boolean) =>
    action.run(async () => {
      const { body } = file.value as CsvFile;
      const reply = await ask<ImportReply>('POST', tried ? `${request}&dryRun=1` : request, body);
      checked.value = tried ? { request, reply } : null;
      if (!tried) target.done();
      return target.summary(tried, reply);
    });
  const seen = checked.value?.request === request ? checked.value.reply : null;
  const bad = seen?.skipped ?? [];
  return (
    <>
      <label>
        {adminWords.file}
        <input
          type="file"
          accept=".csv,.txt,text/csv"
          disabled={action.isBusy}
          onChange={(event) => choose(event.currentTarget.files?.[0])}
        />
      </label>
      {file.value !== null && <Columns file={file.value} map={map} columns={target.columns} />}
      {file.value !== null && (
        <p class="actions">
          <button type="button" disabled={action.isBusy} onClick={() => void send(true)}>
            {adminWords.check}
          </button>
          {seen !== null && (
            <button type="button" disabled={action.isBusy} onClick={() => void send(false)}>
              {bad.length === 0 ? adminWords.import : adminWords.importGood}
            </button>
          )}
        </p>
      )}
      {action.isBusy && file.value !== null && <Progress path={target.path()} />}
      <Outcome {...action} />
      {bad.length > 0 && <BadLines lines={bad} more={seen?.moreSkipped ?? 0} />}
    </>
  );
}

function options(more: Record<string, string>, map: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams({ ...more, skipBad: '1' });
  for (const [name, column] of Object.entries(map))
    if (column !== '') query.append('map', `${name}=${column}`);
  return query.toString();
}

function Columns(props: { file: CsvFile; map: Signal<Record<string, string>>; columns: readonly string[] }) {
  const { columns, file, map } = props;
  const { delimiter, encoding, header, rows } = file;
  const named = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' }[delimiter];
  return (
    <>
      <p>
        {encoding}, with {named} between the columns.
      </p>
      <Table label={adminWords.columns} headings={[adminWords.inFile, adminWords.is, adminWords.firstRows]}>
        {header.map((name, at) => (
          <tr key={name}>
            <th scope="row" dir="auto">
              {name}
            </th>
            <td>
              <select
                aria-label={`${adminWords.is}: ${name}`}
                value={map.value[name] ?? ''}
                onChange={(event) => (map.value = { ...map.value, [name]: event.currentTarget.value })}
              >
                <option value="">{adminWords.asNamed}</option>
                {columns
                  .filter((column) => column !== name)
                  .map((column) => (
                    <option key={column}>{column}</option>
                  ))}
              </select>
            </td>
            <td dir="auto">{rows.map((row) => row[at] ?? '').join(' | ')}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}

/** How far the server is, asked each second. */
function Progress({ path }: { path: string }) {
  const progress = useSignal<ImportProgress | null>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      ask<ImportProgress>('GET', path).then(
        (now) => (progress.value = now),
        () => undefined,
      );
    }, 1_000);
    return () => clearInterval(timer);
  }, [path]);
  const { added = 0, read = 0 } = progress.value ?? {};
  return (
    <p role="status">
      Lines checked: {count(read)}; added: {count(added)}.
    </p>
  );
}

function BadLines({ lines, more }: { lines: readonly BadLine[]; more: number }) {
  const { badLines, download, expected, field, found, line } = adminWords;
  const text = [`${line},${field},${found},${expected}`, ...lines.map(badText)].join('\n');
  return (
    <section aria-labelledby="bad">
      <h3 id="bad">{badLines}</h3>
      <Table labelledBy="bad" headings={[line, field, found, expected]}>
        {lines.map((each) => (
          <tr key={`${each.line} ${each.field}`}>
            <th scope="row">{each.line}</th>
            <td>{each.field}</td>
            <td dir="auto">{each.found}</td>
            <td>{each.expected}</td>
          </tr>
        ))}
      </Table>
      {more > 0 && <p>And {count(more)} more.</p>}
      <p>
        <a download="bad-lines.csv" href={`data:text/csv;charset=utf-8,${encodeURIComponent(text)}`}>
          {download}
        </a>
      </p>
    </section>
  );
}

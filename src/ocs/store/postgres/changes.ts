import type { Database } from 'better-sqlite3';
import { localName, numbersGiven, quoted, withoutNul, type CopiedTable } from './tables.ts';

/** What changed in the working copy since it was last asked. */
export interface Changes {
  /**
   * The rows as they are now, as JSON that `ocs_commit` takes (schema.ts); null when there are none. They count as
   * taken: what changes again is there again. Not inside a transaction.
   */
  take(): string | null;
}

/**
 * Notes the keys of all rows that change, in temporary tables, so that what is taken back with a transaction is no
 * change.
 */
export function watchChanges(sqlite: Database, tables: readonly CopiedTable[]): Changes {
  const watched = tables
    .filter(({ name }) => name !== numbersGiven.name)
    .map((table) => watch(sqlite, table));
  const given = sqlite.prepare<[], { name: string; seq: number }>(
    `select name, seq from ${localName(numbersGiven)}`,
  );
  const seen = new Map(given.all().map(({ name, seq }) => [name, seq]));
  const newNumbers = () => {
    const set = given.all().filter(({ name, seq }) => seen.get(name) !== seq);
    for (const { name, seq } of set) seen.set(name, seq);
    return set;
  };
  const take = sqlite.transaction((): string | null => {
    const parts = watched.flatMap((each) => each());
    if (parts.length === 0) return null;
    const numbers = newNumbers();
    if (numbers.length > 0) parts.push(`"${numbersGiven.name}":{"set":${JSON.stringify(numbers)},"gone":[]}`);
    return `{${parts.join(',')}}`;
  });
  return { take };
}

/** @returns gives what changed in this table, as a member of a JSON object, and forgets it */
function watch(sqlite: Database, { name, columns, key }: CopiedTable): () => string[] {
  const notes = quoted(`changed_${name}`);
  const keys = key.map(quoted).join(', ');
  // Not `or ignore`: what the statement that fires the trigger says of conflicts holds in there too.
  const note = (row: 'new' | 'old') => {
    const values = key.map((column) => `${row}.${quoted(column)}`).join(', ');
    return `insert into ${notes} select ${values} where not exists (select 1 from ${notes} where (${keys}) = (${values}));`;
  };
  const types = new Map(
    columns.map((column) => [column.name, column.type === 'bigint' ? 'integer' : 'text']),
  );
  sqlite.exec(`
    create temp table ${notes} (
      ${key.map((column) => `${quoted(column)} ${types.get(column) ?? ''}`).join(', ')}, primary key (${keys})
    ) without rowid;
    create temp trigger ${quoted(`inserted_${name}`)} after insert on main.${quoted(name)} begin ${note('new')} end;
    create temp trigger ${quoted(`updated_${name}`)} after update on main.${quoted(name)}
      begin ${note('old')} ${note('new')} end;
    create temp trigger ${quoted(`deleted_${name}`)} after delete on main.${quoted(name)} begin ${note('old')} end;
  `);
  const object = (row: string, names: readonly string[]) =>
    `json_object(${names.map((each) => `'${each}', ${row}.${quoted(each)}`).join(', ')})`;
  const [first = ''] = key;
  const found = sqlite.prepare<[], { here: string; gone: string }>(`
    select
      coalesce(group_concat(case when r.${quoted(first)} is not null then ${object(
        'r',
        columns.map((each) => each.name),
      )} end), '') here,
      coalesce(group_concat(case when r.${quoted(first)} is null then ${object('c', key)} end), '') gone
    from temp.${notes} c left join main.${quoted(name)} r using (${keys})`);
  const any = sqlite.prepare(`select 1 from temp.${notes} limit 1`);
  const forget = sqlite.prepare(`delete from temp.${notes}`);
  return () => {
    if (any.get() === undefined) return [];
    const { here = '', gone = '' } = found.get() ?? {};
    forget.run();
    return [`"${name}":{"set":[${withoutNul(here)}],"gone":[${withoutNul(gone)}]}`];
  };
}

import type { Database, Statement } from 'better-sqlite3';

/**
 * Changes named columns of one row of a table. Each set of columns that occurs gets one prepared statement.
 *
 * @param key the column that tells the row
 */
export function createUpdate<Key extends string | number>(
  sqlite: Database,
  table: 'records' | 'attempts',
  key: string,
): (id: Key, changes: object) => void {
  const statements = new Map<string, Statement>();
  return (id, changes) => {
    const names = Object.keys(changes);
    const columns = names.join();
    let update = statements.get(columns);
    if (update === undefined) {
      const assignments = names.map((name) => `"${name}" = @${name}`).join(', ');
      update = sqlite.prepare(`update ${table} set ${assignments} where ${key} = @${key}`);
      statements.set(columns, update);
    }
    update.run({ ...changes, [key]: id });
  };
}

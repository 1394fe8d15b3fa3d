import Database from 'better-sqlite3';

interface Statement {
  readonly source: string;
  readonly database: Database.Database;
  run(...parameters: unknown[]): unknown;
}

export interface FailingWrites {
  /**
   * From now on the n-th write of any database of this process fails as on a full disk; a begin and a commit are writes.
   * @param whole SQLite takes the whole transaction back by itself, as it does where it must
   */
  failAt(n: number, whole?: boolean): void;
  /** All writes succeed again. @returns whether one failed */
  end(): boolean;
}

/** Lets writes of better-sqlite3 fail, for all databases of this process until it is ended. */
export function createFailingWrites(): FailingWrites {
  const some = new Database(':memory:');
  const prototype = Object.getPrototypeOf(some.prepare('select 1')) as Statement;
  some.close();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with each statement below
  const { run } = prototype;
  let left = Infinity;
  let wholeOne = false;
  let failed = false;
  prototype.run = function (this: Statement, ...parameters: unknown[]) {
    if (!/^\s*(begin|insert|update|delete|commit)/i.test(this.source)) return run.apply(this, parameters);
    left -= 1;
    if (left !== 0) return run.apply(this, parameters);
    failed = true;
    if (wholeOne && this.database.inTransaction) this.database.exec('rollback');
    throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
  };
  return {
    failAt: (n, whole = false) => {
      left = n;
      wholeOne = whole;
      failed = false;
    },
    end: () => {
      left = Infinity;
      return failed;
    },
  };
}

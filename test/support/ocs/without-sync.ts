import Database from 'better-sqlite3';

interface Connection {
  pragma(source: string, options?: Database.PragmaOptions): unknown;
}

/**
 * From now on no database that this process opens waits until the disk has what was written: for tests of many small
 * transactions in which no power fails. What is written, and what fails, is the same.
 */
export function withoutSync(): void {
  const prototype = Database.prototype as Connection;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with each connection below
  const { pragma } = prototype;
  prototype.pragma = function (this: Connection, source, options) {
    return pragma.call(this, source.replace(/^synchronous = \w+$/, 'synchronous = OFF'), options);
  };
}

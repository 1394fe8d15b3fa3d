import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { watchChanges } from '../../../../../src/ocs/store/postgres/changes.ts';
import { copiedTables } from '../../../../../src/ocs/store/postgres/tables.ts';

type Row = Record<string, unknown>;
type Set = Record<string, { set: Row[]; gone: Row[] }>;

const open = () => {
  const sqlite = new Database(':memory:');
  sqlite.exec(`
    create table numbered (id integer primary key autoincrement, text text);
    create table pairs (a text not null, b integer not null, n integer, primary key (a, b)) without rowid;
    create trigger counted after insert on numbered begin
      insert into pairs values ('count', 0, 1) on conflict do update set n = n + 1;
    end;
  `);
  const changes = watchChanges(sqlite, copiedTables(sqlite));
  return { sqlite, take: () => JSON.parse(changes.take() ?? '{}') as Set };
};

it('gives each row that changed once, as it is now, also where a trigger changed it, and then no more', () => {
  const { sqlite, take } = open();
  sqlite.exec(`insert into numbered (text) values ('a'), ('b'); update numbered set text = 'c' where id = 1`);
  expect(take()).toEqual({
    numbered: {
      set: [
        { id: 1, text: 'c' },
        { id: 2, text: 'b' },
      ],
      gone: [],
    },
    pairs: { set: [{ a: 'count', b: 0, n: 2 }], gone: [] },
    numbers_given: { set: [{ name: 'numbered', seq: 2 }], gone: [] },
  });
  expect(take()).toEqual({});
});

it('gives the keys of rows that are gone, and of those that have another key now', () => {
  const { sqlite, take } = open();
  sqlite.exec(`insert into pairs values ('x', 1, 5), ('y', 2, 6)`);
  take();
  sqlite.exec(`delete from pairs where a = 'x'; update pairs set b = 3 where a = 'y'`);
  expect(take()['pairs']).toEqual({
    set: [{ a: 'y', b: 3, n: 6 }],
    gone: [
      { a: 'x', b: 1 },
      { a: 'y', b: 2 },
    ],
  });
});

it('gives nothing of what was taken back', () => {
  const { sqlite, take } = open();
  const broken = sqlite.transaction(() => {
    sqlite.exec(`insert into numbered (text) values ('a')`);
    throw new Error('taken back');
  });
  expect(broken).toThrow('taken back');
  expect(take()).toEqual({});
});

it('has U+FFFD in place of NUL, which no text of PostgreSQL has, and leaves backslashes alone', () => {
  const { sqlite, take } = open();
  const written = ['a\0b', 'a\\u0000b', '\\\0'];
  for (const text of written) sqlite.prepare('insert into numbered (text) values (?)').run(text);
  expect(take()['numbered']?.set.map(({ text }) => text)).toEqual(['a\ufffdb', 'a\\u0000b', '\\\ufffd']);
});

it('leads, set by set, to the same rows', () => {
  const step = fc.oneof(
    fc.record({ sql: fc.constant(`insert or replace into pairs values (@a, @b, @n)`), ...pair() }),
    fc.record({ sql: fc.constant('delete from pairs where a = @a and b <= @b'), ...pair() }),
    fc.record({
      sql: fc.constant('update or ignore pairs set b = b + 1, n = @n where a = @a and b = @b'),
      ...pair(),
    }),
    fc.record({ sql: fc.constant('take'), ...pair() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { sqlite, take } = open();
      const copy = new Map<string, Row>();
      const apply = () => {
        const { set = [], gone = [] } = take()['pairs'] ?? {};
        for (const row of gone) copy.delete(JSON.stringify([row['a'], row['b']]));
        for (const row of set) copy.set(JSON.stringify([row['a'], row['b']]), row);
      };
      for (const { sql, ...values } of steps) {
        if (sql === 'take') apply();
        else sqlite.prepare(sql).run(values);
      }
      apply();
      const rows = sqlite.prepare<[], Row>('select * from pairs order by a, b').all();
      const copied = [...copy.values()].sort((x, y) =>
        x['a'] === y['a'] ? Number(x['b']) - Number(y['b']) : String(x['a']) < String(y['a']) ? -1 : 1,
      );
      expect(copied).toEqual(rows);
      sqlite.close();
    }),
  );
});

function pair() {
  return {
    a: fc.constantFrom('x', 'y'),
    b: fc.integer({ min: 0, max: 3 }),
    n: fc.integer({ min: 0, max: 9 }),
  };
}

import type { Database } from 'better-sqlite3';
import { canonicalNumber, type Numbering } from '../domain/numbering.ts';

/** Goes up when {@link canonicalNumber} gives another key for a number than before. */
const ruleVersion = 1;

/**
 * Brings the keys under which numbers are compared up to date with the numbering plan, in one transaction.
 * Does nothing unless the plan (or the rule) is another one than when the file was last opened; a million
 * records take some ten seconds.
 */
export function refreshPhoneKeys(sqlite: Database, numbering: Numbering | undefined): void {
  const rule = JSON.stringify({ ruleVersion, ...numbering });
  sqlite.function('phone_key_of', { deterministic: true }, (phone) =>
    canonicalNumber(String(phone), numbering),
  );
  sqlite
    .transaction(() => {
      const known = sqlite
        .prepare<[], { value: string }>(`select value from settings where name = 'phone_keys'`)
        .get();
      if (known?.value === rule) return;
      sqlite.exec(refresh);
      sqlite
        .prepare(
          `insert into settings (name, value) values ('phone_keys', ?)
           on conflict (name) do update set value = excluded.value`,
        )
        .run(rule);
    })
    .immediate();
}

const refresh = `
  drop index if exists records_phone;
  update records set phone_key = phone_key_of(phone);
  create index records_phone on records (list, phone_key);

  drop index if exists attempts_open_phone;
  update attempts set phone_key = phone_key_of(phone) where ended_at is null;
  -- Two calls that are up to what is now known as one number: the later one cannot hold the key as well.
  update attempts as a set phone_key = phone_key || '/' || attempt_id
    where ended_at is null and exists (
      select 1 from attempts b
      where b.phone_key = a.phone_key and b.ended_at is null and b.rowid < a.rowid);
  create unique index attempts_open_phone on attempts (phone_key) where ended_at is null;

  drop index if exists dnc_phone;
  update dnc set phone_key = phone_key_of(phone) where phone is not null;
  -- The entry that was there first stays.
  delete from dnc where phone is not null
    and id not in (select min(id) from dnc where phone is not null group by phone_key);
  create unique index dnc_phone on dnc (phone_key) where phone is not null;

  create temp table blocks as
    select phone_key_of(phone) phone_key, phone, max(until_at) until_at from phone_blocks
    group by phone_key_of(phone);
  delete from phone_blocks;
  insert into phone_blocks (phone_key, phone, until_at) select phone_key, phone, until_at from blocks;
  drop table blocks;
`;

import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/max/metadata';
import { canonicalNumber, type IsNational, type Numbering } from '../../domain/numbering.ts';

/** Goes up when {@link createPhoneKey} gives another key for a number than before, or the indexes are others. */
const ruleVersion = 3;

/**
 * The form under which numbers are compared. Whether a number without a prefix is national is known from the numbering
 * plans of libphonenumber: a national number has up to 11 digits, and in Italy it keeps its 0.
 */
export function createPhoneKey(numbering: Numbering | undefined): (phone: string) => string {
  if (numbering === undefined) return (phone) => canonicalNumber(phone);
  const { countryCode } = numbering;
  // All its numbers have ten digits.
  if (countryCode === '1') {
    const plan = { ...numbering, nationalDigits: numbering.nationalDigits ?? 10 };
    return (phone) => canonicalNumber(phone, plan);
  }
  const isValid = (e164: string) => parsePhoneNumberFromString(e164, { extract: false })?.isValid() ?? false;
  const isNational: IsNational = (digits) => {
    // First, as plans with numbers of any length let nearly all digits be a national number.
    if (digits.startsWith(countryCode) && isValid(`+${digits}`)) return false;
    return isValid(`+${countryCode}${digits}`) ? true : isValid(`+${digits}`) ? false : null;
  };
  return (phone) => canonicalNumber(phone, numbering, isNational);
}

/**
 * Told while the start takes long: what is done, and how much of it.
 *
 * @param mostMs the next step may take so long; the usual when absent
 */
export type StartProgress = (what: string, done: number, of: number, mostMs?: number) => void;

/** Rows that get new keys in one transaction. */
const atOnce = 20_000;

/**
 * What keys depend on. The data of libphonenumber is named by what is in it: another version of the package makes all
 * keys anew only where its numbering plans are others, and only where they are asked.
 */
export function phoneKeyRule(numbering: Numbering | undefined, plans: unknown = metadata): string {
  const asksPlans = numbering !== undefined && numbering.countryCode !== '1';
  const plansVersion = createHash('sha256').update(JSON.stringify(plans)).digest('hex').slice(0, 16);
  return JSON.stringify({ ruleVersion, ...numbering, ...(asksPlans && { plans: plansVersion }) });
}

/** Whether the keys that were made by a rule are those that this program would make for the same numbering. */
export function isRuleOfThisProgram(rule: string): boolean {
  try {
    return (JSON.parse(rule) as { ruleVersion?: unknown }).ruleVersion === ruleVersion;
  } catch {
    return false;
  }
}

/**
 * Brings the keys under which numbers are compared up to date, in slices. Does nothing unless the numbering plan, the
 * rule or the countries' plans are others than when the file was last opened. When it is broken off, it begins anew
 * with the next start.
 */
export function refreshPhoneKeys(
  sqlite: Database,
  numbering: Numbering | undefined,
  phoneKey: (phone: string) => string,
  progress: StartProgress,
  rule = phoneKeyRule(numbering),
): void {
  const known = sqlite
    .prepare<[], { value: string }>(`select value from settings where name = 'phone_keys'`)
    .get()?.value;
  if (known === rule) return;
  sqlite.function('phone_key_of', { deterministic: true }, (phone) => phoneKey(String(phone)));
  const save = sqlite.prepare<[string]>(
    `insert into settings (name, value) values ('phone_keys', ?)
     on conflict (name) do update set value = excluded.value`,
  );
  const inOne = (run: () => void) => {
    sqlite.transaction(run).immediate();
  };
  inOne(() => {
    // Whoever opens it next, an earlier version too, knows that the keys are no whole.
    save.run('being made anew');
    sqlite.exec(before);
  });
  const tables = (['records', 'attempts', 'dnc'] as const).map((table) => {
    const { last } = sqlite
      .prepare<[], { last: number }>(`select coalesce(max(rowid), 0) last from ${table}`)
      .get() ?? { last: 0 };
    // Most stay as they are, and so do their pages and indexes.
    const update = sqlite.prepare<[number, number]>(
      `update ${table} set phone_key = phone_key_of(phone)
       where rowid > ? and rowid <= ? and phone is not null and phone_key is not phone_key_of(phone)`,
    );
    return { last, update };
  });
  const all = tables.reduce((sum, { last }) => sum + last, 0);
  let done = 0;
  for (const { last, update } of tables) {
    for (let from = 0; from < last; from += atOnce) {
      progress('telephone numbers are put into their normal form', done, all);
      inOne(() => update.run(from, from + atOnce));
      done += Math.min(atOnce, last - from);
    }
  }
  if (all > 0) progress('the indexes of telephone numbers are made', all, all);
  inOne(() => {
    sqlite.exec(oneOfEach);
    sqlite.exec(phoneKeyIndexes);
    sqlite.exec(blocksByKey);
    save.run(rule);
  });
}

/** Two numbers may have one key until all have theirs. */
const before = `
  drop index if exists attempts_open_phone;
  drop index if exists dnc_phone;
`;

const oneOfEach = `
  -- Two calls that are up to what is now known as one number: the later one cannot hold the key as well.
  update attempts as a set phone_key = phone_key || '/' || attempt_id
    where ended_at is null and exists (
      select 1 from attempts b
      where b.phone_key = a.phone_key and b.ended_at is null and b.rowid < a.rowid);

  -- The entry that was there first stays, for all who asked for it.
  update dnc set own = 1 where phone is not null and phone_key in
    (select phone_key from dnc where phone is not null group by phone_key having count(*) > 1);
  delete from dnc where phone is not null
    and id not in (select min(id) from dnc where phone is not null group by phone_key);
`;

/** Not in the migrations, for two numbers may have one key until all have theirs. */
export const phoneKeyIndexes = `
  create index if not exists records_phone on records (list, phone_key);
  create unique index if not exists attempts_open_phone on attempts (phone_key) where ended_at is null;
  create index if not exists attempts_phone on attempts (phone_key, leased_at);
  -- The condition must be on the key: a search by it cannot use an index with one on the phone.
  create unique index if not exists dnc_phone on dnc (phone_key) where phone_key is not null;
`;

const blocksByKey = `
  create temp table blocks as
    select phone_key_of(phone) phone_key, phone, max(until_at) until_at from phone_blocks
    group by phone_key_of(phone);
  delete from phone_blocks;
  insert into phone_blocks (phone_key, phone, until_at) select phone_key, phone, until_at from blocks;
  drop table blocks;
`;

import { createHmac } from 'node:crypto';
import { maskNumber } from '../../../domain/number.ts';
import type { OcsDatabase } from '../database.ts';
import type { Secrets } from './secrets.ts';

/** What somebody did. */
export interface AuditEntry {
  /** ms since 1970, by the clock of OCS. */
  readonly at: number;
  readonly who: string;
  readonly address: string;
  readonly action: string;
  /** To what it was done. */
  readonly object?: string | null | undefined;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly reason?: string | null | undefined;
}

export interface AuditRow {
  id: number;
  at: number;
  who: string;
  address: string;
  action: string;
  object: string | null;
  /** JSON. */
  before: string | null;
  /** JSON. */
  after: string | null;
  reason: string | null;
}

/** Which entries to look for; what is absent does not matter. */
export interface AuditSearch {
  /** Older than the entry with this id. */
  before?: number | undefined;
  who?: string | undefined;
  action?: string | undefined;
  from?: number | undefined;
  till?: number | undefined;
  /** A hash of {@link Audit.maskPerson}. */
  about?: string | undefined;
  limit: number;
}

/** Who did what. It only grows: triggers of the database refuse to change or remove an entry. */
export interface Audit {
  add(entry: AuditEntry): void;
  /** The newest first. */
  find(what: AuditSearch): AuditRow[];
  /**
   * A person as an entry names it, which nobody can take back: hidden but for two characters, with a hash by which its
   * entries are found. The hash needs the key of this installation.
   */
  maskPerson(person: Person): MaskedPerson;
}

/** Somebody outside, as far as it is told. */
export interface Person {
  /** However it is written. */
  phone?: string | undefined;
  customerId?: string | undefined;
}
/** The hashes: HMAC-SHA256, the first 16 bytes in hex. */
export interface MaskedPerson {
  phone?: string;
  phoneHash?: string;
  customerId?: string;
  customerHash?: string;
}

export function createAudit({ phoneKey, sqlite }: OcsDatabase, secrets: Secrets): Audit {
  const hash = (what: string, value: string) =>
    createHmac('sha256', secrets.get('people in the audit'))
      .update(`${what} ${value}`)
      .digest('hex')
      .slice(0, 32);
  const insert = sqlite.prepare(
    `insert into audit (at, who, address, action, object, before, after, reason)
     values (@at, @who, @address, @action, @object, @before, @after, @reason)`,
  );
  // By its number each time: what narrows the search is looked at on the way.
  const find = sqlite.prepare<[Required<AuditSearch>], AuditRow>(
    `select * from audit where id < @before and at >= @from and at <= @till
       and (@who is null or who = @who) and (@action is null or action = @action)
       and (@about is null or instr(after, @about))
     order by id desc limit @limit`,
  );
  const json = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value));
  return {
    add: ({ at, who, address, action, object = null, before, after, reason = null }) => {
      insert.run({ at, who, address, action, object, before: json(before), after: json(after), reason });
    },
    find: ({ about, before, who, action, from, till, limit }) =>
      find.all({
        before: before ?? Number.MAX_SAFE_INTEGER,
        // null: any
        who: who ?? (null as unknown as string),
        action: action ?? (null as unknown as string),
        about: about ?? (null as unknown as string),
        from: from ?? 0,
        till: till ?? Number.MAX_SAFE_INTEGER,
        limit,
      }),
    maskPerson: ({ phone, customerId }) => ({
      ...(phone !== undefined && { phone: maskNumber(phone), phoneHash: hash('phone', phoneKey(phone)) }),
      ...(customerId !== undefined && {
        customerId: maskNumber(customerId),
        customerHash: hash('customer', customerId.trim()),
      }),
    }),
  };
}

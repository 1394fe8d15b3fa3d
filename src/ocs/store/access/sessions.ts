import type { OcsDatabase } from '../database.ts';

/** A browser that is logged in. */
export interface StoredSession {
  /** SHA-256 of what is in the cookie, in hex: whoever reads the database cannot use it. */
  readonly id: string;
  readonly user: string;
  readonly address: string;
  /** ms since 1970, as the next ones. */
  readonly createdAt: number;
  /** When it was last used, as far as that was written. */
  readonly seenAt: number;
  readonly expiresAt: number;
}

export interface StoredSessions {
  get(id: string): StoredSession | undefined;
  add(session: StoredSession): void;
  seen(id: string, atMs: number): void;
  of(user: string): StoredSession[];
  remove(id: string): void;
  /** Those that nobody can use any more: over, or not used since `idleBefore`. */
  tidy(nowMs: number, idleBefore: number): void;
}

interface SessionRow {
  id: string;
  user: string;
  address: string;
  created_at: number;
  seen_at: number;
  expires_at: number;
}

export function createStoredSessions({ sqlite }: OcsDatabase): StoredSessions {
  const getOne = sqlite.prepare<[string], SessionRow>('select * from sessions where id = ?');
  const ofUser = sqlite.prepare<[string], SessionRow>(
    'select * from sessions where user = ? order by created_at',
  );
  const insert = sqlite.prepare<[SessionRow]>(
    `insert into sessions (id, user, address, created_at, seen_at, expires_at)
     values (@id, @user, @address, @created_at, @seen_at, @expires_at)`,
  );
  const seen = sqlite.prepare<[number, string]>('update sessions set seen_at = ? where id = ?');
  const remove = sqlite.prepare<[string]>('delete from sessions where id = ?');
  const tidy = sqlite.prepare<[number, number]>('delete from sessions where expires_at <= ? or seen_at < ?');
  return {
    get: (id) => {
      const row = getOne.get(id);
      return row === undefined ? undefined : sessionOf(row);
    },
    add: (session) => {
      insert.run({
        id: session.id,
        user: session.user,
        address: session.address,
        created_at: session.createdAt,
        seen_at: session.seenAt,
        expires_at: session.expiresAt,
      });
    },
    seen: (id, atMs) => {
      seen.run(atMs, id);
    },
    of: (user) => ofUser.all(user).map(sessionOf),
    remove: (id) => {
      remove.run(id);
    },
    tidy: (nowMs, idleBefore) => {
      tidy.run(nowMs, idleBefore);
    },
  };
}

function sessionOf(row: SessionRow): StoredSession {
  const { id, user, address } = row;
  return {
    id,
    user,
    address,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
  };
}

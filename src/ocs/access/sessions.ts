import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Role } from '../../api/roles.ts';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { StoredSession } from '../store/access/sessions.ts';
import type { User } from '../store/access/users.ts';
import type { Session } from './caller.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** How long a session lasts, and how long without a request. A wall screen has nobody who logs in each morning. */
function lifetimeOf(role: Role): { mostMs: number; idleMs: number } {
  return role === 'wall'
    ? { mostMs: 30 * 24 * hourMs, idleMs: 30 * 24 * hourMs }
    : { mostMs: 12 * hourMs, idleMs: hourMs };
}

/** The use of a session is written so often at most. */
const writeEveryMs = minuteMs;

/**
 * Browsers that are logged in. The cookie holds 32 random bytes, the store their SHA-256. Times are those of the
 * machine, also where the clock of OCS is faster.
 */
export interface Sessions {
  /** Part of the caller's transaction. @returns what goes into the cookie, and the session */
  begin(user: User, address: string): { secret: string; session: Session };
  /** A cookie that came with a request: its session goes on. @returns null when it is none, or over */
  find(secret: string): { user: User; session: Session } | null;
  /** Part of the caller's transaction. Who waits for the end of one is told when that is kept. */
  end(id: string): void;
  /** All of a user's, but the one named. Part of the caller's transaction. @returns how many */
  endAll(user: string, but?: string): number;
  /** Those that are not over. */
  count(user: User): number;
  /** A connection that lives as long as the session does: it is used. @returns false when the session is over */
  touch: (id: string) => boolean;
  /** Whether it goes on; that is no use of it. */
  isAlive: (id: string) => boolean;
  /** Runs `ended` when the session is ended by somebody. @returns takes that back */
  watch(id: string, ended: () => void): () => void;
}

export function createSessions({ store, wireClock }: { store: Store; wireClock: Clock }): Sessions {
  /** When each was last used; the store knows it a minute later. */
  const usedAt = new Map<string, number>();
  const watchers = new Map<string, Set<() => void>>();

  const isOver = (stored: StoredSession, { role }: User): boolean => {
    const now = wireClock.now();
    const usedLast = usedAt.get(stored.id) ?? stored.seenAt;
    return now >= stored.expiresAt || now - usedLast >= lifetimeOf(role).idleMs;
  };
  /** The session with its user, unless it is over or the user may not log in. */
  const alive = (id: string): { stored: StoredSession; user: User } | null => {
    const stored = store.sessions.get(id);
    const user = stored === undefined ? undefined : store.users.get(stored.user);
    if (stored === undefined || user === undefined || user.disabled || isOver(stored, user)) return null;
    return { stored, user };
  };
  const use = ({ id, seenAt }: StoredSession) => {
    const now = wireClock.now();
    usedAt.set(id, now);
    if (now - seenAt < writeEveryMs) return;
    try {
      store.transaction(() => {
        store.sessions.seen(id, now);
      });
    } catch {
      // Whoever looks at a disk that is full must get in; the failure is in the health of the store.
    }
  };
  const end: Sessions['end'] = (id) => {
    store.sessions.remove(id);
    store.memory.afterwards(() => {
      usedAt.delete(id);
      for (const ended of watchers.get(id) ?? []) ended();
      watchers.delete(id);
    });
  };

  return {
    begin: (user, address) => {
      const now = wireClock.now();
      const { mostMs } = lifetimeOf(user.role);
      const longAgo = now - lifetimeOf('wall').idleMs;
      store.sessions.tidy(now, longAgo);
      for (const [id, at] of usedAt) if (at < longAgo) usedAt.delete(id);
      const secret = randomBytes(32).toString('base64url');
      const stored = {
        id: idOf(secret),
        user: user.name,
        address,
        createdAt: now,
        seenAt: now,
        expiresAt: now + mostMs,
      };
      store.sessions.add(stored);
      return { secret, session: sessionOf(stored, user, secret) };
    },
    find: (secret) => {
      const found = alive(idOf(secret));
      if (found === null) return null;
      use(found.stored);
      return { user: found.user, session: sessionOf(found.stored, found.user, secret) };
    },
    end,
    endAll: (user, but) => {
      const ids = store.sessions
        .of(user)
        .map(({ id }) => id)
        .filter((id) => id !== but);
      for (const id of ids) end(id);
      return ids.length;
    },
    count: (user) => store.sessions.of(user.name).filter((stored) => !isOver(stored, user)).length,
    touch: (id) => {
      const found = alive(id);
      if (found !== null) use(found.stored);
      return found !== null;
    },
    isAlive: (id) => alive(id) !== null,
    watch: (id, ended) => {
      const all = watchers.get(id) ?? new Set();
      watchers.set(id, all.add(ended));
      return () => {
        all.delete(ended);
        if (all.size === 0 && watchers.get(id) === all) watchers.delete(id);
      };
    },
  };
}

function idOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function sessionOf(stored: StoredSession, user: User, secret: string): Session {
  return {
    id: stored.id,
    user: user.name,
    groups: user.groups,
    csrfToken: createHmac('sha256', secret).update('csrf').digest('base64url'),
    mustChangePassword: user.oneTimeUntil !== null,
    expiresAt: stored.expiresAt,
  };
}

import { CodedError } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import { nextTurn, type Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { User } from '../store/access/users.ts';
import type { Access } from './access.ts';
import type { Session } from './caller.ts';
import { checkPassword } from './passwords.ts';

/** From where somebody logs in. */
export interface LogInFrom {
  address: string;
  /** Of the request. */
  cookie: string | undefined;
}

export interface LoggedIn {
  user: User;
  session: Session;
  /** `Set-Cookie` of the answer. */
  setCookies: string[];
}

export interface LogIn {
  /**
   * Ends the session that the browser had.
   *
   * @param name in lower case
   * @throws CodedError UNAUTHORIZED, the same for a wrong name, a wrong password and a user who may not; TOO_MANY_LOG_INS
   */
  logIn(from: LogInFrom, name: string, password: string): Promise<LoggedIn>;
  /** The session is another one afterwards, and the user's others end. @throws CodedError as `logIn`; BAD_ARGUMENT */
  changePassword(from: LogInFrom, session: Session, current: string, next: string): Promise<LoggedIn>;
  logOut(from: LogInFrom, session: Session): void;
}

export function createLogIn(parts: {
  access: Access;
  clock: Clock;
  log: Log;
  store: Store;
  wireClock: Clock;
}): LogIn {
  const { access, clock, log, store, wireClock } = parts;
  const { cookies, limits, passwords, proxies, sessions } = access;

  /** After the answer: how long that takes says nothing of whether there is such a user. */
  const noteFailure = async (who: string, address: string): Promise<void> => {
    await nextTurn();
    try {
      store.transaction(() => {
        store.audit.add({ at: clock.now(), who, address, action: 'log_in_failed' });
      });
    } catch (error) {
      log.error({ err: error, user: who }, 'a failed log-in is not in the audit');
    }
  };

  /** @returns the user, as it was when the password was looked at */
  const checkIt = async ({ address, cookie }: LogInFrom, name: string, password: string): Promise<User> => {
    const device = cookies.device(cookie, name);
    const attempt = limits.begin({
      // Behind a proxy that does not say whose attempt it is, one stranger would keep everybody out.
      address: proxies.standsForMany(address) ? null : address,
      name,
      device,
    });
    const user = store.users.get(name);
    const isUsable =
      user !== undefined &&
      !user.disabled &&
      (user.oneTimeUntil === null || wireClock.now() < user.oneTimeUntil);
    const hash = isUsable ? user.passwordHash : null;
    const isRight = await passwords.isRight(password, hash, device !== null).catch((error: unknown) => {
      attempt.undone();
      throw error;
    });
    if (isRight && isUsable) {
      attempt.right();
      return user;
    }
    // A name that nobody has may be a password in the wrong field.
    log.warn({ address, user: user?.name ?? null }, 'log-in failed');
    if (user !== undefined) void noteFailure(user.name, address);
    throw new CodedError('UNAUTHORIZED', 'the name or the password is wrong', { field: 'password' });
  };

  /** Part of the caller's transaction. */
  const begin = (user: User, address: string): LoggedIn => {
    const { secret, session } = sessions.begin(user, address);
    const maxAgeS = Math.round((session.expiresAt - wireClock.now()) / 1_000);
    return { user, session, setCookies: cookies.logIn(secret, user.name, maxAgeS) };
  };
  /** The user now: it may have been disabled, or got another password, while this one was worked on. */
  const still = (user: User): User => {
    const now = store.users.get(user.name);
    if (now !== undefined && !now.disabled && now.passwordHash === user.passwordHash) return now;
    throw new CodedError('UNAUTHORIZED', 'the name or the password is wrong', { field: 'password' });
  };

  return {
    logIn: async (from, name, password) => {
      const checked = await checkIt(from, name, password);
      const secret = cookies.session(from.cookie);
      return store.transaction(() => {
        const user = { ...still(checked), lastLogInAt: wireClock.now() };
        store.users.save(user);
        const before = secret === null ? null : sessions.find(secret);
        if (before !== null) sessions.end(before.session.id);
        store.audit.add({ at: clock.now(), who: user.name, address: from.address, action: 'log_in' });
        store.memory.afterwards(() => {
          log.info({ user: user.name, address: from.address }, 'logged in');
        });
        return begin(user, from.address);
      });
    },
    changePassword: async (from, { user: name }, current, next) => {
      checkPassword(next, 'next');
      const checked = await checkIt(from, name, current);
      if (next.normalize('NFKC') === current.normalize('NFKC')) {
        throw new CodedError('BAD_ARGUMENT', 'next: the password is the same as before', {
          field: 'next',
          expected: 'another password',
        });
      }
      const passwordHash = await passwords.hash(next);
      return store.transaction(() => {
        const user: User = { ...still(checked), passwordHash, oneTimeUntil: null };
        store.users.save(user);
        sessions.endAll(name);
        store.audit.add({ at: clock.now(), who: name, address: from.address, action: 'changePassword' });
        return begin(user, from.address);
      });
    },
    logOut: (from, { id, user }) => {
      store.transaction(() => {
        sessions.end(id);
        store.audit.add({ at: clock.now(), who: user, address: from.address, action: 'log_out' });
      });
    },
  };
}

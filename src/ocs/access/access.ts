import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { MachineRole } from '../../api/roles.ts';
import { CodedError } from '../../domain/errors.ts';
import type { TokenWatch } from '../../http/token-watch.ts';
import { sameSecret } from '../../http/tokens.ts';
import type { Clock } from '../clock.ts';
import type { OcsConfig } from '../config.ts';
import type { Store } from '../store/store.ts';
import { anybody, type Caller } from './caller.ts';
import { createCookies, type Cookies } from './cookies.ts';
import { createLogInLimits, type LogInLimits } from './log-in-limits.ts';
import { createPasswords, type PasswordCost, type Passwords } from './passwords.ts';
import { createProxies, type Proxies } from './proxies.ts';
import { createSessions, type Sessions } from './sessions.ts';

/** What of a request says who asks. */
export interface Credentials {
  headers: Pick<IncomingHttpHeaders, 'authorization' | 'cookie'>;
  ip: string;
}

/** Who may use this OCS, and how it is known who asks. */
export interface Access {
  readonly cookies: Cookies;
  readonly limits: LogInLimits;
  readonly passwords: Passwords;
  readonly proxies: Proxies;
  readonly sessions: Sessions;
  /** Nobody is asked who it is: no token is set, and there are no users. */
  readonly isOpen: boolean;
  /** Where browsers speak TLS: to this server, to a proxy before it, or nowhere. */
  readonly tls: 'here' | 'proxy' | 'none';
  /** For what this process asks of itself. */
  readonly ownToken: string;
  /**
   * A token goes before a cookie: whoever shows a wrong one is refused.
   *
   * @throws CodedError UNAUTHORIZED, TOO_MANY_WRONG_TOKENS
   */
  identify(request: Credentials, watch: TokenWatch): Caller;
  /** The user whose session the cookie is; null without one, or when it is over. */
  userOf(request: Credentials): Caller | null;
}

/** @param tls this server ends TLS itself */
export function createAccess(parts: {
  config: Pick<OcsConfig, 'publicUrl' | 'tokens' | 'trustedProxies'>;
  passwordCost?: PasswordCost | undefined;
  store: Store;
  tls: boolean;
  wireClock: Clock;
}): Access {
  const { config, store, wireClock } = parts;
  const { api, machines } = config.tokens;
  const isProxied = config.publicUrl?.startsWith('https:') === true;
  const tls = parts.tls ? 'here' : isProxied ? 'proxy' : 'none';
  // A file of machines that names none is still the wish to be asked.
  const isOpen = api === undefined && machines === undefined && store.users.count() === 0;
  const ownToken = randomBytes(32).toString('base64url');
  const cookies = createCookies(tls !== 'none', store.secrets.get('device cookies'));
  const sessions = createSessions({ store, wireClock });

  const tokens: { name: string; role: MachineRole; token: string }[] = [
    { name: 'ocsd', role: 'admin', token: ownToken },
    ...(api === undefined ? [] : [{ name: 'api', role: 'admin' as const, token: api }]),
    ...Object.entries(machines ?? {}).map(([name, machine]) => ({ name, ...machine })),
  ];
  const machineOf = (authorization: string): Caller | null => {
    const given = /^Bearer +(.+)$/i.exec(authorization)?.[1] ?? '';
    const known = tokens.find(({ token }) => sameSecret(given, token));
    return known === undefined ? null : { name: known.name, kind: 'token', role: known.role, session: null };
  };
  const userOf: Access['userOf'] = ({ headers }) => {
    const secret = cookies.session(headers.cookie);
    const found = secret === null ? null : sessions.find(secret);
    if (found === null) return null;
    const { session, user } = found;
    return { name: user.name, kind: 'user', role: user.role, session };
  };

  return {
    cookies,
    limits: createLogInLimits(() => wireClock.elapsed()),
    passwords: createPasswords(parts.passwordCost),
    proxies: createProxies(config),
    sessions,
    isOpen,
    tls,
    ownToken,
    userOf,
    identify: (request, watch) => {
      if (isOpen) return anybody;
      const { authorization, cookie } = request.headers;
      if (authorization !== undefined) {
        const machine = machineOf(authorization);
        if (machine === null) throw watch.wrong(request.ip, 'authorization');
        return machine;
      }
      const user = userOf(request);
      if (user !== null) return user;
      // A page that was open over night is no attack.
      if (cookies.session(cookie) !== null) {
        throw new CodedError('UNAUTHORIZED', 'the session is over', {
          field: 'cookie',
          expected: 'a log-in',
        });
      }
      throw watch.wrong(request.ip, 'authorization');
    },
  };
}

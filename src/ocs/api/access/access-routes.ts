import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { accessApi, accessOperations, type SessionView, type UserView } from '../../../api/access.ts';
import { CodedError } from '../../../domain/errors.ts';
import type { Log } from '../../../domain/log.ts';
import { cameFrom } from '../../../http/peers.ts';
import { serveApi, type Serve } from '../../../http/serve.ts';
import type { Access } from '../../access/access.ts';
import type { Session } from '../../access/caller.ts';
import { isLoopbackAddress } from '../../access/proxies.ts';
import { createLogIn, type LogInFrom } from '../../access/log-in.ts';
import { createUserKeeping, oneTimeMs } from '../../access/users.ts';
import type { Clock } from '../../clock.ts';
import type { User } from '../../store/access/users.ts';
import type { Store } from '../../store/store.ts';
import { whoAsks } from './audited.ts';
import { guardApi } from './guard.ts';

export interface AccessParts {
  access: Access;
  clock: Clock;
  log: Log;
  store: Store;
  version: string;
  wireClock: Clock;
}

/** What is sent before anybody is known is this small. Bytes. */
const logInBytes = 4_096;

/** Sessions, users and the audit. */
export async function serveAccess(app: FastifyInstance, parts: AccessParts): Promise<void> {
  const { access, store } = parts;
  const serve = await serveApi(app, accessApi, {
    guard: guardApi(access, app.tokenWatch, 'accessOpenapi'),
    softwareVersion: parts.version,
  });
  serveSessions(serve, parts);
  serveUsers(serve, parts);
  serve(accessOperations.listAudit, ({ query }) => {
    const { phoneHash, customerHash } = store.audit.maskPerson(query);
    const rows = store.audit.find({ ...query, about: phoneHash ?? customerHash });
    const json = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
    return {
      entries: rows.map((row) => ({ ...row, before: json(row.before), after: json(row.after) })),
      next: rows.length < query.limit ? null : (rows.at(-1)?.id ?? null),
    };
  });
}

function serveSessions(serve: Serve, parts: AccessParts): void {
  const { access } = parts;
  const logIn = createLogIn(parts);
  const from = ({ headers, ip }: FastifyRequest): LogInFrom => ({ address: ip, cookie: headers.cookie });

  serve(
    accessOperations.logIn,
    async (request, reply) => {
      checkTransport(access, request);
      const { name, password } = request.body;
      const done = await withRetryAfter(
        reply,
        logIn.logIn(from(request), name.trim().toLowerCase(), password),
      );
      void reply.header('set-cookie', done.setCookies);
      return sessionView(done.session, done.user);
    },
    { bodyLimit: logInBytes },
  );
  serve(accessOperations.getSession, ({ caller }) => {
    const session = ofCaller(caller?.session);
    return sessionView(session, needUser(parts.store, session.user));
  });
  serve(accessOperations.logOut, (request, reply) => {
    logIn.logOut(from(request), ofCaller(request.caller?.session));
    void reply.header('set-cookie', access.cookies.logOut());
    return { ended: 1 };
  });
  serve(
    accessOperations.changePassword,
    async (request, reply) => {
      const { current, next } = request.body;
      const session = ofCaller(request.caller?.session);
      const changed = logIn.changePassword(from(request), session, current, next);
      const done = await withRetryAfter(reply, changed);
      void reply.header('set-cookie', done.setCookies);
      return sessionView(done.session, done.user);
    },
    { bodyLimit: logInBytes },
  );
}

function serveUsers(serve: Serve, parts: AccessParts): void {
  const { access, store } = parts;
  const { passwords, sessions } = access;
  const keeping = createUserKeeping({ ...parts, passwords, sessions });
  const view = (user: User): UserView => ({
    name: user.name,
    role: user.role,
    groups: [...user.groups],
    extension: user.extension,
    disabled: user.disabled,
    oneTimePassword: user.oneTimeUntil !== null,
    createdAt: user.createdAt,
    lastLogInAt: user.lastLogInAt,
    sessions: sessions.count(user),
  });
  const oneTime = ({ user, password }: { user: User; password: string }) => ({
    user: view(user),
    password,
    expiresAt: user.oneTimeUntil ?? parts.wireClock.now() + oneTimeMs,
  });

  serve(accessOperations.listUsers, () => ({ users: store.users.all().map(view) }));
  serve(accessOperations.addUser, async (request) => {
    if (access.isOpen) {
      throw new CodedError('ILLEGAL_STATE', 'this ocsd asks nobody who it is: users would protect nothing', {
        field: 'tokens.apiFile',
        found: 'no token',
        expected: 'tokens.apiFile in its configuration, and a restart, before the first user',
      });
    }
    const { extension = null, ...user } = request.body;
    return oneTime(await keeping.add(whoAsks(request), { ...user, extension }));
  });
  serve(accessOperations.changeUser, (request) =>
    view(keeping.change(whoAsks(request), request.params.name, request.body)),
  );
  serve(accessOperations.resetPassword, async (request) =>
    oneTime(await keeping.reset(whoAsks(request), request.params.name)),
  );
  serve(accessOperations.endSessions, (request) => ({
    ended: keeping.endSessions(whoAsks(request), request.params.name),
  }));
}

/** A password in plain HTTP is read by whoever is on the way. @throws CodedError TLS_REQUIRED */
function checkTransport({ proxies, tls }: Access, { ip, protocol, raw }: FastifyRequest): void {
  // One that another ocsd brings may have come to that in plain HTTP.
  if (tls === 'here' && protocol === 'https') return;
  // Also the way from another ocsd that brings it.
  const ways = [raw.socket.remoteAddress ?? '', cameFrom(raw), ...(tls === 'proxy' ? [] : [ip])];
  // Who comes past the proxy comes without its TLS.
  const open = (tls === 'here' ? [cameFrom(raw)] : ways).find(
    (from) => !(tls === 'proxy' ? proxies.mayCome(from) : isLoopbackAddress(from)),
  );
  if (open === undefined) return;
  throw new CodedError('TLS_REQUIRED', 'nobody logs in over plain HTTP from another host', {
    field: tls === 'proxy' ? 'server.trustedProxies' : 'listen.tls',
    found: open,
    expected:
      'listen.tls in the configuration of ocsd, or server.publicUrl with the https:// of a proxy on this host or in server.trustedProxies',
  });
}

/** Says when another attempt makes sense. */
async function withRetryAfter<T>(reply: FastifyReply, attempt: Promise<T>): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    const { retryAfterS } = error as { retryAfterS?: number };
    if (retryAfterS !== undefined) void reply.header('retry-after', String(retryAfterS));
    throw error;
  }
}

/** The guard of these doors lets only sessions in. */
function ofCaller(session: Session | null | undefined): Session {
  if (session) return session;
  throw new CodedError('UNAUTHORIZED', 'nobody is logged in', { field: 'cookie' });
}

function needUser({ users }: Store, name: string): User {
  const user = users.get(name);
  if (user !== undefined) return user;
  throw new CodedError('UNAUTHORIZED', 'nobody is logged in', { field: 'cookie' });
}

function sessionView(session: Session, user: User): SessionView {
  return {
    name: user.name,
    role: user.role,
    groups: [...user.groups],
    extension: user.extension,
    csrfToken: session.csrfToken,
    mustChangePassword: session.mustChangePassword,
    expiresAt: session.expiresAt,
  };
}

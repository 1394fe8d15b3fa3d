import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { rights, type Door, type OtherDoor } from '../../../api/rights.ts';
import { CodedError } from '../../../domain/errors.ts';
import type { Guard } from '../../../http/serve.ts';
import type { TokenWatch } from '../../../http/token-watch.ts';
import { sameSecret } from '../../../http/tokens.ts';
import type { Access } from '../../access/access.ts';
import type { Caller } from '../../access/caller.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null at doors that are open to everybody. */
    caller: Caller | null;
  }
}

/**
 * The hook at a door: it says who asks, or refuses. Before a body is read.
 *
 * @returns undefined where everybody may come in
 */
export function guardDoor(access: Access, watch: TokenWatch, door: Door): onRequestHookHandler | undefined {
  const { roles } = rights[door];
  if (roles === 'everybody') return undefined;
  return (request, _reply, done) => {
    const caller = access.identify(request, watch);
    if (roles === 'session') {
      if (caller.session === null) throw noSession();
    } else {
      if (!roles.includes(caller.role)) throw forbidden(caller, roles);
      if (caller.session?.mustChangePassword === true) throw oneTimePassword();
    }
    checkCsrf(request, caller);
    request.caller = caller;
    done();
  };
}

/** The guard of an API whose operations are doors under their own names. @param document the door of its OpenAPI document */
export function guardApi(access: Access, watch: TokenWatch, document: OtherDoor): Guard {
  return (door) => guardDoor(access, watch, 'operation' in door ? (door.operation as Door) : document);
}

/** A page of others can make a browser send its cookie, but does not know what goes into this header. */
function checkCsrf({ headers, method }: FastifyRequest, { session }: Caller): void {
  if (session === null || method === 'GET' || method === 'HEAD') return;
  const given = headers['x-csrf-token'];
  if (typeof given === 'string' && sameSecret(given, session.csrfToken)) return;
  throw new CodedError('FORBIDDEN', 'the CSRF token is missing or wrong', {
    field: 'x-csrf-token',
    expected: 'the csrfToken of the session in this header',
  });
}

/**
 * A WebSocket cannot bring the CSRF token along. But a browser always says from which page it is opened, and the server
 * has looked at that.
 */
export function checkPage({ headers }: Pick<FastifyRequest, 'headers'>, caller: Caller | null): void {
  if (!caller?.session || headers.origin !== undefined) return;
  throw new CodedError('FORBIDDEN', 'a WebSocket with a session comes from a page', {
    field: 'origin',
    expected: 'the header Origin of a page of this server; without a page a token',
  });
}

function forbidden({ role }: Caller, roles: readonly string[]): CodedError {
  return new CodedError('FORBIDDEN', `this is not for the role ${role}`, {
    field: 'role',
    found: role,
    expected: roles.join(' or '),
  });
}

function oneTimePassword(): CodedError {
  return new CodedError('FORBIDDEN', 'the one-time password has to be changed first', {
    field: 'password',
    expected: 'a password of your own, by POST /api/v1/session/password',
  });
}

function noSession(): CodedError {
  return new CodedError('UNAUTHORIZED', 'nobody is logged in', {
    field: 'cookie',
    expected: 'the cookie of a log-in; a token has no session',
  });
}

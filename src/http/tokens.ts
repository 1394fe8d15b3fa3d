import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { TokenWatch } from './token-watch.ts';

/** Compares in constant time, whatever the lengths. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** @throws CodedError UNAUTHORIZED, TOO_MANY_WRONG_TOKENS unless the request carries the token */
function checkBearer(request: FastifyRequest, token: string, watch: TokenWatch): void {
  const given = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined || !sameSecret(given, token)) throw watch.wrong(request.ip, 'authorization');
}

/** A hook for a route, or for a server, that wants the token; without a token all may pass. */
export function wantToken(token: string | undefined, watch: TokenWatch): onRequestHookHandler {
  return (request, _reply, done) => {
    if (token !== undefined) checkBearer(request, token, watch);
    done();
  };
}

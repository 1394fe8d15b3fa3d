import type { OutgoingHttpHeaders } from 'node:http';
import type { OneTimePassword, SessionView } from '../../../src/api/access.ts';
import type { Role } from '../../../src/api/roles.ts';
import { addDiagnostics } from '../../../src/daemon/ocsd/diagnostics.ts';
import { manualClock } from '../../../src/ocs/clock.ts';
import type { OcsConfigInput } from '../../../src/ocs/config.ts';
import { createOcs } from '../../../src/ocs/ocs.ts';
import { startOfTest } from './ocs.ts';
import { silentLog } from '../silent-log.ts';

export const apiToken = 'the-api-token-of-tests';
/** Long enough, and nobody's. */
export const ownPassword = 'correct horse battery staple';

/** How somebody asks. */
export interface Asks {
  token?: string;
  /** A log-in: its cookies go along, and its CSRF token unless that is told otherwise. */
  as?: Browser;
  csrf?: string | null;
  body?: object | string;
  address?: string;
  headers?: OutgoingHttpHeaders;
}

export interface Answer {
  status: number;
  body: Record<string, unknown> & { error?: { code: string; field?: string; message: string } };
  headers: Record<string, unknown>;
  /** The whole lines of `Set-Cookie`. */
  cookies: string[];
}

/** What a browser keeps of a log-in. */
export interface Browser extends SessionView {
  cookie: string;
}

/** An ocsd with a token, as it is asked over HTTP, without a network; all time stands still unless the test moves it. */
export async function openAccess(config: OcsConfigInput = {}) {
  const [clock, wire] = [manualClock(startOfTest), manualClock(startOfTest)];
  const logged: [string, object][] = [];
  const note = (fields: object, message: string) => logged.push([message, fields]);
  const ocs = await createOcs({
    database: ':memory:',
    clock,
    wireClock: wire,
    passwordCost: { memory: 8, passes: 1, parallelism: 1 },
    log: { ...silentLog, info: note, warn: note, error: note },
    config: { tokens: { api: apiToken }, ...config },
  });
  addDiagnostics(ocs, { clockSpeed: 1 }, () => false);
  await ocs.start();

  const ask = async (method: string, path: string, asks: Asks = {}): Promise<Answer> => {
    const { address, as, body, csrf = as?.csrfToken ?? null, headers = {}, token } = asks;
    const reply = await ocs.app.inject({
      method: method,
      url: path,
      remoteAddress: address ?? '127.0.0.1',
      headers: {
        host: 'localhost',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(as !== undefined && { cookie: as.cookie }),
        ...(csrf !== null && { 'x-csrf-token': csrf }),
        ...(typeof body === 'string' && { 'content-type': 'text/csv' }),
        ...headers,
      },
      ...(body !== undefined && { payload: body }),
    });
    const json = String(reply.headers['content-type']).includes('json');
    return {
      status: reply.statusCode,
      body: json ? reply.json<Answer['body']>() : {},
      headers: reply.headers,
      cookies: [reply.headers['set-cookie'] ?? []].flat(),
    };
  };
  const browserOf = (answer: Answer): Browser => {
    if (answer.cookies.length === 0) throw new Error(`not logged in: ${JSON.stringify(answer.body)}`);
    const cookie = answer.cookies.map((line) => line.split(';', 1)[0]).join('; ');
    return { ...(answer.body as unknown as SessionView), cookie };
  };
  const tryLogIn = (name: string, password: string, more: Asks = {}) =>
    ask('POST', '/api/v1/session', { ...more, body: { name, password } });
  const logIn = async (name: string, password: string, more: Asks = {}) =>
    browserOf(await tryLogIn(name, password, more));
  const addUser = async (name: string, role: Role, groups = role === 'agent' ? ['sales'] : []) => {
    const { body } = await ask('POST', '/api/v1/users', { token: apiToken, body: { name, role, groups } });
    return (body as unknown as OneTimePassword).password;
  };
  /** A user with a password of its own, logged in. */
  const enter = async (name: string, role: Role, groups?: string[]): Promise<Browser> => {
    const password = await addUser(name, role, groups);
    const first = await logIn(name, password);
    const changed = await ask('POST', '/api/v1/session/password', {
      as: first,
      body: { current: password, next: ownPassword },
    });
    return browserOf(changed);
  };
  const audit = async (query = '') => {
    const { body } = await ask('GET', `/api/v1/audit${query}`, { token: apiToken });
    return body['entries'] as Record<string, unknown>[];
  };
  return { addUser, ask, audit, browserOf, clock, enter, logged, logIn, ocs, tryLogIn, wire };
}

export type AccessBench = Awaited<ReturnType<typeof openAccess>>;

import { signal } from '@preact/signals';
import type { SessionView } from '../api/access.ts';
import type { ErrorReply } from '../api/fields.ts';
import { words } from './words.ts';

/** Who is logged in; null: nobody; undefined: not known yet. */
export const session = signal<SessionView | null | undefined>(undefined);

/** What the server refused, in its words. */
export class Refusal extends Error {}

/**
 * Asks the server. What changes something shows the session's CSRF token.
 *
 * @param body JSON, or a CSV file
 *
 * @throws Refusal with a sentence that can be shown
 */
export async function ask<T>(method: string, path: string, body?: object | Blob): Promise<T> {
  return (await (await send(method, path, body)).json()) as T;
}

/** Asks for a file. @throws Refusal with a sentence that can be shown */
export async function askFile(path: string): Promise<ArrayBuffer> {
  const reply = await send('GET', path);
  try {
    return await reply.arrayBuffer();
  } catch {
    throw new Refusal(words.unreachable);
  }
}

async function send(method: string, path: string, body?: object | Blob): Promise<Response> {
  let reply: Response;
  try {
    reply = await fetch(`/api/v1${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': body instanceof Blob ? 'text/csv' : 'application/json' }),
        ...(session.value && { 'x-csrf-token': session.value.csrfToken }),
      },
      ...(body !== undefined && { body: body instanceof Blob ? body : JSON.stringify(body) }),
    });
  } catch {
    throw new Refusal(words.unreachable);
  }
  if (reply.ok) return reply;
  const { error } = (await reply
    .json()
    .catch(() => ({ error: { message: words.unreachable } }))) as ErrorReply;
  if (reply.status === 401) session.value = null;
  const expected = error.expected === undefined ? '' : `; expected ${error.expected}`;
  throw new Refusal(`${error.message}${expected}.`);
}

/** Finds out who is logged in. */
export async function lookForSession(): Promise<void> {
  try {
    session.value = await ask<SessionView>('GET', '/session');
  } catch {
    session.value = null;
  }
}

/** A connection was not let in: is that because the session is over? Whoever cannot be asked does not say so. */
export async function checkSession(): Promise<void> {
  await ask<SessionView>('GET', '/session').catch(() => undefined);
}

export async function logIn(name: string, password: string): Promise<void> {
  session.value = await ask<SessionView>('POST', '/session', { name, password });
}

export async function changePassword(current: string, next: string): Promise<void> {
  session.value = await ask<SessionView>('POST', '/session/password', { current, next });
}

/** What has to be done before somebody logs out. */
export const beforeLogOut = signal<(() => Promise<void>) | null>(null);

export async function logOut(): Promise<void> {
  await beforeLogOut.value?.();
  await ask('DELETE', '/session').catch(() => undefined);
  session.value = null;
}

export function runCampaign(name: string, run: boolean): Promise<unknown> {
  return ask('POST', `/campaigns/${encodeURIComponent(name)}/${run ? 'start' : 'stop'}`);
}

/** From the end of an open record on. */
export function changeAgent(agentId: string, change: 'not-ready' | 'log-out'): Promise<unknown> {
  return ask('POST', `/agents/${encodeURIComponent(agentId)}/${change}`);
}

export function unloadCampaign(name: string): Promise<unknown> {
  return ask('POST', `/campaigns/${encodeURIComponent(name)}/unload`);
}

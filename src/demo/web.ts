import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OneTimePassword, SessionView } from '../api/access.ts';
import type { Role } from '../api/roles.ts';
import { CodedError } from '../domain/errors.ts';
import { ask, openStage, type DemoOptions } from './stage.ts';

/** Somebody who can log in at the console. */
interface User {
  name: string;
  role: Role;
  password: string;
}

const roles: readonly Role[] = ['agent', 'supervisor', 'engineer', 'wall', 'admin'];

/** Of the person at the desk; the simulated agents have those from 7001 on. */
const extension = '7900';

/**
 * The campaign in real time, with the console: until somebody ends it.
 *
 * @param say told what a person needs to know
 * @throws CodedError when a process does not start, or ends early
 */
export async function runWeb(options: DemoOptions, say: (text: string) => void): Promise<void> {
  const stage = await openStage(options);
  try {
    await stage.start();
    const users: User[] = [];
    for (const role of roles) users.push(await addUser(options, stage.ocsUrl, role));
    say(addressText(stage.ocsUrl, users, options.agents));
    while (!options.stop.aborted) {
      stage.check();
      await sleep(500, undefined, { signal: options.stop }).catch(() => undefined);
    }
    say('demo: ending the programs.\n');
  } finally {
    await stage.clear();
  }
}

/** A user of the role, under its name, with a password of its own. */
async function addUser(options: DemoOptions, ocsUrl: string, role: Role): Promise<User> {
  const name = role;
  const { password: once } = await ask<OneTimePassword>(options, ocsUrl, 'POST', '/users', {
    name,
    role,
    ...(role === 'agent' && { groups: ['demo'], extension }),
  });
  const first = await fetch(`${ocsUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password: once }),
  });
  const { csrfToken } = (await first.json()) as SessionView;
  const cookie = first.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
  const password = `demo-${randomBytes(8).toString('hex')}`;
  const changed = await fetch(`${ocsUrl}/api/v1/session/password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken, cookie: cookie.join('; ') },
    body: JSON.stringify({ current: once, next: password }),
  });
  if (changed.ok) return { name, role, password };
  throw new CodedError('INTERNAL', `the password of ${name} could not be set: ${await changed.text()}`);
}

function addressText(ocsUrl: string, users: readonly User[], agents: number): string {
  const lines = users.map(({ name, password }) => `  ${name.padEnd(12)}${password}`);
  return [
    `console   ${ocsUrl}/console/`,
    '',
    '  name        password',
    ...lines,
    '',
    `The campaign demo runs with ${String(agents)} simulated agents of group demo. Log in as agent, start work and press R.`,
    'Each role wants a browser window of its own (a private one). Ctrl+C ends the demo.',
    '',
  ].join('\n');
}

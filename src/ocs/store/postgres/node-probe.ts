import { request as askPlain } from 'node:http';
import { request as askEncrypted } from 'node:https';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { healthSchema } from '../../../api/diagnostics.ts';
import { isLoopback } from '../../../http/loopback.ts';
import { peerTls } from '../../../http/peer-tls.ts';
import type { OwnerSeen } from './nodes.ts';

/** Longest that a process which lives takes to say so. ms. */
const answerMs = 500;
/** Characters of an answer; health is shorter. */
const mostAnswer = 65_536;
/** Between two questions. ms. */
const againMs = 200;

/**
 * Whether the host of a process is there and twice says that the process is not: nobody listens at its address, or
 * one that stands by. False where it cannot be asked from here.
 */
export async function hasEnded(owner: OwnerSeen): Promise<boolean> {
  if (!mayBeReached(owner)) return false;
  if (!(await isElsewhere(owner))) return false;
  await pause(againMs);
  return isElsewhere(owner);
}

/** Not where it gave a loopback address, and is on another host: that address is this host's. */
export function mayBeReached({ address, host }: OwnerSeen): boolean {
  const name = new URL(address).hostname.replace(/^\[|\]$/g, '');
  return !isLoopback(name) || host === hostname();
}

async function isElsewhere(owner: OwnerSeen): Promise<boolean> {
  try {
    const health = healthSchema.safeParse(JSON.parse(await askHealth(owner)));
    return health.success && health.data.state === 'standby';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  }
}

function askHealth({ address, certificate }: OwnerSeen): Promise<string> {
  const url = new URL('/healthz', address);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const ask = url.protocol === 'https:' ? askEncrypted : askPlain;
  const asked = ask(
    url,
    {
      agent: false,
      signal: AbortSignal.timeout(answerMs),
      headers: { host: 'localhost' },
      ...peerTls(certificate),
    },
    (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > mostAnswer) response.destroy(new Error('the answer is too long'));
      });
      response.on('end', () => {
        resolve(text);
      });
      response.on('error', reject);
    },
  );
  asked.on('error', reject);
  asked.end();
  return promise;
}

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
/** Between two questions. ms. */
const againMs = 200;

/**
 * Whether the host of a process is there and twice says that the process is not: nobody listens at its address, or
 * one that stands by. False where it cannot be asked from here.
 *
 * @param host name of its host
 */
export async function hasEnded(owner: OwnerSeen, host: string | null): Promise<boolean> {
  const name = new URL(owner.address).hostname.replace(/^\[|\]$/g, '');
  if (isLoopback(name) && host !== hostname()) return false;
  if (!(await isElsewhere(owner))) return false;
  await pause(againMs);
  return isElsewhere(owner);
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
    { agent: false, timeout: answerMs, headers: { host: 'localhost' }, ...peerTls(certificate) },
    (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve(text);
      });
      response.on('error', reject);
    },
  );
  asked.on('error', reject);
  asked.on('timeout', () => asked.destroy(new Error('no answer')));
  asked.end();
  return promise;
}

import { isIP } from 'node:net';

/** True for `localhost` and the addresses of the loopback networks. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

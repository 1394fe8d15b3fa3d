import { createHmac, randomBytes } from 'node:crypto';
import { sameSecret } from '../../http/tokens.ts';

/**
 * The two cookies of a browser: its session, and that it has been logged in under a name before. Where all goes over
 * TLS they are `Secure` and bound to this host; over plain HTTP, which is for loopback only, they cannot be.
 */
export interface Cookies {
  /** What a request brings; null where it brings none. */
  session(header: string | undefined): string | null;
  /** The browser, if this name was logged in there before. */
  device(header: string | undefined, name: string): string | null;
  /** `Set-Cookie` of a log-in. */
  logIn(secret: string, name: string, maxAgeS: number): string[];
  logOut(): string[];
}

const yearS = 365 * 24 * 3_600;

/** @param key 32 random bytes that sign what a browser is */
export function createCookies(isSecure: boolean, key: Buffer): Cookies {
  const prefix = isSecure ? '__Host-' : '';
  const [sessionName, deviceName] = [`${prefix}cpd`, `${prefix}cpd-device`];
  const cookie = (name: string, value: string, maxAgeS: number) =>
    `${name}=${value}; Path=/; Max-Age=${String(maxAgeS)}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  const sign = (browser: string, name: string) =>
    createHmac('sha256', key).update(`${browser} ${name}`).digest('base64url');
  return {
    session: (header) => valueOf(header, sessionName),
    device: (header, name) => {
      const [browser = '', signature = ''] = (valueOf(header, deviceName) ?? '').split('.');
      return browser !== '' && sameSecret(signature, sign(browser, name)) ? browser : null;
    },
    logIn: (secret, name, maxAgeS) => {
      const browser = randomBytes(16).toString('base64url');
      return [
        cookie(sessionName, secret, maxAgeS),
        cookie(deviceName, `${browser}.${sign(browser, name)}`, yearS),
      ];
    },
    logOut: () => [cookie(sessionName, '', 0)],
  };
}

/** The first cookie of this name in the header; null when there is none. */
function valueOf(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || null;
  }
  return null;
}

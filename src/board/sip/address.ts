import { isIP } from 'node:net';

/** Where a peer is; port 0: none is given. */
export interface HostPort {
  /** A name, or an IP address without brackets. */
  host: string;
  port: number;
}

/** A host name, or an address of IPv4. */
export const hostForm = /^[0-9A-Za-z.-]{1,253}$/;
const mostPort = 65_535;

/** `host`, `host:port`, `2001:db8::1` or `[2001:db8::1]:port`; null: it is none of them. */
export function readAddress(text: string): HostPort | null {
  if (familyOf(text) === 6) return { host: text, port: 0 };
  const [, bracketed, name, digits = '0'] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? name ?? '';
  const isHost = bracketed === undefined ? hostForm.test(host) : familyOf(host) === 6;
  const port = Number(digits);
  return isHost && port <= mostPort ? { host, port } : null;
}

/** 4, 6, or 0 for what is no IP address; nor is one of IPv4 in the clothes of IPv6, or one with a zone. */
export const familyOf = (ip: string): number => (/%|^::ffff:/i.test(ip) ? 0 : isIP(ip));

/** An address, or a prefix of addresses with its length: `192.0.2.0/24`, `2001:db8::/32`. */
export function isAddressRange(text: string): boolean {
  const [ip = '', bits, ...more] = text.split('/');
  const family = familyOf(ip);
  if (family === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (family === 4 ? 32 : 128);
}

/** An address with a port that is nobody's but this machine's, whatever a name server says. */
export function isLoopback(text: string): boolean {
  const { host, port } = readAddress(text) ?? { host: '', port: 0 };
  return port > 0 && (host === '::1' || (isIP(host) === 4 && host.startsWith('127.')));
}

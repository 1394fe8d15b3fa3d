import { BlockList, isIP, isIPv6 } from 'node:net';
import type { OcsConfig } from '../config.ts';

/** The proxies before this server, that end TLS for it. */
export interface Proxies {
  /** A connection from there may be that of a browser which spoke TLS to a proxy. */
  mayCome(peer: string): boolean;
  /** The address is that of a proxy which does not say whose request it brings: many stand behind it. */
  standsForMany(address: string): boolean;
}

export function createProxies({
  publicUrl,
  trustedProxies,
}: Pick<OcsConfig, 'publicUrl' | 'trustedProxies'>): Proxies {
  const listed = new BlockList();
  for (const written of trustedProxies) {
    const [address = '', bits] = written.split('/');
    const family = familyOf(address);
    if (bits === undefined) listed.addAddress(address, family);
    else listed.addSubnet(address, Number(bits), family);
  }
  const isListed = (written: string) => {
    const address = plain(written);
    return isIP(address) !== 0 && listed.check(address, familyOf(address));
  };
  return {
    mayCome: (peer) => isLoopbackAddress(peer) || isListed(peer),
    standsForMany: (address) => isListed(address) || (publicUrl !== undefined && isLoopbackAddress(address)),
  };
}

export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || plain(address).startsWith('127.');
}

/** IPv4 as such where it came to a socket of IPv6, and without the interface of a link-local address. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

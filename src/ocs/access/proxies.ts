import { createNetworks, plainAddress } from '../../http/networks.ts';
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
  const listed = createNetworks(trustedProxies);
  return {
    mayCome: (peer) => isLoopbackAddress(peer) || listed.has(peer),
    standsForMany: (address) =>
      listed.has(address) || (publicUrl !== undefined && isLoopbackAddress(address)),
  };
}

export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || plainAddress(address).startsWith('127.');
}

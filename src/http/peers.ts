import type { IncomingMessage } from 'node:http';
import { createNetworks, plainAddress } from './networks.ts';
import { sameSecret } from './tokens.ts';

/**
 * Servers of the same site hand requests to each other that their clients put to the wrong one. Such a request has this
 * header with the secret of the one that answers, says whose it is in `X-Forwarded-For` and `-Proto`, and has the name by
 * which the client addressed the other server, which has looked at that.
 */
export const peerHeader = 'x-site-peer';

/** What a client says of itself, or a proxy of a client. */
export const forwardedHeaders = [
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'forwarded',
] as const;

/** Who may say for whom a request comes. */
export interface Forwarders {
  /** Before anything else looks at the request. */
  look(request: IncomingMessage): void;
  /** For fastify: whether what stands `hops` before this server may say who stands before it. */
  trusts(address: string, hops: number): boolean;
}

/** Requests that another server of the site has brought. */
const brought = new WeakSet<IncomingMessage>();

export function isBrought(request: IncomingMessage): boolean {
  return brought.has(request);
}

/** Address of the connection by which a request came to this site: of the client, or of the proxy before it. */
export function cameFrom(request: IncomingMessage): string {
  if (!brought.has(request)) return request.socket.remoteAddress ?? '';
  const ways = String(request.headers['x-forwarded-for'] ?? '').split(',');
  return (ways.at(-1) ?? '').trim();
}

/**
 * @param trustedProxies addresses and networks
 * @param secret what another server of the site shows; there is none when absent
 */
export function createForwarders(trustedProxies: readonly string[], secret: string | undefined): Forwarders {
  const proxies = createNetworks(trustedProxies);
  /** Where requests were brought from. Somebody else may have the same address, and is not believed a word. */
  const peers = new Set<string>();
  return {
    look: (request) => {
      const shown = request.headers[peerHeader];
      const from = plainAddress(request.socket.remoteAddress ?? '');
      if (secret !== undefined && typeof shown === 'string' && sameSecret(shown, secret)) {
        brought.add(request);
        peers.add(from);
      } else if (peers.has(from) && !proxies.has(from)) {
        for (const name of forwardedHeaders) delete request.headers[name];
      }
    },
    trusts: (address, hops) => proxies.has(address) || (hops === 0 && peers.has(plainAddress(address))),
  };
}

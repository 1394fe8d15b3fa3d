import { Agent as PlainAgent, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as EncryptedAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { createProxyServer } from 'http-proxy-3';
import { plainAddress, type Networks } from './networks.ts';
import { forwardedHeaders, peerHeader } from './peers.ts';
import { peerTls } from './peer-tls.ts';

/** Another server of the site, that answers. */
export interface Peer {
  /** e.g. `http://10.0.0.11:7800` */
  address: string;
  secret: string;
  /** What it shows, in PEM; null where it speaks plain HTTP. */
  certificate: string | null;
}

/** Hands requests to another server of the site. */
export interface Forwarder {
  readonly to: Peer;
  /** @param failed the peer gave no answer, and the client nothing yet */
  request(request: IncomingMessage, response: ServerResponse, failed: (why: string) => void): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, failed: (why: string) => void): void;
  /** Ends what is open: the peer is another one, or answers itself. */
  close(): void;
}

/** Longest that a connection to the peer takes. ms. */
const connectMs = 2_000;

/** @param proxies whose word for a client is believed */
export function createForwarder(to: Peer, proxies: Networks): Forwarder {
  const agent =
    to.certificate === null
      ? new PlainAgent({ keepAlive: true })
      : new EncryptedAgent({ keepAlive: true, ...peerTls(to.certificate) });
  const proxy = createProxyServer({
    target: to.address,
    agent,
    connectTimeout: connectMs,
    // A poll, an import and a stream take as long as they do.
    proxyTimeout: 0,
  });
  const open = new Set<{ destroy(): void }>();
  const hold = (each: Duplex | ServerResponse) => {
    open.add(each);
    each.once('close', () => open.delete(each));
  };
  const headersFor = (request: IncomingMessage): Record<string, string> => {
    const from = plainAddress(request.socket.remoteAddress ?? '');
    const isProxy = proxies.has(from);
    const said = isProxy ? request.headers['x-forwarded-for'] : undefined;
    const spoken = isProxy ? request.headers['x-forwarded-proto'] : undefined;
    for (const name of forwardedHeaders) delete request.headers[name];
    return {
      'x-forwarded-for': said === undefined ? from : `${String(said)}, ${from}`,
      'x-forwarded-proto': String(spoken ?? (request.socket instanceof TLSSocket ? 'https' : 'http')),
      [peerHeader]: to.secret,
    };
  };
  return {
    to,
    request: (request, response, failed) => {
      hold(response);
      proxy.web(request, response, { headers: headersFor(request) }, (error) => {
        if (response.headersSent) response.destroy();
        else failed(error.message);
      });
    },
    upgrade: (request, socket, head, failed) => {
      hold(socket);
      proxy.ws(request, socket, head, { headers: headersFor(request) }, (error) => {
        if (socket.writable) failed(error.message);
      });
    },
    close: () => {
      for (const each of open) each.destroy();
      agent.destroy();
    },
  };
}

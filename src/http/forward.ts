import {
  Agent as PlainAgent,
  request as askPlain,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import { Agent as EncryptedAgent, request as askEncrypted } from 'node:https';
import { pipeline, type Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
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
  /** False for some seconds after a request that was not answered, unless another one was since. */
  isAnswered(): boolean;
  /** @param failed the peer gave no answer, and the client nothing yet */
  request(request: IncomingMessage, response: ServerResponse, failed: (why: string) => void): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, failed: (why: string) => void): void;
  /** Ends what is open: the peer is another one, or this process answers itself. */
  close(): void;
}

/** A peer that did not answer is tried again after so long, though nobody asks. ms. */
const troubleMs = 5_000;
/** Longest that a connection to the peer takes. ms. */
const connectMs = 2_000;

/** Headers that are a matter of one connection (RFC 9110, 7.6.1), and `Expect`, which is answered already. */
const ofOneConnection = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'],
]);

function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !ofOneConnection.has(name) && !named.includes(name)),
  );
}

/** Asks the peer what a client has asked. */
type Ask = (request: IncomingMessage, more: OutgoingHttpHeaders) => ClientRequest;

/** What the peer is told of who asks. @param proxies whose word for a client is believed */
function aboutClient({ headers, socket }: IncomingMessage, proxies: Networks): OutgoingHttpHeaders {
  const from = plainAddress(socket.remoteAddress ?? '');
  const isProxy = proxies.has(from);
  const said = isProxy ? headers['x-forwarded-for'] : undefined;
  const spoken = isProxy ? headers['x-forwarded-proto'] : undefined;
  return {
    'x-forwarded-for': said === undefined ? from : `${String(said)}, ${from}`,
    'x-forwarded-proto': String(spoken ?? (socket instanceof TLSSocket ? 'https' : 'http')),
  };
}

function createAsk({ address, secret }: Peer, agent: PlainAgent | EncryptedAgent, proxies: Networks): Ask {
  const { hostname, port, protocol } = new URL(address);
  const isEncrypted = protocol === 'https:';
  return (request, more) => {
    const headers = endToEnd(request.headers);
    for (const name of forwardedHeaders) delete headers[name];
    const asked = (isEncrypted ? askEncrypted : askPlain)({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (isEncrypted ? 443 : 80) : Number(port),
      agent,
      method: request.method,
      path: request.url,
      headers: { ...headers, ...aboutClient(request, proxies), [peerHeader]: secret, ...more },
      setHost: false,
    });
    asked.on('socket', (socket) => {
      if (!socket.connecting) return;
      const slow = setTimeout(() => {
        socket.destroy(new Error(`no connection within ${String(connectMs)} ms`));
      }, connectMs);
      const over = () => {
        clearTimeout(slow);
      };
      socket.once(isEncrypted ? 'secureConnect' : 'connect', over).once('close', over);
    });
    return asked;
  };
}

/**
 * Of our own, with Node's parser and writer: the proxies on npm leave the length of a body to the client's headers, or end
 * the process when a client resets its connection in an upgrade.
 *
 * @param proxies whose word for a client is believed
 */
export function createForwarder(to: Peer, proxies: Networks): Forwarder {
  const agent =
    to.certificate === null
      ? new PlainAgent({ keepAlive: true })
      : new EncryptedAgent({ keepAlive: true, ...peerTls(to.certificate) });
  const ask = createAsk(to, agent, proxies);
  const open = new Set<{ destroy(): void }>();
  const hold = (each: Duplex | ServerResponse) => {
    open.add(each);
    each.once('close', () => open.delete(each));
  };
  let failedAt = -Infinity;
  /** @returns to be told when the peer answers; what goes wrong after that ends the client */
  const awaitAnswer = (
    asked: ClientRequest,
    client: Duplex | ServerResponse,
    failed: (why: string) => void,
  ) => {
    let isOver = false;
    asked.on('error', ({ message }) => {
      if (isOver) {
        client.destroy();
        return;
      }
      isOver = true;
      // A client that has gone says nothing of the peer.
      if (client.destroyed || !client.writable) return;
      failedAt = performance.now();
      failed(message);
    });
    return () => {
      failedAt = -Infinity;
      isOver = true;
    };
  };
  return {
    to,
    isAnswered: () => performance.now() - failedAt > troubleMs,
    request: (request, response, failed) => {
      hold(response);
      const length = request.headers['content-length'];
      const hasBody = request.headers['transfer-encoding'] !== undefined;
      // Framed by what the parser has read, never by what the client says of it.
      const asked = ask(request, hasBody ? { 'transfer-encoding': 'chunked' } : {});
      const hasAnswered = awaitAnswer(asked, response, failed);
      asked.on('response', (answer) => {
        hasAnswered();
        // What was refused before it was read to its end goes no further.
        if (!request.complete) {
          request.unpipe(asked);
          response.shouldKeepAlive = false;
        }
        response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
        pipeline(answer, response, () => {
          if (!request.complete) asked.destroy();
        });
      });
      response.on('close', () => {
        if (!response.writableFinished) asked.destroy();
      });
      if (hasBody || length !== undefined) request.pipe(asked);
      else asked.end();
    },
    upgrade: (request, socket, head, failed) => {
      hold(socket);
      const asked = ask(request, { connection: 'Upgrade', upgrade: 'websocket' });
      const hasAnswered = awaitAnswer(asked, socket, failed);
      const giveUp = () => asked.destroy();
      socket.once('close', giveUp);
      asked.on('upgrade', (answer, peer, first) => {
        hasAnswered();
        hold(peer);
        socket.off('close', giveUp);
        socket.write(headOf(answer));
        if (first.length > 0) socket.write(first);
        if (head.length > 0) peer.write(head);
        const end = () => {
          socket.destroy();
          peer.destroy();
        };
        pipeline(socket, peer, end);
        pipeline(peer, socket, end);
      });
      asked.on('response', (answer) => {
        hasAnswered();
        socket.write(headOf(answer));
        pipeline(answer, socket, () => socket.destroy());
      });
      asked.end();
    },
    close: () => {
      for (const each of open) each.destroy();
      agent.destroy();
    },
  };
}

/** The head of an answer to an upgrade, as text; what is no upgrade ends with the connection. */
function headOf({ headers, statusCode = 502, statusMessage = '' }: IncomingMessage): string {
  const isUpgrade = statusCode === 101;
  const lines = Object.entries({
    ...endToEnd(headers),
    connection: isUpgrade ? 'Upgrade' : 'close',
    ...(isUpgrade && { upgrade: 'websocket' }),
  }).flatMap(([name, value]) => [value ?? []].flat().map((each) => `${name}: ${String(each)}`));
  return [`HTTP/1.1 ${String(statusCode)} ${statusMessage}`, ...lines, '', ''].join('\r\n');
}

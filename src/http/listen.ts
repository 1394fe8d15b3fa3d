import type { FastifyInstance } from 'fastify';
import { CodedError } from '../domain/errors.ts';

/**
 * Listens, or closes the server.
 *
 * @param at.port 0: any free one
 * @param setting where the address is written in the configuration: `admin` for `admin.host` and `admin.port`; empty
 *   for `host` and `port`
 * @returns the address, e.g. `http://127.0.0.1:7810`
 * @throws CodedError PORT_IN_USE; BAD_CONFIG for an address that is not this host's or a port that is not this user's
 */
export async function listen(
  app: FastifyInstance,
  at: { host: string; port: number },
  setting: string,
): Promise<string> {
  try {
    return await app.listen({ host: at.host, port: at.port });
  } catch (error) {
    await app.close();
    const prefix = setting === '' ? '' : `${setting}.`;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      const port = `${setting} port ${String(at.port)}`.trimStart();
      throw new CodedError('PORT_IN_USE', `${port} of ${at.host} is in use`, {
        field: `${prefix}port`,
        found: at.port,
        expected: 'a free port',
        cause: error,
      });
    }
    throw new CodedError('BAD_CONFIG', `cannot listen on ${at.host}:${at.port} (${code ?? String(error)})`, {
      field: `${prefix}host`,
      found: at.host,
      expected: 'an address of this host, and a port that this user may open',
      cause: error,
    });
  }
}

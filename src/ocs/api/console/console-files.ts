import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { CodedError } from '../../../domain/errors.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Nothing but files of this server, nothing inline, and in no frame. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Where `npm run build` puts the pages: beside the compiled programs, also when they run from their source. */
const builtPages = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../../dist/web' : '../../../web', import.meta.url),
);

/**
 * The pages of the console at `/console/`. All files are read at the start: an address is looked up among them, and
 * leads nowhere else.
 */
export function serveConsole(app: FastifyInstance, folder = builtPages): void {
  const files = readFiles(folder);
  app.get('/console', (_request, reply) => reply.redirect('/console/'));
  app.get<{ Params: { '*': string } }>('/console/*', (request, reply) => {
    const name = request.params['*'] || 'index.html';
    const file = files.get(name);
    if (file === undefined) {
      throw new CodedError('NO_SUCH_FILE', 'the console has no such page', {
        field: 'url',
        expected: files.size === 0 ? 'the pages, built by npm run build' : '/console/',
      });
    }
    // Files but the page itself have their content in their name.
    const cache = name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    return reply
      .header('content-security-policy', policy)
      .header('cache-control', cache)
      .type(types[extname(name)] ?? 'application/octet-stream')
      .send(file);
  });
}

/** By their names below the folder, with `/` between; none when it is not there. */
function readFiles(folder: string): ReadonlyMap<string, Buffer> {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return new Map();
  }
  return new Map(
    names
      .filter((name) => extname(name) in types)
      .map((name) => [name.split(sep).join('/'), readFileSync(join(folder, name))]),
  );
}

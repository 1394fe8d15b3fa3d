import { createReadStream, statSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { BadLine, ImportProgress } from '../../api/fields.ts';
import { CodedError } from '../../domain/errors.ts';
import { transferProgress, type TransferProgress } from '../../terminal/transfer-progress.ts';
import { brokenOff, refusal, request, serverUrl, unreachable, type Endpoint } from '../admin/admin-client.ts';
import { tellRefused } from './list-files.ts';

/** How often the server is asked how far it is. */
const askEveryMs = 1_000;

/**
 * Sends a CSV file as it is read, so that it may have any size, and shows on a terminal how far it is. The bad lines for
 * which it is refused go to stderr.
 *
 * @param progressPath where the server says how far it is, if it does
 * @returns the reply's JSON
 * @throws CodedError NO_SUCH_FILE, OCS_UNREACHABLE, or what the server refused with
 */
export async function upload<T>(
  endpoint: Endpoint,
  path: string,
  file: string,
  progressPath?: string,
): Promise<T> {
  checkReadable(file);
  const progress = transferProgress('sent');
  const done = new AbortController();
  try {
    const sent = post(endpoint, path, file, progress);
    if (process.stderr.isTTY && progressPath !== undefined) {
      void follow(endpoint, progressPath, progress, done.signal);
    }
    const reply = await sent;
    if (reply.ok) return (await reply.json()) as T;
    const error: CodedError & { lines?: BadLine[]; moreLines?: number } = await refusal(endpoint, reply);
    progress.end();
    tellRefused(file, error);
    throw error;
  } finally {
    done.abort();
    progress.end();
  }
}

/** Not with fetch: it gives up when a server works for five minutes before it answers. */
async function post(
  endpoint: Endpoint,
  path: string,
  file: string,
  progress: TransferProgress,
): Promise<Response> {
  const url = serverUrl(endpoint, path);
  const counted = new Transform({
    transform: (chunk: Uint8Array, _encoding, next) => {
      progress.bytes(chunk);
      next(null, chunk);
    },
  });
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    const sending = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      {
        method: 'POST',
        headers: {
          'content-type': 'text/csv',
          ...(endpoint.token !== undefined && { authorization: `Bearer ${endpoint.token}` }),
        },
      },
      resolve,
    );
    // A server that refuses before it has read all has answered already.
    sending.on('error', (error) => reject(unreachable(endpoint, error)));
    const source = createReadStream(file);
    source.on('error', (error) => {
      sending.destroy();
      reject(unreadable(file, error));
    });
    pipeline(source, counted, sending).catch(() => undefined);
  });
  try {
    return new Response(await text(reply), { status: reply.statusCode ?? 500 });
  } catch (error) {
    throw brokenOff(endpoint, error);
  } finally {
    // What is left of a refused file is of no use to anybody.
    reply.destroy();
    counted.destroy();
  }
}

/** Shows what the server has done of the file. */
async function follow(
  endpoint: Endpoint,
  path: string,
  progress: TransferProgress,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      await delay(askEveryMs, undefined, { signal });
      const { running, read, added } = await request<ImportProgress>(endpoint, path, { signal });
      if (running && added > 0) progress.stage('added', added);
      else if (running) progress.stage('checked', read);
    }
  } catch {
    // The import is over, or an ocsd of before does not say it.
  }
}

/** Whether it can be read a second time: a pipe cannot. @throws CodedError NO_SUCH_FILE */
export function isPlainFile(file: string): boolean {
  return checkReadable(file).isFile();
}

function checkReadable(file: string) {
  try {
    const found = statSync(file);
    if (found.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    return found;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): CodedError {
  const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return new CodedError('NO_SUCH_FILE', `${file} cannot be read (${reason})`, {
    field: 'csv',
    found: file,
    expected: 'a readable CSV file',
    cause: error,
  });
}

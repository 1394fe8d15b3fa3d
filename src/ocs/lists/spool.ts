import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CodedError } from '../../domain/errors.ts';

/** A file that came in over the network, kept on the disk until it was read a second time. */
export interface Spool {
  /** What comes in, kept on its way. */
  first(): AsyncGenerator<Uint8Array>;
  /** The same again, once the first is at its end. A chunk is there only until the next is asked for. */
  again(): AsyncGenerator<Uint8Array>;
  /** Can be called twice. */
  close(): Promise<void>;
}

const chunkBytes = 65_536;

/**
 * @param limitBytes a longer file is refused
 * @throws CodedError DATABASE_ERROR when there is no room for it
 */
export async function openSpool(incoming: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Spool> {
  const path = join(tmpdir(), `ocsd-import-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600).catch(noRoom);
  // It holds customers' numbers: without a name it is gone with the process, however that ends.
  await unlink(path);
  // What is left of a refused file is still to be taken in, or its sender would not hear the answer.
  const chunks =
    incoming instanceof Readable
      ? (incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>)
      : incoming;
  let closed: Promise<void> | null = null;
  let bytes = 0;
  return {
    first: async function* () {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > limitBytes) {
          throw Object.assign(
            new CodedError('BAD_MESSAGE', 'the message is too large', {
              field: 'body',
              expected: `at most ${String(limitBytes)} bytes (listLimitBytes)`,
            }),
            { statusCode: 413 },
          );
        }
        await file.write(chunk).catch(noRoom);
        yield chunk;
      }
    },
    again: async function* () {
      // One for all: whoever reads is done with a chunk before the next, and garbage of this size is collected late.
      const buffer = Buffer.allocUnsafe(chunkBytes);
      for (let position = 0; position < bytes;) {
        const { bytesRead } = await file.read(buffer, 0, chunkBytes, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
    close: () => {
      if (incoming instanceof Readable) incoming.resume();
      return (closed ??= file.close());
    },
  };
}

function noRoom(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error);
  throw new CodedError('DATABASE_ERROR', `the file cannot be kept while it is read: ${reason}`, {
    expected: `room in ${tmpdir()}`,
    cause: error,
  });
}

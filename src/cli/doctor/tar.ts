import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { ownerOnly } from '../../terminal/write-file.ts';

/**
 * A .tar.gz of text files, for one archive to send away.
 *
 * @param modified time of the files
 */
export async function tarGz(files: ReadonlyMap<string, string>, modified: Date): Promise<Buffer> {
  const archive = pack();
  for (const [name, text] of files) archive.entry({ name, mode: ownerOnly, mtime: modified }, text);
  archive.finalize();
  return buffer(archive.pipe(createGzip()));
}

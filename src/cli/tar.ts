import { gzipSync } from 'node:zlib';

/** Bytes of a tar header, and the unit that everything is padded to. */
const blockBytes = 512;

/**
 * A .tar.gz of text files (POSIX ustar), for one archive to send away. File names are ASCII and at most 100 bytes.
 *
 * @param modified time of the files
 */
export function tarGz(files: ReadonlyMap<string, string>, modified: Date): Buffer {
  const blocks: Buffer[] = [];
  for (const [name, text] of files) {
    const body = Buffer.from(text, 'utf8');
    blocks.push(header(name, body.length, modified), body, Buffer.alloc(padding(body.length)));
  }
  // Two empty blocks end the archive.
  blocks.push(Buffer.alloc(2 * blockBytes));
  return gzipSync(Buffer.concat(blocks));
}

const padding = (bytes: number) => (blockBytes - (bytes % blockBytes)) % blockBytes;

function header(name: string, bytes: number, modified: Date): Buffer {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, at: number, length: number) =>
    block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
  block.write(name, 0, 100, 'latin1');
  octal(0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(bytes, 124, 12);
  octal(Math.floor(modified.getTime() / 1_000), 136, 12);
  block.fill(' ', 148, 156); // the checksum counts as blanks while it is taken
  block.write('0', 156, 'latin1');
  block.write('ustar\0' + '00', 257, 'latin1');
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  block[154] = 0;
  return block;
}

// Speech inside game data: the archives of Flight of the Amazon Queen and of Beneath a Steel Sky, and Ogg streams
// within Qt resource files.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { unpackRnc } from './rnc.mjs';

const nameBytes = 12;
const entryBytes = nameBytes + 1 + 4 + 4;

/** queen.1c begins with a table of name (12 bytes), bundle, offset and size (big endian); .SB entries are MP3 speech. */
export function unpackQueen(file, folder) {
  const data = readFileSync(file);
  mkdirSync(folder, { recursive: true });
  const tableEnd = data.length / 100;
  let at = data.indexOf('.SB\0') - '020001P2'.length;
  if (at < 0) throw new Error(`${file}: no .SB entries found, expected the table of a talkie archive`);
  for (; at < tableEnd; at += entryBytes) {
    const name = data.toString('latin1', at, at + nameBytes).replace(/\0.*$/s, '');
    if (!/^[\w.]{3,12}$/.test(name)) break;
    if (!name.endsWith('.SB')) continue;
    const offset = data.readUInt32BE(at + nameBytes + 1);
    const size = data.readUInt32BE(at + nameBytes + 5);
    writeFileSync(join(folder, name.replace('.SB', '.mp3')), data.subarray(offset, offset + size));
  }
}

/** Qt keeps Ogg files as they are: each stream runs from a page that begins it to the page marked as its last. */
export function carveOgg(file, folder) {
  const data = readFileSync(file);
  mkdirSync(folder, { recursive: true });
  let start = -1;
  let count = 0;
  for (let at = data.indexOf('OggS'); at >= 0;) {
    const flags = data[at + 5];
    const segments = data.subarray(at + 27, at + 27 + data[at + 26]);
    const end = at + 27 + segments.length + segments.reduce((sum, size) => sum + size, 0);
    if (flags & 2) start = at;
    if (flags & 4 && start >= 0) {
      count++;
      writeFileSync(join(folder, `${basename(file)}-${count}.ogg`), data.subarray(start, end));
      start = -1;
    }
    at = data.indexOf('OggS', end);
  }
}

const firstSpeech = 50000;
const skyHeaderBytes = 22;

/**
 * sky.dsk holds files at the places that sky.dnr lists: number (2 bytes), then offset and flags (3 and 3 bytes, little
 * endian). Files from 50000 on are speech: 8 bits at 11025 Hz, some signed, some not, packed behind a header.
 */
export function unpackSky(file, folder) {
  const list = readFileSync(join(dirname(file), 'sky.dnr'));
  const data = readFileSync(file);
  mkdirSync(folder, { recursive: true });
  for (let entry = 0; entry < list.readUInt32LE(0); entry++) {
    const at = 4 + entry * 8;
    const number = list.readUInt16LE(at);
    if (number < firstSpeech) continue;
    const size = list.readUIntLE(at + 5, 3) & 0x3fffff;
    const place = list.readUIntLE(at + 2, 3);
    const offset = place & 0x800000 ? (place & 0x7fffff) * 16 : place;
    const packed = data.subarray(offset + skyHeaderBytes, offset + size);
    if (packed.toString('latin1', 0, 4) !== 'RNC\u0001' || packed.readUInt32BE(4) < 2000) continue;
    const samples = unpackRnc(packed);
    let middle = 0;
    for (const sample of samples.subarray(0, 400)) if (sample > 64 && sample < 192) middle++;
    if (middle < 200) for (let i = 0; i < samples.length; i++) samples[i] ^= 0x80;
    writeFileSync(join(folder, `${number}.als`), samples);
  }
}

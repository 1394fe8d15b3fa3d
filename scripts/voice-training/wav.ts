import { readFileSync, writeFileSync } from 'node:fs';
import { RATE } from '../../src/eval/line.ts';

export { RATE };

/** Reads a WAV file of 8 kHz, mono, 16 bit into samples of -1 to 1. */
export function readWav(file: string): Float32Array {
  const data = readFileSync(file);
  let at = 12;
  while (at + 8 <= data.length) {
    const name = data.toString('latin1', at, at + 4);
    const size = Math.min(data.readUInt32LE(at + 4), data.length - at - 8);
    if (name === 'fmt ' && (data.readUInt32LE(at + 12) !== RATE || data.readUInt16LE(at + 10) !== 1))
      throw new Error(`${file}: expected 8000 Hz mono`);
    if (name === 'data') {
      const samples = new Float32Array(size >> 1);
      for (let i = 0; i < samples.length; i++) samples[i] = data.readInt16LE(at + 8 + 2 * i) / 32768;
      return samples;
    }
    at += 8 + size + (size & 1);
  }
  throw new Error(`${file}: no samples`);
}

/** Writes 16 bit samples, given as -1 to 1. */
export function writeWav(file: string, samples: Float32Array): void {
  const data = Buffer.alloc(44 + 2 * samples.length);
  data.write('RIFF', 0, 'latin1');
  data.writeUInt32LE(data.length - 8, 4);
  data.write('WAVEfmt ', 8, 'latin1');
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(RATE, 24);
  data.writeUInt32LE(2 * RATE, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36, 'latin1');
  data.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((v, i) =>
    data.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(v * 32768))), 44 + 2 * i),
  );
  writeFileSync(file, data);
}

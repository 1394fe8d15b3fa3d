import { readFileSync, writeFileSync } from 'node:fs';
import { wavFile } from '../../src/terminal/wav-file.ts';
import { RATE, toInt16 } from '../../src/eval/line/line.ts';

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

/** Writes samples of -1 to 1 as 16 bit. */
export function writeWav(file: string, samples: Float32Array): void {
  writeFileSync(file, wavFile({ rateHz: RATE, samples: toInt16(samples) }));
}

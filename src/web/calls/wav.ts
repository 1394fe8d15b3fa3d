import { fromMuLaw } from '../../domain/sound/mu-law.ts';

/** Sound as it is played and drawn: samples from -1 to 1. */
export interface Sound {
  rateHz: number;
  samples: Float32Array<ArrayBuffer>;
}

/** Reads a WAV file of one channel in µ-law; null when it is something else, or cut short. */
export function readMuLaw(file: ArrayBuffer): Sound | null {
  const view = new DataView(file);
  const text = (at: number) => String.fromCharCode(...new Uint8Array(file, at, 4));
  if (file.byteLength < 12 || text(0) !== 'RIFF' || text(8) !== 'WAVE') return null;
  let rateHz: number | null = null;
  for (let at = 12; at + 8 <= file.byteLength;) {
    const length = view.getUint32(at + 4, true);
    const body = at + 8;
    if (body + length > file.byteLength) return null;
    if (text(at) === 'fmt ' && length >= 16) {
      if (view.getUint16(body, true) !== 7 || view.getUint16(body + 2, true) !== 1) return null;
      rateHz = view.getUint32(body + 4, true);
    }
    if (text(at) === 'data' && rateHz !== null) {
      const samples = Float32Array.from(
        new Uint8Array(file, body, length),
        (byte) => fromMuLaw(byte) / 32_768,
      );
      return { rateHz, samples };
    }
    at = body + length + (length % 2);
  }
  return null;
}

/** The loudest sample of each part, from 0 to 1. */
export function peaksOf({ samples }: Pick<Sound, 'samples'>, parts: number): number[] {
  const length = samples.length / parts;
  return Array.from({ length: parts }, (_, part) => {
    let peak = 0;
    for (let at = Math.floor(part * length); at < Math.floor((part + 1) * length); at += 1) {
      peak = Math.max(peak, Math.abs(samples[at] ?? 0));
    }
    return peak;
  });
}

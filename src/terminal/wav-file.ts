import { wavHeader } from '../domain/sound/wav-header.ts';

/** A WAV file of one channel, 16 bit linear. */
export function wavFile({ rateHz, samples }: { rateHz: number; samples: Int16Array }): Buffer {
  const data = Buffer.alloc(2 * samples.length);
  samples.forEach((value, at) => data.writeInt16LE(value, 2 * at));
  return Buffer.concat([wavHeader({ format: 1, rateHz, bitsPerSample: 16, dataBytes: data.length }), data]);
}

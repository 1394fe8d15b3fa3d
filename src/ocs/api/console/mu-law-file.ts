import { wavHeader } from '../../../domain/sound/wav-header.ts';

/** A WAV file of one channel, µ-law at 8 000 Hz. */
export function muLawFile(sound: Buffer): Buffer {
  const form = { format: 7, rateHz: 8_000, bitsPerSample: 8, dataBytes: sound.length } as const;
  return Buffer.concat([wavHeader(form), sound]);
}

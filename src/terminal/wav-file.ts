/** A WAV file of one channel, 16 bit linear. */
export function wavFile({ rateHz, samples }: { rateHz: number; samples: Int16Array }): Buffer {
  const headerBytes = 44;
  const file = Buffer.alloc(headerBytes + 2 * samples.length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rateHz, 24);
  file.writeUInt32LE(2 * rateHz, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((value, at) => file.writeInt16LE(value, headerBytes + 2 * at));
  return file;
}

/** What a WAV file of one channel begins with. */
export interface WavForm {
  /** 1: linear, 7: µ-law. */
  format: 1 | 7;
  rateHz: number;
  bitsPerSample: number;
  /** Length of what follows. */
  dataBytes: number;
}

/** The head of a WAV file of one channel, up to its samples. Formats other than linear have the length of an extension, 0. */
export function wavHeader({ bitsPerSample, dataBytes, format, rateHz }: WavForm): Uint8Array {
  const formBytes = format === 1 ? 16 : 18;
  const head = new Uint8Array(28 + formBytes);
  const view = new DataView(head.buffer);
  const text = (at: number, of: string) => {
    for (let n = 0; n < of.length; n++) view.setUint8(at + n, of.charCodeAt(n));
  };
  const frameBytes = bitsPerSample / 8;
  text(0, 'RIFF');
  view.setUint32(4, head.length + dataBytes - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, formBytes, true);
  view.setUint16(20, format, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, bitsPerSample, true);
  text(20 + formBytes, 'data');
  view.setUint32(24 + formBytes, dataBytes, true);
  return head;
}

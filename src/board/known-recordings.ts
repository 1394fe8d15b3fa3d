import { loadNative, coded } from './native.ts';
import { ofFile } from './analysis.ts';
import type { WavChannel } from '../domain/recorded-channels.ts';
import type { FileFingerprint, KnownLibrary, StoredRecording } from './native-addon.ts';

export type { FileFingerprint, KnownLibrary, StoredRecording } from './native-addon.ts';

/** Of a recording that is learnt, frames of 20 ms with sound: as `cpd::known::kLeastUsablePrints`. */
export const leastUsablePrints = 75;

/** Of it, prints that are unlike each other: a hum or a buzz has few, and is like every other. */
export const leastDistinctPrints = 50;

/** A print has this bit when it has enough sound, as `cpd::known::kUsable`. */
const usableBit = 0x8000_0000;

export function usablePrints(prints: Uint32Array): number {
  return prints.reduce((sum, print) => sum + ((print & usableBit) === 0 ? 0 : 1), 0);
}

/** Whether the prints are enough to tell a recording by. */
export function canBeTold(prints: Uint32Array): boolean {
  const distinct = new Set(prints.filter((print) => (print & usableBit) !== 0)).size;
  return usablePrints(prints) >= leastUsablePrints && distinct >= leastDistinctPrints;
}

/** @throws CodedError NO_SUCH_FILE, BAD_AUDIO */
export async function fingerprintFile(path: string, channel: WavChannel = 'both'): Promise<FileFingerprint> {
  return ofFile(path, 'a WAV file', (native) => native.fingerprintFile(path, channel));
}

/** @throws CodedError BAD_RECORDINGS, naming the file */
export function parseRecordings(path: string, bytes: Uint8Array): StoredRecording[] {
  try {
    return loadNative().readRecordings(bytes);
  } catch (error) {
    throw coded(error, path, undefined, 'a file of known recordings');
  }
}

/** @throws CodedError BAD_RECORDINGS, naming the recording that cannot be stored */
export function recordingsBytes(recordings: readonly StoredRecording[]): Uint8Array {
  try {
    return loadNative().writeRecordings(recordings);
  } catch (error) {
    throw coded(error, 'recordings');
  }
}

/** What prints are those of. Making one costs about 20 ms for each thousand recordings. */
export function knownLibrary(prints: readonly Uint32Array[]): KnownLibrary {
  return new (loadNative().KnownLibrary)(prints);
}

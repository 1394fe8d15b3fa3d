/** The recordings that calls are made of: SOURCES/KIND/SPEAKER/*.wav, trimmed, by speaker. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RATE, readWav } from './wav.ts';

export interface Clip {
  samples: Float32Array; // from onset to end
  seconds: number;
}

export type Speakers = Map<string, Clip[]>;

/** Frames more than this below the loudest, or below the least, are the quiet ends of a recording. */
const QUIET_DB = 32;
const LEAST_DB = -58;
const SHORTEST_FRAMES = 8;

function trim(x: Float32Array): Clip | null {
  const power: number[] = [];
  for (let at = 0; at + 160 <= x.length; at += 160) {
    let sum = 0;
    for (let i = at; i < at + 160; i++) sum += (x[i] ?? 0) ** 2;
    power.push(10 * Math.log10(sum / 160 + 1e-12));
  }
  const least = Math.max(LEAST_DB, Math.max(...power) - QUIET_DB);
  const first = power.findIndex((p) => p > least);
  const last = power.findLastIndex((p) => p > least);
  if (first < 0 || last - first < SHORTEST_FRAMES) return null;
  const samples = x.slice(first * 160, (last + 1) * 160);
  return { samples, seconds: samples.length / RATE };
}

/**
 * Reads the folders of one kind. `wanted` says which speakers ("KIND/SPEAKER"). A kind that is not there has no
 * speakers.
 */
export function loadSpeakers(sources: string, kind: string, wanted: (name: string) => boolean): Speakers {
  const speakers: Speakers = new Map();
  const root = join(sources, kind);
  if (!existsSync(root)) return speakers;
  for (const speaker of readdirSync(root).sort()) {
    if (!wanted(`${kind}/${speaker}`)) continue;
    const clips = readdirSync(join(root, speaker))
      .filter((file) => file.endsWith('.wav'))
      .sort()
      .map((file) => trim(readWav(join(root, speaker, file))))
      .filter((clip) => clip !== null);
    if (clips.length > 0) speakers.set(speaker, clips);
  }
  return speakers;
}

/** Reads the recordings of a kind that has no speakers. */
export function loadSounds(sources: string, kind: string): Clip[] {
  const root = join(sources, kind);
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((file) => file.endsWith('.wav'))
    .sort()
    .map((file) => trim(readWav(join(root, file))))
    .filter((clip) => clip !== null);
}

/** Names, one a line; empty lines and what follows # are passed over. */
export function readNames(file: string): Set<string> {
  const lines = readFileSync(file, 'utf8').split('\n');
  return new Set(lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== ''));
}

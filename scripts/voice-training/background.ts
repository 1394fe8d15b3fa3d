/** What is heard behind who answers: noise, rooms, music, other voices; RMS of 1. */
import * as channel from './channel.ts';
import type { Clip, Speakers } from './clips.ts';
import type { Random } from './random.ts';
import { RATE } from './wav.ts';

export interface Sounds {
  people: Speakers;
  prompts: Speakers;
  music: readonly Clip[];
  rooms: readonly Clip[];
}

/** A stretch of recorded sound, from a random place, as often as it takes. */
function stretch(random: Random, pieces: readonly Clip[], length: number): Float32Array {
  const x = new Float32Array(length);
  const piece = random.pick(pieces).samples;
  const from = Math.floor(random.next() * Math.max(1, piece.length - length));
  for (let i = 0; i < length; i++) x[i] = piece[(from + i) % piece.length] ?? 0;
  return x;
}

/** Clips of one speaker after another, evenly loud, with pauses of up to `pause` seconds. */
function talk(random: Random, x: Float32Array, speakers: Speakers, one: boolean, pause: number): void {
  const talkers = [...speakers.values()];
  let clips = random.pick(talkers);
  for (let at = Math.floor(random.next() * RATE * pause); at < x.length;) {
    if (!one) clips = random.pick(talkers);
    const clip = random.pick(clips).samples;
    const gain = 0.05 / channel.activeLevel(clip);
    for (let i = 0; i < clip.length && at < x.length; i++, at++) x[at] = (x[at] ?? 0) + gain * (clip[i] ?? 0);
    at += Math.floor(random.next() * RATE * pause);
  }
}

function babble(random: Random, { people }: Sounds, length: number): Float32Array {
  const x = new Float32Array(length);
  for (let voice = 0; voice < 6; voice++) talk(random, x, people, false, 0);
  return x;
}

/** One or two voices that go on, a television with music under them among them. */
export function voicesBehind(random: Random, sounds: Sounds, length: number): Float32Array {
  const x = new Float32Array(length);
  talk(random, x, random.chance(0.3) ? sounds.prompts : sounds.people, true, 0.6);
  if (random.chance(0.4)) talk(random, x, sounds.people, true, 0.6);
  const y = channel.unitLevel(x);
  if (sounds.music.length > 0 && random.chance(0.3)) {
    const music = channel.unitLevel(stretch(random, sounds.music, length));
    for (let i = 0; i < length; i++) y[i] = (y[i] ?? 0) + 0.4 * (music[i] ?? 0);
  }
  return channel.unitLevel(y);
}

export function noise(random: Random, sounds: Sounds, length: number): Float32Array {
  const { music, rooms } = sounds;
  const kind = random.pick([
    ...(['white', 'white', 'pink', 'pink', 'hum', 'babble', 'room'] as const),
    ...(music.length > 0 ? (['music'] as const) : []),
    ...(rooms.length > 0 ? (['recorded', 'recorded'] as const) : []),
  ]);
  if (kind === 'babble') return channel.unitLevel(babble(random, sounds, length));
  if (kind === 'music') return channel.unitLevel(stretch(random, music, length));
  if (kind === 'recorded') return channel.unitLevel(stretch(random, rooms, length));
  return channel.unitLevel(channel.makeNoise(kind, length, random));
}

/** Adds a breath: noise that swells and fades, mostly between 500 and 2500 Hz. */
export function addBreath(
  random: Random,
  x: Float32Array,
  from: number,
  seconds: number,
  level: number,
): void {
  const breath = channel.unitLevel(channel.makeNoise('pink', Math.round(seconds * RATE), random));
  channel.bandLimit(breath, random.between(350, 700), random.between(1800, 3000));
  const unit = channel.unitLevel(breath);
  const first = Math.round(from * RATE);
  for (let i = 0; i < unit.length; i++) {
    const k = first + i;
    if (k >= 0 && k < x.length)
      x[k] = (x[k] ?? 0) + level * Math.sin((Math.PI * i) / unit.length) * (unit[i] ?? 0);
  }
}

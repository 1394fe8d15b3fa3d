import type { Turn } from './call-turn.ts';

/*
 * One file at a time: what is to play while another is being stopped waits for its end.
 */

/** @param announcement its name in the dialler's configuration */
export function play(turn: Turn, announcement: string): void {
  const { s, effects } = turn;
  if (s.playing === null) {
    s.playing = 'on';
    effects.push({ kind: 'play', announcement });
    return;
  }
  stopPlaying(turn);
  s.playNext = announcement;
}

export function stopPlaying(turn: Turn): void {
  const { s, effects } = turn;
  s.playNext = null;
  if (s.playing !== 'on') return;
  s.playing = 'stopping';
  effects.push({ kind: 'stop_play' });
}

/**
 * The board plays no more, or could not.
 * @returns whether it is what the call waits for; false when it was to stop, and what comes after it plays now
 */
export function playEnded(turn: Turn): boolean {
  const { s } = turn;
  const wanted = s.playing === 'on';
  const next = s.playNext;
  s.playing = null;
  s.playNext = null;
  if (next !== null) play(turn, next);
  return wanted;
}

import type { Message } from './link.ts';
import { customerName } from './customer.tsx';

/** How an agent who looks elsewhere learns of a call. */
let audio: AudioContext | null = null;

/** Browsers let a page sound and notify only after somebody asked for it. */
export function allowAlerts(): void {
  audio ??= new AudioContext();
  void audio.resume();
  if ('Notification' in window && Notification.permission === 'default')
    void Notification.requestPermission();
}

/** A call comes: one sound, and a notification where the page is not seen. */
export function callArrives(message: Message): void {
  if (audio?.state === 'running') sound(audio);
  if (document.hidden && 'Notification' in window && Notification.permission === 'granted') {
    new Notification(`Call: ${customerName(message)}`, { tag: 'call' });
  }
}

/** Two tones of 150 ms. */
function sound(context: AudioContext): void {
  [660, 880].forEach((hz, place) => {
    const tone = context.createOscillator();
    const level = context.createGain();
    tone.frequency.value = hz;
    level.gain.value = 0.2;
    tone.connect(level).connect(context.destination);
    tone.start(context.currentTime + place * 0.15);
    tone.stop(context.currentTime + (place + 1) * 0.15);
  });
}

/** A page that holds a lock is not frozen by its browser. @returns lets go */
export function stayAwake(): () => void {
  const until = Promise.withResolvers<undefined>();
  if ('locks' in navigator) void navigator.locks.request('desk', { mode: 'shared' }, () => until.promise);
  return () => {
    until.resolve(undefined);
  };
}

import { useComputed } from '@preact/signals';
import { heard } from './live.ts';
import { useClock } from './now.ts';
import { asOf, words } from './words.ts';

/** From when the figures are, and how old they are when nothing comes any more. */
export function Moment() {
  const now = useClock();
  const text = useComputed(() => {
    const last = heard.value;
    if (last === null) return words.loading;
    return asOf(last.at, Math.floor(Math.max(0, now.value - last.here) / 1_000));
  });
  return <p class="moment">{text}</p>;
}

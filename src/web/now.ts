import { useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** `performance.now`, anew each second. */
export function useClock(): ReadonlySignal<number> {
  const now = useSignal(performance.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = performance.now();
    }, 1_000);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return now;
}

/** The same, for what is drawn anew each second. */
export function useNow(): number {
  return useClock().value;
}

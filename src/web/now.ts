import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** `performance.now`, anew each second. */
export function useNow(): number {
  const now = useSignal(performance.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = performance.now();
    }, 1_000);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return now.value;
}

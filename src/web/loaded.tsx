import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { words } from './words.ts';

/** What was asked of the server: on its way, here, or refused. */
export interface Loaded<T> {
  /** The last that came; null before the first. */
  value: T | null;
  /** Why it was refused. */
  refusal: string;
  isLoading: boolean;
  again: () => void;
}

/** Asks, and again when one of `about` is another; an answer that comes too late is not shown. */
export function useLoaded<T>(load: () => Promise<T>, about: readonly unknown[]): Loaded<T> {
  const state = useSignal<Omit<Loaded<T>, 'again'>>({ value: null, refusal: '', isLoading: true });
  const turn = useSignal(0);
  useEffect(() => {
    let isWanted = true;
    state.value = { ...state.value, refusal: '', isLoading: true };
    load().then(
      (value) => {
        if (isWanted) state.value = { value, refusal: '', isLoading: false };
      },
      (error: unknown) => {
        if (isWanted) state.value = { ...state.value, refusal: (error as Error).message, isLoading: false };
      },
    );
    return () => {
      isWanted = false;
    };
  }, [...about, turn.value]);
  const again = () => {
    turn.value += 1;
  };
  return { ...state.value, again };
}

/** What was refused, with a way to try again. */
export function Refused({ refusal, again }: Pick<Loaded<unknown>, 'refusal' | 'again'>) {
  return (
    <p role="alert" class="refusal">
      {refusal !== '' && (
        <>
          {refusal}{' '}
          <button type="button" onClick={again}>
            {words.again}
          </button>
        </>
      )}
    </p>
  );
}

/** Shows what was loaded, that it is on its way, or why not. */
export function WhenLoaded<T>(props: { loaded: Loaded<T>; children: (value: T) => ComponentChildren }) {
  const { children, loaded } = props;
  const { isLoading, value } = loaded;
  return (
    <>
      <Refused {...loaded} />
      {value === null && isLoading && <p class="loading">{words.loading}</p>}
      {value !== null && <div aria-busy={isLoading}>{children(value)}</div>}
    </>
  );
}

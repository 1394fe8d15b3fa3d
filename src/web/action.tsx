import { useSignal } from '@preact/signals';

/** Something that is asked of the server by a press of a button. */
export interface Action {
  refusal: string;
  /** What was done, in words. */
  done: string;
  isBusy: boolean;
  /** Does it; what it gives is said. @returns whether it was done */
  run: (what: () => Promise<string>) => Promise<boolean>;
}

export function useAction(): Action {
  const state = useSignal({ refusal: '', done: '', isBusy: false });
  const run = async (what: () => Promise<string>) => {
    state.value = { refusal: '', done: '', isBusy: true };
    try {
      state.value = { refusal: '', done: await what(), isBusy: false };
      return true;
    } catch (error) {
      state.value = { refusal: (error as Error).message, done: '', isBusy: false };
      return false;
    }
  };
  return { ...state.value, run };
}

/** What came of it. */
export function Outcome({ done, refusal }: Pick<Action, 'done' | 'refusal'>) {
  return (
    <>
      <p role="status">{done}</p>
      <p role="alert" class="refusal">
        {refusal}
      </p>
    </>
  );
}

import { useSignal } from '@preact/signals';
import type { AttemptView, CalledWas } from '../../api/attempts.ts';
import { ask } from '../server.ts';
import { callWords, saidText, wasWords } from './call-words.ts';

type Label = AttemptView['label'];

/** What somebody says that the call was; it goes to the set with which the detector is calibrated. */
export function LabelCall({ first, id }: { first: Label; id: string }) {
  const label = useSignal(first);
  const state = useSignal({ refusal: '', isBusy: false });
  const say = async (was: CalledWas | null) => {
    state.value = { refusal: '', isBusy: true };
    try {
      const path = `/attempts/${encodeURIComponent(id)}/label`;
      label.value = (await ask<{ label: Label }>('PUT', path, { was })).label;
      state.value = { refusal: '', isBusy: false };
    } catch (error) {
      state.value = { refusal: (error as Error).message, isBusy: false };
    }
  };
  return (
    <section aria-labelledby="was">
      <h2 id="was">{callWords.wasHeading}</h2>
      <div role="group" aria-labelledby="was" class="choices">
        {(Object.entries(wasWords) as [CalledWas, string][]).map(([was, word]) => (
          <button
            key={was}
            type="button"
            aria-pressed={label.value?.was === was}
            disabled={state.value.isBusy}
            onClick={() => void say(was)}
          >
            {word}
          </button>
        ))}
        {label.value !== null && (
          <button type="button" disabled={state.value.isBusy} onClick={() => void say(null)}>
            {callWords.takeBack}
          </button>
        )}
      </div>
      <p role="status">{label.value === null ? '' : saidText(label.value)}</p>
      <p role="alert" class="refusal">
        {state.value.refusal}
      </p>
    </section>
  );
}

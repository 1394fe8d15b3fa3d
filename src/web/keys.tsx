import { signal, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Dialog } from './dialog.tsx';
import { words } from './words.ts';

/** What a key does on a page. */
export interface Key {
  /** As it is shown: `R`, `1`, `/`, `Esc`, `Ctrl+Enter`. Single characters act outside of fields only. */
  key: string;
  does: string;
  run: () => void;
}

const storedAs = 'single keys';
/** Single keys can be switched off: speech input and slips press them (WCAG 2.1.4). */
const areOn = signal(localStorage.getItem(storedAs) !== 'off');

const isField = (target: EventTarget | null) =>
  target instanceof Element && target.matches('input:not([type=radio], [type=checkbox]), textarea, select');

function pressed(event: KeyboardEvent): string | null {
  const { altKey, ctrlKey, key, metaKey } = event;
  if (event.isComposing || altKey || metaKey || document.querySelector('dialog[open]') !== null) return null;
  if (ctrlKey) return key === 'Enter' ? 'Ctrl+Enter' : null;
  if (key === 'Escape') return 'Esc';
  if (key.length !== 1 || !areOn.value || isField(event.target)) return null;
  return key.toUpperCase();
}

/** Makes the keys of a page act, and lists them: by `?`, or by its button. */
export function Keys({ keys }: { keys: readonly Key[] }) {
  const isShown = useSignal(false);
  const now = useRef(keys);
  now.current = keys;
  // Before anything is seen: a key that is pressed then is not lost.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      const name = pressed(event);
      const found = now.current.find(({ key }) => key === name);
      if (name !== '?' && found === undefined) return;
      event.preventDefault();
      if (found === undefined) isShown.value = true;
      else found.run();
    };
    document.addEventListener('keydown', press);
    return () => {
      document.removeEventListener('keydown', press);
    };
  }, []);
  return (
    <>
      <button type="button" aria-label={words.keys.heading} onClick={() => (isShown.value = true)}>
        ?
      </button>
      {isShown.value && (
        <Dialog heading={words.keys.heading} close={() => (isShown.value = false)}>
          <KeyList keys={keys} />
        </Dialog>
      )}
    </>
  );
}

function KeyList({ keys }: { keys: readonly Key[] }) {
  const turn = (on: boolean) => {
    areOn.value = on;
    localStorage.setItem(storedAs, on ? 'on' : 'off');
  };
  return (
    <form method="dialog">
      <dl class="keys">
        {[...keys, { key: '?', does: words.keys.list }].map(({ does, key }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label>
        <input
          type="checkbox"
          checked={areOn.value}
          onChange={({ currentTarget }) => {
            turn(currentTarget.checked);
          }}
        />{' '}
        {words.keys.single}
      </label>
      <p>
        <button type="submit">{words.close}</button>
      </p>
    </form>
  );
}

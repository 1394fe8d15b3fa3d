import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { words } from './words.ts';

/** A dialog above the page: the focus stays in it, Esc closes it. */
export function Dialog(props: { heading: string; close: () => void; children: ComponentChildren }) {
  const { children, close, heading } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="dialog" onClose={close}>
      <h2 id="dialog">{heading}</h2>
      {children}
    </dialog>
  );
}

/** What ends the form of a dialog: doing it, or leaving it. */
export function DialogButtons(props: { submit: string; disabled?: boolean; close: () => void }) {
  const { close, disabled = false, submit } = props;
  return (
    <p class="actions">
      <button type="submit" disabled={disabled}>
        {submit}
      </button>
      <button type="button" onClick={close}>
        {words.cancel}
      </button>
    </p>
  );
}

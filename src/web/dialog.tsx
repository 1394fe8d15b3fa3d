import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

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

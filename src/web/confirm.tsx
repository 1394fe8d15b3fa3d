import { Dialog } from './dialog.tsx';
import { words } from './words.ts';

/** Asks before something is done that is not easily put right. */
export function Confirm(props: {
  question: string;
  /** What the button says that does it. */
  yes: string;
  run: () => void;
  close: () => void;
}) {
  const { close, question, run, yes } = props;
  return (
    <Dialog heading={question} close={close}>
      <p class="actions">
        {/* First, so that it has the focus. */}
        <button type="button" onClick={close}>
          {words.cancel}
        </button>
        <button
          type="button"
          onClick={() => {
            close();
            run();
          }}
        >
          {yes}
        </button>
      </p>
    </Dialog>
  );
}

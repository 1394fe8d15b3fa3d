import { Dialog } from './dialog.tsx';

/** Asks before something is done that is not easily put right. */
export function Confirm(props: {
  question: string;
  /** What the button says that does it. */
  yes: string;
  no: string;
  run: () => void;
  close: () => void;
}) {
  const { close, no, question, run, yes } = props;
  return (
    <Dialog heading={question} close={close}>
      <p class="actions">
        <button type="button" onClick={close}>
          {no}
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

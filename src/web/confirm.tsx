import { useSignal } from '@preact/signals';
import { Dialog, DialogButtons } from './dialog.tsx';
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

/** Asks why, too: the reason goes into the audit. */
export function ConfirmWithReason(props: {
  question: string;
  yes: string;
  run: (reason: string) => void;
  close: () => void;
}) {
  const { close, question, run, yes } = props;
  const reason = useSignal('');
  return (
    <Dialog heading={question} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run(reason.value.trim());
          close();
        }}
      >
        <label>
          {words.why}
          <input
            maxLength={200}
            value={reason.value}
            onInput={({ currentTarget }) => (reason.value = currentTarget.value)}
          />
        </label>
        <DialogButtons submit={yes} disabled={reason.value.trim() === ''} close={close} />
      </form>
    </Dialog>
  );
}

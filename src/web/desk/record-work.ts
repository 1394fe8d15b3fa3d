import { callArrives } from './alerts.ts';
import type { DeskSignals } from './desk-signals.ts';
import { insist, type Insist } from './insist.ts';
import { DeskRefusal, type Message } from './link.ts';
import { words } from './words.ts';

const saveAfterMs = 800;

/**
 * The open record: what is typed is saved a moment later, and what closes it is sent until it is acknowledged.
 *
 * @param ask throws DeskRefusal
 */
export function createRecordWork(
  desk: DeskSignals,
  ask: (request: string, more?: Message) => Promise<Message>,
) {
  const { changeDraft, draft, failed, fault, notice, record, saving, store, tryingAgain } = desk;
  let saveTimer: ReturnType<typeof setTimeout> | undefined;
  let closer: Insist | null = null;

  /** Sends what was typed and OCS does not have. */
  const save = async () => {
    clearTimeout(saveTimer);
    const { value } = draft;
    if (value === null || value.closing !== null) return;
    const { attempt, fields, handle, saved } = value;
    const changed = Object.fromEntries(Object.entries(fields).filter(([name, text]) => saved[name] !== text));
    if (Object.keys(changed).length === 0) return;
    try {
      await ask('UpdateCallCompletionStats', { ...changed, GSW_RECORD_HANDLE: handle });
      if (draft.value?.attempt !== attempt) return;
      changeDraft({ saved: { ...draft.value.saved, ...changed } });
      fault.value = null;
      saving.value = 'saved';
    } catch (error) {
      failed(error);
    }
  };
  const leave = () => {
    clearTimeout(saveTimer);
    closer?.stop();
  };
  const forget = () => {
    leave();
    record.value = null;
    draft.value = null;
    store();
  };
  const tooLate = () => {
    forget();
    notice.value = words.tooLate;
  };
  const sendClosing = async () => {
    const { attempt, closing } = draft.value ?? {};
    if (!closing) return;
    // The next call can arrive before the answer.
    const isShown = () => draft.value?.attempt === attempt;
    closer?.stop();
    closer = insist(ask, (why) => {
      if (isShown()) tryingAgain(why);
    });
    try {
      await closer.ask(closing.request, closing.message);
      if (!isShown()) return;
      forget();
      fault.value = null;
      notice.value = closing.says;
    } catch (error) {
      if (!isShown() || (error instanceof DeskRefusal && error.code === 'LOST')) return;
      if (error instanceof DeskRefusal && error.code === 'UNKNOWN_RECORD') {
        tooLate();
        return;
      }
      changeDraft({ closing: null });
      failed(error);
    }
  };

  return {
    forget,
    /** An event with the data of a record. */
    show: (message: Message) => {
      const handle = Number(message['GSW_RECORD_HANDLE']);
      const attempt = String(message['GSW_CALL_ATTEMPT_GUID']);
      const isNew = record.value?.attempt !== attempt;
      record.value = { handle, attempt, data: message };
      if (!isNew) return;
      if (draft.value?.attempt !== attempt) {
        draft.value = { handle, attempt, fields: {}, saved: {}, result: null, moreMs: 0, closing: null };
        saving.value = null;
      }
      notice.value = '';
      fault.value = null;
      store();
      if (message['GSW_USER_EVENT'] !== 'CallEnded') callArrives(message);
      void save();
    },
    /** After a new log-in: of a record that is not shown again nothing is there any more. */
    takeUp: async () => {
      const { value } = draft;
      if (value === null) return;
      if (value.closing !== null) await sendClosing();
      else if (record.value?.attempt !== value.attempt) tooLate();
    },
    leave,
    type: (name: string, text: string) => {
      if (draft.value === null) return;
      changeDraft({ fields: { ...draft.value.fields, [name]: text } });
      saving.value = 'waiting';
      clearTimeout(saveTimer);
      saveTimer = setTimeout(() => void save(), saveAfterMs);
    },
    choose: (result: number) => {
      changeDraft({ result });
      fault.value = null;
    },
    moreTime: (ms: number) => {
      changeDraft({ moreMs: (draft.value?.moreMs ?? 0) + ms });
    },
    /** Closes the record with all that was typed. @param says what the agent is told then */
    close: (request: string, more: Message, says: string) => {
      clearTimeout(saveTimer);
      const { value } = draft;
      if (value === null || value.closing !== null) return Promise.resolve();
      const message = { ...value.fields, ...more, GSW_RECORD_HANDLE: value.handle };
      changeDraft({ closing: { request, message, says } });
      fault.value = null;
      return sendClosing();
    },
  };
}

import { useSignal } from '@preact/signals';
import { Dialog, DialogButtons } from '../dialog.tsx';
import { callbackMoment, desktopDate, wallClock } from './callback-time.ts';
import type { Message } from './link.ts';
import { callbackFaultText, timeIn, words, zoneName } from './words.ts';

const hourMs = 3_600_000;

/** Asks when the customer shall be called back, in the customer's zone. */
export function Callback(props: {
  data: Message;
  close: () => void;
  arrange: (more: Message, says: string) => void;
}) {
  const { arrange, close, data } = props;
  const window = {
    tz: String(data['GSW_TZ_NAME'] ?? 'UTC'),
    from: Number(data['GSW_DAILY_FROM'] ?? 0),
    till: Number(data['GSW_DAILY_TILL'] ?? 86_400),
  };
  const wanted = useSignal(wallClock(Math.ceil(Date.now() / hourMs) * hourMs + hourMs, window.tz));
  const isMine = useSignal(false);
  const moment = callbackMoment(wanted.value, window, Date.now());
  const { date, heading, mine, mineMeans, submit, time } = words.callbackForm;
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    if (typeof moment === 'string') return;
    const says = `Callback at ${wanted.value.time} ${zoneName(window.tz)}, ${timeIn(moment, undefined)} for you.`;
    const type = isMine.value ? 'Personal' : 'Campaign';
    arrange({ GSW_DATE_TIME: desktopDate(wanted.value), GSW_CALLBACK_TYPE: type }, says);
    close();
  };
  return (
    <Dialog heading={heading} close={close}>
      <form onSubmit={send}>
        <label>
          {`${date}, ${zoneName(window.tz)}`}
          <input
            type="date"
            value={wanted.value.date}
            onInput={({ currentTarget }) => (wanted.value = { ...wanted.value, date: currentTarget.value })}
          />
        </label>
        <label>
          {`${time}, ${zoneName(window.tz)}`}
          <input
            type="time"
            value={wanted.value.time}
            onInput={({ currentTarget }) => (wanted.value = { ...wanted.value, time: currentTarget.value })}
          />
        </label>
        <p role="status">
          {typeof moment === 'string'
            ? callbackFaultText(moment, window)
            : `${timeIn(moment, undefined)} for you.`}
        </p>
        <label>
          <input
            type="checkbox"
            checked={isMine.value}
            onChange={({ currentTarget }) => (isMine.value = currentTarget.checked)}
          />{' '}
          {mine}
        </label>
        {isMine.value && <p>{mineMeans}</p>}
        <DialogButtons submit={submit} disabled={typeof moment === 'string'} close={close} />
      </form>
    </Dialog>
  );
}

import { useSignal } from '@preact/signals';
import { Dialog, DialogButtons } from '../dialog.tsx';
import { agentWords, duration } from '../words.ts';
import type { AgentNow } from './desk-signals.ts';
import type { Desk } from './desk-state.ts';
import { nextWords, words } from './words.ts';

/** The first line of the desk: what one is, since when, what comes next, and where. */
export function StateLine({ agent, at, desk }: { agent: AgentNow; at: number; desk: Desk }) {
  const { letter, word } = agentWords[agent.state];
  const campaign = desk.record.value?.data['GSW_CAMPAIGN_NAME'];
  const isAtWork = !isIdle(agent);
  return (
    <section class="state-line" aria-label={words.state}>
      <span class={`state mark ${agent.state}`}>
        {letter} <strong>{word}</strong> {duration(at - agent.since)}
      </span>
      {isAtWork && (
        <span>
          {words.next}: <strong>{nextWords[agent.next]}</strong>
        </span>
      )}
      {campaign !== undefined && <span dir="auto">{campaign}</span>}
      <span>
        {words.extension} {desk.work.value?.extension}
      </span>
    </section>
  );
}

export function isIdle({ state }: AgentNow): boolean {
  return state === 'ready' || state === 'not_ready';
}

/** Whether calls come now, or will when the record is closed. */
export function wantsCalls(agent: AgentNow): boolean {
  return isIdle(agent) ? agent.state === 'ready' : agent.next === 'ready';
}

/** Asks why the agent is not ready: a reason by its number, or by a click. */
export function AskReason(props: {
  reasons: readonly string[];
  close: () => void;
  say: (reason: string) => void;
}) {
  const { close, reasons, say } = props;
  const chosen = useSignal(reasons[0] ?? '');
  return (
    <Dialog heading={words.why} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          say(chosen.value);
          close();
        }}
      >
        {reasons.map((reason) => (
          <label key={reason} class="choice">
            <input
              type="radio"
              name="reason"
              checked={chosen.value === reason}
              onChange={() => (chosen.value = reason)}
            />{' '}
            {reason}
          </label>
        ))}
        <DialogButtons submit={words.notReady} close={close} />
      </form>
    </Dialog>
  );
}

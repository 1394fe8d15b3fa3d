import type { Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Keys } from '../keys.tsx';
import { words as common } from '../words.ts';
import type { AgentNow } from './desk-signals.ts';
import type { Desk } from './desk-state.ts';
import { MyDay } from './my-day.tsx';
import { AskReason, wantsCalls } from './state-line.tsx';
import { idleText, reasons as usualReasons, reasonText, words } from './words.ts';

/** Between calls. */
export function IdleDesk(props: { agent: AgentNow; asks: Signal<'reason' | null>; desk: Desk; now: number }) {
  const { agent, asks, desk, now } = props;
  useEffect(() => {
    document.title = `${agent.state === 'ready' ? words.ready : words.notReady} - ${common.title}`;
  }, [agent.state]);
  return (
    <section aria-label={words.noCall} class="idle">
      <p>
        {agent.state === 'ready'
          ? idleText(now - agent.since, desk.campaigns.value)
          : agent.reason !== null && reasonText(agent.reason)}
      </p>
      <p class="actions">
        <ReadyButton agent={agent} asks={asks} desk={desk} />
        <Keys keys={[readyKey(desk, agent, asks)]} />
      </p>
      <Reasons asks={asks} desk={desk} />
      <MyDay agent={agent} user={desk.user} />
    </section>
  );
}

/** Ready, or not ready after the question why; during a call what comes after it. */
function turn(desk: Desk, agent: AgentNow, asks: Signal<'reason' | null>): void {
  if (wantsCalls(agent)) asks.value = 'reason';
  else void desk.ready();
}

export function readyKey(desk: Desk, agent: AgentNow, asks: Signal<'reason' | null>) {
  return {
    key: 'R',
    does: words.does.ready,
    run: () => {
      turn(desk, agent, asks);
    },
  };
}

export function ReadyButton(props: {
  agent: AgentNow;
  asks: Signal<'reason' | null>;
  desk: Desk;
  after?: string;
}) {
  const { after = '', agent, asks, desk } = props;
  return (
    <button
      type="button"
      onClick={() => {
        turn(desk, agent, asks);
      }}
    >
      {wantsCalls(agent) ? words.notReady : words.ready}
      {after} <kbd>R</kbd>
    </button>
  );
}

export function Reasons({ asks, desk }: { asks: Signal<'reason' | null>; desk: Desk }) {
  if (asks.value === null) return null;
  const given = desk.campaigns.value.flatMap((campaign) => campaign.desk.reasons ?? []);
  return (
    <AskReason
      reasons={given.length === 0 ? usualReasons : [...new Set(given)]}
      close={() => (asks.value = null)}
      say={(reason) => void desk.notReady(reason)}
    />
  );
}

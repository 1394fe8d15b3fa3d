import { useComputed, useSignal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { LiveAgent } from '../../api/live.ts';
import { useMemo } from 'preact/hooks';
import { live } from '../live.ts';
import { useTexts } from '../live-items.ts';
import { memo } from '../memo.ts';
import { changeAgent } from '../server.ts';
import { Table } from '../table.tsx';
import * as say from '../words.ts';
import { words } from '../words.ts';
import { Mark } from './mark.tsx';
import type { WallParts } from './wall-parts.ts';

/** What a supervisor does with an agent; null for whoever only looks. */
type Change = ((agentId: string, change: 'not-ready' | 'log-out') => Promise<void>) | null;

/**
 * The agents: those over a limit first, then by group and name, so that rows stay where they are.
 *
 * @param filter a part of a name
 */
export function Agents(props: { filter: Signal<string>; mayChange: boolean; parts: WallParts }) {
  const { filter, mayChange, parts } = props;
  const refusal = useSignal('');
  const shown = useTexts(() => inOrder(live.value.agents, filter.value, parts.clock.now.value)).value;
  // One function for all time, so that rows stay as they are.
  const change = useMemo(
    () => async (agentId: string, what: 'not-ready' | 'log-out') => {
      refusal.value = '';
      try {
        await changeAgent(agentId, what);
      } catch (error) {
        refusal.value = `${agentId}: ${(error as Error).message}`;
      }
    },
    [refusal],
  );
  const { action, agent, campaign, group, since, state } = words.wall;
  const headings = [state, agent, group, since, campaign, ...(mayChange ? [action] : [])];
  return (
    <section aria-labelledby="agents">
      <h2 id="agents">{words.wall.agents}</h2>
      <p role="alert" class="refusal">
        {refusal}
      </p>
      {shown.length === 0 ? (
        <p class="quiet">{filter.value === '' ? words.wall.noAgent : words.wall.noMatch}</p>
      ) : (
        <Table labelledBy="agents" headings={headings}>
          {shown.map((id) => (
            <AgentRow key={id} id={id} parts={parts} change={mayChange ? change : null} />
          ))}
        </Table>
      )}
    </section>
  );
}

const byText = new Intl.Collator('en').compare;

/** @returns their names */
function inOrder(agents: ReadonlyMap<string, LiveAgent>, filter: string, at: number): string[] {
  const shown = [...agents.values()].filter(({ agentId, group }) => say.contains([agentId, group], filter));
  return shown
    .sort(
      (a, b) =>
        Number(isOver(b, at)) - Number(isOver(a, at)) ||
        byText(a.group, b.group) ||
        byText(a.agentId, b.agentId),
    )
    .map(({ agentId }) => agentId);
}

/** Longer in its state than it should be. */
function isOver({ limitMs, since }: LiveAgent, at: number): boolean {
  return limitMs !== null && at - since > limitMs;
}

type Item = ReadonlySignal<LiveAgent | undefined>;

/** Drawn once: each cell changes by itself. */
const AgentRow = memo(function ({ change, id, parts }: { id: string; parts: WallParts; change: Change }) {
  const item = parts.agents.of(id);
  const group = useComputed(() => item.value?.group ?? '');
  const campaign = useComputed(() => item.value?.campaign ?? '');
  return (
    <tr>
      <State item={item} />
      <th scope="row" dir="auto">
        {id}
      </th>
      <td dir="auto">{group}</td>
      <Since item={item} now={parts.clock.now} />
      <td dir="auto">{campaign}</td>
      {change !== null && <Actions id={id} item={item} change={change} />}
    </tr>
  );
});

function State({ item }: { item: Item }) {
  const state = useComputed(() => item.value?.state ?? 'not_ready').value;
  const text = useComputed(() => (item.value === undefined ? '' : ` ${say.agentText(item.value)}`));
  return (
    <td>
      <Mark state={state} />
      {text}
    </td>
  );
}

function Actions({ change, id, item }: { id: string; item: Item; change: NonNullable<Change> }) {
  const isIdle = useComputed(() => item.value?.state === 'not_ready' || item.value?.next !== 'ready');
  const isLeaving = useComputed(() => item.value?.next === 'log_out');
  const { logOut, wall } = words;
  return (
    <td class="actions">
      <button
        type="button"
        disabled={isIdle}
        aria-label={`${wall.notReady} ${id}`}
        onClick={() => {
          void change(id, 'not-ready');
        }}
      >
        {wall.notReady}
      </button>
      <button
        type="button"
        disabled={isLeaving}
        aria-label={`${logOut} ${id}`}
        onClick={() => {
          void change(id, 'log-out');
        }}
      >
        {logOut}
      </button>
    </td>
  );
}

function Since({ item, now }: { item: Item; now: ReadonlySignal<number> }) {
  const isLate = useComputed(() => item.value !== undefined && isOver(item.value, now.value));
  const look = useComputed(() => (isLate.value ? 'fault' : ''));
  const text = useComputed(() => {
    const since = say.duration(now.value - (item.value?.since ?? now.value));
    return isLate.value ? `${since}${words.wall.over}` : since;
  });
  return <td class={look}>{text}</td>;
}

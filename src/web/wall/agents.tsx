import { useSignal } from '@preact/signals';
import type { LiveAgent } from '../../api/live.ts';
import { useMemo } from 'preact/hooks';
import { live } from '../live.ts';
import { memo } from '../memo.ts';
import { changeAgent } from '../server.ts';
import { Table } from '../table.tsx';
import * as say from '../words.ts';
import { words } from '../words.ts';
import { Mark } from './mark.tsx';

/** What a supervisor does with an agent; null for whoever only looks. */
type Change = ((agentId: string, change: 'not-ready' | 'log-out') => Promise<void>) | null;

/** The agents: those over a limit first, then by group, longest in their state first. @param filter a part of a name */
export function Agents({ at, filter, mayChange }: { at: number; filter: string; mayChange: boolean }) {
  const refusal = useSignal('');
  const agents = [...live.value.agents.values()]
    .filter(({ agentId, group }) => say.contains([agentId, group], filter))
    .sort(
      (a, b) =>
        Number(isOver(b, at)) - Number(isOver(a, at)) || a.group.localeCompare(b.group) || a.since - b.since,
    );
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
      {agents.length === 0 ? (
        <p class="quiet">{filter === '' ? words.wall.noAgent : words.wall.noMatch}</p>
      ) : (
        <Table labelledBy="agents" headings={headings}>
          {agents.map((each) => (
            <AgentRow
              key={each.agentId}
              agent={each}
              isLate={isOver(each, at)}
              since={say.duration(at - each.since)}
              change={mayChange ? change : null}
            />
          ))}
        </Table>
      )}
    </section>
  );
}

/** Longer in its state than it should be. */
function isOver({ limitMs, since }: LiveAgent, at: number): boolean {
  return limitMs !== null && at - since > limitMs;
}

const AgentRow = memo(function (props: { agent: LiveAgent; isLate: boolean; since: string; change: Change }) {
  const { agent, change, isLate, since } = props;
  const { agentId } = agent;
  return (
    <tr>
      <td>
        <Mark state={agent.state} /> {say.agentText(agent)}
      </td>
      <th scope="row" dir="auto">
        {agentId}
      </th>
      <td dir="auto">{agent.group}</td>
      <td class={isLate ? 'fault' : ''}>
        {since}
        {isLate && words.wall.over}
      </td>
      <td dir="auto">{agent.campaign ?? ''}</td>
      {change !== null && (
        <td class="actions">
          <button
            type="button"
            disabled={agent.state === 'not_ready' || agent.next !== 'ready'}
            aria-label={`${words.wall.notReady} ${agentId}`}
            onClick={() => {
              void change(agentId, 'not-ready');
            }}
          >
            {words.wall.notReady}
          </button>
          <button
            type="button"
            disabled={agent.next === 'log_out'}
            aria-label={`${words.logOut} ${agentId}`}
            onClick={() => {
              void change(agentId, 'log-out');
            }}
          >
            {words.logOut}
          </button>
        </td>
      )}
    </tr>
  );
});

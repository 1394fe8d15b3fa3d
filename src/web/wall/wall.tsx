import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LiveAgent, LiveCampaign } from '../../api/live.ts';
import type { AgentState } from '../../api/presence.ts';
import { heard, isLost, listen, live } from '../live.ts';
import { useNow } from '../now.ts';
import type { PageProps } from '../page.ts';
import { runCampaign } from '../server.ts';
import { Table } from '../table.tsx';
import * as say from '../words.ts';
import { words } from '../words.ts';
import { alarmsNow } from './alarms.ts';

/** Campaigns and agents as they are, for supervisors, engineers and wall screens. */
export function Wall({ user }: PageProps) {
  const now = useNow();
  useEffect(listen, []);
  const last = heard.value;
  const ageMs = last === null ? 0 : Math.max(0, now - last.here);
  return (
    <>
      <p class="moment">{last === null ? words.loading : say.asOf(last.at, Math.floor(ageMs / 1_000))}</p>
      <div class={isLost.value && last !== null ? 'old' : ''}>
        <Alarms />
        <Campaigns mayRun={user.role === 'supervisor' || user.role === 'admin'} />
        <Agents at={(last?.at ?? 0) + ageMs} />
      </div>
    </>
  );
}

function Alarms() {
  const alarms = alarmsNow();
  return (
    <section aria-labelledby="alarms">
      <h2 id="alarms">{words.wall.alarms}</h2>
      <div role="status">
        {alarms.length === 0 ? (
          <p class="quiet">{words.wall.noAlarm}</p>
        ) : (
          <ul class="alarms">
            {alarms.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function Campaigns({ mayRun }: { mayRun: boolean }) {
  const campaigns = [...live.value.campaigns.values()].sort((a, b) => a.name.localeCompare(b.name));
  const refusal = useSignal('');
  const run = async (name: string, wanted: boolean) => {
    refusal.value = '';
    try {
      await runCampaign(name, wanted);
    } catch (error) {
      refusal.value = `${name}: ${(error as Error).message}`;
    }
  };
  const { abandoned, action, agents, calls, campaign, left, pacing, results, state } = words.wall;
  const headings = [
    campaign,
    state,
    left,
    calls,
    agents,
    abandoned,
    pacing,
    results,
    ...(mayRun ? [action] : []),
  ];
  return (
    <section aria-labelledby="campaigns">
      <h2 id="campaigns">{words.wall.campaigns}</h2>
      <p role="alert" class="refusal">
        {refusal}
      </p>
      {campaigns.length === 0 ? (
        <p class="quiet">{words.wall.noCampaign}</p>
      ) : (
        <Table labelledBy="campaigns" headings={headings}>
          {campaigns.map((each) => (
            <CampaignRow key={each.name} campaign={each} run={mayRun ? run : null} />
          ))}
        </Table>
      )}
    </section>
  );
}

function CampaignRow(props: {
  campaign: LiveCampaign;
  run: ((name: string, wanted: boolean) => Promise<void>) | null;
}) {
  const { campaign, run } = props;
  const { name, state } = campaign;
  const isRunning = state === 'running';
  const results = Object.entries(campaign.results).sort(([, a], [, b]) => b - a);
  return (
    <tr>
      <th scope="row" dir="auto">
        {name}
      </th>
      <td class={isRunning ? 'running' : ''}>{say.stateWords[state]}</td>
      <td>{say.leftText(campaign)}</td>
      <td>{say.callsText(campaign)}</td>
      <td>
        {say.agentStates
          .filter((each) => campaign.agents[each] > 0)
          .map((each) => (
            <span key={each}>
              <Mark state={each} /> {say.count(campaign.agents[each])}{' '}
            </span>
          ))}
      </td>
      <td class={say.isOverTarget(campaign) ? 'fault' : ''}>{say.abandonedText(campaign)}</td>
      <td>{campaign.pacing?.explanation ?? ''}</td>
      <td>{results.map(([result, count]) => `${result} ${say.count(count)}`).join(', ')}</td>
      {run !== null && (
        <td>
          <button
            type="button"
            disabled={state === 'waiting_to_unload'}
            aria-label={`${isRunning ? words.wall.stop : words.wall.start} ${name}`}
            onClick={() => void run(name, !isRunning)}
          >
            {isRunning ? words.wall.stop : words.wall.start}
          </button>
        </td>
      )}
    </tr>
  );
}

function Agents({ at }: { at: number }) {
  const agents = [...live.value.agents.values()].sort(
    (a, b) => a.group.localeCompare(b.group) || a.since - b.since,
  );
  const { agent, campaign, group, since, state } = words.wall;
  return (
    <section aria-labelledby="agents">
      <h2 id="agents">{words.wall.agents}</h2>
      {agents.length === 0 ? (
        <p class="quiet">{words.wall.noAgent}</p>
      ) : (
        <Table labelledBy="agents" headings={[state, agent, group, since, campaign]}>
          {agents.map((each) => (
            <AgentRow key={each.agentId} agent={each} at={at} />
          ))}
        </Table>
      )}
    </section>
  );
}

function AgentRow({ agent, at }: { agent: LiveAgent; at: number }) {
  return (
    <tr>
      <td>
        <Mark state={agent.state} /> {say.agentWords[agent.state].word}
        {agent.online ? '' : ', desktop lost'}
      </td>
      <th scope="row" dir="auto">
        {agent.agentId}
      </th>
      <td dir="auto">{agent.group}</td>
      <td>{say.duration(at - agent.since)}</td>
      <td dir="auto">{agent.campaign ?? ''}</td>
    </tr>
  );
}

/** A state by letter and colour. */
function Mark({ state }: { state: AgentState }) {
  const { letter, word } = say.agentWords[state];
  return (
    <span class={`mark ${state}`} title={word}>
      {letter}
    </span>
  );
}

import { useSignal } from '@preact/signals';
import type { LiveCampaign } from '../../api/live.ts';
import { live } from '../live.ts';
import { runCampaign } from '../server.ts';
import { Table } from '../table.tsx';
import * as say from '../words.ts';
import { words } from '../words.ts';
import { Unload, Waits } from './campaign-dialogs.tsx';
import { Mark } from './mark.tsx';

/** A row for each campaign. @param filter a part of a name */
export function Campaigns(props: { filter: string; mayLook: boolean; mayRun: boolean }) {
  const { filter, mayLook, mayRun } = props;
  const campaigns = [...live.value.campaigns.values()]
    .filter(({ group, name }) => say.contains([name, group ?? ''], filter))
    .sort((a, b) => a.name.localeCompare(b.name));
  const asked = useSignal<{ name: string; about: 'waits' | 'unload' } | null>(null);
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
  const headings = [campaign, state, left, calls, agents, abandoned, pacing, results, action];
  return (
    <section aria-labelledby="campaigns">
      <h2 id="campaigns">{words.wall.campaigns}</h2>
      <p role="alert" class="refusal">
        {refusal}
      </p>
      {campaigns.length === 0 ? (
        <p class="quiet">{filter === '' ? words.wall.noCampaign : words.wall.noMatch}</p>
      ) : (
        <Table labelledBy="campaigns" headings={headings}>
          {campaigns.map((each) => (
            <CampaignRow
              key={each.name}
              campaign={each}
              run={mayRun ? run : null}
              ask={(about) => (asked.value = { name: each.name, about })}
            />
          ))}
        </Table>
      )}
      {asked.value?.about === 'waits' && (
        <Waits mayLook={mayLook} name={asked.value.name} close={() => (asked.value = null)} />
      )}
      {asked.value?.about === 'unload' && (
        <Unload name={asked.value.name} close={() => (asked.value = null)} />
      )}
    </section>
  );
}

function CampaignRow(props: {
  campaign: LiveCampaign;
  run: ((name: string, wanted: boolean) => Promise<void>) | null;
  ask: (about: 'waits' | 'unload') => void;
}) {
  const { ask, campaign, run } = props;
  const { name, state } = campaign;
  const isRunning = state === 'running';
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
      <td>{say.resultsText(campaign.recentResults)}</td>
      <td class="actions">
        {run !== null && (
          <button
            type="button"
            disabled={state === 'waiting_to_unload'}
            aria-label={`${isRunning ? words.wall.stop : words.wall.start} ${name}`}
            onClick={() => void run(name, !isRunning)}
          >
            {isRunning ? words.wall.stop : words.wall.start}
          </button>
        )}
        <button
          type="button"
          aria-label={`${words.wall.waits} ${name}`}
          onClick={() => {
            ask('waits');
          }}
        >
          {words.wall.waits}
        </button>
        {run !== null && (
          <button
            type="button"
            disabled={state === 'waiting_to_unload'}
            aria-label={`${words.wall.unload} ${name}`}
            onClick={() => {
              ask('unload');
            }}
          >
            {words.wall.unload}
          </button>
        )}
      </td>
    </tr>
  );
}

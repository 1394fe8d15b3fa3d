import { useComputed, useSignal, type ReadonlySignal, type Signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { LiveCampaign } from '../../api/live.ts';
import { live } from '../live.ts';
import { useTexts } from '../live-items.ts';
import { memo } from '../memo.ts';
import { runCampaign } from '../server.ts';
import { Table } from '../table.tsx';
import * as say from '../words.ts';
import { words } from '../words.ts';
import { Unload, Waits } from './campaign-dialogs.tsx';
import { Mark } from './mark.tsx';
import { Sparkline } from './sparkline.tsx';
import type { WallParts } from './wall-parts.ts';

interface CampaignsProps {
  /** A part of a name. */
  filter: Signal<string>;
  mayLook: boolean;
  mayRun: boolean;
  parts: WallParts;
}

/** A row for each campaign. */
export function Campaigns({ filter, mayLook, mayRun, parts }: CampaignsProps) {
  const shown = useTexts(() =>
    [...live.value.campaigns.values()]
      .filter(({ group, name }) => say.contains([name, group ?? ''], filter.value))
      .map(({ name }) => name)
      .sort((a, b) => a.localeCompare(b)),
  ).value;
  const asked = useSignal<{ name: string; about: 'waits' | 'unload' } | null>(null);
  const refusal = useSignal('');
  const acts: Acts = useMemo(
    () => ({
      ask: (name, about) => (asked.value = { name, about }),
      run: async (name, wanted) => {
        refusal.value = '';
        try {
          await runCampaign(name, wanted);
        } catch (error) {
          refusal.value = `${name}: ${(error as Error).message}`;
        }
      },
    }),
    [],
  );
  const { abandoned, action, agents, calls, campaign, left, pacing, results, state } = words.wall;
  const headings = [campaign, state, left, calls, agents, abandoned, pacing, results, action];
  return (
    <section aria-labelledby="campaigns">
      <h2 id="campaigns">{words.wall.campaigns}</h2>
      <p role="alert" class="refusal">
        {refusal}
      </p>
      {shown.length === 0 ? (
        <p class="quiet">{filter.value === '' ? words.wall.noCampaign : words.wall.noMatch}</p>
      ) : (
        <Table labelledBy="campaigns" headings={headings}>
          {shown.map((name) => (
            <CampaignRow key={name} name={name} parts={parts} acts={acts} mayRun={mayRun} />
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

interface Acts {
  run: (name: string, wanted: boolean) => Promise<void>;
  ask: (name: string, about: 'waits' | 'unload') => void;
}
type RowProps = { name: string; parts: WallParts; acts: Acts; mayRun: boolean };

const CampaignRow = memo(function (props: RowProps) {
  const { name, parts } = props;
  const item = parts.campaigns.of(name);
  const state = useComputed(() => item.value?.state).value;
  if (state === undefined) return null;
  return (
    <tr>
      <th scope="row" dir="auto">
        {name}
      </th>
      <td class={state === 'running' ? 'running' : ''}>{say.stateWords[state]}</td>
      <Cell item={item} of={say.leftText} />
      <Cell item={item} of={say.callsText} />
      <AgentsOf item={item} />
      <Cell item={item} of={say.abandonedText} isFault={say.isOverTarget} />
      <Cell item={item} of={pacingText} />
      <Results item={item} />
      <Actions {...props} state={state} />
    </tr>
  );
});

type Item = ReadonlySignal<LiveCampaign | undefined>;
const pacingText = ({ pacing }: LiveCampaign) => pacing?.explanation ?? '';
const recentText = ({ recentResults }: LiveCampaign) => say.resultsText(recentResults);

/** Changes by itself, without the row around it. */
function Cell(props: {
  item: Item;
  of: (campaign: LiveCampaign) => string;
  isFault?: (campaign: LiveCampaign) => boolean;
}) {
  const { isFault, item, of } = props;
  const text = useComputed(() => (item.value === undefined ? '' : of(item.value)));
  const look = useComputed(() => (item.value !== undefined && isFault?.(item.value) === true ? 'fault' : ''));
  return <td class={look}>{text}</td>;
}

function Results({ item }: { item: Item }) {
  const text = useComputed(() => (item.value === undefined ? '' : recentText(item.value)));
  const isEmpty = useComputed(() => text.value === '').value;
  return (
    <td>
      {text}
      {!isEmpty && <Sparkline item={item} />}
    </td>
  );
}

function AgentsOf({ item }: { item: Item }) {
  const counts = useTexts(() =>
    say.agentStates.map((state) => {
      const agents = item.value?.agents[state] ?? 0;
      return agents === 0 ? '' : say.count(agents);
    }),
  ).value;
  return (
    <td>
      {say.agentStates.map(
        (state, at) =>
          counts[at] !== '' && (
            <span key={state}>
              <Mark state={state} /> {counts[at]}{' '}
            </span>
          ),
      )}
    </td>
  );
}

function Actions({ acts, mayRun, name, state }: RowProps & { state: LiveCampaign['state'] }) {
  const isRunning = state === 'running';
  const { start, stop, unload, waits } = words.wall;
  const startOrStop = isRunning ? stop : start;
  return (
    <td class="actions">
      {mayRun && (
        <button
          type="button"
          disabled={state === 'waiting_to_unload'}
          aria-label={`${startOrStop} ${name}`}
          onClick={() => void acts.run(name, !isRunning)}
        >
          {startOrStop}
        </button>
      )}
      <button
        type="button"
        aria-label={`${waits} ${name}`}
        onClick={() => {
          acts.ask(name, 'waits');
        }}
      >
        {waits}
      </button>
      {mayRun && (
        <button
          type="button"
          disabled={state === 'waiting_to_unload'}
          aria-label={`${unload} ${name}`}
          onClick={() => {
            acts.ask(name, 'unload');
          }}
        >
          {unload}
        </button>
      )}
    </td>
  );
}

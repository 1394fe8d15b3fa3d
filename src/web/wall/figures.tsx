import { useComputed } from '@preact/signals';
import type { LiveCampaign } from '../../api/live.ts';
import { live } from '../live.ts';
import * as say from '../words.ts';
import { words } from '../words.ts';

const { figures } = words.wall;
const sum = (of: (campaign: LiveCampaign) => number) =>
  [...live.value.campaigns.values()].reduce((total, campaign) => total + of(campaign), 0);
const inState = (...states: string[]) =>
  [...live.value.agents.values()].filter(({ state }) => states.includes(state)).length;

const shown: readonly (readonly [name: string, value: () => number])[] = [
  [figures.dialling, () => sum(({ calls }) => calls.leased + calls.dialling + calls.answered)],
  [figures.waiting, () => sum(({ calls }) => calls.waiting)],
  [figures.connected, () => sum(({ calls }) => calls.connected)],
  [figures.ready, () => inState('ready')],
  [figures.working, () => inState('reserved', 'busy', 'wrap_up')],
  [figures.left, () => sum(({ left }) => left)],
];

/** What one reads from the other end of the room: all campaigns together. */
export function Figures() {
  return (
    <dl class="figures" aria-label={figures.heading}>
      {shown.map(([name, value]) => (
        <Figure key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function Figure({ name, value }: { name: string; value: () => number }) {
  const text = useComputed(() => say.count(value()));
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

import { live } from '../live.ts';
import * as say from '../words.ts';
import { words } from '../words.ts';

/** What one reads from the other end of the room: all campaigns together. */
export function Figures() {
  const campaigns = [...live.value.campaigns.values()];
  const agents = [...live.value.agents.values()];
  const sum = (of: (campaign: (typeof campaigns)[number]) => number) =>
    campaigns.reduce((total, campaign) => total + of(campaign), 0);
  const inState = (...states: string[]) => agents.filter(({ state }) => states.includes(state)).length;
  const { figures } = words.wall;
  const shown = [
    [figures.dialling, sum(({ calls }) => calls.leased + calls.dialling + calls.answered)],
    [figures.waiting, sum(({ calls }) => calls.waiting)],
    [figures.connected, sum(({ calls }) => calls.connected)],
    [figures.ready, inState('ready')],
    [figures.working, inState('reserved', 'busy', 'wrap_up')],
    [figures.left, sum(({ left }) => left)],
  ] as const;
  return (
    <dl class="figures" aria-label={figures.heading}>
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{say.count(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

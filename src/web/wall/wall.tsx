import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Keys } from '../keys.tsx';
import { heard, isLost, listen } from '../live.ts';
import { useNow } from '../now.ts';
import type { PageProps } from '../page.ts';
import * as say from '../words.ts';
import { words } from '../words.ts';
import { Agents } from './agents.tsx';
import { alarmsNow } from './alarms.ts';
import { Campaigns } from './campaigns.tsx';
import { Figures } from './figures.tsx';

/** Campaigns and agents as they are, for supervisors, engineers and wall screens. */
export function Wall({ user }: PageProps) {
  const now = useNow();
  const filter = useSignal('');
  useEffect(listen, []);
  const last = heard.value;
  const ageMs = last === null ? 0 : Math.max(0, now - last.here);
  const mayChange = user.role === 'supervisor' || user.role === 'admin';
  return (
    <>
      <div class="wall-line">
        <p class="moment">{last === null ? words.loading : say.asOf(last.at, Math.floor(ageMs / 1_000))}</p>
        <label>
          {words.wall.filter}{' '}
          <input
            id="filter"
            type="search"
            value={filter.value}
            onInput={({ currentTarget }) => (filter.value = currentTarget.value)}
          />
        </label>
        <Keys keys={keys} />
      </div>
      <div class={isLost.value && last !== null ? 'old' : ''}>
        <Alarms />
        <Figures />
        <Campaigns filter={filter.value} mayLook={user.role !== 'wall'} mayRun={mayChange} />
        <Agents at={(last?.at ?? 0) + ageMs} filter={filter.value} mayChange={mayChange} />
      </div>
    </>
  );
}

const keys = [
  {
    key: 'F',
    does: words.wall.fullScreen,
    run: () => {
      if (document.fullscreenElement === null) void document.documentElement.requestFullscreen();
      else void document.exitFullscreen();
    },
  },
  { key: '/', does: words.wall.toFilter, run: () => document.getElementById('filter')?.focus() },
  { key: 'Esc', does: words.wall.leave, run: () => document.getElementById('content')?.focus() },
];

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

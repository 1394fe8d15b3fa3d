import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Keys } from '../keys.tsx';
import { heard, isLost, listen } from '../live.ts';
import { useTexts } from '../live-items.ts';
import { Moment } from '../moment.tsx';
import type { PageProps } from '../page.ts';
import { words } from '../words.ts';
import { Agents } from './agents.tsx';
import { alarmsNow } from './alarms.ts';
import { Campaigns } from './campaigns.tsx';
import { Figures } from './figures.tsx';
import { createWallParts } from './wall-parts.ts';

/** Campaigns and agents as they are, for supervisors, engineers and wall screens. */
export function Wall({ user }: PageProps) {
  const parts = useMemo(createWallParts, []);
  const filter = useSignal('');
  useEffect(listen, []);
  useEffect(
    () => () => {
      parts.stop();
    },
    [],
  );
  const look = useComputed(() => (isLost.value && heard.value !== null ? 'old' : ''));
  const mayChange = user.role === 'supervisor' || user.role === 'admin';
  return (
    <>
      <div class="wall-line">
        <Moment />
        <label>
          {words.wall.filter}{' '}
          <input
            id="filter"
            type="search"
            value={filter}
            onInput={({ currentTarget }) => (filter.value = currentTarget.value)}
          />
        </label>
        <Keys keys={keys} />
      </div>
      <div class={look}>
        <Alarms />
        <Figures />
        <Campaigns parts={parts} filter={filter} mayLook={user.role !== 'wall'} mayRun={mayChange} />
        <Agents parts={parts} filter={filter} mayChange={mayChange} />
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
  const alarms = useTexts(alarmsNow).value;
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

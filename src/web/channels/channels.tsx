import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { LiveDialer } from '../../api/live.ts';
import { Keys } from '../keys.tsx';
import { heard, isLost, listen, live } from '../live.ts';
import { Moment } from '../moment.tsx';
import type { DialerTiles } from './channel-places.ts';
import { createTiles, type Tiles } from './channel-tiles.ts';
import { dialerNote, say } from './channel-words.ts';
import './channels.css';
import { OneChannel } from './one-channel.tsx';
import { moveByArrow, Span } from './tiles.tsx';

/** Every channel of every dialler as it is, and one of them closely. */
export function Channels() {
  const tiles = useMemo(createTiles, []);
  const opened = useSignal<string | null>(null);
  const isTable = useSignal(false);
  useEffect(() => listen(['diallers', 'channels']), []);
  useEffect(
    () => () => {
      tiles.stop();
    },
    [],
  );
  const look = useComputed(() => `channels ${isLost.value && heard.value !== null ? 'old' : ''}`);
  const focus = (id: string | null) => {
    const tile = id === null ? null : document.querySelector<HTMLElement>(`[data-tile="${CSS.escape(id)}"]`);
    (tile ?? document.getElementById('content'))?.focus();
  };
  const close = () => {
    const id = opened.value;
    opened.value = null;
    focus(id ?? tiles.current.value);
  };
  const keys = [
    { key: 'Arrows', does: say.arrows, run: () => undefined },
    { key: 'Enter', does: say.enter, run: () => undefined },
    { key: 'T', does: say.table, run: () => (isTable.value = !isTable.value) },
    { key: '/', does: say.toFilter, run: () => document.getElementById('filter')?.focus() },
    { key: 'Esc', does: say.leave, run: close },
  ];
  const open = (id: string) => (opened.value = id);
  return (
    <>
      <div class="wall-line">
        <Moment />
        <label>
          {say.filter}{' '}
          <input
            id="filter"
            type="search"
            value={tiles.filter.value}
            onInput={({ currentTarget }) => (tiles.filter.value = currentTarget.value)}
          />
        </label>
        <button type="button" onClick={() => (isTable.value = !isTable.value)}>
          {isTable.value ? say.asTiles : say.asTable}
        </button>
        <Keys keys={keys} />
      </div>
      <div class={look}>
        <div onKeyDown={moveByArrow}>
          <Diallers tiles={tiles} opened={opened} open={open} isTable={isTable.value} />
        </div>
        {opened.value !== null && <OneChannel id={opened.value} tiles={tiles} close={close} />}
      </div>
    </>
  );
}

type Shown = Omit<Parameters<typeof Span>[0], 'of' | 'dialerId'>;

function Diallers(props: Shown) {
  const { tiles } = props;
  const known = useComputed(() => live.value.diallers);
  const isLoading = useComputed(() => heard.value === null);
  const diallers = [...known.value.values()].sort((a, b) => a.dialerId.localeCompare(b.dialerId));
  if (isLoading.value) return null;
  if (diallers.length === 0) return <p class="quiet">{say.noDialer}</p>;
  const isFiltered = tiles.filter.value !== '';
  return (
    <>
      {isFiltered && tiles.shown.value.length === 0 && (
        <p class="quiet" role="status">
          {say.noMatch}
        </p>
      )}
      {diallers.map((dialer) => (
        <OneDialer key={dialer.dialerId} dialer={dialer} {...props} />
      ))}
    </>
  );
}

function OneDialer({ dialer, ...props }: Shown & { dialer: LiveDialer }) {
  const { dialerId } = dialer;
  const { isTable } = props;
  const count = useComputed(() => {
    const all = [...live.value.channels.values()];
    return all.filter((channel) => channel.dialerId === dialerId).length;
  });
  const note = dialerNote(dialer, count.value);
  // Drawn anew only by what is in it: a dialler's own figures change all the time.
  const spans = useMemo(() => <Spans dialerId={dialerId} {...props} />, [dialerId, isTable]);
  return (
    <section class={`dialler ${dialer.lost ? 'old' : ''}`} aria-label={dialerId}>
      <h2 dir="auto">{dialerId}</h2>
      {note !== null && <p class={note.isFault ? 'fault' : 'quiet'}>{note.text}</p>}
      {spans}
    </section>
  );
}

function Spans({ dialerId, ...props }: Shown & { dialerId: string }) {
  const own = shownOf(props.tiles, dialerId);
  return (
    <>
      {own?.spans.map((span) => (
        <Span key={span.span} of={span} dialerId={dialerId} {...props} />
      ))}
    </>
  );
}

function shownOf(tiles: Tiles, dialerId: string): DialerTiles | undefined {
  return tiles.shown.value.find((dialer) => dialer.dialerId === dialerId);
}

import { useComputed, type Signal } from '@preact/signals';
import type { LiveChannel } from '../../api/live.ts';
import { channelWords, plain } from '../../domain/explanation/channel-words.ts';
import { Table } from '../table.tsx';
import { stepFrom, type SpanTiles } from './channel-places.ts';
import type { Tiles } from './channel-tiles.ts';
import { channelName, say, shortAge, spanHeading, tileLabel } from './channel-words.ts';

interface SpanProps {
  dialerId: string;
  tiles: Tiles;
  opened: Signal<string | null>;
  open: (id: string) => void;
}

/** The channels of one span, as tiles or as a table; what is not on the screen is neither laid out nor painted. */
export function Span(props: SpanProps & { isTable: boolean; of: SpanTiles }) {
  const { isTable, of } = props;
  const heading = `span ${props.dialerId} ${String(of.span)}`.replaceAll(/\s/g, '-');
  return (
    <section class="span" aria-labelledby={heading}>
      <SpanHeading id={heading} of={of} tiles={props.tiles} />
      {isTable ? (
        <SpanTable {...props} labelledBy={heading} />
      ) : (
        <SpanTilesList {...props} labelledBy={heading} />
      )}
    </section>
  );
}

function SpanHeading({ id, of, tiles }: { id: string; of: SpanTiles; tiles: Tiles }) {
  const text = useComputed(() =>
    spanHeading(
      of.span,
      of.ids.flatMap((each) => tiles.of(each).value ?? []),
    ),
  );
  return <h3 id={id}>{text}</h3>;
}

function SpanTilesList({
  labelledBy,
  of,
  open,
  opened,
  tiles,
}: SpanProps & { of: SpanTiles; labelledBy: string }) {
  return (
    <ul class="tiles" aria-labelledby={labelledBy}>
      {of.ids.map((id) => (
        <li key={id}>
          <Tile id={id} open={open} opened={opened} tiles={tiles} />
        </li>
      ))}
    </ul>
  );
}

type ChannelProps = { id: string } & Pick<SpanProps, 'tiles' | 'open' | 'opened'>;

/** A channel, null when it is gone, and what its button has, as a tile and in the table alike. */
function useChannel({ id, open, opened, tiles }: ChannelProps) {
  const item = tiles.of(id);
  const isCurrent = useComputed(() => tiles.current.value === id);
  const isOpen = useComputed(() => opened.value === id);
  const channel = item.value;
  if (channel === undefined) return null;
  const button = {
    type: 'button',
    'data-tile': id,
    tabIndex: isCurrent.value ? 0 : -1,
    'aria-pressed': isOpen.value,
    onClick: () => {
      open(id);
    },
    onFocus: () => (tiles.current.value = id),
  } as const;
  return { button, channel, item };
}

function Tile(props: ChannelProps) {
  const found = useChannel(props);
  if (found === null) return null;
  const { button, channel, item } = found;
  const { letter, look, word } = channelWords(channel);
  return (
    <button {...button} class={`tile ${look}`} aria-label={tileLabel(channel)}>
      <span class="line">
        <b>
          {letter} {channel.channel}
        </b>
        <Age channel={item} tiles={props.tiles} />
      </span>
      <span class="word">{word}</span>
      <span class="event">{channel.lastEvent === null ? '' : plain(channel.lastEvent)}</span>
    </button>
  );
}

/** Changes by itself, without the tile around it. */
function Age({ channel, tiles }: { channel: Signal<LiveChannel | undefined>; tiles: Tiles }) {
  const text = useComputed(() => shortAge(tiles.now.value - (channel.value?.since ?? tiles.now.value)));
  return <span>{text}</span>;
}

function SpanTable({
  labelledBy,
  of,
  open,
  opened,
  tiles,
}: SpanProps & { of: SpanTiles; labelledBy: string }) {
  const headings = [
    say.channel,
    say.state,
    say.since,
    say.campaign,
    say.agent,
    say.lastEvent,
    say.faults,
    say.reason,
  ];
  return (
    <Table labelledBy={labelledBy} headings={headings}>
      {of.ids.map((id) => (
        <Row key={id} id={id} open={open} opened={opened} tiles={tiles} />
      ))}
    </Table>
  );
}

function Row(props: ChannelProps) {
  const found = useChannel(props);
  if (found === null) return null;
  const { button, channel, item } = found;
  const { letter, look, word } = channelWords(channel);
  const { agentId, campaign, faults, lastEvent, reason, test } = channel;
  return (
    <tr>
      <th scope="row">
        <button {...button} aria-label={channelName(channel)}>
          {channel.channel}
        </button>
      </th>
      <td>
        <span class={`mark ${look}`}>{letter}</span> {word}
      </td>
      <td>
        <Age channel={item} tiles={props.tiles} />
      </td>
      <td dir="auto">{test ? say.test : (campaign ?? '')}</td>
      <td dir="auto">{agentId ?? ''}</td>
      <td>{lastEvent === null ? '' : plain(lastEvent)}</td>
      <td>{faults === 0 ? '' : faults}</td>
      <td>{reason === null ? '' : plain(reason)}</td>
    </tr>
  );
}

const arrows = ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'Home', 'End'];

/** Arrows go from tile to tile, whatever is between them. */
export function moveByArrow(event: KeyboardEvent): void {
  const { altKey, ctrlKey, currentTarget, key, metaKey, target } = event;
  if (altKey || ctrlKey || metaKey || !arrows.includes(key)) return;
  if (!(target instanceof HTMLElement) || !(currentTarget instanceof HTMLElement)) return;
  const from = target.dataset['tile'];
  if (from === undefined) return;
  const buttons = [...currentTarget.querySelectorAll<HTMLElement>('[data-tile]')];
  const places = buttons.map((button) => {
    const { left, top } = button.getBoundingClientRect();
    return { id: button.dataset['tile'] ?? '', left, top };
  });
  const to = stepFrom(places, from, key);
  event.preventDefault();
  buttons.find((button) => button.dataset['tile'] === to)?.focus();
}

import { useEffect, useRef } from 'preact/hooks';
import type { AttemptDetail } from '../../api/attempts.ts';
import type { LiveChannel, LiveHeard } from '../../api/live.ts';
import { channelWords, plain, reasonText } from '../../domain/explanation/channel-words.ts';
import { linkTo } from '../address.ts';
import { seconds } from '../axis-parts.ts';
import { Axis } from '../axis.tsx';
import { heardCall, listenedTo } from '../live.ts';
import { Facts } from '../facts.tsx';
import { useLoaded } from '../loaded.tsx';
import { useNow } from '../now.ts';
import { ask } from '../server.ts';
import { Table } from '../table.tsx';
import { duration } from '../words.ts';
import type { Tiles } from './channel-tiles.ts';
import * as words from './channel-words.ts';
import { say } from './channel-words.ts';
import { marksOf, stretchesOf } from './heard-parts.ts';
import { ScoreInTime } from './score-in-time.tsx';

/** What one channel does, and what is heard in its call while somebody looks. */
export function OneChannel({ close, id, tiles }: { id: string; tiles: Tiles; close: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    listenedTo.value = id;
    heading.current?.focus();
    return () => {
      listenedTo.value = null;
    };
  }, [id]);
  const channel = tiles.of(id).value;
  return (
    <section class="one" aria-labelledby="one">
      <h2 id="one" ref={heading} tabIndex={-1}>
        {channel === undefined ? id : words.oneHeading(channel)}
      </h2>
      <button type="button" onClick={close}>
        {say.close}
      </button>
      {channel === undefined ? <p class="quiet">{say.gone}</p> : <Present channel={channel} tiles={tiles} />}
    </section>
  );
}

function Present({ channel, tiles }: { channel: LiveChannel; tiles: Tiles }) {
  const { agentId, attemptId, campaign, faults, lastEvent, lastEventAt, reason, since, test } = channel;
  const now = tiles.now.value;
  const { letter, look, word } = channelWords(channel);
  const rows: [string, string][] = [
    [say.campaign, campaign ?? ''],
    [say.agent, agentId ?? ''],
    [say.call, test ? say.test : ''],
    [
      say.lastEvent,
      lastEvent === null || lastEventAt === null
        ? ''
        : `${plain(lastEvent)}, ${words.shortAge(now - lastEventAt)} ago`,
    ],
    [say.faults, faults === 0 ? '' : String(faults)],
  ];
  return (
    <>
      <p class="sentence">
        <span class={`mark ${look}`}>{letter}</span> <span role="status">{word}</span>,{' '}
        {duration(now - since)}
      </p>
      {reason !== null && <p class="fault">{reasonText(reason)}</p>}
      <dl>
        <Facts of={rows} />
        {attemptId !== null && !test && <OfAttempt key={attemptId} id={attemptId} />}
      </dl>
      <Heard call={heardCall.value} isPresent={heardCall.value?.call === attemptId} />
    </>
  );
}

/** The number, as the role may see it. */
function OfAttempt({ id }: { id: string }) {
  const { refusal, value } = useLoaded(
    () => ask<AttemptDetail>('GET', `/attempts/${encodeURIComponent(id)}`),
    [id],
  );
  return (
    <>
      <div>
        <dt>{say.number}</dt>
        <dd>{value?.phone ?? refusal}</dd>
      </div>
      <div>
        <dt>{say.call}</dt>
        <dd>
          <a href={linkTo('calls', new URLSearchParams({ id }))}>{say.toCall}</a>
        </dd>
      </div>
    </>
  );
}

type Call = (LiveHeard & { at: number; here: number }) | null;

function Heard({ call, isPresent }: { call: Call; isPresent: boolean }) {
  const now = useNow();
  if (call === null) return <p class="quiet">{say.nothingYet}</p>;
  if (call.dialledAt === null) return <p class="quiet">{say.notDialled}</p>;
  const atMs = isPresent ? call.at - call.dialledAt + Math.max(0, now - call.here) : 0;
  return (
    <>
      <h3>{isPresent ? say.heard : say.heardBefore}</h3>
      <Axis stretches={stretchesOf(call.items, atMs)} marks={marksOf(call.items)} now={atMs} width={460} />
      <details>
        <summary>{say.heardTable}</summary>
        <Table label={say.heard} headings={[say.what, say.start, say.end, say.detail]}>
          {call.items.map((item) => (
            <tr key={`${item.kind} ${item.name ?? ''} ${item.startMs}`}>
              <th scope="row">{words.itemWord(item)}</th>
              <td>{seconds(item.startMs)}</td>
              <td>{item.endMs === null ? '' : seconds(item.endMs)}</td>
              <td>{words.itemDetail(item)}</td>
            </tr>
          ))}
        </Table>
      </details>
      <h3>{say.score}</h3>
      <ScoreInTime scores={call.scores} />
    </>
  );
}

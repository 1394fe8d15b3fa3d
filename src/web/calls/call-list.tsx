import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { AttemptsReply, AttemptView } from '../../api/attempts.ts';
import { keepQuery, linkTo } from '../address.ts';
import { Keys } from '../keys.tsx';
import { useLoaded, WhenLoaded } from '../loaded.tsx';
import type { PageProps } from '../page.ts';
import { ask } from '../server.ts';
import { Table } from '../table.tsx';
import { moment } from '../words.ts';
import { callWords, labelText, sureText } from './call-words.ts';
import { Filters, filtersOf } from './filters.tsx';

const pageSize = 50;

export function CallList({ query, user }: PageProps) {
  const filters = filtersOf(query);
  const wanted = filters.toString();
  const pageAfter = (cursor: string | null) => {
    const asked = new URLSearchParams(filters);
    asked.set('brief', '1');
    asked.set('limit', String(pageSize));
    if (cursor !== null) asked.set('cursor', cursor);
    return ask<AttemptsReply>('GET', `/attempts?${asked.toString()}`);
  };
  const first = useLoaded(() => pageAfter(null), [wanted]);
  return (
    <>
      <Filters query={filters} mayAskNumbers={user.role !== 'engineer'} search={keepQuery} />
      <WhenLoaded loaded={first}>
        {(page) => <Pages key={wanted} first={page} isFiltered={wanted !== ''} pageAfter={pageAfter} />}
      </WhenLoaded>
    </>
  );
}

/** The first page, and those that were asked for after it. */
function Pages(props: {
  first: AttemptsReply;
  isFiltered: boolean;
  pageAfter: (cursor: string | null) => Promise<AttemptsReply>;
}) {
  const { first, isFiltered, pageAfter } = props;
  const more = useSignal<AttemptsReply[]>([]);
  const state = useSignal<{ refusal: string; isBusy: boolean }>({ refusal: '', isBusy: false });
  useEffect(() => {
    more.value = [];
  }, [first]);
  const pages = [first, ...more.value];
  const calls = pages.flatMap(({ attempts }) => attempts);
  const { next, partial } = pages.at(-1) ?? first;
  const goOn = async () => {
    state.value = { refusal: '', isBusy: true };
    try {
      more.value = [...more.value, await pageAfter(next)];
      state.value = { refusal: '', isBusy: false };
    } catch (error) {
      state.value = { refusal: (error as Error).message, isBusy: false };
    }
  };
  const nothing = next !== null ? callWords.noneHere : isFiltered ? callWords.noneFits : callWords.none;
  return (
    <section aria-labelledby="calls">
      <h2 id="calls">{callWords.calls}</h2>
      {calls.length === 0 ? <p class="quiet">{nothing}</p> : <Rows calls={calls} />}
      <p role="alert" class="refusal">
        {state.value.refusal}
      </p>
      {next !== null && (
        <p>
          {partial && calls.length > 0 && callWords.partial}{' '}
          <button type="button" disabled={state.value.isBusy} onClick={() => void goOn()}>
            {partial ? callWords.further : callWords.older}
          </button>
        </p>
      )}
    </section>
  );
}

function Rows({ calls }: { calls: readonly AttemptView[] }) {
  const body = useRef<HTMLDivElement>(null);
  const step = (by: number) => {
    const links = [...(body.current?.querySelectorAll<HTMLElement>('a[data-call]') ?? [])];
    const at = links.findIndex((link) => link === document.activeElement);
    links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
  };
  const keys = [
    { key: 'J', does: callWords.nextCall, run: () => step(1) },
    { key: 'K', does: callWords.callBefore, run: () => step(-1) },
  ];
  const { agent, at, campaign, channel, label, phone, reason, result, status, sure, verdict } = callWords;
  const headings = [at, campaign, phone, result, verdict, sure, status, reason, agent, channel, label];
  return (
    <div ref={body}>
      <Keys keys={keys} />
      <Table labelledBy="calls" headings={headings}>
        {calls.map((call) => (
          <Row key={call.attempt_id} call={call} />
        ))}
      </Table>
    </div>
  );
}

function Row({ call }: { call: AttemptView }) {
  return (
    <tr>
      <th scope="row">
        <a data-call href={linkTo('calls', new URLSearchParams({ id: call.attempt_id }))}>
          {moment(call.leased_at)}
        </a>
      </th>
      <td dir="auto">{call.campaign}</td>
      <td>{call.phone}</td>
      <td>{call.resultName ?? call.state}</td>
      <td>{call.evidence?.verdict?.replaceAll('_', ' ') ?? ''}</td>
      <td>{sureText(call)}</td>
      <td>{call.status?.replaceAll('_', ' ') ?? ''}</td>
      <td>{call.reason?.replaceAll('_', ' ') ?? ''}</td>
      <td dir="auto">{call.agent_id ?? ''}</td>
      <td>{call.channel ?? ''}</td>
      <td>{labelText(call.label)}</td>
    </tr>
  );
}

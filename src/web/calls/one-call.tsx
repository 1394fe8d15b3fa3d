import type { AttemptDetail, AttemptsReply } from '../../api/attempts.ts';
import type { RecordView } from '../../api/records.ts';
import { callResultLabel, isCallResult } from '../../domain/result.ts';
import type { MilestoneName } from '../../domain/outcome.ts';
import { linkTo } from '../address.ts';
import { seconds } from '../axis-parts.ts';
import { Facts } from '../facts.tsx';
import { useLoaded, WhenLoaded } from '../loaded.tsx';
import type { PageProps } from '../page.ts';
import { ask } from '../server.ts';
import { Table } from '../table.tsx';
import { moment } from '../words.ts';
import * as say from './call-words.ts';
import { callWords } from './call-words.ts';
import { LabelCall } from './label.tsx';
import { RecordedSound } from './recorded-sound.tsx';
import { Score } from './score.tsx';
import { TimeAxis } from './time-axis.tsx';

/** Why a call was judged so: the sentence first, then what it is made of. */
export function OneCall({ id, user }: { id: string } & Pick<PageProps, 'user'>) {
  const call = useLoaded(() => ask<AttemptDetail>('GET', `/attempts/${encodeURIComponent(id)}`), [id]);
  return (
    <>
      <p>
        <a href={linkTo('calls')}>{callWords.back}</a>
      </p>
      <WhenLoaded loaded={call}>
        {(value) => <Explained call={value} maySeeRecord={user.role !== 'engineer'} />}
      </WhenLoaded>
    </>
  );
}

function Explained({ call, maySeeRecord }: { call: AttemptDetail; maySeeRecord: boolean }) {
  const [sentence = '', ...more] = call.explanation;
  return (
    <>
      <h2>{say.callHeading(call)}</h2>
      <p class="sentence">{sentence}</p>
      {more.map((text) => (
        <p key={text}>{text}</p>
      ))}
      <LabelCall id={call.attempt_id} first={call.label} />
      <section aria-labelledby="heard">
        <h2 id="heard">{callWords.heard}</h2>
        <TimeAxis call={call} />
      </section>
      {call.mayBeRecorded && <RecordedSound id={call.attempt_id} />}
      <section aria-labelledby="score">
        <h2 id="score">{callWords.score}</h2>
        <Score scores={call.evidence?.scores ?? {}} />
      </section>
      <Asked call={call} />
      <Moments call={call} />
      <OfRecord handle={call.record_handle} id={call.attempt_id} maySeeRecord={maySeeRecord} />
      <section aria-labelledby="raw">
        <h2 id="raw">{callWords.raw}</h2>
        <p>
          {callWords.replay} <code>cpdctl replay *-{call.attempt_id}-*.cpdrec</code>
        </p>
        <details>
          <summary>{callWords.raw}</summary>
          <pre class="table" tabIndex={0} aria-label={callWords.raw} role="region">
            {JSON.stringify(call.evidence, null, 2)}
          </pre>
        </details>
      </section>
    </>
  );
}

function Asked({ call }: { call: AttemptDetail }) {
  const rows = [
    [callWords.mode, call.mode.replaceAll('_', ' ')],
    [callWords.maxHumanLoss, call.maxHumanLoss === null ? callWords.ownLoss : say.share(call.maxHumanLoss)],
    [callWords.plan, call.plan ?? callWords.ownPlan],
    [callWords.timeout, seconds(call.cpdTimeoutMs)],
    [callWords.dialer, call.dialer_id],
    [callWords.channel, call.channel === null ? '' : String(call.channel)],
  ] as const;
  return (
    <section aria-labelledby="asked">
      <h2 id="asked">{callWords.asked}</h2>
      <dl>
        <Facts of={rows} />
      </dl>
    </section>
  );
}

function Moments({ call }: { call: AttemptDetail }) {
  const moments = Object.entries(call.milestones).sort(([, a], [, b]) => a - b);
  if (moments.length === 0) return null;
  return (
    <section aria-labelledby="moments">
      <h2 id="moments">{callWords.times}</h2>
      <Table labelledBy="moments" headings={[callWords.moment, callWords.since]}>
        {moments.map(([name, ms]) => (
          <tr key={name}>
            <th scope="row">{say.momentWords[name as MilestoneName]}</th>
            <td>{seconds(ms)}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

/** What became of the record, with the agent's word, and the attempts to call it. */
function OfRecord({ handle, id, maySeeRecord }: { handle: number; id: string; maySeeRecord: boolean }) {
  const attempts = useLoaded(
    () => ask<AttemptsReply>('GET', `/attempts?record=${handle}&brief=1&limit=100`),
    [handle],
  );
  return (
    <section aria-labelledby="record">
      <h2 id="record">{callWords.record}</h2>
      {maySeeRecord && <RecordSays handle={handle} />}
      <h3 id="others">{callWords.others}</h3>
      <WhenLoaded loaded={attempts}>
        {({ attempts: all }) => (
          <Table
            labelledBy="others"
            headings={[callWords.at, callWords.result, callWords.verdict, callWords.agent, callWords.label]}
          >
            {all.map((each) => (
              <tr key={each.attempt_id}>
                <th scope="row">
                  {each.attempt_id === id ? (
                    moment(each.leased_at)
                  ) : (
                    <a href={linkTo('calls', new URLSearchParams({ id: each.attempt_id }))}>
                      {moment(each.leased_at)}
                    </a>
                  )}
                </th>
                <td>{each.resultName ?? each.state}</td>
                <td>{each.evidence?.verdict?.replaceAll('_', ' ') ?? ''}</td>
                <td dir="auto">{each.agent_id ?? ''}</td>
                <td>{say.labelText(each.label)}</td>
              </tr>
            ))}
          </Table>
        )}
      </WhenLoaded>
    </section>
  );
}

function RecordSays({ handle }: { handle: number }) {
  const record = useLoaded(() => ask<RecordView>('GET', `/records/${handle}`), [handle]);
  return (
    <WhenLoaded loaded={record}>
      {({ agent_id: agent, call_result: result, list, record_id: number }) => (
        <p>
          Record {number} of list {list}: {isCallResult(result) ? callResultLabel[result] : String(result)}
          {agent === null ? '' : `, as agent ${agent} closed it`}.
        </p>
      )}
    </WhenLoaded>
  );
}

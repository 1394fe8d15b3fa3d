import type { AgentDay, DeskHistory } from '../../api/desk.ts';
import { useLoaded, WhenLoaded } from '../loaded.tsx';
import { ask } from '../server.ts';
import { Table } from '../table.tsx';
import { agentWords, count, dayTime, duration } from '../words.ts';
import type { AgentNow, OpenRecord } from './desk-signals.ts';
import { timeIn, words, zoneName } from './words.ts';

/** What the agent did today and has to do. Asked again with each change of state. */
export function MyDay({ agent, user }: { agent: AgentNow; user: string }) {
  const loaded = useLoaded(() => {
    const from = new Date().setHours(0, 0, 0, 0);
    return ask<AgentDay>('GET', `/agents/${encodeURIComponent(user)}/day?from=${String(from)}`);
  }, [user, agent.state, agent.since]);
  return (
    <WhenLoaded loaded={loaded}>
      {(day) => (
        <div class="columns">
          <section aria-labelledby="day">
            <h2 id="day">{words.day.heading}</h2>
            <Times day={day} />
          </section>
          <section aria-labelledby="callbacks">
            <h2 id="callbacks">{`${words.day.callbacks} (${count(day.callbacks.length)})`}</h2>
            <Callbacks callbacks={day.callbacks} />
          </section>
        </div>
      )}
    </WhenLoaded>
  );
}

function Times({ day: { results, states } }: { day: AgentDay }) {
  const closed = Object.entries(results);
  return (
    <dl class="day">
      {states.map(({ ms, reason, state }) => (
        <div key={`${state} ${reason ?? ''}`}>
          <dt>
            {agentWords[state].word}
            {reason !== null && `, ${reason.replaceAll('_', ' ')}`}
          </dt>
          <dd>{duration(ms)}</dd>
        </div>
      ))}
      {closed.map(([result, records]) => (
        <div key={result}>
          <dt>{result}</dt>
          <dd>{count(records)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Callbacks({ callbacks }: Pick<AgentDay, 'callbacks'>) {
  if (callbacks.length === 0) return <p class="quiet">{words.day.noCallback}</p>;
  const { customer, theirs, yours } = words.day;
  return (
    <Table labelledBy="callbacks" headings={[customer, yours, theirs]}>
      {callbacks.map((each) => (
        <tr key={each.recordHandle}>
          <th scope="row" dir="auto">
            {each.customer || each.phone}
          </th>
          <td>{dayTime(each.dueAt)}</td>
          <td>{`${timeIn(each.dueAt, each.tz)} ${zoneName(each.tz)}`}</td>
        </tr>
      ))}
    </Table>
  );
}

/** What earlier attempts of the open record came to. */
export function History({ record }: { record: OpenRecord }) {
  const loaded = useLoaded(() => ask<DeskHistory>('GET', '/desk/history'), [record.attempt]);
  return (
    <section aria-labelledby="history">
      <h2 id="history">{words.day.history}</h2>
      <WhenLoaded loaded={loaded}>
        {({ attempts }) =>
          attempts.length === 0 ? (
            <p class="quiet">{words.day.firstAttempt}</p>
          ) : (
            <ul class="history">
              {attempts.map(({ agentId, at, resultName }) => (
                <li key={at}>
                  {dayTime(at)} {resultName ?? ''} <span dir="auto">{agentId ?? ''}</span>
                </li>
              ))}
            </ul>
          )
        }
      </WhenLoaded>
    </section>
  );
}

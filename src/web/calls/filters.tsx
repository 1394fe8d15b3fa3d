import type { ComponentChildren } from 'preact';
import { verdicts } from '../../domain/outcome.ts';
import { callResultLabel, callStatuses } from '../../domain/result.ts';
import { callWords } from './call-words.ts';

/** The filters as the address and the server know them. */
export const filterNames = [
  'from',
  'till',
  'campaign',
  'result',
  'verdict',
  'status',
  'reason',
  'agent',
  'dialer',
  'channel',
  'phone',
  'lessSureThan',
] as const;
type FilterName = (typeof filterNames)[number];

/** Of an address what filters. */
export function filtersOf(query: URLSearchParams): URLSearchParams {
  const kept = filterNames.flatMap((name) => {
    const value = query.get(name);
    return value === null || value === '' ? [] : [[name, value]];
  });
  return new URLSearchParams(kept);
}

/** A form whose fields are the address. */
export function Filters(props: {
  query: URLSearchParams;
  mayAskNumbers: boolean;
  search: (query: URLSearchParams) => void;
}) {
  const { mayAskNumbers, query, search } = props;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    search(queryOf(new FormData(event.currentTarget as HTMLFormElement)));
  };
  const valueOf = (name: FilterName) => query.get(name) ?? '';
  const text = (name: FilterName, inputMode: 'text' | 'numeric' | 'tel' = 'text') => (
    <Field label={callWords[name]}>
      <input name={name} inputMode={inputMode} defaultValue={valueOf(name)} autocomplete="off" />
    </Field>
  );
  const choice = (name: FilterName, values: readonly (readonly [string, string])[]) => (
    <Field label={callWords[name]}>
      <select name={name}>
        <option value="">{callWords.any}</option>
        {values.map(([value, label]) => (
          <option key={value} value={value} selected={value === valueOf(name)}>
            {label}
          </option>
        ))}
      </select>
    </Field>
  );
  const time = (name: 'from' | 'till') => (
    <Field label={callWords[name]}>
      <input name={name} type="datetime-local" step="1" defaultValue={localTime(valueOf(name))} />
    </Field>
  );
  const named = (names: readonly string[]) => names.map((name) => [name, name.replaceAll('_', ' ')] as const);
  const sure = Number(valueOf('lessSureThan')) * 100;
  return (
    <form class="filters" aria-label={callWords.filters} key={query.toString()} onSubmit={submit}>
      {time('from')}
      {time('till')}
      {text('campaign')}
      {choice('result', Object.entries(callResultLabel))}
      {choice('verdict', named(verdicts))}
      {choice('status', named(callStatuses))}
      {text('reason')}
      {text('agent')}
      {text('dialer')}
      {text('channel', 'numeric')}
      {mayAskNumbers && text('phone', 'tel')}
      <Field label={callWords.lessSureThan}>
        <input
          name="lessSureThan"
          type="number"
          min="0"
          max="100"
          step="any"
          defaultValue={sure === 0 ? '' : String(Number(sure.toFixed(6)))}
        />
      </Field>
      <p>
        <button type="submit">{callWords.search}</button>{' '}
        <button type="button" onClick={() => search(new URLSearchParams())}>
          {callWords.clear}
        </button>
      </p>
    </form>
  );
}

function Field({ children, label }: { children: ComponentChildren; label: string }) {
  return (
    <label>
      {label}
      {children}
    </label>
  );
}

/** What was filled in, with moments in ms and shares from 0 to 1. */
function queryOf(fields: FormData): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of filterNames) {
    const field = fields.get(name);
    const value = typeof field === 'string' ? field.trim() : '';
    if (value === '') continue;
    if (name === 'from' || name === 'till') query.set(name, String(new Date(value).getTime()));
    else if (name === 'lessSureThan') query.set(name, String(Number(value) / 100));
    else query.set(name, value);
  }
  return query;
}

/** As a field for a date and a time wants it, in the zone of this browser. */
function localTime(ms: string): string {
  if (ms === '') return '';
  const at = new Date(Number(ms));
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

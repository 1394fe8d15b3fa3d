import { isMap, isScalar, parseDocument } from 'yaml';
import type { CampaignDefinition } from '../../api/campaign-definition.ts';
import { adminWords } from './admin-words.ts';

interface Field {
  path: readonly string[];
  label: string;
  /** What can be chosen, with what it means; a number or any text when absent. */
  choices?: Readonly<Record<string, string>>;
  isNumber?: boolean;
}

const modes: Readonly<Record<CampaignDefinition['mode'], string>> = {
  progressive: 'progressive',
  predictive: 'predictive',
  progressive_with_seizing: 'progressive, agents on a leg',
  predictive_with_seizing: 'predictive, agents on a leg',
};
const handoffs: Readonly<Record<CampaignDefinition['handoff']['kind'], string>> = {
  agent: 'agents of the group',
  destination: 'an extension of the switch',
  engaged: 'agents on a leg',
};
const { form } = adminWords;
/** What most campaigns need; the rest is in the YAML. */
const fields: readonly Field[] = [
  { path: ['name'], label: adminWords.name },
  { path: ['list'], label: adminWords.list },
  { path: ['mode'], label: form.mode, choices: modes },
  { path: ['group'], label: form.group },
  { path: ['handoff', 'kind'], label: form.handoff, choices: handoffs },
  { path: ['handoff', 'extension'], label: form.extension },
  { path: ['callerId'], label: form.callerId },
  { path: ['ringTimeoutMs'], label: form.ringTimeout, isNumber: true },
  { path: ['dailyWindow', 'from'], label: form.from },
  { path: ['dailyWindow', 'till'], label: form.till },
  { path: ['dailyWindow', 'tz'], label: form.tz },
  { path: ['pacing', 'targetAbandonedPct'], label: form.target, isNumber: true },
  { path: ['pacing', 'maxLinesPerAgent'], label: form.lines, isNumber: true },
  { path: ['pacing', 'maxInFlight'], label: form.inFlight, isNumber: true },
];

/** The definition as a form: what is changed in it is changed in the text, which keeps its comments, and the other way round. */
export function CampaignForm(props: { text: string; why: string; change: (text: string) => void }) {
  const { change, text, why } = props;
  const document = parseDocument(text);
  const isReadable = document.errors.length === 0 && isMap(document.contents);
  const valueOf = (path: readonly string[]): string => {
    if (!isReadable) return '';
    const value = document.getIn(path, true);
    return isScalar<string | number>(value) ? String(value.value) : '';
  };
  const set = ({ isNumber, path }: Field, value: string) => {
    if (value === '') document.deleteIn(path);
    // `1.` on the way to `1.5` stays as it is typed.
    else document.setIn(path, isNumber === true && String(Number(value)) === value ? Number(value) : value);
    const [first = ''] = path;
    const rest = document.get(first, true);
    if (path.length > 1 && isMap(rest) && rest.items.length === 0) document.delete(first);
    change(document.toString());
  };
  return (
    <fieldset class="campaign-form" disabled={!isReadable}>
      <legend>{form.heading}</legend>
      {!isReadable && <p class="quiet">{form.unreadable}</p>}
      {fields.map((field) => {
        const { choices, isNumber, label, path } = field;
        const shared = {
          value: valueOf(path),
          'aria-invalid': why.includes(`definition.${path.join('.')}:`),
        };
        return (
          <label key={path.join('.')}>
            {label}
            {choices === undefined ? (
              <input
                {...shared}
                inputMode={isNumber === true ? 'numeric' : 'text'}
                onInput={({ currentTarget }) => {
                  set(field, currentTarget.value);
                }}
              />
            ) : (
              <select
                {...shared}
                onChange={({ currentTarget }) => {
                  set(field, currentTarget.value);
                }}
              >
                <option value="">{form.usual}</option>
                {Object.entries(choices).map(([value, meaning]) => (
                  <option key={value} value={value}>
                    {meaning}
                  </option>
                ))}
              </select>
            )}
          </label>
        );
      })}
    </fieldset>
  );
}

import type { DeskDefinition } from '../../api/desk.ts';
import type { Fault } from './desk-signals.ts';
import type { Desk } from './desk-state.ts';
import type { Draft } from './kept.ts';
import type { Message } from './link.ts';
import { words } from './words.ts';

type Field = NonNullable<DeskDefinition['fields']>[number];

/** The field for what has no field of its own. */
const notes = 'notes';

/** What agents fill in: as the campaign says, or all that the record has; notes always. */
export function fieldsOf(desk: DeskDefinition, data: Message): Field[] {
  const own = Object.keys(data).filter((name) => !name.startsWith('GSW_'));
  const fields = desk.fields ?? own.map((name): Field => ({ name }));
  return fields.some(({ name }) => name === notes) ? fields : [...fields, { name: notes }];
}

/** The fields of the record. What is typed is saved by itself. */
export function Fields(props: { desk: Desk; fields: readonly Field[]; data: Message; draft: Draft }) {
  const { data, desk, draft, fields } = props;
  const { fault, saving } = desk;
  return (
    <section aria-labelledby="details" class="fields">
      <h2 id="details">{words.details}</h2>
      {fields.map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          value={draft.fields[field.name] ?? String(data[field.name] ?? '')}
          fault={fault.value?.field === field.name ? fault.value : null}
          type={(text) => {
            desk.type(field.name, text);
          }}
        />
      ))}
      <p class="quiet" role="status">
        {saving.value === null ? '' : saving.value === 'saved' ? words.saved : words.saving}
      </p>
    </section>
  );
}

function FieldInput(props: {
  field: Field;
  value: string;
  fault: Fault | null;
  type: (text: string) => void;
}) {
  const { fault, field, type, value } = props;
  const { choices, label, name } = field;
  const id = `field-${name}`;
  const common = {
    id,
    value,
    dir: 'auto' as const,
    'aria-invalid': fault !== null,
    'aria-describedby': fault === null ? undefined : `${id}-fault`,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) => {
      type(currentTarget.value);
    },
  };
  return (
    <p>
      <label for={id}>{label ?? (name === notes ? words.notes : name)}</label>
      {choices !== undefined ? (
        <select {...common}>
          {[...new Set(['', value, ...choices])].map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : name === notes ? (
        <textarea {...common} rows={4} />
      ) : (
        <input {...common} />
      )}
      {fault !== null && (
        <span id={`${id}-fault`} class="refusal">
          {fault.text}
        </span>
      )}
    </p>
  );
}

/** What came of the call, by the keys 1 to 9. */
export function Results(props: {
  labels: readonly string[];
  chosen: number | null;
  choose: (place: number) => void;
}) {
  const { choose, chosen, labels } = props;
  return (
    <fieldset class="results">
      <legend>{words.result}</legend>
      {labels.map((label, place) => (
        <label key={label}>
          <input
            type="radio"
            name="result"
            checked={chosen === place}
            onChange={() => {
              choose(place);
            }}
          />{' '}
          <kbd>{place + 1}</kbd> {label}
        </label>
      ))}
    </fieldset>
  );
}

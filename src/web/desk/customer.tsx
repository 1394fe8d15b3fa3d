import { customerName as nameInFields } from '../../domain/customer-name.ts';
import type { Message } from './link.ts';
import { timeIn, words, zoneName } from './words.ts';

const textOf = (data: Message, name: string) => String(data[name] ?? '').trim();

/** Who is called, as far as the list says; the number where it does not. */
export function customerName(data: Message): string {
  return nameInFields(data) || textOf(data, 'GSW_PHONE');
}

/** Who is called, where it is what time, and what came of it before. */
export function Customer({ at, data, lastResult }: { at: number; data: Message; lastResult: string }) {
  const tz = textOf(data, 'GSW_TZ_NAME');
  return (
    <section aria-labelledby="customer" class="customer">
      <h2 id="customer" tabIndex={-1} dir="auto">
        {customerName(data)}
      </h2>
      <dl>
        <Fact name={words.number} value={textOf(data, 'GSW_PHONE')} />
        <Fact name={words.localTime} value={`${timeIn(at, tz)} ${zoneName(tz)}`} />
        <Fact name={words.place} value={textOf(data, 'GSW_ATTEMPTS')} />
        {lastResult !== '' && <Fact name={words.last} value={lastResult} />}
      </dl>
    </section>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{value}</dd>
    </div>
  );
}

/** What the agent says; fields of the record stand in for their names in braces. */
export function Script({ data, text }: { data: Message; text: string }) {
  const said = text.replace(/\{([^{}]+)\}/g, (whole, name: string) => textOf(data, name.trim()) || whole);
  return (
    <section aria-labelledby="script">
      <h2 id="script">{words.script}</h2>
      <p class="script" dir="auto">
        {said}
      </p>
    </section>
  );
}

import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DeskDefinition } from '../../api/desk.ts';
import { callResultLabel, isCallResult } from '../../domain/result.ts';
import { Dialog, DialogButtons } from '../dialog.tsx';
import { Keys, type Key } from '../keys.tsx';
import { Callback } from './callback.tsx';
import { Customer, customerName, Script } from './customer.tsx';
import type { AgentNow, OpenRecord } from './desk-signals.ts';
import type { Desk } from './desk-state.ts';
import { ReadyButton, readyKey, Reasons } from './idle-desk.tsx';
import { History } from './my-day.tsx';
import type { Draft } from './kept.ts';
import { Fields, fieldsOf, Results } from './record-form.tsx';
import { results as usualResults, words } from './words.ts';
import { WrapUp } from './wrap-up.tsx';

interface Props {
  agent: AgentNow;
  asks: Signal<'reason' | null>;
  desk: Desk;
  draft: Draft;
  now: number;
  record: OpenRecord;
}

/** With a customer: who it is, what to say, what is known, and what came of it. */
export function CallDesk({ agent, asks, desk, draft, now, record }: Props) {
  const dialog = useSignal<'callback' | 'never' | null>(null);
  const { data } = record;
  const definition = definitionOf(desk, data);
  const results = definition.results ?? usualResults;
  const isComing = agent.state === 'reserved';
  const isClosing = draft.closing !== null;
  useArrival(record, agent);
  const close = () => {
    const chosen = draft.result === null ? undefined : results[draft.result];
    if (chosen === undefined) desk.fault.value = { text: words.chooseFirst, field: null };
    else {
      const says = `${customerName(data)}: ${chosen.label}.`;
      void desk.close('RecordProcessed', { GSW_CALL_RESULT: chosen.result }, says);
    }
  };
  const open = (which: 'callback' | 'never') => () => {
    if (!isComing && !isClosing) dialog.value = which;
  };
  const actions = { close, callback: open('callback'), never: open('never') };
  return (
    <div class="call">
      <p role="alert" class="arrival">
        {isComing ? `Call: ${customerName(data)}, ${String(data['GSW_PHONE'])}` : ''}
      </p>
      <Customer data={data} at={Date.now()} lastResult={lastResult(data)} />
      <div class="columns">
        <Fields desk={desk} fields={fieldsOf(definition, data)} data={data} draft={draft} />
        {definition.script !== undefined && <Script data={data} text={definition.script} />}
        <History record={record} />
      </div>
      <Results labels={results.map(({ label }) => label)} chosen={draft.result} choose={desk.choose} />
      {agent.state === 'wrap_up' && (
        <WrapUp desk={desk} definition={definition} draft={draft} inStateMs={now - agent.since} />
      )}
      <Actions {...{ actions, agent, asks, desk, isClosing, isComing }} />
      <Keys keys={keysOf({ actions, agent, asks, count: results.length, desk })} />
      <Reasons asks={asks} desk={desk} />
      {dialog.value === 'callback' && (
        <Callback
          data={data}
          close={() => (dialog.value = null)}
          arrange={(more, says) => void desk.close('RecordReschedule', more, says)}
        />
      )}
      {dialog.value === 'never' && (
        <Never
          data={data}
          close={() => (dialog.value = null)}
          never={() => void desk.close('DoNotCall', {}, `${customerName(data)}: ${words.never}.`)}
        />
      )}
    </div>
  );
}

function definitionOf(desk: Desk, data: OpenRecord['data']): DeskDefinition {
  return desk.campaigns.value.find(({ name }) => name === data['GSW_CAMPAIGN_NAME'])?.desk ?? {};
}

/** Of the attempt before this one; the first has none. */
function lastResult(data: OpenRecord['data']): string {
  const number = Number(data['GSW_CALL_RESULT']);
  return Number(data['GSW_ATTEMPTS']) > 1 && isCallResult(number) ? callResultLabel[number] : '';
}

/** The title says who calls; the focus goes to the customer unless somebody types. */
function useArrival({ attempt, data }: OpenRecord, agent: AgentNow): void {
  useEffect(() => {
    const typing = document.activeElement?.matches('input, textarea, select') === true;
    if (!typing) document.getElementById('customer')?.focus();
  }, [attempt]);
  useEffect(() => {
    document.title = `${agent.state === 'reserved' ? 'CALL - ' : ''}${customerName(data)}`;
  }, [attempt, agent.state]);
}

interface DeskActions {
  close: () => void;
  callback: () => void;
  never: () => void;
}

function keysOf(parts: {
  actions: DeskActions;
  agent: AgentNow;
  asks: Signal<'reason' | null>;
  count: number;
  desk: Desk;
}): Key[] {
  const { actions, agent, asks, count, desk } = parts;
  const { does } = words;
  const results = Array.from({ length: count }, (_, place) => ({
    key: String(place + 1),
    does: does.result,
    run: () => {
      desk.choose(place);
    },
  }));
  const field = (id: string) => document.getElementById(id);
  return [
    ...results,
    { key: 'Ctrl+Enter', does: does.close, run: actions.close },
    readyKey(desk, agent, asks),
    { key: 'C', does: does.callback, run: actions.callback },
    { key: 'D', does: does.never, run: actions.never },
    { key: 'H', does: does.over, run: () => void (agent.state === 'busy' && desk.released()) },
    { key: 'N', does: does.notes, run: () => field('field-notes')?.focus() },
    { key: 'Esc', does: does.leave, run: () => field('customer')?.focus() },
  ];
}

function Actions(props: {
  actions: DeskActions;
  agent: AgentNow;
  asks: Signal<'reason' | null>;
  desk: Desk;
  isClosing: boolean;
  isComing: boolean;
}) {
  const { actions, agent, asks, desk, isClosing, isComing } = props;
  const cannot = isComing || isClosing;
  return (
    <p class="actions">
      <button type="button" class="main" disabled={cannot} onClick={actions.close}>
        {isClosing ? words.closing : words.close} <kbd>Ctrl+Enter</kbd>
      </button>
      <button type="button" disabled={cannot} onClick={actions.callback}>
        {words.callback} <kbd>C</kbd>
      </button>
      <button type="button" disabled={cannot} onClick={actions.never}>
        {words.never} <kbd>D</kbd>
      </button>
      {agent.state === 'busy' && (
        <button type="button" disabled={isClosing} onClick={() => void desk.released()}>
          {words.over} <kbd>H</kbd>
        </button>
      )}
      <ReadyButton agent={agent} asks={asks} desk={desk} after=" after this call" />
    </p>
  );
}

function Never(props: { data: OpenRecord['data']; close: () => void; never: () => void }) {
  const { close, data, never } = props;
  return (
    <Dialog heading={words.neverForm.heading} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          never();
          close();
        }}
      >
        <p dir="auto">
          {customerName(data)}, {data['GSW_PHONE']}
        </p>
        <DialogButtons submit={words.neverForm.submit} close={close} />
      </form>
    </Dialog>
  );
}

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { parse, stringify, YAMLParseError } from 'yaml';
import type { CampaignsReply, LoadReply } from '../../api/campaigns.ts';
import { Outcome, useAction } from '../action.tsx';
import { useLoaded, WhenLoaded } from '../loaded.tsx';
import { ask } from '../server.ts';
import { adminWords } from './admin-words.ts';
import { CampaignForm } from './campaign-form.tsx';

const template = `name: spring
list: customers
mode: progressive
group: sales
handoff:
  kind: agent
`;
/** So long nothing is typed before a definition is checked; ms. */
const pauseMs = 400;

/** What is wrong with a definition, or that it is good. */
type Verdict = { state: 'checking' | 'good' } | { state: 'bad'; why: string };

/** Campaigns as a form and as YAML beside it, checked by the server as one types. */
export function Campaigns() {
  const campaigns = useLoaded(() => ask<CampaignsReply>('GET', '/campaigns'), []);
  const chosen = useSignal('');
  const text = useSignal(template);
  const verdict = useSignal<Verdict>({ state: 'checking' });
  const action = useAction();
  const choose = (name: string) => {
    chosen.value = name;
    if (name === '') {
      text.value = template;
      return;
    }
    void action.run(async () => {
      text.value = stringify(await ask<object>('GET', `/campaigns/${encodeURIComponent(name)}/definition`));
      return '';
    });
  };
  useEffect(() => {
    let isWanted = true;
    verdict.value = { state: 'checking' };
    const timer = setTimeout(() => {
      void judge(text.value).then((found) => {
        if (isWanted) verdict.value = found;
      });
    }, pauseMs);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [text.value]);
  const load = () =>
    action.run(async () => {
      const { campaign } = await ask<LoadReply>('POST', '/campaigns', {
        definition: parse(text.value) as unknown,
      });
      campaigns.again();
      return `${campaign.name} is loaded.`;
    });
  const { value: now } = verdict;
  return (
    <div class="yaml">
      <h2>{adminWords.campaigns}</h2>
      <WhenLoaded loaded={campaigns}>
        {({ campaigns: all }) => (
          <label>
            {adminWords.campaign}{' '}
            <select value={chosen.value} onChange={(event) => choose(event.currentTarget.value)}>
              <option value="">{adminWords.newCampaign}</option>
              {all.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
      </WhenLoaded>
      <p class="quiet">{adminWords.notOfRunning}</p>
      <div class="beside">
        <CampaignForm
          text={text.value}
          why={now.state === 'bad' ? now.why : ''}
          change={(changed) => (text.value = changed)}
        />
        <label>
          {adminWords.definition}
          <textarea
            spellcheck={false}
            aria-describedby="verdict"
            aria-invalid={now.state === 'bad'}
            value={text.value}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </label>
      </div>
      <p id="verdict" role="status" class={now.state === 'bad' ? 'refusal' : ''}>
        {now.state === 'bad' ? now.why : now.state === 'good' ? adminWords.fine : adminWords.checking}
      </p>
      <button type="button" disabled={now.state !== 'good' || action.isBusy} onClick={() => void load()}>
        {adminWords.load}
      </button>
      <Outcome {...action} />
    </div>
  );
}

async function judge(text: string): Promise<Verdict> {
  try {
    const definition = parse(text) as unknown;
    await ask('POST', '/campaigns', { definition, check: true });
    return { state: 'good' };
  } catch (error) {
    if (!(error instanceof YAMLParseError)) return { state: 'bad', why: (error as Error).message };
    const line = error.linePos?.[0].line;
    return {
      state: 'bad',
      why: `${line === undefined ? '' : `Line ${line}: `}${error.message.split('\n')[0] ?? ''}`,
    };
  }
}

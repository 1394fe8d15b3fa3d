import type { CommandModule } from 'yargs';
import { tonePlans, unknownPlan, type Cadence, type TonePlan } from '../../board/tone-plans.ts';
import { printJson, printTable } from '../../terminal/output.ts';
import { tonesLearnCommand } from './tones-learn.ts';
import { cadenceNotation, cadenceWords } from './tones-words.ts';

interface TonesArguments {
  plan?: string;
  json: boolean;
}

/** The tones of a plan in the order of a call, with the names people know them by. */
const tones = [
  ['dial', 'dial tone'],
  ['ringback', 'ringback'],
  ['busy', 'busy'],
  ['congestion', 'congestion'],
  ['callWaiting', 'call waiting'],
  ['info', 'special information'],
  ['numberUnobtainable', 'number unobtainable'],
] as const;

/** Tone plans that the detector knows. Works without any daemon. */
export const tonesCommand: CommandModule<object, TonesArguments> = {
  command: 'tones [plan]',
  describe: "List the tone plans, or one plan's tones",
  builder: (parser) =>
    parser
      .command(tonesLearnCommand as CommandModule)
      .positional('plan', { type: 'string', describe: 'Code of a plan, e.g. US' })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON document' })
      .example('$0 tones GB', 'the tones of the United Kingdom'),
  handler: ({ plan, json }) => {
    const plans = tonePlans();
    if (plan === undefined) listPlans(plans, json);
    else showPlan(plans, plan, json);
  },
};

function listPlans(plans: TonePlan[], json: boolean): void {
  if (json) {
    printJson(plans.map(({ code, name }) => ({ code, name })));
    return;
  }
  const notation = (cadence: Cadence | null) => (cadence === null ? null : cadenceNotation(cadence));
  printTable<TonePlan>(
    [
      { heading: 'PLAN', value: ({ code }) => code },
      { heading: 'NETWORK', value: ({ name }) => name },
      { heading: 'RINGBACK', value: ({ ringback }) => notation(ringback) },
      { heading: 'BUSY', value: ({ busy }) => notation(busy) },
      { heading: 'CONGESTION', value: ({ congestion }) => notation(congestion) },
    ],
    plans,
    'no tone plan',
  );
}

function showPlan(plans: TonePlan[], wanted: string, json: boolean): void {
  const plan = plans.find(({ code }) => code === wanted.toUpperCase());
  if (plan === undefined) throw unknownPlan(wanted, 'plan');
  const rows = tones.flatMap(([key, name]) => {
    const cadence = plan[key];
    return cadence === null ? [] : [{ key, name, cadence }];
  });
  if (json) {
    const spoken = rows.map(({ key, cadence }) => [
      key,
      { notation: cadenceNotation(cadence), words: cadenceWords(cadence), ...cadence },
    ]);
    printJson({ code: plan.code, name: plan.name, tones: Object.fromEntries(spoken) as unknown });
    return;
  }
  printTable(
    [
      { heading: `${plan.code} ${plan.name.toUpperCase()}`, value: ({ name }) => name },
      { heading: 'NOTATION', value: ({ cadence }) => cadenceNotation(cadence) },
      { heading: 'DESCRIPTION', value: ({ cadence }) => cadenceWords(cadence) },
    ],
    rows,
    'this plan has no tone',
  );
}

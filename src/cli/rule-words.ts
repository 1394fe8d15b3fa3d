import type { Correction, Evidence } from '../domain/outcome.ts';

/**
 * Why a rule decided, in sentences for a person, one a line; none for a rule that says it itself (`cause-17`) or that
 * only another version knows.
 */
export function ruleWords({ rule, scores }: Evidence): string[] {
  const figure = (name: string) => scores[name] ?? 0;
  const seconds = (name: string) => `${figure(name).toFixed(2)} s`;
  const odds = figure('machineLogOdds');
  const likely = `By voice and shape of the greeting it was a machine with ${chance(odds)}`;
  const machine = `${likely}; from ${chance(figure('machineFrom'))} on it is called one.`;
  const person =
    odds < figure('liveBelow')
      ? `${likely}; after this silence it is a person up to ${chance(figure('liveBelow'))}.`
      : `${likely}; after the longest wait it is a person below ${chance(figure('machineFrom'))}.`;
  switch (rule) {
    case 'greeting-then-silence':
      return [
        `A greeting of ${seconds('greetingS')}, then ${seconds('silenceAfterS')} of silence: somebody waits for an answer.`,
        person,
      ];
    case 'greeting-then-murmur':
      return [`A greeting of ${seconds('greetingS')}, then only what goes on behind.`, person];
    case 'recorded-voice':
      return [`It has spoken for ${seconds('greetingS')} and goes on.`, machine];
    case 'recorded-greeting':
      return [`A greeting of ${seconds('greetingS')}, and then it was quiet.`, machine];
    case 'screening-question':
      return [
        `A sentence of ${seconds('greetingS')}, then it waited for an answer.`,
        machine,
        `Of machines it was one that asks who calls with ${chance(figure('screeningLogOdds'))}.`,
      ];
    case 'long-greeting':
      return ['It spoke for longer than a person does who answers a call.', `${likely}.`];
    case 'beep-after-speech':
      return ['It spoke, and then came the beep of a machine.'];
    case 'beep':
      return ['The beep of a machine came, without a greeting.'];
    case 'deadline':
      return ['The time for a verdict, or the call, was over; in doubt it is a person.', `${likely}.`];
    case 'deadline-recorded-voice':
      return ['The time for a verdict, or the call, was over.', `${likely}.`];
    case 'voice':
      return ['Somebody or something spoke, and this mode does not ask who.'];
    case 'busy-cadence':
      return ['A tone in the rhythm of busy was heard.'];
    case 'congestion-cadence':
      return ['A tone in the rhythm of congestion was heard.'];
    case 'number-unobtainable':
      return ['The tone for numbers that cannot be reached was heard.'];
    case 'special-information-tone':
      return ['Special information tones were heard: three, one after the other.'];
    case 'ringback':
      return ['It rang until the time for a verdict was over.'];
    case 'ringing-after-answer':
      return ['The network said that the call was answered, and it rang on.'];
    case 'dialtone':
      return ['The dial tone did not stop.'];
    case 'speech-before-answer':
      return ['A voice was heard before any answer: an announcement of the network.'];
    case 'mostly-lost':
      return ['Nothing was heard, but half of the packets or more were lost; in doubt it is a person.'];
    case 'nothing-heard':
      return ['Nothing was heard until the time for a verdict was over.'];
    case 'correction':
      return ['The first verdict turned out wrong.'];
    case 'watchdog':
      return ['The board gave no verdict in time; in doubt it is a person.'];
    case 'released-before-verdict':
      return ['The far end hung up before a verdict; in doubt it was a person.'];
    case 'fax_ced':
    case 'fax_v21':
      return ['A fax machine answered.'];
    case 'fax_cng':
      return ['A fax machine was heard that calls.'];
    case 'ansam':
      return ['The answer tone of a fast fax machine or modem was heard.'];
    case 'modem':
      return ['The answer tone of a modem was heard.'];
    case 'tty':
      return ['A text telephone was heard.'];
    default:
      return rule.startsWith('board: ') ? ['The board itself analysed the call.'] : [];
  }
}

/** What the detector said after its verdict, in a sentence. @param at a moment in words */
export function correctionWords(
  { verdict, confidence, atMs, taken, insteadOf }: Correction,
  at: (ms: number) => string,
): string {
  const before = taken
    ? `, instead of ${insteadOf.verdict ?? 'none'} by rule ${insteadOf.rule}.`
    : '; it changed nothing any more.';
  return `Later, ${at(atMs)}: ${verdict} after all, ${Math.round(confidence * 100)} % sure${before}`;
}

/** Log odds as `92 %`; never quite 0 or 100. */
function chance(logOdds: number): string {
  const percent = 100 / (1 + Math.exp(-logOdds));
  if (percent < 0.1) return 'less than 0.1 %';
  if (percent > 99.9) return 'more than 99.9 %';
  return `${Number(percent.toPrecision(percent > 99 ? 3 : 2))} %`;
}

import type { Correction, Evidence } from '../outcome.ts';

/**
 * Why a rule decided, in sentences for a person, one a line; none for a rule that says it itself (`cause-17`) or that
 * only another version knows.
 */
export function ruleWords({ rule, scores, recording }: Evidence): string[] {
  const figure = (name: string) => scores[name] ?? 0;
  const seconds = (name: string) => `${figure(name).toFixed(2)} s`;
  const odds = figure('machineLogOdds');
  const likely = `By the voice and the shape of the greeting, the probability of a machine was ${chance(odds)}`;
  const machine = `${likely}; the threshold for a machine is ${chance(figure('machineFrom'))}.`;
  const person =
    odds < figure('liveBelow')
      ? `${likely}; after this much silence the call is live below ${chance(figure('liveBelow'))}.`
      : `${likely}; after the longest wait the call is live below ${chance(figure('machineFrom'))}.`;
  switch (rule) {
    case 'greeting-then-silence':
      return [
        `A greeting of ${seconds('greetingS')}, then ${seconds('silenceAfterS')} of silence: somebody is waiting for an answer.`,
        person,
      ];
    case 'greeting-then-murmur':
      return [`A greeting of ${seconds('greetingS')}, then only background sound.`, person];
    case 'recorded-voice':
      return [`Speech had lasted for ${seconds('greetingS')} and continued.`, machine];
    case 'recorded-greeting':
      return [`A greeting of ${seconds('greetingS')}, then silence.`, machine];
    case 'screening-question':
      return [
        `A sentence of ${seconds('greetingS')}, then a wait for an answer.`,
        machine,
        `Given a machine, the probability of a screening assistant was ${chance(figure('screeningLogOdds'))}.`,
      ];
    case 'long-greeting':
      return ['The speech was longer than anything people say when they answer a call.', `${likely}.`];
    case 'known-recording':
      return [`What was heard is the known recording ${JSON.stringify(recording ?? '')}.`];
    case 'said-again':
      return ['What was said before was said again, word for word: a recording.'];
    case 'read-out':
      return ['Single words with equal pauses, as when a recording reads out a number.', `${likely}.`];
    case 'beep-after-speech':
      return ['Speech, then the beep of a machine.'];
    case 'beep':
      return ['The beep of a machine, with no speech before or after it.'];
    case 'deadline':
      return [
        'The time for a verdict expired, or the call ended; in doubt it counts as a person.',
        `${likely}.`,
      ];
    case 'deadline-recorded-voice':
      return ['The time for a verdict expired, or the call ended.', `${likely}.`];
    case 'voice':
      return ['Speech was heard, and this mode does not look for machines.'];
    case 'busy-cadence':
      return ['A tone with the cadence of busy was heard.'];
    case 'congestion-cadence':
      return ['A tone with the cadence of congestion was heard.'];
    case 'number-unobtainable':
      return ['The number-unobtainable tone was heard.'];
    case 'special-information-tone':
      return ['The three special information tones were heard.'];
    case 'ringback':
      return ['Ringing continued until the time for a verdict expired.'];
    case 'ringing-after-answer':
      return ['The network signalled an answer, but ringing continued.'];
    case 'dialtone':
      return ['The dial tone did not stop.'];
    case 'speech-before-answer':
      return ['A voice was heard before the answer: a network announcement.'];
    case 'no-voice-heard':
      return ['A sound as long as a word was heard, but no voice; in doubt it counts as a person.'];
    case 'mostly-lost':
      return [
        'Nothing was heard, but at least half of the packets were lost; in doubt it counts as a person.',
      ];
    case 'nothing-heard':
      return ['Nothing was heard until the time for a verdict expired.'];
    case 'correction':
      return ['The first verdict was corrected.'];
    case 'watchdog':
      return ['The board gave no verdict in time; in doubt it counts as a person.'];
    case 'released-before-verdict':
      return ['The far end hung up before the verdict; in doubt it counts as a person.'];
    case 'fax_ced':
    case 'fax_v21':
      return ['A fax machine answered.'];
    case 'fax_cng':
      return ['The calling tone of a fax machine was heard.'];
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
    : '; too late to change the call.';
  return `Later, ${at(atMs)}: ${verdict} after all, ${Math.round(confidence * 100)} % sure${before}`;
}

/** Log odds as `92 %`; never quite 0 or 100. */
function chance(logOdds: number): string {
  const percent = 100 / (1 + Math.exp(-logOdds));
  if (percent < 0.1) return 'less than 0.1 %';
  if (percent > 99.9) return 'more than 99.9 %';
  return `${Number(percent.toPrecision(percent > 99 ? 3 : 2))} %`;
}

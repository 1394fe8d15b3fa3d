/** What kind of state a channel is in, as far as colours go. */
export type ChannelLook = 'idle' | 'trying' | 'answered' | 'talking' | 'leg' | 'fault';

export interface ChannelWords {
  /** A letter stands for each, so that no colour has to be told from another. */
  letter: string;
  word: string;
  look: ChannelLook;
}

/** A call on a channel, by its phase. */
const callWords: Readonly<Record<string, ChannelWords>> = {
  queued: { letter: 'D', word: 'going off hook', look: 'trying' },
  seizing: { letter: 'D', word: 'going off hook', look: 'trying' },
  dialling: { letter: 'D', word: 'dialling', look: 'trying' },
  alerting: { letter: 'R', word: 'ringing', look: 'trying' },
  answered: { letter: 'L', word: 'answered, listening', look: 'answered' },
  awaiting_agent: { letter: '!', word: 'waits for an agent', look: 'answered' },
  transferring: { letter: '!', word: 'going to an agent', look: 'answered' },
  joining: { letter: '!', word: 'going to an agent', look: 'answered' },
  connected: { letter: 'C', word: 'with an agent', look: 'talking' },
  awaiting_beep: { letter: 'M', word: 'waits for the beep', look: 'talking' },
  leaving_message: { letter: 'M', word: 'leaves a message', look: 'talking' },
  announcing: { letter: 'M', word: 'plays an announcement', look: 'talking' },
  awaiting_key: { letter: 'M', word: 'waits for a key', look: 'talking' },
  confirming_opt_out: { letter: 'M', word: 'confirms Do Not Call', look: 'talking' },
  dropping: { letter: 'E', word: 'ending', look: 'idle' },
  resetting: { letter: 'E', word: 'is brought back by force', look: 'fault' },
  ended: { letter: 'E', word: 'ending', look: 'idle' },
};

const useWords: Readonly<Record<string, ChannelWords>> = {
  idle: { letter: 'I', word: 'idle', look: 'idle' },
  call: { letter: 'D', word: 'in a call', look: 'trying' },
  leg: { letter: 'A', word: "agent's leg", look: 'leg' },
  out_of_service: { letter: 'X', word: 'out of service', look: 'fault' },
};

/** The state of a channel in words; what is not known here is said as it came. */
export function channelWords({ phase, use }: { use: string; phase: string | null }): ChannelWords {
  const ofUse = useWords[use] ?? { letter: '?', word: plain(use), look: 'idle' };
  if (phase === null) return ofUse;
  if (use === 'leg') return { ...ofUse, word: `${ofUse.word}, ${plain(phase)}` };
  return callWords[phase] ?? { ...ofUse, word: plain(phase) };
}

const reasonWords: Readonly<Record<string, string>> = {
  board_dead: 'The board failed; the dialler opens it again.',
  alarm_red: 'Red alarm: nothing comes in on the span.',
  alarm_blue: 'Blue alarm: the far end of the span sends nothing but ones.',
  alarm_yellow: 'Yellow alarm: the far end does not hear the span.',
  alarm_layer2: 'The signalling channel of the span is down.',
  alarm_no_loop_current: 'There is no loop current: no line is plugged in, or the exchange is off.',
  glare: 'A call came in while one was to go out; it rests for a while.',
  no_dial_tone: 'There was no dial tone; it rests for a while.',
  hardware: 'The hardware failed a command; it rests for a while, then it is reset.',
  out_of_service: 'The board took it out of service.',
};

/** Why a channel is out of service, in a sentence. */
export function reasonText(reason: string): string {
  return reasonWords[reason] ?? `The board or the dialler says: ${plain(reason)}.`;
}

export function plain(word: string): string {
  return word.replaceAll('_', ' ');
}

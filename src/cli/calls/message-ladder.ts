import { z } from 'zod';

/** What a board on SIP trunks reports as its trace; other boards' traces are something else. */
const messageSchema = z.object({
  /** Unix time in ms. */
  at: z.number(),
  channel: z.number(),
  way: z.enum(['->', '<-']),
  peer: z.string(),
  message: z.string(),
  call: z.string(),
});
const traceSchema = z.object({ messages: z.array(messageSchema) });

export type TracedMessage = z.output<typeof messageSchema>;

/** The messages of a report; null where it is not one of a board on SIP trunks. */
export function messagesOf(report: unknown): TracedMessage[] | null {
  return traceSchema.safeParse(report).data?.messages ?? null;
}

const width = 46;

/** What went to the peer and came from it, one line each, between two rails; and in words what it means. */
export function messageLadder(messages: readonly TracedMessage[]): string[] {
  const [first] = messages;
  if (first === undefined) return ['no messages'];
  const lines: string[] = [];
  let peer = '';
  for (const message of messages) {
    if (message.peer !== peer) {
      peer = message.peer;
      lines.push(`${' '.repeat(12)}cpdd${peer.padStart(width)}`);
    }
    const seconds = ((message.at - first.at) / 1_000).toFixed(3).padStart(8);
    const words = meaning(message.message, message.way === '->');
    lines.push(`${seconds} s  ${rung(message)}${words === '' ? '' : `  ${words}`}`);
  }
  return lines;
}

function rung({ message, way }: TracedMessage): string {
  const text = message.length > width - 6 ? `${message.slice(0, width - 7)}…` : message;
  const line = ` ${text} `.padEnd(width - 2, '-');
  return way === '->' ? `|-${line}>|` : `|<${line}-|`;
}

const requests: Readonly<Record<string, string>> = {
  INVITE: 'calls',
  ACK: 'has the answer',
  CANCEL: 'gives the call up',
  BYE: 'hangs up',
  PRACK: 'has the provisional response',
  UPDATE: 'changes or refreshes the call',
  REFER: 'asks for a transfer',
  NOTIFY: 'tells what became of the transfer',
};

const responses: Readonly<Record<string, string>> = {
  '100': 'it is under way',
  '180': 'it rings',
  '183': 'progress, perhaps with sound',
  '202': 'will be tried',
  '302': 'somewhere else: not followed',
  '401': 'wants a password',
  '403': 'not allowed, or over a limit',
  '404': 'no such number',
  '407': 'wants a password',
  '408': 'no answer in time',
  '422': 'wants a longer session timer',
  '480': 'cannot be reached now',
  '484': 'the number is incomplete',
  '486': 'busy',
  '487': 'given up',
  '488': 'no media in common',
  '503': 'no room, or out of order',
  '603': 'declined',
};

function meaning(message: string, ours: boolean): string {
  const [word = ''] = message.split(' ');
  const request = requests[word];
  if (request !== undefined) return `${ours ? 'we' : 'the far end'}: ${request}`;
  if (word === '200') return message.includes('(INVITE)') ? 'answered' : '';
  return responses[word] ?? '';
}

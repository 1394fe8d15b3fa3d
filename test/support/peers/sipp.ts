import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, startPeer, untilBound, type PeerProgram } from './programs.ts';

/** SIPp, which takes calls as a scenario of ours has it; `-sn`-like scenarios are made of the parts below. */
export const hasSipp = () => isInstalled('sipp', 'sip-tester');

const lines = (...all: string[]) => all.map((line) => `      ${line}`).join('\n');

const fragment = (status: string) =>
  lines('Content-Type: message/sipfrag', 'Content-Length: [len]', '', `SIP/2.0 ${status}`);

const description = (direction = 'sendrecv', events = true) =>
  lines(
    'Content-Type: application/sdp',
    'Content-Length: [len]',
    '',
    'v=0',
    'o=sipp 1 1 IN IP[media_ip_type] [media_ip]',
    's=-',
    'c=IN IP[media_ip_type] [media_ip]',
    't=0 0',
    `m=audio [media_port] RTP/AVP 8${events ? ' 101' : ''}`,
    'a=rtpmap:8 PCMA/8000',
    ...(events ? ['a=rtpmap:101 telephone-event/8000'] : []),
    `a=${direction}`,
  );

const ownTag = ';tag=sipp[call_number]';

const message = (start: string, headers: string[], sdp: string | null, next = '') =>
  `  <send${next === '' ? '' : ` next="${next}"`}>\n    <![CDATA[\n\n${lines(start, ...headers)}\n${
    sdp ?? lines('Content-Length: 0', '')
  }\n\n    ]]>\n  </send>\n`;

/** A response to the request that came last. */
export const answers = (
  status: string,
  { headers = [], sdp = false, events = true, next = '', tag = true }: Partial<Answer> = {},
): string =>
  message(
    `SIP/2.0 ${status}`,
    [
      '[last_Via:]',
      '[last_Record-Route:]',
      '[last_From:]',
      `[last_To:]${tag ? ownTag : ''}`,
      '[last_Call-ID:]',
      '[last_CSeq:]',
      'Contact: <sip:sipp@[local_ip]:[local_port]>',
      ...headers,
    ],
    sdp ? description('sendrecv', events) : null,
    next,
  );

interface Answer {
  headers: string[];
  sdp: boolean;
  /** Telephone events are in the description. */
  events: boolean;
  next: string;
  /** Ours in To; a request in the dialog has it already. */
  tag: boolean;
}

const inDialog = (method: string, sequence: number) => [
  'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
  'Max-Forwards: 70',
  `From:[$to]${ownTag}`,
  'To:[$from]',
  'Call-ID: [call_id]',
  `CSeq: ${String(sequence)} ${method}`,
  'Contact: <sip:sipp@[local_ip]:[local_port]>',
];

/** A request of SIPp's in the dialog. */
export const asks = (method: string, sequence: number, headers: string[] = [], direction?: string): string =>
  message(
    `${method} [next_url] SIP/2.0`,
    [...inDialog(method, sequence), ...headers],
    direction === undefined ? null : description(direction),
  );

/** A key by INFO. */
export const presses = (sequence: number, key: string): string =>
  message(
    'INFO [next_url] SIP/2.0',
    inDialog('INFO', sequence),
    lines(
      'Content-Type: application/dtmf-relay',
      'Content-Length: [len]',
      '',
      `Signal=${key}`,
      'Duration=160',
    ),
  );

/** What became of a REFER. */
export const tells = (sequence: number, status: string): string =>
  message(
    'NOTIFY [next_url] SIP/2.0',
    [...inDialog('NOTIFY', sequence), 'Event: refer', 'Subscription-State: terminated;reason=noresource'],
    fragment(status),
  );

/** A request must come, with these headers (regular expressions by name). */
export const takes = (request: string, headers: Record<string, string> = {}): string => {
  const checks = Object.entries(headers).map(
    ([name, expression], i) =>
      `    <ereg regexp="${expression}" search_in="hdr" header="${name}:" check_it="true" assign_to="seen${String(i)}"/>\n`,
  );
  const unused = checks.map((_, i) => `seen${String(i)}`).join(',');
  return checks.length === 0
    ? `  <recv request="${request}"/>\n`
    : `  <recv request="${request}">\n  <action>\n${checks.join('')}  </action>\n  </recv>\n  <Reference variables="${unused}"/>\n`;
};

export const isAnswered = (status: number): string => `  <recv response="${String(status)}"/>\n`;
export const pauses = (ms: number): string => `  <pause milliseconds="${String(ms)}"/>\n`;

/** OPTIONS are answered and are a call of their own; a call begins with INVITE and goes on as the parts say. */
export const scenario = (...parts: string[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="ours">
  <recv request="OPTIONS" optional="true" next="options"/>
  <recv request="INVITE" rrs="true">
  <action>
    <ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>
    <ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>
  </action>
  </recv>
  <Reference variables="from,to"/>
${parts.join('')}  <nop next="over"/>
  <label id="options"/>
${answers('200 OK')}  <label id="over"/>
</scenario>
`;

interface SippOptions {
  /** Calls that it takes; OPTIONS count as one. */
  count?: number;
  /** Where the sound of all its calls is sent back from. */
  mediaPort?: number;
  seconds?: number;
}

/** Ends by itself, with exit code 0 if all went as the scenario has it. */
export async function startSipp(
  folder: string,
  at: { ip: string; port: number },
  text: string,
  { count = 2, mediaPort = 30_000, seconds = 60 }: SippOptions = {},
): Promise<PeerProgram> {
  const file = join(folder, 'scenario.xml');
  writeFileSync(file, text);
  const peer = startPeer(
    'sipp',
    [
      '-sf',
      file,
      '-i',
      at.ip,
      '-p',
      String(at.port),
      '-mi',
      at.ip,
      '-mp',
      String(mediaPort),
      '-rtp_echo',
      '-m',
      String(count),
      '-nostdin',
      '-timeout',
      `${String(seconds)}s`,
      '-trace_err',
      '-error_file',
      join(folder, 'errors'),
    ],
    folder,
  );
  await untilBound(peer, at.ip, at.port);
  return peer;
}

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CodedError } from '../../domain/errors.ts';
import { boardHostProgram, howToBuild } from '../board-host-program.ts';
import type { BoardDriver, BoardFinding } from '../driver.ts';
import { sipBoardConfigSchema, type SipBoardConfig } from './config.ts';

type Trunk = SipBoardConfig['trunks'][number];

/** With the trunks' addresses taken apart and their passwords read. */
interface PreparedSipBoard extends Omit<SipBoardConfig, 'trunks' | 'rtpPorts'> {
  rtpFirstPort: number;
  rtpLastPort: number;
  trunks: (Omit<Trunk, 'address' | 'transport' | 'passwordFile'> & {
    host: string;
    port: number;
    password?: string;
  })[];
}

/** The SIP board's row in the table of drivers. */
export const sipDriver: BoardDriver<'sip', typeof sipBoardConfigSchema, PreparedSipBoard> = {
  name: 'sip',
  schema: sipBoardConfigSchema,
  isSimulated: false,
  fileField: 'trunks',
  prepare({ trunks, rtpPorts: [rtpFirstPort, rtpLastPort], ...config }, folder) {
    return { ...config, rtpFirstPort, rtpLastPort, trunks: trunks.map((trunk) => prepared(trunk, folder)) };
  },
  plans: ({ plan }) => [[plan, 'plan']],
  boardHost: () => 'sip',
  isStepped: () => false,
  doctor: () => [checkProgram()],
};

function prepared(
  { address, transport: _transport, passwordFile, ...trunk }: Trunk,
  folder: string,
): PreparedSipBoard['trunks'][number] {
  const [host = '', port = '5060'] = address.split(':');
  const password = passwordFile === undefined ? undefined : readPassword(resolve(folder, passwordFile));
  return { ...trunk, host, port: Number(port), ...(password === undefined ? {} : { password }) };
}

/** @throws CodedError NO_SUCH_FILE, BAD_CONFIG */
function readPassword(file: string): string {
  const field = 'trunks.passwordFile';
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
    if ((statSync(file).mode & 0o077) !== 0)
      throw new CodedError('BAD_CONFIG', `${field}: others than its owner may use ${file}`, {
        field,
        found: file,
        expected: 'a file for its owner alone: chmod 600',
      });
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CodedError('NO_SUCH_FILE', `${field}: ${file} cannot be read (${reason})`, {
      field,
      found: file,
      expected: 'a readable file with the password',
      cause,
    });
  }
  if (text !== '' && !/[\r\n]/.test(text)) return text;
  throw new CodedError('BAD_CONFIG', `${field}: ${file} holds no password`, {
    field,
    found: file,
    expected: 'one line with the password',
  });
}

/** Whether this installation has the program that hosts the board, and it runs. */
function checkProgram(): BoardFinding {
  const check = 'sip';
  const program = boardHostProgram('sip');
  if (!existsSync(program))
    return { check, state: 'fail', detail: `${program} is not there`, advice: howToBuild('sip') };
  const run = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (run.status === 0) return { check, state: 'ok', detail: run.stdout.trim(), advice: null };
  const why = run.error?.message ?? (run.stderr.trim() || `exit code ${String(run.status)}`);
  return { check, state: 'fail', detail: `${program} does not run: ${why}`, advice: 'see the message' };
}

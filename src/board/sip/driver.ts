import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CodedError } from '../../domain/errors.ts';
import { boardHostProgram, howToBuild, type BoardHost } from '../board-host-program.ts';
import type { BoardDriver, BoardFinding } from '../driver.ts';
import { readAddress, type HostPort } from './address.ts';
import { learns, sipBoardConfigSchema, type SipBoardConfig } from './config.ts';

type Trunk = SipBoardConfig['trunks'][number];

/** With the trunks' addresses taken apart and their passwords read. */
interface PreparedSipBoard extends Omit<SipBoardConfig, 'bind' | 'trunks' | 'rtpPorts' | 'standIn'> {
  bind: string;
  secondBind?: string;
  standIn?: string;
  standInSpeed?: number;
  rtpFirstPort: number;
  rtpLastPort: number;
  trunks: (Omit<
    Trunk,
    'address' | 'externalAddress' | 'tls' | 'register' | 'passwordFile' | 'headers' | 'agentHeaders'
  > & {
    addresses: HostPort[];
    externalHost?: string;
    externalPort?: number;
    learnsAddress: boolean;
    registers: boolean;
    /** Lines of a message. */
    headers: string[];
    agentHeaders: string[];
    password?: string;
    caFile?: string;
    certificateFile?: string;
    serverName?: string;
  })[];
}

/** The SIP board's row in the table of drivers. */
export const sipDriver: BoardDriver<'sip', typeof sipBoardConfigSchema, PreparedSipBoard> = {
  name: 'sip',
  schema: sipBoardConfigSchema,
  isSimulated: false,
  fileField: 'trunks',
  prepare({ bind, trunks, rtpPorts: [rtpFirstPort, rtpLastPort], standIn, ...config }, folder) {
    const [first, second] = typeof bind === 'string' ? [bind] : bind;
    return {
      ...config,
      bind: first,
      ...(second !== undefined && { secondBind: second }),
      rtpFirstPort,
      rtpLastPort,
      ...(standIn !== undefined && { standIn: resolve(folder, standIn.file), standInSpeed: standIn.speed }),
      trunks: trunks.map((trunk) => prepared(trunk, folder)),
    };
  },
  plans: ({ plan }) => [[plan, 'plan']],
  boardHost: hostOf,
  isStepped: () => false,
  doctor: (config) => [checkProgram(hostOf(config))],
};

function hostOf({ standIn }: SipBoardConfig): BoardHost {
  return standIn === undefined ? 'sip' : 'sipexchange';
}

const linesOf = (headers: Record<string, string>) =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

function prepared(
  { address, externalAddress = '', tls, register, passwordFile, headers, agentHeaders, ...trunk }: Trunk,
  folder: string,
): PreparedSipBoard['trunks'][number] {
  const addresses = [address].flat().flatMap((each) => readAddress(each) ?? []);
  const to: PreparedSipBoard['trunks'][number] = {
    ...trunk,
    addresses,
    learnsAddress: externalAddress === learns,
    registers: register,
    headers: linesOf(headers),
    agentHeaders: linesOf(agentHeaders),
  };
  const external = externalAddress === learns ? null : readAddress(externalAddress);
  if (external !== null) {
    to.externalHost = external.host;
    to.externalPort = external.port;
  }
  if (passwordFile !== undefined) to.password = readPassword(resolve(folder, passwordFile));
  const { caFile, certificateFile, serverName } = tls ?? {};
  if (serverName !== undefined) to.serverName = serverName;
  if (caFile !== undefined) to.caFile = resolve(folder, caFile);
  if (certificateFile !== undefined) to.certificateFile = resolve(folder, certificateFile);
  if (to.caFile !== undefined) readText('trunks.tls.caFile', to.caFile, false);
  if (to.certificateFile !== undefined) readText('trunks.tls.certificateFile', to.certificateFile, true);
  return to;
}

/** @throws CodedError NO_SUCH_FILE, BAD_CONFIG */
function readPassword(file: string): string {
  const field = 'trunks.passwordFile';
  const text = readText(field, file, true).trim();
  if (text !== '' && !/[\r\n]/.test(text)) return text;
  throw new CodedError('BAD_CONFIG', `${field}: ${file} holds no password`, {
    field,
    found: file,
    expected: 'one line with the password',
  });
}

/** @throws CodedError NO_SUCH_FILE; BAD_CONFIG where others than the owner may use what is his alone */
function readText(field: string, file: string, ownersAlone: boolean): string {
  let text: string;
  let mode: number;
  try {
    text = readFileSync(file, 'utf8');
    mode = statSync(file).mode;
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CodedError('NO_SUCH_FILE', `${field}: ${file} cannot be read (${reason})`, {
      field,
      found: file,
      expected: 'a readable file',
      cause,
    });
  }
  if (ownersAlone && (mode & 0o077) !== 0)
    throw new CodedError('BAD_CONFIG', `${field}: others than its owner may use ${file}`, {
      field,
      found: file,
      expected: 'a file for its owner alone: chmod 600',
    });
  return text;
}

/** Whether this installation has the program that hosts the board, and it runs. */
function checkProgram(host: BoardHost): BoardFinding {
  const check = 'sip';
  const program = boardHostProgram(host);
  if (!existsSync(program))
    return { check, state: 'fail', detail: `${program} is not there`, advice: howToBuild(host) };
  const run = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (run.status === 0) return { check, state: 'ok', detail: run.stdout.trim(), advice: null };
  const why = run.error?.message ?? (run.stderr.trim() || `exit code ${String(run.status)}`);
  return { check, state: 'fail', detail: `${program} does not run: ${why}`, advice: 'see the message' };
}

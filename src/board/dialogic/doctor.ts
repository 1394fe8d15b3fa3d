import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../domain/errors.ts';
import { boardHostProgram, elfBits, howToBuild } from '../board-host-program.ts';
import type { BoardFinding, BoardHostCheck } from '../driver.ts';
import { dialogicBoardHostBits } from './board-host-bits.ts';
import type { DialogicBoardConfig } from './config.ts';

const check = 'dialogic';

/**
 * Whether this host can run a Dialogic board, from the outside in: libraries and their class, the board host that
 * fits them, whether it can load them, device nodes. Opens nothing.
 */
export async function checkDialogic(
  config: DialogicBoardConfig,
  checkBoardHost: () => Promise<BoardHostCheck>,
): Promise<BoardFinding[]> {
  const findings = [checkLibraryFile(config), checkBoardHostProgram(config)];
  if (findings.every(({ state }) => state !== 'fail'))
    findings.push(...(await checkLibraries(checkBoardHost)));
  findings.push(checkDevices());
  return findings;
}

function checkLibraryFile({ libraries }: DialogicBoardConfig): BoardFinding {
  if (libraries.folder === '') {
    return found(
      'warn',
      "the loader's own search path is used",
      'name board.libraries.folder, to be sure which',
    );
  }
  const path = join(libraries.folder, libraries.srl);
  if (!existsSync(path)) {
    return found(
      'fail',
      `${path} is not there`,
      "install the vendor's System Release or HMP, or correct board.libraries.folder",
    );
  }
  const bits = elfBits(path);
  if (bits === null) return found('fail', `${path} is no ELF library`, 'name the right file');
  return found('ok', `${path}, ${String(bits)} bits`, null);
}

function checkBoardHostProgram(config: DialogicBoardConfig): BoardFinding {
  const bits = dialogicBoardHostBits(config);
  if (config.host === 'inprocess') {
    return bits === 64
      ? found(
          'warn',
          'the board is to be in the process of cpdd: a crash of the libraries ends it',
          'board.host: process',
        )
      : found('fail', 'libraries of 32 bits cannot be loaded by cpdd itself', 'board.host: process');
  }
  const program = boardHostProgram(bits);
  if (!existsSync(program)) {
    return found('fail', `${program} is not there`, howToBuild(bits));
  }
  const run = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (run.status === 0) return found('ok', run.stdout.trim(), null);
  const why = run.error?.message ?? (run.stderr.trim() || `exit code ${String(run.status)}`);
  const advice = bits === 32 ? 'install the 32-bit C library (Debian: libc6:i386)' : 'see the message';
  return found('fail', `${program} does not run: ${why}`, advice);
}

async function checkLibraries(checkBoardHost: () => Promise<BoardHostCheck>): Promise<BoardFinding[]> {
  try {
    const { checks } = await checkBoardHost();
    return checks.map(({ ok, check: part, text }) =>
      found(ok ? 'ok' : 'fail', `${part}: ${text}`, ok ? null : 'see docs/dialogic.md, "What to install"'),
    );
  } catch (error) {
    const message = error instanceof CodedError ? `${error.code}: ${error.message}` : String(error);
    return [found('fail', message, 'see the log of cpdd')];
  }
}

/** Character devices that a kernel driver of the vendor has registered. HMP has none: it is software. */
function checkDevices(): BoardFinding {
  let lines: string[];
  try {
    lines = readFileSync('/proc/devices', 'utf8').split('\n');
  } catch {
    return found('warn', '/proc/devices cannot be read', 'run doctor as root');
  }
  const devices = lines.flatMap((line) => line.match(/^ *\d+ (.*(?:dlgc|dialogic|dxxx).*)$/i)?.[1] ?? []);
  return devices.length > 0
    ? found('ok', `kernel devices ${devices.join(', ')}`, null)
    : found(
        'warn',
        "no kernel device of the vendor's by a name we know in /proc/devices (HMP needs none)",
        "with boards in the machine: is the vendor's service started?",
      );
}

function found(state: BoardFinding['state'], detail: string, advice: string | null): BoardFinding {
  return { check, state, detail, advice };
}

import { existsSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import { checkBoardInstallation } from '../../board/open.ts';
import { adminEndpoint, adminOptions, ocsEndpoint, ocsOptions } from '../admin/admin-client.ts';
import {
  checkAddon,
  checkBoard,
  checkCpdd,
  checkCpddConfig,
  checkJournal,
  checkNode,
  checkOcs,
  checkOcsToken,
  checkOcsdConfig,
  checkTrunk,
  type Finding,
} from './doctor-checks.ts';
import { printJson, printLine } from '../../terminal/output.ts';

interface Arguments {
  url: string;
  token?: string | undefined;
  'ocs-url': string;
  'ocs-token'?: string | undefined;
  config?: string | undefined;
  ocsdConfig?: string | undefined;
  json: boolean;
}

export const installedConfig = '/etc/cpd-dialler/cpdd.yaml';
const installedOcsdConfig = '/etc/cpd-dialler/ocsd.yaml';

export const doctorCommand: CommandModule<object, Arguments> = {
  command: 'doctor',
  describe: 'Check this installation and advise on faults (exit code 1 when a check fails)',
  builder: (yargs) =>
    yargs
      .options(adminOptions)
      .options(ocsOptions)
      .option('config', {
        type: 'string',
        requiresArg: true,
        describe: `Configuration of cpdd; ${installedConfig} where it is there`,
      })
      .option('ocsd-config', {
        type: 'string',
        requiresArg: true,
        describe: `Configuration of ocsd; ${installedOcsdConfig} where it is there`,
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 doctor', 'check the installation on this host')
      .example('$0 doctor --config cpdd.yaml', 'check before the first start'),
  handler: async (args) => {
    const findings: Finding[] = [];
    const tell = (...more: Finding[]) => {
      findings.push(...more);
      if (!args.json) more.map(findingLine).forEach(printLine);
    };

    tell(checkNode(), checkAddon());
    const file = args.config ?? installed(installedConfig);
    const config = file === null ? null : checkCpddConfig(file);
    if (config !== null) tell(config.finding);
    const ocsdFile = args.ocsdConfig ?? installed(installedOcsdConfig);
    if (ocsdFile !== null) tell(checkOcsdConfig(ocsdFile));

    const setup = config?.setup ?? null;
    const cpdd = await checkCpdd(adminEndpoint(setup === null ? args : { ...args, ...adminOf(setup, args) }));
    tell(...cpdd.findings);
    tell(
      ...(await checkOcs(ocsEndpoint(setup === null ? args : { ...args, 'ocs-url': setup.config.ocs.url }))),
    );
    if (setup !== null) {
      tell(...(await checkOcsToken(setup.config.ocs.url, setup.ocsToken)));
      tell(...checkTrunk(setup));
      tell(checkJournal(setup.config.journal.path));
      tell(...(await checkBoardInstallation(setup.config.board)));
      if (!cpdd.running) tell(await checkBoard(setup));
    }
    if (args.json) printJson(findings);
    if (findings.some(({ state }) => state === 'fail')) process.exitCode = 1;
  },
};

function installed(path: string): string | null {
  return existsSync(path) ? path : null;
}

/** Where the configuration puts the admin server. */
function adminOf(
  setup: NonNullable<ReturnType<typeof checkCpddConfig>['setup']>,
  args: Arguments,
): { url: string; token: string | undefined } {
  const { host, port } = setup.config.admin;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    token: setup.adminToken ?? args.token,
  };
}

function findingLine({ check, state, detail, advice }: Finding): string {
  return `${state.padEnd(4)}  ${check}: ${detail}${advice === null ? '' : ` -> ${advice}`}`;
}

import { wavChannels, type WarnedFile } from '../domain/recorded-channels.ts';

/** `--channel left`, the same in each command that reads recordings. */
export const channelOption = {
  choices: wavChannels,
  requiresArg: true,
  default: 'both' as const,
  describe: 'Of recordings with two channels: the one to hear, or both, mixed',
} as const;

/** On stderr: channels were mixed that should not be. */
export function warnOfChannels(program: string, warned: readonly WarnedFile[]): void {
  for (const { file, message } of warned) {
    process.stderr.write(`${program}: warning: ${file}: ${message}\n`);
  }
}

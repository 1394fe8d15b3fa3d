import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CodedError } from '../domain/errors.ts';

export function isFlac(path: string): boolean {
  return path.toLowerCase().endsWith('.flac');
}

/**
 * Makes a WAV file of a FLAC file, in `folder`.
 *
 * @returns its path; the caller removes it
 * @throws CodedError NOT_SUPPORTED without the flac program, BAD_AUDIO if it refuses the file
 */
export async function decodeFlac(path: string, folder: string, index: number): Promise<string> {
  const wav = join(folder, `${index}-${basename(path, '.flac')}.wav`);
  const { code, said } = await run('flac', ['--decode', '--silent', '--force', `--output-name=${wav}`, path]);
  if (code === 0) return wav;
  rmSync(wav, { force: true });
  throw new CodedError('BAD_AUDIO', `${path}: flac cannot decode it: ${said.trim() || `exit ${code}`}`, {
    field: path,
    expected: 'a sound FLAC file',
  });
}

/** @throws CodedError NOT_SUPPORTED */
export async function requireFlac(): Promise<void> {
  await run('flac', ['--version']);
}

function run(program: string, args: string[]): Promise<{ code: number; said: string }> {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => (said += text));
    child.on('error', (cause: NodeJS.ErrnoException) =>
      failed(
        new CodedError('NOT_SUPPORTED', `FLAC files need the program ${program} (${cause.code})`, {
          field: program,
          expected: 'flac on the PATH (apt install flac), or WAV files instead',
          cause,
        }),
      ),
    );
    child.on('close', (code) => done({ code: code ?? 1, said }));
  });
}

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CodedError } from '../../domain/errors.ts';
import { toFloat, toInt16 } from './line.ts';

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
    expected: 'a valid FLAC file',
  });
}

/** @throws CodedError NOT_SUPPORTED */
export async function requireFlac(): Promise<void> {
  await run('flac', ['--version']);
}

/** Whether sox is there and knows GSM. */
export async function hasGsm(): Promise<boolean> {
  try {
    await throughGsm(new Float32Array(160));
    return true;
  } catch (error) {
    if (error instanceof CodedError) return false;
    throw error;
  }
}

/**
 * What GSM 06.10 full rate leaves of samples of -1 to 1, by sox.
 *
 * @throws CodedError NOT_SUPPORTED without sox or its GSM
 */
export async function throughGsm(x: Float32Array): Promise<Float32Array> {
  const raw = ['-t', 'raw', '-r', '8000', '-e', 'signed', '-b', '16', '-c', '1', '-L'];
  const gsm = ['-t', 'gsm', '-r', '8000', '-c', '1'];
  const coded = await pipe('sox', ['-V1', '-D', ...raw, '-', ...gsm, '-'], Buffer.from(toInt16(x).buffer));
  const back = await pipe('sox', ['-V1', '-D', ...gsm, '-', ...raw, '-'], coded);
  const samples = new Int16Array(back.buffer.slice(back.byteOffset, back.byteOffset + (back.length & ~1)));
  const out = new Float32Array(x.length);
  out.set(toFloat(samples.subarray(0, x.length)));
  return out;
}

function pipe(program: string, args: string[], input: Buffer): Promise<Buffer> {
  const unsupported = (reason: string, cause?: unknown) =>
    new CodedError('NOT_SUPPORTED', `GSM needs the program ${program} (${reason})`, {
      field: program,
      expected: 'sox with GSM on the PATH (apt install sox)',
      cause,
    });
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.on('error', (cause: NodeJS.ErrnoException) => failed(unsupported(cause.code ?? 'error', cause)));
    // A program that ends early says so by its exit code.
    child.stdin.on('error', () => {});
    child.on('close', (code) =>
      code === 0 ? done(Buffer.concat(parts)) : failed(unsupported(`exit ${code ?? 'by a signal'}`)),
    );
    child.stdin.end(input);
  });
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

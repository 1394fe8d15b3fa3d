import { readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { CodedError } from '../../domain/errors.ts';
import { simWorldSchema, type SimWorld } from './config.ts';

type Path = readonly PropertyKey[];

/** Where a path of the world is written: `world.yaml:12`, or what stands for it when it is no file. */
type Place = (path: Path) => string;

/**
 * The world of a simulated board, ready for it: read from its file if it is one (JSON or YAML), checked, WAV
 * names made absolute, folders among them replaced by their `*.wav` files in order of name.
 *
 * @param folder what relative names count from: the world file's own name and, for a world given in place, its
 *   `audioFolder` and WAV names; those of a world file count from where the file is
 * @throws CodedError BAD_WORLD naming file, line and field; NO_SUCH_FILE
 */
export function loadSimWorld(world: string | z.input<typeof simWorldSchema>, folder: string): SimWorld {
  if (typeof world !== 'string')
    return withAudio(
      checked(world, () => 'world'),
      folder,
      () => 'world',
    );
  const file = resolve(folder, world);
  const lines = new LineCounter();
  const document = parseDocument(readWorld(file), { lineCounter: lines, prettyErrors: false });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const { line } = lines.linePos(fault.pos[0]);
    throw new CodedError('BAD_WORLD', `${file}:${line}: ${fault.message}`, {
      field: 'world',
      found: fault.code,
      expected: 'JSON or YAML',
    });
  }
  const place: Place = (path) => `${file}:${lineOf(document, lines, path)}`;
  return withAudio(checked(document.toJS(), place), dirname(file), place);
}

function readWorld(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CodedError('NO_SUCH_FILE', `world file ${file} cannot be read (${reason})`, {
      field: 'world',
      found: file,
      expected: 'a readable JSON or YAML file',
      cause,
    });
  }
}

/** The line of the value at `path`, or of the nearest thing around it. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as
      { range?: [number, number, number] } | undefined;
    if (node?.range !== undefined) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function checked(world: unknown, place: Place): SimWorld {
  const parsed = simWorldSchema.safeParse(world ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const field = path.map(String).join('.') || 'world';
  throw new CodedError('BAD_WORLD', `${place(path)}: ${field}: ${issue?.message ?? 'not a world'}`, {
    field,
    found: issue?.input,
    expected: issue?.message ?? 'a world',
  });
}

function withAudio(world: SimWorld, folder: string, place: Place): SimWorld {
  const audioFolder = resolve(folder, world.audioFolder ?? '.');
  const files = (names: string[], path: Path) =>
    names.flatMap((name, i) => wavFiles(audioFolder, name, [...path, i], place));
  return {
    ...world,
    audioFolder,
    subscribers: world.subscribers.map((subscriber, i) => ({
      ...subscriber,
      speech: files(subscriber.speech, ['subscribers', i, 'speech']),
      ...(subscriber.ringbackMusic === undefined
        ? {}
        : {
            ringbackMusic: wavFile(
              audioFolder,
              subscriber.ringbackMusic,
              ['subscribers', i, 'ringbackMusic'],
              place,
            ),
          }),
    })),
    mixSpeech: {
      live: files(world.mixSpeech.live, ['mixSpeech', 'live']),
      machine: files(world.mixSpeech.machine, ['mixSpeech', 'machine']),
    },
  };
}

function wavFiles(folder: string, name: string, path: Path, place: Place): string[] {
  const found = resolve(folder, name);
  if (!entryAt(found)?.isDirectory()) return [wavFile(folder, name, path, place)];
  const files = readdirSync(found)
    .filter((entry) => entry.toLowerCase().endsWith('.wav'))
    .sort()
    .map((entry) => join(found, entry));
  if (files.length === 0) throw noAudio(found, 'a folder with WAV files', path, place);
  return files;
}

function wavFile(folder: string, name: string, path: Path, place: Place): string {
  const found = resolve(folder, name);
  const entry = entryAt(found);
  if (entry?.isFile()) return found;
  throw noAudio(found, 'a WAV file', path, place, entry === undefined ? ': no such file' : undefined);
}

/** What is there; undefined for nothing, also where a file stands in for a folder. */
function entryAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function noAudio(
  found: string,
  expected: string,
  path: Path,
  place: Place,
  why = ` is not ${expected}`,
): CodedError {
  const field = path.map(String).join('.');
  return new CodedError('BAD_WORLD', `${place(path)}: ${field}: ${found}${why}`, {
    field,
    found,
    expected,
  });
}

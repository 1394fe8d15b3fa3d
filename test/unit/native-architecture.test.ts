import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Arrows, crowdedFolders, wayBack } from '../support/rooms.ts';

/**
 * Which rooms under `native` may include which, from the ground up; a room that includes no other need not be named.
 * What is not named is forbidden. The files at a room's door, beside the rooms in it, are free to include and to be
 * included as long as no way through a room leads back to it.
 */
const rooms: Readonly<Record<string, Arrows>> = {
  native: {
    media: ['cpd'],
    board: ['cpd', 'media'],
    addon: ['board', 'cpd', 'media'],
    boardhost: ['board'],
    bench: ['cpd', 'media'],
    sweep: ['cpd', 'media'],
    standin: ['board', 'cpd', 'media'],
    sipexchange: ['board', 'media', 'standin'],
    test: ['board', 'cpd', 'media', 'sipexchange', 'sweep'],
  },
  'native/cpd': {
    frontend: ['simd'],
    known: ['bytes', 'frontend', 'simd'],
    tones: ['frontend', 'simd'],
    voice: ['frontend', 'simd'],
    beep: ['simd', 'tones', 'voice'],
    state: ['beep', 'frontend', 'known', 'simd', 'tones', 'voice'],
    recording: ['bytes', 'tones'],
  },
  'native/cpd/tones': { cadence: ['plan'], learning: ['cadence'] },
  'native/cpd/voice': {},
  'native/board': {
    sim: ['wire'],
    dialogic: ['wire'],
    sip: ['wire'],
    remote: ['dialogic', 'sim', 'sip', 'wire'],
  },
  'native/board/sim': { world: ['sound'] },
  'native/board/sip': { line: ['media', 'words'], signalling: ['media', 'words'] },
  'native/board/sip/signalling': {},
  'native/board/dialogic': { cpa: ['vendor'], line: ['cpa', 'vendor'], board: ['line', 'vendor'] },
  'native/board/dialogic/line': {},
  'native/addon': { workers: ['convert'] },
  'native/sipexchange': {},
  'native/test': { cpd: ['board'] },
  'native/test/board': { remote: ['sim'] },
  'native/test/board/dialogic': {},
  'native/test/board/sip': {},
  'native/test/cpd': {},
  'native/test/cpd/tones': {},
  'native/test/cpd/voice': {},
};

/** One library in four files, as the vendor's is: its folders say which file a function is in, and call each other. */
const oneRoom = ['native/standin'];

interface Include {
  from: string;
  to: string;
}

/** Own files that a source includes by name, from `native` or from its own folder. */
function includesIn(file: string, text: string, exists: (path: string) => boolean): Include[] {
  return [...text.matchAll(/^\s*#\s*include\s*"([^"]+)"/gm)].flatMap(([, name = '']) => {
    const places = [posix.join('native', name), posix.join(posix.dirname(file), name)];
    const to = places.find(exists);
    return to === undefined ? [] : [{ from: file, to }];
  });
}

/** The box that a file is in, seen from a folder above it: the room, with a slash, or the file without its ending. */
function boxOf(folder: string, file: string): string {
  const [first = '', ...rest] = file.slice(folder.length + 1).split('/');
  return rest.length > 0 ? `${first}/` : first.replace(/\.(h|cc)$/, '');
}

/** Boxes directly in a folder, each with those that it includes. */
function arrowsIn(folder: string, files: readonly string[], includes: readonly Include[]): Arrows {
  const arrows = new Map<string, Set<string>>();
  const isIn = (file: string): boolean => file.startsWith(`${folder}/`);
  for (const file of files.filter(isIn)) arrows.set(boxOf(folder, file), new Set());
  for (const { from, to } of includes) {
    if (!isIn(from) || !isIn(to)) continue;
    const [box, other] = [boxOf(folder, from), boxOf(folder, to)];
    if (box !== other) arrows.get(box)?.add(other);
  }
  return Object.fromEntries([...arrows].map(([box, others]) => [box, [...others].sort()]));
}

const isRoom = (box: string): boolean => box.endsWith('/');

/** Why the arrows of a folder are not those of the design, a line each. */
function wrongWith(arrows: Arrows, allowed: Arrows): string[] {
  const missing = Object.entries(arrows)
    .filter(([box]) => isRoom(box))
    .flatMap(([box, others]) =>
      others
        .filter((other) => isRoom(other) && allowed[box.slice(0, -1)]?.includes(other.slice(0, -1)) !== true)
        .map((other) => `${box} must not include ${other}`),
    );
  const unknown = Object.entries(allowed).flatMap(([box, others]) =>
    others
      .filter((other) => arrows[`${box}/`]?.includes(`${other}/`) !== true)
      .map((other) => `${box}/ does not include ${other}/ any more`),
  );
  const circles = Object.keys(arrows)
    .filter(isRoom)
    .map((box) => wayBack(arrows, box))
    .filter((way) => way !== null);
  return [...missing, ...unknown, ...circles];
}

/** Boxes and arrows of a folder, to be read when it is not as designed. */
function drawn(folder: string, arrows: Arrows): string {
  const boxes = Object.entries(arrows);
  const count = boxes.reduce((sum, [, others]) => sum + others.length, 0);
  const lines = boxes.map(
    ([box, others]) => `  ${box}${others.length > 0 ? ` -> ${others.join(', ')}` : ''}`,
  );
  return [`${folder}: ${boxes.length} boxes, ${count} arrows`, ...lines].join('\n');
}

const files = readdirSync('native', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(h|cc|def)$/.test(name))
  .map((name) => `native/${name}`)
  .sort();
const includes = files.flatMap((file) => includesIn(file, readFileSync(file, 'utf8'), existsSync));

/** Folders that have rooms. */
const withRooms = [...new Set(files.map((file) => posix.dirname(posix.dirname(file))))].filter(
  (folder) => folder.startsWith('native') && !oneRoom.includes(folder),
);

describe('the rooms of native', () => {
  it('are all in the table', () => {
    expect(files.length).toBeGreaterThan(200);
    expect(withRooms.toSorted()).toEqual(Object.keys(rooms).toSorted());
  });

  it.each(Object.entries(rooms))('of %s include each other one way', (folder, allowed) => {
    const arrows = arrowsIn(folder, files, includes);
    expect(wrongWith(arrows, allowed), drawn(folder, arrows)).toEqual([]);
  });

  it('can be taken in at a glance', () => {
    expect(crowdedFolders(files)).toEqual([]);
  });
});

describe('the reader of includes', () => {
  const text =
    '#include <span>\n#include "cpd/types.h"\n  # include "lanes.h"\n// #include "cpd/detector.h"\n';

  it('finds own files from native and from the same folder', () => {
    const exists = (path: string): boolean =>
      ['native/cpd/types.h', 'native/cpd/simd/lanes.h'].includes(path);
    expect(includesIn('native/cpd/simd/a.cc', text, exists).map(({ to }) => to)).toEqual([
      'native/cpd/types.h',
      'native/cpd/simd/lanes.h',
    ]);
  });

  it.each([
    [['cpd/a.cc > board/b.h'], {}, ['cpd/ must not include board/']],
    [['board/b.cc > cpd/a.h'], { board: ['cpd'] }, []],
    [[], { board: ['cpd'] }, ['board/ does not include cpd/ any more']],
    [['board/b.cc > types.h', 'types.h > names.h'], {}, []],
    [['types.h > board/b.h', 'board/c.cc > types.h'], {}, ['board/ -> types -> board/']],
    [['types.cc > names.h', 'names.h > types.h'], {}, []],
  ])('judges %j by %j', (lines, allowed, expected) => {
    const found = lines.map((line) => {
      const [from = '', to = ''] = line.split(' > ').map((file) => `native/${file}`);
      return { from, to };
    });
    const all = found.flatMap(({ from, to }) => [from, to]);
    expect(wrongWith(arrowsIn('native', all, found), allowed as Arrows)).toEqual(expected);
  });

  it('draws boxes and arrows', () => {
    expect(drawn('native', { 'cpd/': [], 'board/': ['cpd/'] })).toBe(
      'native: 2 boxes, 1 arrows\n  cpd/\n  board/ -> cpd/',
    );
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BoardInput } from '../../../src/board/drivers.ts';
import { openBoard, openSimBoard, type SimBoardInput } from '../../../src/board/open.ts';
import { loadSimWorld } from '../../../src/board/sim/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'cpd-world-'));
const inFolder = (name: string) => join(folder, name);

function coded(code: string, more: object = {}) {
  return expect.objectContaining({ name: 'CodedError', code, ...more }) as Error;
}

beforeAll(() => {
  mkdirSync(inFolder('voices/men'), { recursive: true });
  mkdirSync(inFolder('empty'));
  for (const name of ['voices/b.wav', 'voices/a.WAV', 'voices/notes.txt', 'voices/men/c.wav', 'music.wav']) {
    writeFileSync(inFolder(name), '');
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('a world file', () => {
  it('has its sounds looked up beside it, or in its audio folder, and folders opened', () => {
    writeFileSync(
      inFolder('world.yaml'),
      [
        'audioFolder: voices',
        'subscribers:',
        '  - { number: "5551", kind: live, speech: [men, b.wav], ringbackMusic: ../music.wav }',
        'mixSpeech: { live: [.] }',
      ].join('\n'),
    );
    const world = loadSimWorld('world.yaml', folder);
    expect(world.subscribers[0]).toMatchObject({
      speech: [inFolder('voices/men/c.wav'), inFolder('voices/b.wav')],
      ringbackMusic: inFolder('music.wav'),
      ringMs: 6_000,
    });
    expect(world.mixSpeech).toEqual({
      live: [inFolder('voices/a.WAV'), inFolder('voices/b.wav')],
      machine: [],
    });
  });

  it('may be JSON, and empty', () => {
    writeFileSync(inFolder('world.json'), '{"unlisted": "busy"}');
    writeFileSync(inFolder('nothing.yaml'), '');
    expect(loadSimWorld('world.json', folder).unlisted).toBe('busy');
    expect(loadSimWorld(inFolder('nothing.yaml'), '/').subscribers).toEqual([]);
  });

  it.each([
    [
      'a wrong kind',
      '- { number: "5551", kind: live }\n  - { number: "5552", kind: parrot }',
      3,
      'subscribers.1.kind',
    ],
    ['an unknown key', '- number: "5551"\n    kind: live\n    mood: bad', 2, 'subscribers.0'],
    ['a number that is none', '- number: "12;34"\n    kind: live', 2, 'subscribers.0.number'],
    [
      'sound that is not there',
      '- number: "5551"\n    kind: live\n    speech: [no.wav]',
      4,
      'subscribers.0.speech.0',
    ],
    [
      'a folder without sound',
      '- number: "5551"\n    kind: live\n    speech: [empty]',
      4,
      'subscribers.0.speech.0',
    ],
  ])('with %s is refused by line and field', (_what, subscribers, line, field) => {
    writeFileSync(inFolder('wrong.yaml'), `subscribers:\n  ${subscribers}\n`);
    expect(() => loadSimWorld('wrong.yaml', folder)).toThrow(
      coded('BAD_WORLD', {
        field,
        message: expect.stringMatching(`^${inFolder('wrong.yaml')}:${line}: ${field}`) as string,
      }),
    );
  });

  it('says whether a recording is missing or none', () => {
    const speech = (name: string) => () =>
      loadSimWorld({ subscribers: [{ number: '5551', kind: 'live', speech: [name] }] }, folder);
    expect(speech('no.wav')).toThrow(`subscribers.0.speech.0: ${inFolder('no.wav')}: no such file`);
    expect(speech('empty')).toThrow(`${inFolder('empty')} is not a folder with WAV files`);
  });

  it('that is no YAML is refused by line', () => {
    writeFileSync(inFolder('broken.yaml'), 'unlisted: busy\nsubscribers: [\n');
    expect(() => loadSimWorld('broken.yaml', folder)).toThrow(
      coded('BAD_WORLD', { message: expect.stringMatching(/broken\.yaml:[23]: /) as string }),
    );
  });

  it('that is not there is refused', () => {
    expect(() => loadSimWorld('none.yaml', folder)).toThrow(coded('NO_SUCH_FILE', { field: 'world' }));
  });
});

describe('openBoard', () => {
  const sim = (more: object): SimBoardInput => ({ driver: 'sim', clock: 'step', ...more });

  it.each<[string, BoardInput, object]>([
    [
      'another driver',
      { driver: 'parrot' } as unknown as BoardInput,
      { code: 'NOT_SUPPORTED', field: 'driver' },
    ],
    ['an unknown key', sim({ colour: 'red' }), { code: 'BAD_CONFIG' }],
    [
      'no channels',
      sim({ trunks: [{ kind: 'isdn', channels: 0 }] }),
      { code: 'BAD_CONFIG', field: 'trunks.0.channels' },
    ],
    ['a plan nobody has', sim({ plan: 'ZZ' }), { code: 'UNKNOWN_PLAN', field: 'plan', found: 'ZZ' }],
    [
      "a subscriber's plan nobody has",
      sim({ world: { subscribers: [{ number: '5551', kind: 'busy', plan: 'ZZ' }] } }),
      { code: 'UNKNOWN_PLAN', field: 'world.subscribers.0.plan' },
    ],
    [
      'a fault of a channel it has not',
      sim({ world: { faults: [{ kind: 'glare', channel: 99 }] } }),
      { code: 'BAD_WORLD', message: expect.stringContaining('99') as string },
    ],
    [
      'sound that is none',
      sim({
        world: { audioFolder: 'voices', subscribers: [{ number: '5551', kind: 'live', speech: ['b.wav'] }] },
      }),
      { code: 'BAD_AUDIO', message: expect.stringContaining('b.wav') as string },
    ],
  ])('refuses %s', async (_what, config, error) => {
    await expect(openBoard(config, { folder })).rejects.toMatchObject({ name: 'CodedError', ...error });
  });

  it("takes a site's own tone plans", async () => {
    const plans = [{ code: 'XA', name: 'Island', dial: '425/0', busy: '425/500,0/500' }];
    const board = await openSimBoard(sim({ plan: 'XA' }), { plans });
    expect(board.inventory()).toMatchObject({ driver: 'sim', name: 'sim0' });
    await board.close();
    await expect(
      openSimBoard(sim({ plan: 'XA' }), { plans: [{ code: 'XA', name: 'Island', busy: 'often' }] }),
    ).rejects.toMatchObject({ code: 'BAD_ARGUMENT', field: 'plans.XA.busy', found: 'often' });
  });
});

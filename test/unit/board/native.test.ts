import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { analyzeFile } from '../../../src/board/analysis.ts';
import { nativeVersion, sdNotify } from '../../../src/board/native.ts';
import { nativeHeardTones, parseCadence, tonePlans } from '../../../src/board/tone-plans.ts';
import { heardTones } from '../../../src/domain/tone.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { speechFolder } from '../../support/board/sim.ts';

const folder = mkdtempSync(join(tmpdir(), 'cpd-native-'));
const speech = join(speechFolder, 'live-06-en.wav');

afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

describe('heardTones', () => {
  it('are the same words in the same order in C++ and TypeScript', () => {
    expect(nativeHeardTones()).toEqual(heardTones);
  });
});

describe('analyzeFile', () => {
  it('says what it heard, with its evidence, in times of the file', async () => {
    const { evidence, observations, durationMs, wave } = await analyzeFile(speech, { from: 'answer' });
    expect(evidence).toMatchObject({ verdict: 'live', sit: null, cause: null, answerMs: 0 });
    expect(evidence.rule).not.toBe('');
    expect(evidence.segments.map(({ kind }) => kind)).toContain('speech');
    expect(evidence.segments.at(-1)?.endMs).toBeGreaterThanOrEqual(durationMs - 20);
    expect(Object.keys(evidence.scores).length).toBeGreaterThan(0);
    expect(observations).toContainEqual(expect.objectContaining({ kind: 'verdict', verdict: 'live' }));
    expect(wave).toBeNull();
  });

  it('gives the samples when asked', async () => {
    const { wave, durationMs } = await analyzeFile(speech, { samples: true });
    expect(wave?.rateHz).toBe(8_000);
    expect(wave?.samples).toBeInstanceOf(Int16Array);
    expect(wave?.samples.length).toBe(durationMs * 8);
    expect(Math.max(...(wave?.samples ?? []))).toBeGreaterThan(1_000);
  });

  it('says the same for the same file', async () => {
    const [one, other] = await Promise.all([analyzeFile(speech), analyzeFile(speech)]);
    expect(one).toEqual(other);
  });

  it('names the file, what was found and what is expected', async () => {
    const text = join(folder, 'text.wav');
    writeFileSync(text, 'these are words, not sounds, and there are enough of them for a header');
    await expect(analyzeFile(join(folder, 'none.wav'))).rejects.toMatchObject({ code: 'NO_SUCH_FILE' });
    await expect(analyzeFile(folder)).rejects.toMatchObject({ code: 'NO_SUCH_FILE' });
    await expect(analyzeFile(text)).rejects.toMatchObject({
      name: 'CodedError',
      code: 'BAD_AUDIO',
      field: text,
      message: expect.stringContaining('RIFF') as string,
    });
    await expect(analyzeFile(speech, { plan: 'ZZ' })).rejects.toMatchObject({
      code: 'UNKNOWN_PLAN',
      found: 'ZZ',
      expected: expect.stringContaining('US') as string,
    });
  });
});

describe('tone plans', () => {
  it('are there for the countries we promise', () => {
    const plans = tonePlans();
    for (const code of ['US', 'GB', 'DE', 'FR', 'JP', 'AU', 'BR', 'IN']) {
      const plan = plans.find((each) => each.code === code);
      expect(plan?.name, code).not.toBe('');
      expect(plan?.ringback?.steps.length, code).toBeGreaterThan(0);
      expect(plan?.busy?.once, code).toBe(false);
    }
  });

  it('come from a notation that is checked', () => {
    expect(parseCadence('440+480/2000,0/4000')).toEqual({
      steps: [
        { hz: [440, 480], modulationHz: null, ms: 2_000 },
        { hz: [], modulationHz: null, ms: 4_000 },
      ],
      once: false,
    });
    expect(parseCadence('400*25/0').steps).toEqual([{ hz: [400], modulationHz: 25, ms: 0 }]);
    expect(() => parseCadence('440/2000,ring', 'plans.XX.busy')).toThrow(
      expect.objectContaining({
        code: 'BAD_ARGUMENT',
        field: 'plans.XX.busy',
        found: '440/2000,ring',
        message: expect.stringContaining('step 2') as string,
      }) as Error,
    );
  });
});

describe('sdNotify', () => {
  // Node has no datagram sockets with a path; Python, which the build needs anyway, has.
  const receiver = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1].replace('@', '\\0', 1) if sys.argv[1].startswith('@') else sys.argv[1])
print('bound', flush=True)
print(s.recv(4096).decode(), end='', flush=True)`;

  it.each([
    ['a path', join(folder, 'notify')],
    ['an abstract name', `@cpd-test-${process.pid}`],
  ])('reaches a service manager at %s', async (_what, socket) => {
    const python = spawn('python3', ['-c', receiver, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    python.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = once(python, 'close');
    await once(python.stdout, 'data');
    vi.stubEnv('NOTIFY_SOCKET', socket);
    expect(sdNotify('READY=1\nSTATUS=dialling')).toBe(true);
    await ended;
    expect(said).toBe('bound\nREADY=1\nSTATUS=dialling');
  });

  it('does nothing without a service manager', () => {
    vi.stubEnv('NOTIFY_SOCKET', undefined);
    expect(sdNotify('READY=1')).toBe(false);
  });

  it('says that nobody listens', () => {
    vi.stubEnv('NOTIFY_SOCKET', join(folder, 'nobody'));
    expect(() => sdNotify('READY=1')).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG', field: 'NOTIFY_SOCKET' }) as Error,
    );
    vi.stubEnv('NOTIFY_SOCKET', `/${'long'.repeat(40)}`);
    expect(() => sdNotify('READY=1')).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }) as Error);
  });
});

describe('the addon', () => {
  it('has the version of the package', () => {
    expect(nativeVersion()).toBe(packageJson.version);
  });

  it('says what to do when it is not built', async () => {
    for (const file of ['board/native.ts', 'domain/errors.ts']) {
      mkdirSync(join(folder, 'src', file, '..'), { recursive: true });
      cpSync(join('src', file), join(folder, 'src', file));
    }
    const unbuilt = (await import(pathToFileURL(join(folder, 'src/board/native.ts')).href)) as {
      nativeVersion: typeof nativeVersion;
    };
    expect(() => unbuilt.nativeVersion()).toThrow(
      expect.objectContaining({
        code: 'NOT_SUPPORTED',
        expected: expect.stringContaining('npm run build:addon') as string,
      }) as Error,
    );
  });
});

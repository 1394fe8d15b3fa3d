import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzeFile, analyzeSamples } from '../../board/analysis.ts';
import {
  canBeTold,
  fingerprintFile,
  recordingsBytes,
  type StoredRecording,
} from '../../board/known-recordings.ts';
import { CodedError } from '../../domain/errors.ts';
import { hasGsm, throughGsm } from '../line/audio.ts';
import * as line from '../line/line.ts';
import type { Random } from '../line/random.ts';
import { heardCall, type HeardCall } from './heard.ts';
import type { LabelledCall } from './manifest.ts';
import { eachWav, type RunOptions } from './run.ts';
import { movedCall, randomFor } from './vary.ts';

/** Every machine called a second time, and every person, with what the first calls taught. */
export interface SecondCalls {
  /** Recordings known: machines whose first call has enough sound. */
  known: number;
  /** Without GSM; null: sox has it, and half of the lines go through it. */
  skipped: string | null;
  calls: { without: HeardCall; with: HeardCall }[];
}

/** The second call of a recording comes up to so late, in ms, and hears so much of it at least. */
const latestMs = 3_000;
const leastHeardMs = 4_000;
const lostShare = 0.01;
const skewPpm = 200;
const levelsDbfs = [-33, -12] as const;

/**
 * What known recordings gain: the machines of a folder are known from their own calls, then each is heard on another line
 * (another level, a clock 200 ppm off, 1 % of the packets lost, through G.711 or GSM, up to 3 s late), with the known
 * recordings and without. The people are heard so too: none of them is a recording.
 */
export async function secondCalls(
  calls: readonly LabelledCall[],
  seed: number,
  { mode, cpdTimeoutMs, maxHumanLoss = null, onDone }: RunOptions,
): Promise<SecondCalls> {
  const answered = calls.filter(
    ({ from, truth }) => from === 'answer' && (truth === 'machine' || truth === 'human'),
  );
  const gsm = await hasGsm();
  const folder = mkdtempSync(join(tmpdir(), 'cpd-eval-known-'));
  try {
    const file = join(folder, 'known.cpdrecs');
    const known = await learn(answered, file);
    const found: SecondCalls = { known, skipped: gsm ? null : 'sox with GSM is not installed', calls: [] };
    await eachWav(
      answered,
      async (call, wav) => {
        const settings = { plan: call.plan, from: call.from, mode, cpdTimeoutMs, maxHumanLoss };
        const first = await analyzeFile(wav, { ...settings, channel: call.channel, samples: true });
        const samples = line.toFloat(first.wave?.samples ?? new Int16Array());
        const random = randomFor(seed, call, 'second call');
        const { x, lateMs } = onAnotherLine(samples, call, random);
        const heard = line.toInt16(gsm && random.chance(0.5) ? await throughGsm(x) : x);
        const moved = movedCall(call, -lateMs);
        const hear = async (recordings: string | null) =>
          heardCall(moved, await analyzeSamples(heard, null, { ...settings, recordings }));
        return { without: await hear(null), with: await hear(file) };
      },
      (_, result, done) => {
        if (!(result instanceof CodedError)) found.calls.push(result);
        onDone(done);
      },
    );
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function learn(calls: readonly LabelledCall[], file: string): Promise<number> {
  const taught = { verdict: 'machine', sit: null, origin: 'taught', knownSince: 0, numbers: 0 } as const;
  const recordings: StoredRecording[] = [];
  await eachWav(
    calls.filter(({ truth }) => truth === 'machine'),
    async ({ channel }, wav) => (await fingerprintFile(wav, channel)).prints,
    (call, prints) => {
      if (!(prints instanceof CodedError) && canBeTold(prints))
        recordings.push({ ...taught, name: call.file, prints });
    },
  );
  writeFileSync(file, recordingsBytes(recordings));
  return recordings.length;
}

/** What is heard of it on another line, and how much later that begins. */
function onAnotherLine(
  x: Float32Array,
  call: LabelledCall,
  random: Random,
): { x: Float32Array; lateMs: number } {
  const lateMs = Math.round(random.between(0, latestOf(call)));
  const gain = line.fromDb(random.between(...levelsDbfs)) / line.activeLevel(x);
  const later = x.slice(lateMs * (line.RATE / 1_000));
  const out = line.skewed(later, random.chance(0.5) ? skewPpm : -skewPpm).map((value) => gain * value);
  line.losePackets(out, lostShare, false, random);
  line.compand(out, random.chance(0.5) ? 'alaw' : 'ulaw');
  return { x: out, lateMs };
}

/** A person is not called late, nor a recording that would be over soon. */
function latestOf({ truth, speechStartMs, greetingEndMs }: LabelledCall): number {
  if (truth !== 'machine' || greetingEndMs === null) return 0;
  return Math.max(0, Math.min((speechStartMs ?? 0) + latestMs, greetingEndMs - leastHeardMs));
}

import type { HeardCall } from '../calls/heard.ts';
import type { GroundTruth } from '../calls/manifest.ts';

/** Tones heard in calls in which, after their answer, only people, recordings and silence can be heard. */
export interface FalseTones {
  count: number;
  hours: number;
  perHour: number | null;
  by: { tone: string; count: number }[];
  files: string[];
}

/** The manifest says that it rings after answer too: then ringback is no mistake. */
const ringsOn = ({ columns }: HeardCall['call']) => /\bring/.test(columns['subtype'] ?? '');

const without: readonly GroundTruth[] = ['human', 'machine', 'screening', 'silence'];

export function falseTones(heard: readonly HeardCall[]): FalseTones {
  const by = new Map<string, number>();
  const files: string[] = [];
  let ms = 0;
  for (const { call, tones, durationMs } of heard) {
    if (!without.includes(call.truth)) continue;
    const answerMs = call.answerMs ?? durationMs;
    ms += durationMs - answerMs;
    // Said again when later bursts made it surer, and when it ended: one tone all the same.
    const different = new Set(
      tones
        .filter(({ tone, startMs }) => startMs >= answerMs && !(tone === 'ringback' && ringsOn(call)))
        .map(({ tone, startMs }) => `${tone}/${startMs}`),
    );
    for (const each of different) {
      const [tone = ''] = each.split('/');
      by.set(tone, (by.get(tone) ?? 0) + 1);
    }
    if (different.size > 0) files.push(call.file);
  }
  const count = [...by.values()].reduce((sum, each) => sum + each, 0);
  const hours = ms / 3_600_000;
  return {
    count,
    hours,
    perHour: hours > 0 ? count / hours : null,
    by: [...by].map(([tone, each]) => ({ tone, count: each })),
    files,
  };
}

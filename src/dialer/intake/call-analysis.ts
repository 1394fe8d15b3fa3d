import type { BoardInventory } from '../../board/board.ts';
import { CodedError } from '../../domain/errors.ts';
import type { Evidence } from '../../domain/outcome.ts';
import { cpaChoices, type Cpa } from '../../domain/result.ts';

/** Who can analyse calls on some line of a board, or on one channel of it. */
export function cpaOf({ spans }: BoardInventory, channel?: number): Cpa[] {
  const those = channel === undefined ? spans : spans.filter(({ channels }) => channels.includes(channel));
  return cpaChoices.filter((cpa) => those.some((span) => span.cpa.includes(cpa)));
}

/**
 * Refuses an analysis that no line has before a channel is seized for it: the board itself would say so only when it
 * is to dial.
 *
 * @param cpa what a request asks for; nothing: as the line's configuration says
 * @throws CodedError NOT_SUPPORTED
 */
export function checkCpa(cpa: Cpa | undefined, offered: readonly Cpa[]): void {
  if (cpa === undefined || offered.includes(cpa)) return;
  throw new CodedError('NOT_SUPPORTED', `cpa: no line here has call analysis ${cpa}`, {
    field: 'cpa',
    found: cpa,
    expected: offered.length > 0 ? `one of ${offered.join(', ')}` : 'nothing: the board has no lines',
  });
}

/** The two verdicts of a call that the board and our detector both analysed, as far as they were there in time. */
export function sideBySide(evidence: Evidence | null): { analyses?: string[] } {
  const analyses = Object.keys(evidence?.scores ?? {}).filter((name) => /^(board|ours):/.test(name));
  return analyses.length === 0 ? {} : { analyses };
}

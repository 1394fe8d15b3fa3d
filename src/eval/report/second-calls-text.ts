import { alignedTable } from '../../terminal/output.ts';
import type { KnownFigures } from '../measures/second-calls.ts';
import { counted, inSeconds, withInterval } from '../measures/words.ts';

/** What known recordings gain, as it is read on a terminal; empty where it was not asked for. */
export function secondCallsText(figures: KnownFigures | null): string {
  if (figures === null) return '';
  const { known, skipped, matched, peopleMatched } = figures;
  const table = alignedTable(
    [
      { heading: 'Second calls, on another line', value: ({ name }) => name },
      { heading: 'people lost', value: ({ row }) => counted(row.peopleLost), align: 'right' },
      { heading: 'machines found', value: ({ row }) => counted(row.machinesFound), align: 'right' },
      { heading: '', value: ({ row }) => withInterval(row.machinesFound), align: 'right' },
      { heading: 'decided after, p50', value: ({ row }) => inSeconds(row.decided.p50), align: 'right' },
      { heading: 'p95', value: ({ row }) => inSeconds(row.decided.p95), align: 'right' },
    ],
    [
      { name: 'nothing known', row: figures.without },
      { name: `${known} recordings known`, row: figures.with },
    ],
  );
  return (
    table +
    `recordings named: ${counted(matched)} machines, ${counted(peopleMatched)} people\n` +
    (skipped === null ? '' : `no line through GSM: ${skipped}\n`)
  );
}

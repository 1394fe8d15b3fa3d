import type { AttemptDetail } from '../../api/attempts.ts';
import { seconds, type Mark } from '../axis-parts.ts';
import { Axis } from '../axis.tsx';
import { Table } from '../table.tsx';
import { callWords } from './call-words.ts';

type Evidence = NonNullable<AttemptDetail['evidence']>;

/** What was heard on a time axis, and the same as a table. */
export function TimeAxis({ call }: { call: AttemptDetail }) {
  const { evidence } = call;
  if (evidence === null) return <p class="quiet">{callWords.nothingHeard}</p>;
  const marks = marksOf(evidence, call.cpdTimeoutMs);
  return (
    <>
      <Axis stretches={evidence.segments} marks={marks} />
      <details>
        <summary>{callWords.asTable}</summary>
        <HeardTable evidence={evidence} marks={marks} />
      </details>
    </>
  );
}

function marksOf(evidence: Evidence, timeoutMs: number): Mark[] {
  const { answerMs, beepMs, correction, decidedMs, greetingEndMs, speechStartMs, verdict } = evidence;
  const marks: [number | null, string][] = [
    [answerMs, 'answer'],
    [speechStartMs, 'speech begins'],
    [greetingEndMs, 'greeting ends'],
    [beepMs, 'beep'],
    [decidedMs, `verdict ${verdict ?? 'none'}`],
    [correction?.atMs ?? null, `correction ${correction?.verdict ?? ''}`],
    [answerMs === null ? null : answerMs + timeoutMs, 'deadline'],
  ];
  return marks.flatMap(([ms, word]) => (ms === null ? [] : [{ ms, word }])).sort((a, b) => a.ms - b.ms);
}

function HeardTable({ evidence, marks }: { evidence: Evidence; marks: readonly Mark[] }) {
  const segments = evidence.segments.map(({ dbm0, endMs, hz = [], kind, startMs }) => {
    const tones = hz.filter((each) => each > 0).map(Math.round);
    const detail = [
      ...(tones.length === 0 ? [] : [`${tones.join(' + ')} Hz`]),
      ...(dbm0 === undefined ? [] : [`${Math.round(dbm0)} dBm0`]),
    ].join(', ');
    return { what: kind, startMs, end: seconds(endMs), detail };
  });
  const rows = [
    ...segments,
    ...marks.map(({ ms, word }) => ({ what: word, startMs: ms, end: '', detail: '' })),
  ];
  return (
    <Table
      label={callWords.heard}
      headings={[callWords.kind, callWords.start, callWords.end, callWords.detail]}
    >
      {rows
        .sort((a, b) => a.startMs - b.startMs)
        .map(({ detail, end, startMs, what }) => (
          <tr key={`${what} ${startMs}`}>
            <th scope="row">{what}</th>
            <td>{seconds(startMs)}</td>
            <td>{end}</td>
            <td>{detail}</td>
          </tr>
        ))}
    </Table>
  );
}

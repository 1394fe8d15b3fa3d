import type { AttemptDetail } from '../../api/attempts.ts';
import { Table } from '../table.tsx';
import { callWords, seconds } from './call-words.ts';

type Evidence = NonNullable<AttemptDetail['evidence']>;

/** A moment on the axis, in ms since dialling. */
interface Mark {
  ms: number;
  word: string;
}

const width = 960;
const laneTop = 40;
const laneHeight = 28;
const known = ['tone', 'speech', 'silence', 'noise', 'music', 'beep'];

/** What was heard on a time axis, and the same as a table. */
export function TimeAxis({ call }: { call: AttemptDetail }) {
  const { evidence } = call;
  if (evidence === null) return <p class="quiet">{callWords.nothingHeard}</p>;
  const marks = marksOf(evidence, call.cpdTimeoutMs);
  return (
    <>
      <Picture evidence={evidence} marks={marks} />
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

function Picture({ evidence, marks }: { evidence: Evidence; marks: readonly Mark[] }) {
  const { segments } = evidence;
  const last = Math.max(1_000, ...segments.map(({ endMs }) => endMs), ...marks.map(({ ms }) => ms));
  const x = (ms: number) => (Math.max(0, ms) / last) * (width - 120);
  const marksTop = laneTop + laneHeight + 16;
  const height = marksTop + marks.length * 18 + 8;
  const ticks = Array.from({ length: Math.floor(last / 1_000) + 1 }, (_, second) => second);
  const every = Math.ceil(ticks.length / 20);
  return (
    <div class="table" tabIndex={0} role="region" aria-label={callWords.heard}>
      <svg class="axis" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
        {ticks
          .filter((second) => second % every === 0)
          .map((second) => (
            <g key={second}>
              <line x1={x(second * 1_000)} x2={x(second * 1_000)} y1={18} y2={laneTop} class="tick" />
              <text x={x(second * 1_000) + 3} y={28}>
                {second} s
              </text>
            </g>
          ))}
        {segments.map(({ endMs, kind, startMs }) => (
          <g key={`${kind} ${startMs}`}>
            <rect
              class={`segment ${known.includes(kind) ? kind : 'noise'}`}
              x={x(startMs)}
              y={laneTop}
              width={Math.max(2, x(endMs) - x(startMs))}
              height={laneHeight}
            />
            {x(endMs) - x(startMs) > kind.length * 8 + 8 && (
              <text class={`in ${kind}`} x={x(startMs) + 4} y={laneTop + 19}>
                {kind}
              </text>
            )}
          </g>
        ))}
        {marks.map(({ ms, word }, row) => (
          <g key={word}>
            <line class="mark-line" x1={x(ms)} x2={x(ms)} y1={laneTop} y2={marksTop + row * 18 + 4} />
            <text x={x(ms) + 4} y={marksTop + row * 18 + 8}>
              {word} {seconds(ms)}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
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

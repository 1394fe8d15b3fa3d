import { seconds, type Mark, type Stretch } from './axis-parts.ts';
import './axis.css';
import { words } from './words.ts';

const laneTop = 40;
const laneHeight = 28;
const known = ['tone', 'speech', 'silence', 'noise', 'music', 'beep'];

/**
 * What was heard on a time axis. It needs the same as a table beside it.
 * @param now where the axis ends at least, in ms
 * @param width in pixels
 */
export function Axis(props: {
  stretches: readonly Stretch[];
  marks: readonly Mark[];
  now?: number;
  width?: number;
}) {
  const { marks, now = 0, stretches, width = 960 } = props;
  const last = Math.max(1_000, now, ...stretches.map(({ endMs }) => endMs), ...marks.map(({ ms }) => ms));
  const x = (ms: number) => (Math.max(0, ms) / last) * (width - 120);
  const marksTop = laneTop + laneHeight + 16;
  const height = marksTop + marks.length * 18 + 8;
  const ticks = Array.from({ length: Math.floor(last / 1_000) + 1 }, (_, second) => second);
  const every = Math.ceil(ticks.length / 20);
  return (
    <div class="table" tabIndex={0} role="region" aria-label={words.axis.heard}>
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
        {stretches.map(({ endMs, kind, startMs }) => (
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

import type { LiveHeard } from '../../api/live.ts';
import { seconds } from '../axis-parts.ts';
import { say, scoreText } from './channel-words.ts';

const width = 480;
const height = 96;
/** Log odds at the ends. */
const most = 8;

/** How sure the detector was of a machine, between its limits, and the last in words. */
export function ScoreInTime({ scores }: Pick<LiveHeard, 'scores'>) {
  const last = scores.at(-1);
  if (last === undefined) return <p class="quiet">{say.noScore}</p>;
  const first = scores[0]?.atMs ?? 0;
  const length = Math.max(1_000, last.atMs - first);
  const x = (atMs: number) => 8 + ((atMs - first) / length) * (width - 16);
  const y = (odds: number) => height / 2 - (Math.max(-most, Math.min(most, odds)) / most) * (height / 2 - 4);
  const points = scores.map(({ atMs, machineLogOdds }) => `${x(atMs)},${y(machineLogOdds)}`).join(' ');
  return (
    <>
      <p>
        {scoreText(last)}. ({seconds(last.atMs)})
      </p>
      <div class="table" tabIndex={0} role="region" aria-label={say.score}>
        <svg class="axis" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
          {[last.machineFrom, last.liveBelow].map(
            (limit) =>
              limit !== null && (
                <line key={limit} class="tick" x1={0} x2={width} y1={y(limit)} y2={y(limit)} />
              ),
          )}
          <polyline class="score-line" points={points} />
          <circle class="score-end" cx={x(last.atMs)} cy={y(last.machineLogOdds)} r={4} />
        </svg>
      </div>
    </>
  );
}

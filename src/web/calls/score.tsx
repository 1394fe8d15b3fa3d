import type { AttemptDetail } from '../../api/attempts.ts';
import { callWords, share } from './call-words.ts';

const width = 600;
/** Log odds at the ends of the bar. */
const most = 8;

const chance = (logOdds: number) => 1 / (1 + Math.exp(-logOdds));

/** The score for a machine between its limits, as the detector weighed them. */
export function Score({ scores }: { scores: NonNullable<AttemptDetail['evidence']>['scores'] }) {
  const { liveBelow, machineFrom, machineLogOdds: score } = scores;
  if (score === undefined || machineFrom === undefined) return <p class="quiet">{callWords.noScore}</p>;
  const x = (logOdds: number) => ((Math.max(-most, Math.min(most, logOdds)) + most) / (2 * most)) * width;
  const limits = [
    ...(liveBelow === undefined ? [] : [`a person below ${share(chance(liveBelow))}`]),
    `a machine from ${share(chance(machineFrom))}`,
  ];
  return (
    <>
      <p>
        The probability of a machine was {share(chance(score))}; {limits.join(', ')}.
      </p>
      <div class="table" tabIndex={0} role="region" aria-label={callWords.score}>
        <svg class="axis" viewBox={`0 0 ${width} 44`} width={width} height={44} aria-hidden="true">
          {liveBelow !== undefined && (
            <rect class="segment person" x={0} y={8} width={x(liveBelow)} height={16} />
          )}
          <rect class="segment speech" x={x(machineFrom)} y={8} width={width - x(machineFrom)} height={16} />
          <line class="mark-line" x1={x(score)} x2={x(score)} y1={2} y2={30} />
          <text x={Math.min(width - 60, x(score) + 4)} y={42}>
            {share(chance(score))}
          </text>
        </svg>
      </div>
    </>
  );
}

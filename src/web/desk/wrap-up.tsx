import { useEffect } from 'preact/hooks';
import type { DeskDefinition } from '../../api/desk.ts';
import { duration } from '../words.ts';
import type { Desk } from './desk-state.ts';
import type { Draft } from './kept.ts';
import { words } from './words.ts';

const shortMs = 20_000;
const moreMs = 30_000;

/** The time for the record after the call; more of it as often as the agent likes. */
export function WrapUp(props: { definition: DeskDefinition; desk: Desk; draft: Draft; inStateMs: number }) {
  const { definition, desk, draft, inStateMs } = props;
  const { wrapUpMs, wrapUpResult } = definition;
  const leftMs = wrapUpMs === undefined ? Infinity : wrapUpMs + draft.moreMs - inStateMs;
  const isOver = leftMs <= 0;
  useEffect(() => {
    if (!isOver || wrapUpResult === undefined) return;
    void desk.close('RecordProcessed', { GSW_CALL_RESULT: wrapUpResult, closed_by: 'timer' }, words.byTimer);
  }, [isOver]);
  if (wrapUpMs === undefined) return null;
  return (
    <p class="wrap-up">
      <span>{isOver ? words.timeOver : `${duration(leftMs + 999)} left for the record.`}</span>{' '}
      {leftMs <= shortMs && (
        <button
          type="button"
          onClick={() => {
            desk.moreTime(isOver ? moreMs - leftMs : moreMs);
          }}
        >
          {words.more}
        </button>
      )}
    </p>
  );
}

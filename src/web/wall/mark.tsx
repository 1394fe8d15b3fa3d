import type { AgentState } from '../../api/presence.ts';
import * as say from '../words.ts';

/** A state by letter and colour. */
export function Mark({ state }: { state: AgentState }) {
  const { letter, word } = say.agentWords[state];
  return (
    <span class={`mark ${state}`} title={word}>
      {letter}
    </span>
  );
}

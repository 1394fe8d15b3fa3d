import type { BoardEvent, Observation } from '../../board/board.ts';
import type { TestCallLine } from '../../api/admin.ts';
import { causeText, explainEvidence, outcomeText } from '../../domain/explanation/evidence-words.ts';

/**
 * The live view of a test call: gives the lines to show for each event, with its time since the call began.
 * What lasts (a segment, a tone) is told once, when it is known.
 */
export function createCallView(): (line: TestCallLine) => string[] {
  let startedAt: number | null = null;
  const stamp = (at: number, text: string) => {
    startedAt ??= at;
    return `${((at - startedAt) / 1_000).toFixed(2).padStart(7)} s  ${text}`;
  };
  return (line) => {
    switch (line.kind) {
      case 'started':
        return [
          `test call on channel ${line.channel}` +
            (line.recordFile === undefined ? '' : `, recorded by cpdd in ${line.recordFile}`),
        ];
      case 'board': {
        const text = describeBoardEvent(line.event);
        return text === null ? [] : [stamp(line.event.at, text)];
      }
      case 'phase':
        return [];
      case 'end': {
        if (line.outcome === null) return [`not dialled: ${line.handBack ?? 'no reason given'}`];
        const { evidence } = line.outcome;
        return [
          '',
          `Outcome: ${outcomeText(line.outcome)}.`,
          ...(evidence === null
            ? ['The detector gave no verdict: signalling or a fault decided.']
            : explainEvidence(evidence)),
        ];
      }
      case 'error':
        return [];
    }
  };
}

/** One event of a board as an engineer says it; null for what is not worth a line. */
export function describeBoardEvent(event: BoardEvent): string | null {
  switch (event.type) {
    case 'seized':
      return 'channel seized';
    case 'dialled':
      return 'digits sent';
    case 'proceeding':
      return 'network is proceeding';
    case 'ringing':
      return event.by === 'signal' ? 'ringing (signalled)' : 'ringing (heard)';
    case 'answered':
      return event.by === 'signal' ? 'answered (signalled)' : 'answered (inferred from the audio)';
    case 'observation':
      return describeObservation(event.observation);
    case 'verdict': {
      const sit = event.sit === null ? '' : ` ${event.sit}`;
      const sure = `${Math.round(event.confidence * 100)} % sure`;
      return `VERDICT ${event.verdict}${sit}, ${sure}, rule ${event.evidence.rule}`;
    }
    case 'score': {
      const { liveBelow, machineFrom, machineLogOdds } = event;
      const [odds, from, below] = [machineLogOdds, machineFrom, liveBelow].map((each) => each.toFixed(1));
      return `score ${odds}; a machine from ${from}, a person below ${below}`;
    }
    case 'disconnected':
      return event.cause === null ? 'far end released' : `far end released, cause ${causeText(event.cause)}`;
    case 'no_answer':
      return 'nobody answered in time';
    case 'failed':
      return `${event.command} failed: ${event.reason.replaceAll('_', ' ')}`;
    case 'released':
      return 'released';
    case 'alarm':
      return `alarm ${event.alarm} on span ${event.span} ${event.on ? 'came' : 'went'}`;
    case 'out_of_service':
      return `channel out of service: ${event.reason}`;
    case 'overflow':
      return `${event.count} events were lost`;
    case 'dead':
      return `the board failed: ${event.reason}`;
    case 'digits':
      return `digits ${event.digits} (${event.reason})`;
    case 'transferred':
    case 'joined':
    case 'parted':
    case 'played':
    case 'reset':
    case 'in_service':
      return event.type.replace('_', ' ');
  }
}

function describeObservation(seen: Observation): string | null {
  switch (seen.kind) {
    case 'tone': {
      const hz = seen.hz.filter((value) => value > 0).map(Math.round);
      const also = seen.ambiguousWith.length === 0 ? '' : ` (or ${seen.ambiguousWith.join(', ')})`;
      return `tone: ${seen.tone.replaceAll('_', ' ')}${also}${hz.length === 0 ? '' : `, ${hz.join(' + ')} Hz`}`;
    }
    case 'speech_start':
      return 'speech begins';
    case 'speech_end':
      return 'speech pauses';
    case 'greeting_end':
      return 'the greeting ended';
    case 'beep':
      return `beep, ${Math.round(seen.hz)} Hz, ${seen.endMs - seen.startMs} ms`;
    case 'correction':
      return `correction: ${seen.verdict}, ${Math.round(seen.confidence * 100)} % sure`;
    case 'segment':
      return null;
  }
}

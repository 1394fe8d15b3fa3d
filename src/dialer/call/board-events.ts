import type { BoardEvent, Observation } from '../../board/board.ts';
import type { CallInput, Heard } from '../../domain/call/call-state.ts';

/** A board event in the words of a call; null when it means nothing to one. Alarms come by way of the pool. */
export function callInputOf(event: BoardEvent): CallInput | null {
  switch (event.type) {
    case 'seized':
    case 'dialled':
    case 'proceeding':
    case 'ringing':
    case 'answered':
    case 'verdict':
    case 'disconnected':
    case 'no_answer':
    case 'transferred':
    case 'joined':
    case 'played':
    case 'digits':
    case 'released':
    case 'reset':
    case 'failed':
    case 'out_of_service':
    case 'dead':
      return event;
    case 'observation': {
      const heard = heardOf(event.observation);
      if (heard === null) return null;
      const { recording } = event;
      return { type: 'heard', heard, ...(recording === undefined ? {} : { recording }) };
    }
    case 'parted':
    case 'score':
    case 'alarm':
    case 'in_service':
    case 'overflow':
      return null;
  }
}

function heardOf(observation: Observation): Heard | null {
  switch (observation.kind) {
    case 'tone':
      if (observation.tone === 'number_unobtainable') return { kind: 'number_unobtainable' };
      if (observation.tone !== 'ringback') return null;
      return observation.endMs === null
        ? { kind: 'ringback' }
        : { kind: 'ringback_over', atMs: observation.endMs };
    case 'speech_start':
    case 'speech_end':
    case 'greeting_end':
      return { kind: observation.kind, atMs: observation.atMs };
    case 'beep':
      return { kind: 'beep', atMs: observation.startMs, endMs: observation.endMs };
    case 'correction':
      return {
        kind: 'correction',
        verdict: observation.verdict,
        confidence: observation.confidence,
        atMs: observation.atMs,
      };
    case 'segment': {
      const { kind, startMs } = observation.segment;
      return kind === 'silence' ? null : { kind: 'sound', atMs: startMs };
    }
  }
}

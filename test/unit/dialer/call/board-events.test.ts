import { describe, expect, test } from 'vitest';
import type { BoardEvent } from '../../../../src/board/board.ts';
import { callInputOf } from '../../../../src/dialer/call/board-events.ts';
import { figuresOf, finalWordOf } from '../../../../src/dialer/call/final-word.ts';
import type { Milestones, Outcome } from '../../../../src/domain/outcome.ts';
import { callResult } from '../../../../src/domain/result.ts';

const at = { channel: 1, ref: 1, at: 5 };
type Heard = Extract<BoardEvent, { type: 'observation' }>['observation'];
const heard = (observation: Heard) => callInputOf({ ...at, type: 'observation', observation });
const tone = { kind: 'tone' as const, ambiguousWith: [], startMs: 10, hz: [] };

describe('what a board event means for a call', () => {
  test('of ringing: that it rings, and when it is over', () => {
    expect(heard({ ...tone, tone: 'ringback', endMs: null })).toEqual({
      type: 'heard',
      heard: { kind: 'ringback' },
    });
    expect(heard({ ...tone, tone: 'ringback', endMs: 900 })).toEqual({
      type: 'heard',
      heard: { kind: 'ringback_over', atMs: 900 },
    });
  });

  test('with the name of the known recording that was heard', () => {
    const observation = { kind: 'speech_end', atMs: 1 } as const;
    expect(callInputOf({ ...at, type: 'observation', observation, recording: 'mailbox' })).toEqual({
      type: 'heard',
      heard: observation,
      recording: 'mailbox',
    });
  });

  test('of an unobtainable number, of no other tone', () => {
    expect(heard({ ...tone, tone: 'number_unobtainable', endMs: null })).toEqual({
      type: 'heard',
      heard: { kind: 'number_unobtainable' },
    });
    expect(heard({ ...tone, tone: 'busy', endMs: null })).toBeNull();
  });

  test('of speech and beeps: when they begin and end', () => {
    expect(heard({ kind: 'speech_start', atMs: 1 })).toEqual({
      type: 'heard',
      heard: { kind: 'speech_start', atMs: 1 },
    });
    expect(heard({ kind: 'greeting_end', atMs: 2 })).toEqual({
      type: 'heard',
      heard: { kind: 'greeting_end', atMs: 2 },
    });
    expect(heard({ kind: 'beep', startMs: 3, endMs: 4, hz: 1_000 })).toEqual({
      type: 'heard',
      heard: { kind: 'beep', atMs: 3, endMs: 4 },
    });
    expect(heard({ kind: 'speech_end', atMs: 1 })).toEqual({
      type: 'heard',
      heard: { kind: 'speech_end', atMs: 1 },
    });
  });

  test('of any sound, but not of silence', () => {
    const segment = { startMs: 7, endMs: 9, hz: [], dbm0: -20 };
    expect(heard({ kind: 'segment', segment: { ...segment, kind: 'speech' } })).toEqual({
      type: 'heard',
      heard: { kind: 'sound', atMs: 7 },
    });
    expect(heard({ kind: 'segment', segment: { ...segment, kind: 'silence' } })).toBeNull();
  });

  test('of a correction: all of it', () => {
    const correction = { kind: 'correction', verdict: 'live', atMs: 9, confidence: 0.7 } as const;
    expect(heard(correction)).toEqual({ type: 'heard', heard: correction });
  });

  test('of the channel or the span: nothing; of the call: itself', () => {
    const events: BoardEvent[] = [
      { ...at, type: 'parted' },
      { ...at, type: 'alarm', span: 1, alarm: 'red', on: true },
      { ...at, type: 'in_service' },
      { ...at, type: 'overflow', count: 1 },
    ];
    expect(events.map(callInputOf)).toEqual(events.map(() => null));
    const own: BoardEvent[] = [
      { ...at, type: 'disconnected', cause: 17 },
      { ...at, type: 'failed', command: 'dial', reason: 'hardware' },
      { ...at, type: 'digits', digits: '1', reason: 'count' },
      { ...at, type: 'dead', reason: 'gone' },
    ];
    expect(own.map(callInputOf)).toEqual(own);
  });
});

describe('the figures of a call', () => {
  const outcome = (milestones: Milestones): Outcome => ({
    result: callResult.Answer,
    status: 'transferred',
    reason: null,
    evidence: null,
    milestones,
    channel: 1,
    agentId: null,
  });

  test('are from answer to verdict, and from the verdict, or the end of the greeting if later, to the agent', () => {
    const times = { answered: 1_000, cpdCompleted: 1_400, agentConnected: 2_000 };
    expect(figuresOf(outcome(times))).toEqual({ answerToVerdictMs: 400, waitForAgentMs: 600 });
    expect(figuresOf(outcome({ ...times, greetingEnd: 1_900 })).waitForAgentMs).toBe(100);
    expect(figuresOf(outcome({ ...times, greetingEnd: 1_100 })).waitForAgentMs).toBe(600);
  });

  test('are none where one of the times is missing', () => {
    const none = { answerToVerdictMs: null, waitForAgentMs: null };
    for (const milestones of [{}, { answered: 1 }, { cpdCompleted: 1 }, { agentConnected: 1 }])
      expect(figuresOf(outcome(milestones))).toEqual(none);
    expect(figuresOf(null)).toEqual(none);
  });

  test('come with the last word, which is an outcome or a hand-back', () => {
    const last = outcome({});
    expect(finalWordOf({ kind: 'outcome', outcome: last })).toEqual({ outcome: last, handBack: null });
    expect(finalWordOf({ kind: 'hand_back', reason: 'drain' })).toEqual({ outcome: null, handBack: 'drain' });
    expect(finalWordOf({ kind: 'milestone', name: 'ringing', atMs: 1 })).toBeNull();
  });
});

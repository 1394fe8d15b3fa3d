import { describe, expect, test } from 'vitest';
import type { DialRequest } from '../../../../src/domain/request.ts';
import { callResult } from '../../../../src/domain/result.ts';
import { CallScript, dialRequest, verdict } from '../../../support/dialer/call-script.ts';

const agent = { type: 'agent', agentId: 'ann', extension: '7001' } as const;
const released = { type: 'released' } as const;
const hungUp = { type: 'disconnected', cause: 16 } as const;
const playedWhole = { type: 'played', completed: true } as const;
const stopped = { type: 'played', completed: false } as const;
const key = (digits: string) => ({ type: 'digits', digits }) as const;

const keys: Partial<DialRequest> = {
  announcement: 'sorry',
  optOut: { key: '9', file: 'removed' },
  agentKey: '0',
};

/** A person who hears the announcement, since no agent came. */
const announced = (over: Partial<DialRequest> = {}) =>
  new CallScript(dialRequest({ ...keys, ...over })).live().wait(2_000);

const wishes = (call: CallScript) =>
  call.effects.filter((effect) => effect.kind === 'report' && effect.report.kind === 'do_not_call').length;

describe('the key that puts a number on Do Not Call', () => {
  test('is told to OCS at once and confirmed by the second file; then the call is dropped', () => {
    const call = announced().wait(1_000);
    expect(call.kinds()).toContain('collect_key');
    call.send(key('9'));
    expect(call.effects).toContainEqual({ kind: 'report', report: { kind: 'do_not_call', key: '9' } });
    expect(call.state.phase).toBe('confirming_opt_out');
    expect(call.effects).not.toContainEqual({ kind: 'play', announcement: 'removed' });
    call.send(stopped);
    expect(call.effects).toContainEqual({ kind: 'play', announcement: 'removed' });
    expect(call.kinds()).not.toContain('drop');
    call.wait(3_000).send(playedWhole, released);
    expect(call.outcome).toMatchObject({
      result: callResult.Answer,
      status: 'abandoned',
      reason: 'do_not_call',
    });
    expect(wishes(call)).toBe(1);
  });

  test('counts for 5 s after the announcement', () => {
    const call = announced().wait(4_000).send(playedWhole);
    expect(call.state.phase).toBe('awaiting_key');
    call.wait(4_999).send(key('9'));
    expect(wishes(call)).toBe(1);
    const silent = announced().send(playedWhole).wait(5_000).send(released);
    expect(silent.outcome).toMatchObject({ status: 'abandoned', reason: 'no_agent' });
  });

  test('counts for who hangs up with it', () => {
    const call = announced().send(hungUp, key('9'), released);
    expect(wishes(call)).toBe(1);
    expect(call.outcome.status).toBe('abandoned');
    const after = announced().send(key('9'), hungUp, stopped, released);
    expect(wishes(after)).toBe(1);
    expect(after.outcome.reason).toBe('do_not_call');
  });

  test('another key means nothing, and the next one counts', () => {
    const call = announced().send(key('5'));
    expect(call.state.phase).toBe('announcing');
    expect(call.kinds().filter((kind) => kind === 'collect_key')).toHaveLength(2);
    expect(wishes(call.send(key('9')))).toBe(1);
  });

  test('without a second file the call is dropped at once', () => {
    const call = announced({ optOut: { key: '9' } }).send(key('9'));
    expect(call.state.phase).toBe('dropping');
    expect(wishes(call)).toBe(1);
  });

  test('that cannot be confirmed counts all the same', () => {
    const call = announced().send(key('9'), stopped);
    call.send({ type: 'failed', command: 'play', reason: 'BAD_ARGUMENT' }, released);
    expect(call.outcome.reason).toBe('do_not_call');
  });

  test('means nothing without a key in the request, nor before the announcement', () => {
    const none = announced({ optOut: undefined, agentKey: undefined });
    expect(none.kinds()).not.toContain('collect_key');
    expect(wishes(none.send(key('9')))).toBe(0);
    expect(none.send(playedWhole).state.phase).toBe('dropping');
    expect(wishes(new CallScript(dialRequest(keys)).live().send(key('9')))).toBe(0);
    expect(wishes(new CallScript(dialRequest(keys)).answered().send(verdict('machine'), key('9')))).toBe(0);
  });

  test('survives a hang-up of ours, a drain and an OCS that is away', () => {
    const call = announced().send({ type: 'shutdown', how: 'drain' }, { type: 'no_agents' });
    expect(call.state.phase).toBe('announcing');
    call.send(key('9'), { type: 'shutdown', how: 'hangup' }, released);
    expect(wishes(call)).toBe(1);
    expect(call.outcome.reason).toBe('do_not_call');
  });
});

describe('the key that asks for an agent', () => {
  test('ends the announcement and begins the wait anew', () => {
    const call = announced().wait(1_000).send(key('0'));
    expect(call.kinds()).toContain('stop_play');
    expect(call.state.phase).toBe('awaiting_agent');
    expect(call.kinds().filter((kind) => kind === 'request_agent')).toHaveLength(2);
    call.send(stopped).wait(1_900).send(agent, { type: 'transferred' }, released);
    expect(call.outcome).toMatchObject({ status: 'transferred', agentId: 'ann', reason: null });
  });

  test('leads back to the announcement when nobody comes, three times at most', () => {
    const call = announced();
    for (let i = 0; i < 3; i++) {
      call.send(key('0'), stopped).wait(2_000);
      expect(call.state.phase).toBe('announcing');
    }
    call.send(key('0'));
    expect(call.state.phase).toBe('announcing');
    call.send(playedWhole).wait(5_000).send(released);
    expect(call.outcome).toMatchObject({ status: 'abandoned', reason: 'no_agent' });
  });

  test('gives a whole wait also to whose time was up while they were on the way to an agent', () => {
    const call = new CallScript(dialRequest(keys)).live().send(agent).wait(2_500);
    call.send({ type: 'failed', command: 'transfer', reason: 'transfer_busy' });
    expect(call.state.phase).toBe('announcing');
    call.send(key('0'), stopped).wait(1_999);
    expect(call.state.phase).toBe('awaiting_agent');
    expect(call.wait(1).state.phase).toBe('announcing');
  });

  test('who hangs up while they wait again is abandoned', () => {
    const call = announced().send(key('0'), stopped).wait(500).send(hungUp, released);
    expect(call.outcome).toMatchObject({ status: 'abandoned', reason: 'customer_hung_up' });
  });

  test('reaches a fixed extension and an engaged leg too', () => {
    const leg = announced({ handoff: { kind: 'engaged', group: 'sales' } }).send(key('0'));
    expect(leg.effects.filter(({ kind }) => kind === 'request_leg')).toHaveLength(2);
    const fixed = new CallScript(
      dialRequest({ ...keys, announcementFor: 'all', handoff: { kind: 'destination', extension: '7000' } }),
    );
    fixed.live().send(key('0'));
    expect(fixed.effects).toContainEqual({ kind: 'transfer', extension: '7000' });
  });
});

describe('an announcement for everybody', () => {
  const all = () => new CallScript(dialRequest({ ...keys, announcementFor: 'all' })).live();

  test('is played at the verdict, no agent is asked for, and nobody counts as abandoned', () => {
    const call = all();
    expect(call.state.phase).toBe('announcing');
    expect(call.kinds()).not.toContain('request_agent');
    call.send(playedWhole).wait(5_000).send(released);
    expect(call.outcome).toMatchObject({
      result: callResult.Answer,
      status: 'dropped',
      reason: 'announced',
    });
    expect(all().send(hungUp, released).outcome).toMatchObject({
      status: 'released',
      reason: 'customer_hung_up',
    });
  });

  test('lets the person out, or on to an agent, who is missed if none comes', () => {
    const out = all().send(key('9'), stopped, playedWhole, released);
    expect(out.outcome).toMatchObject({ status: 'dropped', reason: 'do_not_call' });
    const on = all().send(key('0'), stopped, agent, { type: 'transferred' }, released);
    expect(on.outcome.status).toBe('transferred');
    const missed = all().send(key('0'), stopped).wait(2_000).send(playedWhole).wait(5_000).send(released);
    expect(missed.outcome).toMatchObject({ status: 'abandoned', reason: 'no_agent' });
  });

  test('that cannot be played: the person goes to an agent', () => {
    const call = all().send({ type: 'failed', command: 'play', reason: 'BAD_ARGUMENT' });
    expect(call.kinds()).toContain('request_agent');
    const none = new CallScript(dialRequest({ announcementFor: 'all' })).live();
    expect(none.kinds()).toContain('request_agent');
  });

  test('is not for machines', () => {
    const call = new CallScript(dialRequest({ ...keys, announcementFor: 'all' }));
    expect(call.answered().send(verdict('machine')).state.phase).toBe('dropping');
  });
});

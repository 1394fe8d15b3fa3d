import { describe, expect, it } from 'vitest';
import { liveKeys, type LiveMessage } from '../../../src/api/live.ts';
import { followLive } from '../../../src/api/live-state.ts';

const snapshot = (seq: number, ...items: object[]): LiveMessage & { type: 'snapshot' } => ({
  type: 'snapshot',
  topic: 'agents',
  seq,
  at: 0,
  items,
});
const change = (seq: number, set: object[], gone: string[] = []): LiveMessage & { type: 'change' } => ({
  type: 'change',
  topic: 'agents',
  seq,
  at: 0,
  set,
  gone,
});

describe('what a client of the live stream knows', () => {
  it('is the snapshot and the changes that follow it', () => {
    const follower = followLive(liveKeys);
    follower.take(snapshot(7, { agentId: 'ada', state: 'ready' }, { agentId: 'ben', state: 'busy' }));
    const news = follower.take(change(8, [{ agentId: 'ada', state: 'busy' }, { agentId: 'cleo' }], ['ben']));
    expect(news).toEqual({
      topic: 'agents',
      set: [{ agentId: 'ada', state: 'busy' }, { agentId: 'cleo' }],
      gone: ['ben'],
    });
    expect([...follower.state.agents.keys()]).toEqual(['ada', 'cleo']);
  });

  it('keeps the fields that a change does not name', () => {
    const follower = followLive(liveKeys);
    follower.take(snapshot(0, { agentId: 'ada', state: 'ready', group: 'sales' }));
    const news = follower.take(change(1, [{ agentId: 'ada', state: 'busy' }]));
    expect(news).toMatchObject({ set: [{ agentId: 'ada', state: 'busy', group: 'sales' }] });
  });

  it('names what a later snapshot no longer has', () => {
    const follower = followLive(liveKeys);
    follower.take(snapshot(0, { agentId: 'ada' }, { agentId: 'ben' }));
    expect(follower.take(snapshot(3, { agentId: 'ben' }))).toMatchObject({ gone: ['ada'] });
  });

  it('is not enough when a change is missing, and stays as it was', () => {
    const follower = followLive(liveKeys);
    follower.take(snapshot(1, { agentId: 'ada' }));
    expect(follower.take(change(3, [], ['ada']))).toBe('missing');
    expect(follower.state.agents.size).toBe(1);
  });

  it('is not enough when a beat counts further, and is when it counts the same', () => {
    const follower = followLive(liveKeys);
    follower.take(snapshot(1));
    expect(follower.take({ type: 'beat', at: 0, seqs: { agents: 2 } })).toBe('missing');
    expect(follower.take({ type: 'beat', at: 0, seqs: { agents: 1 } })).toBeNull();
  });

  it('stays while another connection has told nothing yet, but takes no change of it', () => {
    const follower = followLive(liveKeys);
    follower.take(snapshot(1, { agentId: 'ada' }));
    follower.reconnected();
    expect(follower.take(change(2, [{ agentId: 'ben' }]))).toBe('missing');
    expect([...follower.state.agents.keys()]).toEqual(['ada']);
  });
});

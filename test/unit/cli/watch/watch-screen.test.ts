import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { LiveAgent, LiveCampaign, LiveChannel, LiveDialer } from '../../../../src/api/live.ts';
import type { LiveState } from '../../../../src/api/live-state.ts';
import { screenLines, viewAfter, type Frame, type View } from '../../../../src/cli/watch/watch-screen.ts';

const campaign = (name: string, more: Partial<LiveCampaign> = {}): LiveCampaign => ({
  name,
  list: 'customers',
  mode: 'progressive',
  group: 'sales',
  state: 'running',
  calls: { leased: 0, dialling: 2, answered: 1, waiting: 0, connected: 4, ending: 0 },
  openRecords: 4,
  results: { Busy: 3 },
  attempts: 3,
  agents: { ready: 1, reserved: 0, busy: 4, wrap_up: 0, not_ready: 0 },
  live: 30,
  abandoned: 1,
  abandonedRatePct: 3.2258,
  warnings: [],
  obstacles: [],
  total: 100,
  targetAbandonedPct: 3,
  abandonedWindow: 'campaign',
  recentResults: {},
  recentMinutes: [],
  left: 60,
  pacing: null,
  ...more,
});
const agent = (agentId: string): LiveAgent => ({
  agentId,
  group: 'sales',
  state: 'wrap_up',
  since: 1_000,
  online: true,
  limitMs: null,
  next: 'ready',
  reason: null,
  campaign: null,
});
const stateOf = (campaigns: LiveCampaign[], agents: LiveAgent[] = []): LiveState => ({
  campaigns: new Map(campaigns.map((each) => [each.name, each])),
  agents: new Map(agents.map((each) => [each.agentId, each])),
  diallers: new Map(),
  channels: new Map(),
});
const first: View = { topic: 'campaigns', row: 0, detail: null };
const frame: Frame = { columns: 120, rows: 24, at: 1_000, ageS: 0, isLost: false };

describe('the screen of cpdctl watch', () => {
  it('has a row for each campaign, by name', () => {
    const lines = screenLines(first, stateOf([campaign('spring'), campaign('autumn')]), frame);
    expect(lines).toHaveLength(24);
    expect(lines[3]).toMatch(/^> autumn +running +progressive +60\/100 +3 +0 +4 +1 +4 +0 +3.23 % \(1\/31\)$/);
    expect(lines[4]).toMatch(/^ {2}spring/);
  });

  it('fits a terminal of any size', () => {
    const many = Array.from({ length: 50 }, (_, n) =>
      campaign(`campaign-${n} \u4e16\u754c`, { obstacles: ['x'.repeat(300)] }),
    );
    for (const [columns, rows] of [
      [40, 10],
      [200, 60],
      [20, 3],
    ] as const) {
      const lines = screenLines(first, stateOf(many), { ...frame, columns, rows });
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('keeps the marked row in sight', () => {
    const many = Array.from({ length: 50 }, (_, n) => campaign(`c${String(n).padStart(2, '0')}`));
    const lines = screenLines({ ...first, row: 45 }, stateOf(many), { ...frame, rows: 12 });
    expect(lines.some((line) => line.startsWith('> c45'))).toBe(true);
  });

  it('names what needs attention first, and how many more there are', () => {
    const state = stateOf([campaign('spring', { obstacles: ['a', 'b', 'c'], warnings: ['d', 'e'] })]);
    expect(screenLines(first, state, frame).slice(1, 5)).toEqual([
      '! spring: a',
      '! spring: b',
      '! spring: c',
      '! and 2 more',
    ]);
  });

  it('says how old its figures are when the connection is lost', () => {
    const [head] = screenLines(first, stateOf([]), { ...frame, isLost: true, ageS: 12 });
    expect(head).toMatch(/^Connection lost. Trying again. As of \d\d:\d\d:\d\d, 12 s old$/);
  });

  it('shows nothing that could move the cursor', () => {
    const lines = screenLines(first, stateOf([campaign('\u001b[2Jspring')]), frame);
    expect(lines.join('')).not.toContain('\u001b');
    expect(lines[3]).toContain('?[2Jspring');
  });

  it('is worked by keys', () => {
    const state = stateOf(
      [campaign('autumn'), campaign('spring', { obstacles: ['no agent'] })],
      [agent('ada')],
    );
    const press = (...keys: string[]) =>
      keys.reduce<View | 'quit'>(
        (view, key) => (view === 'quit' ? view : viewAfter(view, key, state)),
        first,
      );
    expect(press('j', '\r')).toMatchObject({ detail: 'spring' });
    expect(press('\u001b[B', '\u001b[B', '\u001b[B')).toMatchObject({ row: 1 });
    expect(press('j', '\u001b[A', 'k')).toMatchObject({ row: 0 });
    expect(press('j', '\r', '\u001b')).toMatchObject({ row: 1, detail: null });
    expect(press('\r', 'a')).toEqual({ topic: 'agents', row: 0, detail: null });
    expect(press('d')).toMatchObject({ topic: 'diallers' });
    expect(press('q')).toBe('quit');
    expect(press('\u0003')).toBe('quit');
    const text = screenLines(press('j', '\r') as View, state, frame).join('\n');
    expect(text).toContain('spring: running, progressive, list customers, group sales');
    expect(text).toContain('attempts   3: Busy 3');
    expect(text).toContain('obstacle   no agent');
    expect(screenLines(press('a') as View, state, { ...frame, at: 66_000 })[4]).toMatch(
      /^> ada +sales +wrap up +1 min 05 s +connected +-$/,
    );
  });

  const dialer = (dialerId: string, more: Partial<LiveDialer> = {}): LiveDialer => ({
    ...{ dialerId, lost: false, free: 0, channels: { inService: 0, busy: 0 }, calls: 0 },
    ...{ canWatch: true, board: null },
    ...more,
  });
  const channel = (id: string): LiveChannel => ({
    ...{
      id,
      dialerId: 'd1',
      channel: 1,
      span: 2,
      use: 'call',
      phase: 'alerting',
      since: 1_000,
      attemptId: 'a',
    },
    ...{
      campaign: 'spring',
      agentId: null,
      test: false,
      lastEvent: 'ringing',
      lastEventAt: 1_000,
      reason: null,
    },
    ...{ faults: 0 },
  });
  const withChannels = (diallers: LiveDialer[], channels: LiveChannel[]): LiveState => ({
    ...stateOf([]),
    diallers: new Map(diallers.map((each) => [each.dialerId, each])),
    channels: new Map(channels.map((each) => [each.id, each])),
  });

  it('has channels by their numbers, and says which board failed beside who is silent', () => {
    const state = withChannels(
      [dialer('d1', { board: 'dead' }), dialer('d2', { lost: true })],
      [channel('d1/10'), channel('d1/2')],
    );
    const lines = screenLines({ ...first, topic: 'channels' }, state, frame);
    expect(lines.slice(1, 3)).toEqual([
      '! dialler d2 is silent, 0 calls were with it',
      '! the board of dialler d1 failed',
    ]);
    expect(lines[5]).toMatch(/^> d1\/2 +2 +ringing +0 ms +spring +- +ringing +0 +-$/);
    expect(lines[6]).toMatch(/^ {2}d1\/10 /);
  });

  it.each([
    [[], 'No dialler is connected.'],
    [[dialer('d1', { canWatch: false })], 'Of an older version, which cannot tell: d1.'],
    [[dialer('d1')], 'No dialler has told of channels.'],
    [[dialer('d1', { board: 'ok' })], 'No channel is configured.'],
  ])('says why there are no channels', (diallers, text) => {
    const lines = screenLines({ ...first, topic: 'channels' }, withChannels(diallers, []), frame);
    expect(lines).toContain(text);
    expect(viewAfter(first, 'h', withChannels(diallers, []))).toMatchObject({ topic: 'channels' });
  });
});

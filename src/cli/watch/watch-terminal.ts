import { liveTopics, type LiveTopic } from '../../api/live.ts';
import type { LiveState } from '../../api/live-state.ts';
import type { Watcher } from './live-connection.ts';
import { screenLines, viewAfter, type View } from './watch-screen.ts';

const [enter, leave] = ['\u001b[?1049h\u001b[?25l', '\u001b[?25h\u001b[?1049l'];

/** What is asked for: the channels only while they are looked at, for the diallers tell them only then. */
function topicsOf({ topic }: View): readonly LiveTopic[] {
  return liveTopics.filter((each) => each !== 'channels' || topic === 'channels');
}

/** Draws on the terminal, anew at each change, key and resize, and each second while the connection is lost. */
export function createTerminalWatcher(
  first: View,
  quit: () => void,
): Watcher & { topics(): readonly LiveTopic[]; open(): void; close(): void } {
  const { stdin, stdout } = process;
  let view = first;
  let state: LiveState = {
    campaigns: new Map(),
    agents: new Map(),
    diallers: new Map(),
    channels: new Map(),
  };
  let heard: { at: number; here: number } | null = null;
  let isLost = false;
  let subscribe = () => {};
  const draw = () => {
    const { columns, rows } = stdout;
    const ageMs = heard === null ? 0 : performance.now() - heard.here;
    const frame = { columns, rows, at: heard?.at ?? null, ageS: Math.floor(ageMs / 1_000), isLost };
    const lines = screenLines(view, state, frame).map((line) => `${line}\u001b[K`);
    stdout.write(`\u001b[H${lines.join('\r\n')}\u001b[J`);
  };
  const hear = (at: number) => {
    heard = { at, here: performance.now() };
    isLost = false;
    draw();
  };
  const press = (data: Buffer) => {
    // Keys that come together are single ones, but for the arrows.
    for (const key of data.toString('utf8').match(/\u001b\[[A-Z]|[^]/g) ?? []) {
      const next = viewAfter(view, key, state);
      if (next === 'quit') quit();
      else {
        const isOther = topicsOf(next).length !== topicsOf(view).length;
        view = next;
        if (isOther) subscribe();
      }
    }
    draw();
  };
  const clock = setInterval(() => {
    if (isLost) draw();
  }, 1_000);
  return {
    topics: () => topicsOf(view),
    connected: (again) => {
      subscribe = again;
    },
    news: (_news, at, now) => {
      state = now;
      hear(at);
    },
    beat: hear,
    lost: () => {
      isLost = true;
      draw();
    },
    open: () => {
      stdout.write(enter);
      stdout.on('resize', draw);
      if (stdin.isTTY) stdin.setRawMode(true).on('data', press).resume();
      draw();
    },
    close: () => {
      clearInterval(clock);
      stdout.off('resize', draw);
      if (stdin.isTTY) stdin.off('data', press).setRawMode(false).pause();
      stdout.write(leave);
    },
  };
}

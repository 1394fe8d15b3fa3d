/** Screens on walls: clients of the live stream, and one browser that shows the wall on a slow processor. */
import { once } from 'node:events';
import { chromium } from 'playwright-core';
import WebSocket from 'ws';
import { benchBrowser, benchScreen, slowDown } from '../slowed-page.ts';

export interface WallFigures {
  walls: number;
  /** Of one client. */
  kbPerSecond: number;
  snapshotKb: number;
  /** The most that came to one client within 250 ms, after the snapshots. */
  burstKb: number;
}

const tickMs = 250;
const topics = ['campaigns', 'agents', 'diallers'];
const inKb = (bytes: number) => Math.round(bytes / 102.4) / 10;

/** @returns ends them with what was measured */
export async function openWalls(url: string, walls: number): Promise<() => WallFigures> {
  const begun = performance.now();
  const clients = await Promise.all(
    Array.from({ length: walls }, async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/live/v1`);
      const client = { socket, changes: 0, snapshots: 0, burst: 0, tick: 0, inTick: 0 };
      socket.on('message', (data: Buffer) => {
        if (data.includes('"type":"snapshot"')) {
          client.snapshots += data.length;
          return;
        }
        const tick = Math.floor(performance.now() / tickMs);
        client.inTick = tick === client.tick ? client.inTick + data.length : data.length;
        client.tick = tick;
        client.burst = Math.max(client.burst, client.inTick);
        client.changes += data.length;
      });
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'subscribe', topics }));
      return client;
    }),
  );
  return () => {
    const seconds = (performance.now() - begun) / 1_000;
    for (const { socket } of clients) socket.terminate();
    const sum = (of: (client: (typeof clients)[number]) => number) =>
      clients.reduce((total, client) => total + of(client), 0);
    return {
      walls,
      kbPerSecond: inKb(sum(({ changes }) => changes) / walls / seconds),
      snapshotKb: inKb(sum(({ snapshots }) => snapshots) / walls),
      burstKb: inKb(Math.max(...clients.map(({ burst }) => burst))),
    };
  };
}

export interface BrowserFigures {
  /** From one frame to the next, ms. */
  frames: { p50: number; p99: number; longest: number };
  /** Script of the page for each 250 ms, ms of the slowed processor. */
  scriptPerTick: number;
  /** All that its thread does for each 250 ms. */
  taskPerTick: number;
}

const slowedBy = 4;
const look = `new Promise((resolve) => {
  const frames = [];
  let last = performance.now();
  const frame = (now) => {
    frames.push(now - last);
    last = now;
    if (globalThis.isOver) resolve(frames.slice(1).sort((a, b) => a - b));
    else requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})`;

/** The wall in Chromium on a processor that is slowed four times. @returns ends it with what was measured */
export async function openBrowser(url: string): Promise<() => Promise<BrowserFigures>> {
  const browser = await chromium.launch(benchBrowser);
  const page = await browser.newPage(benchScreen);
  // Where no user is known everybody may look; the page asks who it is.
  await page.route('**/api/v1/session', (route) =>
    route.fulfill({ json: { name: 'bench', role: 'wall', groups: [], csrfToken: '', extension: null } }),
  );
  await page.goto(`${url}/console/#/wall`);
  await page.getByRole('table').first().waitFor();
  const durations = await slowDown(page, slowedBy);
  const before = await durations();
  const frames = page.evaluate<number[]>(look);
  return async () => {
    await page.evaluate('globalThis.isOver = true');
    const all = await frames;
    const after = await durations();
    await browser.close();
    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    const ticks = (grown('Timestamp') * 1_000) / tickMs;
    const tenths = (value: number) => Math.round(value * 10) / 10;
    const at = (share: number) => tenths(all[Math.floor(share * (all.length - 1))] ?? 0);
    return {
      frames: { p50: at(0.5), p99: at(0.99), longest: at(1) },
      scriptPerTick: tenths((grown('ScriptDuration') * 1_000) / ticks),
      taskPerTick: tenths((grown('TaskDuration') * 1_000) / ticks),
    };
  };
}

/** The wall of one checkout in Chromium, with a stream of our own. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { WebSocketServer, type WebSocket } from 'ws';
import { benchBrowser, benchScreen, slowDown } from '../slowed-page.ts';
import { createFeed, type FeedOptions } from './feed.ts';

export interface WallOptions extends FeedOptions {
  ticks: number;
  /** How many times slower than the machine's the processor of the page is. */
  slowed: number;
}

/** Of the page's thread for each tick, processor time of the slowed processor, ms. */
export interface WallCost {
  script: number;
  layout: number;
  /** With all that it does besides. */
  all: number;
  /** How often it laid out, a tick. */
  layouts: number;
}

const tickMs = 250;
const types: Readonly<Record<string, string>> = {
  ...{ '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' },
};
const user = { name: 'bench', role: 'supervisor', groups: [], csrfToken: '', extension: null };

/** @param source a built checkout */
export async function measureWall(source: string, options: WallOptions): Promise<WallCost> {
  const feed = createFeed(options);
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/console\//, '');
    if (path === '/api/v1/session') {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(user));
      return;
    }
    const name = path === '' ? 'index.html' : path;
    readFile(join(source, 'dist/web', name)).then(
      (body) => response.setHeader('content-type', types[extname(name)] ?? '').end(body),
      () => response.writeHead(404).end(),
    );
  });
  const streams = new WebSocketServer({ server, path: '/live/v1' });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await chromium.launch(benchBrowser);
  try {
    const page = await browser.newPage(benchScreen);
    const subscribed = new Promise<WebSocket>((resolve) => {
      streams.once('connection', (socket) => {
        socket.once('message', () => {
          resolve(socket);
        });
      });
    });
    await page.goto(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/console/#/wall`);
    const socket = await subscribed;
    const send = (messages: object[]) => {
      for (const message of messages) socket.send(JSON.stringify(message));
    };
    send(feed.snapshots());
    await page.getByRole('row').nth(options.agents).waitFor();
    const metrics = await slowDown(page, options.slowed);
    const run = async (ticks: number) => {
      for (let tick = 0; tick < ticks; tick += 1) {
        send(feed.next());
        await pause(tickMs);
      }
    };
    // What the compiler of the browser learns first is not of each tick.
    await run(Math.ceil(options.ticks / 4));
    const before = await metrics();
    await run(options.ticks);
    const after = await metrics();
    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    const each = (value: number) => Math.round((value * 10) / options.ticks) / 10;
    return {
      script: each(grown('ScriptDuration') * 1_000),
      layout: each((grown('LayoutDuration') + grown('RecalcStyleDuration')) * 1_000),
      all: each(grown('TaskDuration') * 1_000),
      layouts: each(grown('LayoutCount')),
    };
  } finally {
    await browser.close();
    streams.close();
    server.close();
  }
}

/** The process that is measured: an Outbound Contact Server of one checkout with its database on disk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as clocks from '../../../src/ocs/clock.ts';
import type * as servers from '../../../src/ocs/ocs.ts';
import { importFrom } from '../checkouts.ts';
import { createStallWatch, createTurnWatch, type LoopFigures } from '../figures.ts';

export interface OcsdFigures {
  /** How much later than asked the event loop came round. */
  stall: LoopFigures;
  /** Processor time between two looks of a timer of 1 ms: no turn of the event loop took longer. */
  turn: LoopFigures;
}

interface Load {
  source: string;
  seconds: number;
}

const load = JSON.parse(process.argv[2] ?? '{}') as Load;
const from = <Module>(path: string) => importFrom<Module>(load.source, path);
const { createOcs } = await from<typeof servers>('ocs/ocs.ts');
const { realClock } = await from<typeof clocks>('ocs/clock.ts');

const none = () => undefined;
const log = { debug: none, info: none, warn: none, error: none };
const folder = mkdtempSync(join(tmpdir(), 'bench-ocsd-'));
const ocs = await createOcs({ database: join(folder, 'ocs.db'), clock: realClock(), log });
process.send?.({ url: await ocs.listen({ port: 0 }) });

const stall = createStallWatch();
const turn = createTurnWatch();

process.on('message', (said) => {
  if (said === 'start') start();
  else stop();
});

function start(): void {
  stall.begin();
  turn.begin();
  setTimeout(
    () => {
      stall.settle();
      turn.settle();
    },
    (load.seconds * 1_000) / 3,
  );
}

function stop(): void {
  const figures: OcsdFigures = { stall: stall.end(), turn: turn.end() };
  process.send?.({ figures }, () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  });
}

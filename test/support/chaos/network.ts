import type { Fetch } from '../../../src/link/transport.ts';
import { thisProcess } from './processes.ts';
import type { World } from './world.ts';

export interface Asked {
  method: 'GET' | 'POST';
  path: string;
  body?: string | undefined;
}
export interface Answered {
  status: number;
  body: string;
}

/** Whoever can be asked. */
export interface Server {
  readonly name: string;
  /** @throws when it is not there, or dies meanwhile */
  handle(asked: Asked): Promise<Answered>;
}

/** A client gives up on a message that is lost after so long. Virtual ms. */
const patienceMs = 5_000;

/** Brings a message to a server and its answer back, if the weather lets it. */
export async function carry(world: World, from: string, to: Server, asked: Asked): Promise<Answered> {
  const { time, weather } = world;
  const process = thisProcess();
  const lose = async (): Promise<never> => {
    await time.wait(patienceMs);
    throw new Error('no answer');
  };
  const isCut = () => weather.isCut(from, to.name, time.now());
  world.mayDie(process);
  const fate = weather.message();
  await time.wait(fate.there);
  if (fate.what === 'lost' || isCut()) return lose();
  if (fate.what === 'twice') void to.handle(asked).catch(() => undefined);
  const answer = await to.handle(asked);
  await time.wait(fate.back);
  await world.standsStill(process);
  world.mayDie(process);
  if (fate.what === 'reply lost' || isCut()) return lose();
  return answer;
}

/** What a dialler's link asks with; the host in an address is the name of a node. */
export function fetchThrough(world: World, from: string): Fetch {
  return async (input, init) => {
    const url = new URL(input);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const signal = init?.signal;
    signal?.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
    signal?.throwIfAborted();
    const node = world.nodes.find(({ name }) => name === url.hostname);
    if (node === undefined) throw new Error(`no host ${url.hostname}`);
    const asked = { method: 'POST', path: url.pathname, body: init?.body as string } as const;
    const { body, status } = await Promise.race([carry(world, from, node, asked), aborted]);
    return new Response(body, { status });
  };
}

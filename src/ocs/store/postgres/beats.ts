import type { Log } from '../../../domain/log.ts';
import type { Connection } from './connection.ts';
import type { Lane } from './lane.ts';
import type { ThisNode } from './nodes.ts';
import { beat, beatMs, giveUp, noteLoss, nowListens, taken, type Ownership } from './ownership.ts';

/** Says every second that this process lives, until it is found that the rows belong to another one. */
export interface Beats {
  /** What was found out otherwise. */
  end(why: string): void;
  /** The database has not got any more what it had kept: nobody goes on before a person has looked. */
  lose(): Promise<void>;
  /** With each beat from now on it looks whether the newest set that was kept is still there, and flushes the lane. */
  follow(lane: Pick<Lane, 'flush' | 'newest'>): void;
  /** This process answers from now on: others are told with the next beat. */
  announce(): void;
  /** Lets another process take over. */
  giveUp(): Promise<void>;
  /** Can be called twice. */
  stop(): void;
}

/** @param options.lost the rows belong to another process now, or nobody's */
export function startBeats(
  heart: Connection,
  owner: Ownership,
  { log, lost, self }: { log: Log; lost: (why: string) => void; self: ThisNode },
): Beats {
  let followed: Pick<Lane, 'flush' | 'newest'> | null = null;
  let state: 'beating' | 'ended' | 'stopped' = 'beating';
  const end = (why: string) => {
    if (state !== 'beating') return;
    state = 'ended';
    log.error({ node: owner.node, epoch: owner.epoch }, why);
    lost(why);
  };
  const lose = async () => {
    const why = `at ${new Date().toISOString()} PostgreSQL had lost changes that it had kept`;
    await noteLoss(heart, owner, why).catch(() => undefined);
    end(why);
  };
  let toAnnounce = false;
  const tick = async () => {
    try {
      if (toAnnounce) {
        await nowListens(heart, owner, self);
        toAnnounce = false;
      }
      followed?.flush();
      const found = await beat(heart, owner, followed?.newest() ?? 0, self.certificate());
      if (found === 'fenced') end(taken);
      else if (found === 'gap') await lose();
    } catch {
      // The lane says what is wrong, when something is to be written.
    }
    if (state === 'beating') timer = tickIn(beatMs);
  };
  let ticking = Promise.resolve();
  const tickIn = (ms: number) =>
    setTimeout(() => {
      ticking = tick();
    }, ms);
  let timer = tickIn(0);
  const stop = () => {
    if (state === 'beating') state = 'stopped';
    clearTimeout(timer);
  };
  return {
    end,
    lose,
    follow: (lane) => {
      followed = lane;
    },
    announce: () => {
      toAnnounce = true;
    },
    giveUp: async () => {
      const isOwner = state === 'beating';
      stop();
      // What it finds is written before there is no owner any more.
      await ticking;
      if (isOwner) await giveUp(heart, owner).catch(() => undefined);
      void heart.close();
    },
    stop: () => {
      stop();
      void heart.close();
    },
  };
}

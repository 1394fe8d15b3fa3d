import { DeskRefusal, type Message } from './link.ts';

const retryMs = { first: 500, most: 5_000 };

/**
 * Whether a refusal passes by itself: another program holds the database, or OCS has not noticed yet that the
 * connection before this one is lost.
 */
function passes({ code, field }: DeskRefusal): boolean {
  return code === 'DATABASE_ERROR' || (code === 'ILLEGAL_STATE' && field === 'GSW_AGENT_ID');
}

/** Asks until it is answered, or refused for good. */
export interface Insist {
  /** @throws DeskRefusal what does not pass by itself; `LOST` also after `stop` */
  ask(request: string, more?: Message): Promise<Message>;
  /** Asks no more. */
  stop(): void;
}

/** @param refused told each refusal that passes by itself */
export function insist(
  once: (request: string, more?: Message) => Promise<Message>,
  refused: (why: DeskRefusal) => void,
): Insist {
  let wake: (() => void) | null = null;
  let stopped = false;
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  return {
    ask: async (request, more) => {
      for (let waitMs = retryMs.first; ; waitMs = Math.min(retryMs.most, waitMs * 2)) {
        if (stopped) throw new DeskRefusal('LOST', 'Nobody asks any more.');
        try {
          return await once(request, more);
        } catch (error) {
          if (!(error instanceof DeskRefusal) || !passes(error)) throw error;
          refused(error);
          await pause(waitMs);
        }
      }
    },
    stop: () => {
      stopped = true;
      wake?.();
    },
  };
}

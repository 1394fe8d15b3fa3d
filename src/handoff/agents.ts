import type { BoardClock } from '../board/board.ts';
import { CodedError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { LinkClient } from '../link/client.ts';

export interface AgentDesk {
  /** Asks OCS until it names an agent or the request is withdrawn; `found` is called at most once. */
  request(
    attemptId: string,
    /** Agents named before whom the switch could not reach. */
    failed: readonly string[],
    found: (agent: { agentId: string; extension: string }) => void,
  ): void;
  /** The wish is over. An agent named after this is freed by OCS when the outcome comes. */
  withdraw(attemptId: string): void;
}

/** Pause after a question that failed, in board ms: a person is on the line. */
const failurePauseMs = 250;

/** Finds agents for persons on the line, through OCS. */
export function createAgentDesk(options: {
  link: Pick<LinkClient, 'requestAgent'>;
  clock: BoardClock;
  log: Log;
}): AgentDesk {
  const { link, clock, log } = options;
  const wishes = new Map<string, { cancelPause: () => void }>();

  return {
    request(attemptId, failed, found) {
      const wish = { cancelPause: () => {} };
      wishes.get(attemptId)?.cancelPause();
      wishes.set(attemptId, wish);
      const wanted = () => wishes.get(attemptId) === wish;

      const ask = async (): Promise<void> => {
        let pauseMs = failurePauseMs;
        try {
          const { agent, retryMs } = await link.requestAgent(attemptId, failed);
          if (!wanted()) return;
          if (agent !== null) {
            wishes.delete(attemptId);
            found(agent);
            return;
          }
          pauseMs = Math.max(retryMs, 10);
        } catch (error) {
          if (!wanted()) return;
          const code = error instanceof CodedError ? error.code : 'INTERNAL';
          log.warn({ attemptId, code, err: error }, 'OCS could not be asked for an agent');
        }
        wish.cancelPause = clock.after(pauseMs, () => {
          if (wanted()) void ask();
        });
      };
      void ask();
    },
    withdraw(attemptId) {
      wishes.get(attemptId)?.cancelPause();
      wishes.delete(attemptId);
    },
  };
}

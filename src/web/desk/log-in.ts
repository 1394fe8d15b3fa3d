import type { DeskSignals } from './desk-signals.ts';
import { insist, type Insist } from './insist.ts';
import { DeskRefusal, type Message } from './link.ts';
import type { createRecordWork } from './record-work.ts';
import { words } from './words.ts';

/** Whoever was ready so short a time ago is ready again after a reload. ms */
const readyAgainMs = 60_000;
/** The worker of a page that runs, seen or not, was heard so short a time ago. ms */
const awakeMs = 15_000;

/** The log-in of the agent on each connection anew, with what was open and whether it was ready. */
export function createLogIn(
  desk: DeskSignals,
  own: Pick<ReturnType<typeof createRecordWork>, 'takeUp'>,
  on: {
    ask: (request: string) => Promise<void>;
    look: () => Promise<void>;
    request: (request: string, more?: Message) => Promise<Message>;
    /** It was refused for good. */
    stopWork: () => void;
  },
) {
  const { agent, connection, draft, failed, fault, notice, readyAt, record, tryingAgain, user, work } = desk;
  let asking: Insist | null = null;
  /** `performance.now` of the last sign of the worker since the page was loaded. */
  let awakeAt = -Infinity;
  return {
    run: async () => {
      const { value } = work;
      if (value === null) return;
      const wasReady = readyAt.value !== null && Date.now() - readyAt.value < readyAgainMs;
      asking?.stop();
      asking = insist(on.request, tryingAgain);
      try {
        agent.value = null;
        record.value = null;
        const { extension, group } = value;
        await asking.ask('Login', { GSW_AGENT_ID: user, GSW_EXTENSION: extension, GSW_GROUP: group });
        await asking.ask('Alive');
        fault.value = null;
        connection.value = 'up';
        await own.takeUp();
        void on.look();
        const isAwake = document.visibilityState === 'visible' || performance.now() - awakeAt < awakeMs;
        if (wasReady && isAwake) await on.ask('Ready');
      } catch (error) {
        failed(error);
        if (!(error instanceof DeskRefusal) || error.code === 'LOST') return;
        on.stopWork();
        if (draft.value !== null) notice.value = words.kept;
      }
    },
    stop: () => {
      asking?.stop();
    },
    /** The worker of the page was heard. */
    awake: () => {
      awakeAt = performance.now();
    },
  };
}

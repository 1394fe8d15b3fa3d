import { sdNotify } from '../board/native.ts';
import type { Logger } from './log.ts';
import { onStopSignals } from './signals.ts';
import { startWatchdog, watchdogIntervalMs, type Notify } from './watchdog.ts';

/** What a daemon gives to be run as a service. */
export interface Service {
  /** One line for `systemctl status`. */
  describe(): string;
  /** False when a part hangs; systemd then restarts the process. */
  alive(): boolean;
  /** First signal: ends in good order. Resolves when all is closed. */
  drain(): Promise<void>;
  /** SIGHUP: reads again what can change while it runs. Absent where nothing can. */
  reload?(): void;
  /** Second signal: ends what `drain` waits for. */
  hangUp(): void;
}

/** What a start is told. */
export interface Start {
  notify: Notify;
  /** Aborted by the first signal, for a start that waits for something. */
  stopped: AbortSignal;
}

/** How often `systemctl status` is brought up to date. */
const statusIntervalMs = 5_000;

/**
 * Starts a service and runs it until a signal ends it: READY, STATUS and WATCHDOG to systemd, drain at the first
 * SIGTERM or SIGINT, hang up at the second. A signal that comes during the start counts when it is done, or when the start
 * gives up for it.
 *
 * @param start may tell the service manager that it takes longer
 * @returns the exit code: 0 after a clean end
 * @throws what the start throws
 */
export async function runService(start: (how: Start) => Promise<Service>, log: Logger): Promise<number> {
  const notify = (state: string) => {
    try {
      sdNotify(state);
    } catch (error) {
      log.warn({ err: error }, 'systemd could not be notified');
    }
  };
  // What is made here holds customers' numbers: it is nobody's but the user's and the group's.
  process.umask(process.umask() | 0o027);
  let service: Service | null = null;
  const asked = Promise.withResolvers<string>();
  const stopped = new AbortController();
  const off = onStopSignals(process, {
    drain: (signal) => {
      asked.resolve(signal);
      stopped.abort();
    },
    hangUp: (signal) => {
      log.warn({ signal }, 'second signal: hanging up');
      service?.hangUp();
    },
    reload: (signal) => {
      if (service?.reload === undefined) {
        log.warn({ signal }, 'signal ignored; a changed configuration takes effect at the next start');
        return;
      }
      log.info(
        { signal },
        'reading the certificate again; a changed configuration takes effect at the next start',
      );
      service.reload();
    },
  });

  try {
    const running = await startUnlessStopped(
      () => start({ notify, stopped: stopped.signal }),
      stopped.signal,
    );
    if (running === null) {
      log.info({}, 'stopped before it was up');
      return 0;
    }
    service = running;
    const stopWatchdog = startWatchdog(
      watchdogIntervalMs(process.env, process.pid),
      () => running.alive(),
      notify,
    );
    const status = setInterval(() => notify(`STATUS=${running.describe()}`), statusIntervalMs);
    notify(`READY=1\nSTATUS=${running.describe()}`);
    log.info({}, 'ready');

    const signal = await asked.promise;
    log.info({ signal }, 'draining');
    notify('STOPPING=1\nSTATUS=draining');
    clearInterval(status);
    try {
      await running.drain();
      log.info({}, 'stopped');
      return 0;
    } catch (error) {
      log.error({ err: error }, 'stopped with an error');
      return 1;
    } finally {
      stopWatchdog();
    }
  } finally {
    off();
  }
}

/** @returns null when the start gave up as it was asked to */
async function startUnlessStopped(
  start: () => Promise<Service>,
  stopped: AbortSignal,
): Promise<Service | null> {
  try {
    return await start();
  } catch (error) {
    if (stopped.aborted) return null;
    throw error;
  }
}

/** An error nobody caught leaves the process in no known state: it is logged and ends the process. */
export function endOnUnknownError(log: Logger): void {
  const end = (error: unknown) => {
    log.fatal({ err: error }, 'unhandled error');
    process.exit(70);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

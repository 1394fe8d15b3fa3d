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

/** How often `systemctl status` is brought up to date. */
const statusIntervalMs = 5_000;

/**
 * Starts a service and runs it until a signal ends it: READY, STATUS and WATCHDOG to systemd, drain at the first
 * SIGTERM or SIGINT, hang up at the second. A signal that comes during the start counts when it is done.
 *
 * @param start may tell the service manager that it takes longer
 * @returns the exit code: 0 after a clean end
 * @throws what the start throws
 */
export async function runService(start: (notify: Notify) => Promise<Service>, log: Logger): Promise<number> {
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
  const off = onStopSignals(process, {
    drain: asked.resolve,
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
    const running = await start(notify);
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

/** An error nobody caught leaves the process in no known state: it is logged and ends the process. */
export function endOnUnknownError(log: Logger): void {
  const end = (error: unknown) => {
    log.fatal({ err: error }, 'unhandled error');
    process.exit(70);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

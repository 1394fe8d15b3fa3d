import { sdNotify } from '../board/native.ts';
import type { Logger } from './log.ts';
import { onStopSignals } from './signals.ts';
import { startWatchdog, watchdogIntervalMs } from './watchdog.ts';

/** What a daemon gives to be run as a service. */
export interface Service {
  /** One line for `systemctl status`. */
  describe(): string;
  /** False when a part hangs; systemd then restarts the process. */
  alive(): boolean;
  /** First signal: ends in good order. Resolves when all is closed. */
  drain(): Promise<void>;
  /** Second signal: ends what `drain` waits for. */
  hangUp(): void;
}

/** How often `systemctl status` is brought up to date. */
const statusIntervalMs = 5_000;

/**
 * Runs a started service until a signal ends it: READY, STATUS and WATCHDOG to systemd, drain at the first
 * SIGTERM or SIGINT, hang up at the second.
 *
 * @returns the exit code: 0 after a clean end
 */
export async function runService(service: Service, log: Logger): Promise<number> {
  const notify = (state: string) => {
    try {
      sdNotify(state);
    } catch (error) {
      log.warn({ err: error }, 'systemd cannot be told');
    }
  };
  const stopWatchdog = startWatchdog(
    watchdogIntervalMs(process.env, process.pid),
    () => service.alive(),
    notify,
  );
  const status = setInterval(() => notify(`STATUS=${service.describe()}`), statusIntervalMs);
  notify(`READY=1\nSTATUS=${service.describe()}`);
  log.info({}, 'ready');

  try {
    return await new Promise<number>((resolve) => {
      const off = onStopSignals(process, {
        drain: (signal) => {
          log.info({ signal }, 'draining');
          notify(`STOPPING=1\nSTATUS=draining`);
          service.drain().then(
            () => {
              off();
              log.info({}, 'stopped');
              resolve(0);
            },
            (error: unknown) => {
              log.error({ err: error }, 'stopped with an error');
              resolve(1);
            },
          );
        },
        hangUp: (signal) => {
          log.warn({ signal }, 'second signal: hanging up');
          service.hangUp();
        },
      });
    });
  } finally {
    clearInterval(status);
    stopWatchdog();
  }
}

/** An error nobody caught leaves the process in no known state: it is logged and ends the process. */
export function endOnUnknownError(log: Logger): void {
  const end = (error: unknown) => {
    log.fatal({ err: error }, 'an error nobody caught');
    process.exit(70);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

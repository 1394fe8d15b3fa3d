import type { Log } from '../../domain/log.ts';
import type { Notify } from '../watchdog.ts';

/** From each step of a long start, systemd waits so much longer for the next one, or longer where that is said. */
const nextStepMs = 120_000;

/**
 * Tells the service manager and the log how far a start is that takes long: systemd does not end it at TimeoutStartSec
 * while it goes on. See EXTEND_TIMEOUT_USEC in sd_notify(3).
 */
export function createStartProgress(
  notify: Notify,
  log: Pick<Log, 'info'>,
): (what: string, done: number, of: number, mostMs?: number) => void {
  let logged = '';
  return (what, done, of, mostMs = 0) => {
    notify(
      `EXTEND_TIMEOUT_USEC=${String(Math.max(nextStepMs, mostMs) * 1_000)}\n` +
        `STATUS=starting: ${what}: ${String(done)} of ${String(of)}`,
    );
    // A line for each tenth is enough.
    const step = `${what} ${String(Math.floor((10 * done) / of))}`;
    if (step === logged) return;
    logged = step;
    log.info({ done, of }, what);
  };
}

/** How the service manager is told; the addon's sdNotify, or a recorder in a test. */
export type Notify = (state: string) => void;

/**
 * Half of the interval systemd wants to hear from us in, in ms; null when it wants nothing (or not from this
 * process). See sd_watchdog_enabled(3).
 */
export function watchdogIntervalMs(env: NodeJS.ProcessEnv, pid: number): number | null {
  const usec = Number(env['WATCHDOG_USEC']);
  if (!Number.isFinite(usec) || usec <= 0) return null;
  const meant = env['WATCHDOG_PID'];
  if (meant !== undefined && Number(meant) !== pid) return null;
  return usec / 2_000;
}

/**
 * Tells the service manager that we live, at half of its interval. That it is called at all shows that the
 * event loop turns; `alive` says whether the rest does. A process that hangs is silent and gets restarted.
 *
 * @returns stops it
 */
export function startWatchdog(intervalMs: number | null, alive: () => boolean, notify: Notify): () => void {
  if (intervalMs === null) return () => undefined;
  const timer = setInterval(() => {
    if (alive()) notify('WATCHDOG=1');
  }, intervalMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

/**
 * Whether a board's clock has moved since the last question: a board thread that hangs keeps its last time.
 * A stepped clock (tests) stands still by intent and counts as alive.
 */
export function boardPulse(now: () => number | null, stepped: boolean): () => boolean {
  let last: number | null = null;
  return () => {
    const time = now();
    // No board is open: it is being opened again, which is watched elsewhere.
    if (time === null || stepped) return true;
    const moved = last === null || time !== last;
    last = time;
    return moved;
  };
}

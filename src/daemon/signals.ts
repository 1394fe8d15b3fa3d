import type { EventEmitter } from 'node:events';

/** What the daemon does at the first and at the second request to stop. */
export interface StopActions {
  drain: (signal: string) => void;
  hangUp: (signal: string) => void;
  /** SIGHUP, by which daemons read their files again; never an end. */
  reload: (signal: string) => void;
}

/**
 * SIGTERM and SIGINT: the first drains, the second hangs up, more are ignored. SIGHUP, which would end a process at
 * once with its calls, never does.
 *
 * @param source `process`, or an emitter in a test
 * @returns takes the handlers off again
 */
export function onStopSignals(source: Pick<EventEmitter, 'on' | 'off'>, actions: StopActions): () => void {
  let count = 0;
  const handle = (signal: string) => {
    count += 1;
    if (count === 1) actions.drain(signal);
    else if (count === 2) actions.hangUp(signal);
  };
  source.on('SIGHUP', actions.reload);
  source.on('SIGTERM', handle);
  source.on('SIGINT', handle);
  return () => {
    source.off('SIGHUP', actions.reload);
    source.off('SIGTERM', handle);
    source.off('SIGINT', handle);
  };
}

import type { DaemonState, Health } from '../../api/diagnostics.ts';
import { isTokenRefusal, type ErrorCode } from '../../domain/errors.ts';
import type { BoardKeeper } from './board-keeper.ts';

/** A reason of `Health`: OCS answers, but wants another token. */
export const tokenRefused = 'OCS refuses the token';

/** Why the link is down. @param fault code of what the last poll failed with */
export function linkReason(fault: ErrorCode | null): string {
  return isTokenRefusal(fault) ? tokenRefused : 'OCS does not answer';
}

/** Why the daemon cannot dial now, one sentence each. */
export function healthOf(state: DaemonState, keeper: BoardKeeper): Health {
  const reasons: string[] = [];
  const status = keeper.dialer()?.status();
  const fault = keeper.fault();
  if (state !== 'running') reasons.push(`the daemon is ${state}`);
  if (fault !== null) reasons.push(fault);
  if (status?.link === 'down') {
    reasons.push(linkReason(status.linkFault));
  }
  if (status?.journal === 'failed') reasons.push('the journal cannot be written');
  if (status !== undefined && status.channels.idle + status.channels.busy === 0) {
    reasons.push('no channel is in service');
  }
  const shown = state === 'running' && (fault !== null || status?.journal === 'failed') ? 'degraded' : state;
  const notes = Object.entries(status?.refused ?? {}).map(
    ([code, count]) => `${count} requests or agent legs refused since the start: ${code}`,
  );
  return {
    live: true,
    ready: reasons.length === 0,
    state: shown,
    reasons,
    ...(notes.length > 0 && { notes }),
  };
}

export function describeState(health: Health, keeper: BoardKeeper): string {
  const status = keeper.dialer()?.status();
  const counts =
    status === undefined
      ? 'no board'
      : `${status.calls} calls, ${status.channels.idle} channels idle, ${status.channels.busy} busy, ` +
        `${status.channels.outOfService} out of service, ${status.unacknowledged} reports waiting`;
  return `${health.state}: ${counts}${health.reasons.length === 0 ? '' : ` (${health.reasons.join('; ')})`}`;
}

import type { CalledParty } from '../domain/recording-lesson.ts';
import type { Legs } from '../handoff/legs.ts';
import type { Reporter } from '../link/reporter.ts';
import type { RecordingCommand } from '../link/recording-schemas.ts';
import type { Command } from '../link/schemas.ts';
import type { ChannelWatch } from './channel-watch.ts';
import type { LiveCalls } from './live-calls.ts';

/** Obeys the commands that came with a pull. */
export function createOcsCommands(options: {
  live: Pick<LiveCalls, 'get' | 'forOcs'>;
  legs: Pick<Legs, 'engage' | 'disengage'>;
  reporter: Pick<Reporter, 'engagement'>;
  channelWatch: Pick<ChannelWatch, 'watch'>;
  tellRecording(command: RecordingCommand): void;
  learning: { told(attemptId: string, was: CalledParty): void } | undefined;
  /** New legs may be begun. */
  running(): boolean;
}): (command: Command) => void {
  const { channelWatch, live, legs, reporter } = options;
  return (command) => {
    switch (command.kind) {
      case 'cancel':
        live.get(command.attemptId)?.cancel();
        return;
      case 'drain':
        for (const call of live.forOcs()) {
          const { campaign } = call.state.request;
          if (command.campaign === undefined || command.campaign === campaign) call.shutdown('drain');
        }
        return;
      case 'engage':
        if (options.running()) legs.engage(command);
        else reporter.engagement({ engagementId: command.engagementId, state: 'failed', reason: 'drain' });
        return;
      case 'disengage':
        legs.disengage(command.engagementId);
        return;
      case 'watch':
        channelWatch.watch(command);
        return;
      case 'recording':
        options.tellRecording(command);
        return;
      case 'told':
        options.learning?.told(command.attemptId, command.was);
        return;
    }
  };
}

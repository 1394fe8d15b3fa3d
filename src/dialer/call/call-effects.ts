import type { CallEffect, CallReport, CallState } from '../../domain/call/call-state.ts';
import type { CallCommands, CommandedCall } from './call-commands.ts';
import type { CallTimers } from './call-timers.ts';

/** What effects need of the call besides what its commands do. */
export interface EffectiveCall extends CommandedCall {
  state(): CallState;
  commands: CallCommands;
  timers: CallTimers;
  report(report: CallReport): void;
}

/** Carries out what the step function of a call says. */
export function createCallEffects(call: EffectiveCall): (effect: CallEffect) => void {
  const { context, request, party, line, commands, timers, send } = call;
  const { desk, legs, observer, pool } = context;
  const { attemptId, campaign } = request;
  const test = request.handoff.kind === 'test';

  return (effect) => {
    switch (effect.kind) {
      case 'seize':
      case 'dial':
      case 'drop':
      case 'reset':
        commands[effect.kind]();
        return;
      case 'transfer':
        commands.transfer(effect.extension);
        return;
      case 'join':
        commands.join(effect.channel);
        return;
      case 'play':
        commands.play(effect.announcement);
        return;
      case 'stop_play':
        commands.stopPlay();
        return;
      case 'collect_key':
        commands.collectKey(effect.ms);
        return;
      case 'request_agent':
        desk.request(attemptId, effect.failed, (agent) => {
          send({ type: 'agent', ...agent });
        });
        return;
      case 'request_leg':
        legs.take(effect.group, attemptId, {
          leg: (agentId, channel) => {
            send({ type: 'leg', agentId, channel });
          },
          lost: () => {
            send({ type: 'leg_lost' });
          },
        });
        return;
      case 'release_agent':
        desk.withdraw(attemptId);
        legs.giveBack(attemptId);
        return;
      case 'start_timer':
        timers.start(effect.name, effect.ms);
        return;
      case 'cancel_timer':
        timers.cancel(effect.name);
        return;
      case 'moved': {
        const { from, to } = effect;
        context.log.debug({ attemptId, channel: line.channel, from, to }, 'call moved');
        observer.moved?.({ from, to, campaign, test });
        party.onMove?.({ from, to, atMs: context.board.now() - call.state().takenAt });
        return;
      }
      case 'report':
        call.report(effect.report);
        return;
      case 'free_channel':
        if (line.channel !== null) pool.release(line.channel, effect.condition, effect.reason);
        return;
    }
  };
}

import { CodedError, isTokenRefusal, type ErrorCode } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { createBackoff, type Sleep } from './backoff.ts';
import type { LinkClient, PullAnswer, PullQuestion } from './client.ts';

export interface PullerOptions {
  link: Pick<LinkClient, 'pull'>;
  sleep: Sleep;
  random: () => number;
  log: Log;
  /** What to ask now. */
  question(): PullQuestion;
  /** Takes the answer; what it throws is logged (the same again only after a success), the loop goes on. */
  take(answer: PullAnswer): void;
  /** Hands back what came beyond the free channels, a slice at a time; what it throws is logged as well. */
  giveBack(attemptIds: readonly string[]): void;
  /** Called when OCS is found or lost. */
  changed(state: 'up' | 'down'): void;
}

export interface Puller {
  start(): void;
  /** Ends the loop; an open poll is given up, what an answer brought for free channels is taken whole. */
  stop(): Promise<void>;
  readonly state: 'up' | 'down';
  /** Code of what the last poll failed with; null after one that did not fail. */
  readonly fault: ErrorCode | null;
}

/** An answer with nothing in it is not asked again at once, however fast it came; ms. */
const emptyPauseMs = 20;

/** So many are taken in one turn of the event loop. */
const takeSlice = 10;

/** So many are handed back in one turn of the event loop. */
const giveBackSlice = 100;

/** Asks OCS for work again and again; with growing pauses while OCS is away. */
export function createPuller(options: PullerOptions): Puller {
  const { link, sleep, log } = options;
  const stopping = new AbortController();
  const backoff = createBackoff({ firstMs: 250, longestMs: 10_000 }, options.random);
  const takeBackoff = createBackoff({ firstMs: 250, longestMs: 10_000 }, options.random);
  /** Why the last answer could not be taken: said once, however often it happens again. */
  let takeFault: string | null = null;
  let state: 'up' | 'down' = 'down';
  let fault: ErrorCode | null = null;
  let loop: Promise<void> | null = null;

  const change = (to: 'up' | 'down') => {
    if (state === to) return;
    state = to;
    options.changed(to);
  };

  const once = async (): Promise<void> => {
    let answer: PullAnswer;
    try {
      // Until OCS was heard, a poll that is held open would look like one that is lost.
      const asked = options.question();
      answer = await link.pull(state === 'up' ? asked : { ...asked, waitMs: 0 }, stopping.signal);
    } catch (error) {
      if (stopping.signal.aborted) return;
      const code = error instanceof CodedError ? error.code : 'INTERNAL';
      fault = code;
      change('down');
      const pauseMs = backoff.next();
      const said = isTokenRefusal(code) ? 'OCS refuses the token' : 'pull failed';
      log.warn({ code, err: error, failures: backoff.failures, pauseMs }, said);
      await sleep(pauseMs, stopping.signal);
      return;
    }
    backoff.reset();
    fault = null;
    change('up');
    try {
      for (const [i, part] of inSlices(answer).entries()) {
        if (i > 0) await sleep(0, stopping.signal);
        options.take(part);
      }
      for (let at = 0; at < answer.excess.length && !stopping.signal.aborted; at += giveBackSlice) {
        options.giveBack(answer.excess.slice(at, at + giveBackSlice));
        await sleep(0, stopping.signal);
      }
      takeFault = null;
      takeBackoff.reset();
    } catch (error) {
      const why = String(error);
      if (why !== takeFault) log.error({ err: error }, 'the reply to a pull could not be processed');
      takeFault = why;
      await sleep(takeBackoff.next(), stopping.signal);
    }
    if (answer.requests.length + answer.commands.length === 0) await sleep(emptyPauseMs, stopping.signal);
  };

  return {
    start() {
      loop ??= (async () => {
        while (!stopping.signal.aborted) await once();
      })();
    },
    async stop() {
      stopping.abort();
      await loop;
    },
    get state() {
      return state;
    },
    get fault() {
      return fault;
    },
  };
}

/** Parts to be taken one after the other. What comes with commands is whole: they may concern its requests. */
function inSlices(answer: PullAnswer): PullAnswer[] {
  const { commands, requests } = answer;
  if (commands.length > 0 || requests.length <= takeSlice) return [answer];
  return Array.from({ length: Math.ceil(requests.length / takeSlice) }, (_, i) => ({
    ...answer,
    requests: requests.slice(i * takeSlice, (i + 1) * takeSlice),
    refused: i === 0 ? answer.refused : [],
  }));
}

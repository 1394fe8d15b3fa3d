import { z } from 'zod';
import { numberForm } from '../../domain/number.ts';
import { sitCategories } from '../../domain/outcome.ts';
import { boardPlaceSchema } from '../board-host-program.ts';

/**
 * Configuration of the simulated board: trunks, clock, and the world behind them. Twin of
 * `native/board/sim/sim_config.h`. All times in media ms.
 */
const ms = z.number().int().min(0);

/** What a called number really is. The detector never sees this. */
export const simKinds = [
  'live',
  'machine',
  'screening',
  'fax',
  'modem',
  'busy',
  'congestion',
  'sit',
  'no_answer',
  'silence',
  'unobtainable',
] as const;
export type SimKind = (typeof simKinds)[number];

export const simSubscriberSchema = z.strictObject({
  number: z.string().regex(numberForm, 'an optional + and 2 to 20 digits'),
  kind: z.enum(simKinds),
  /** Ringing before answer, for kinds that answer. */
  ringMs: ms.default(6_000),
  /** Quiet between answer and the first sound. */
  answerPauseMs: ms.default(400),
  /** WAV files spoken in turn with `repeatGapMs` between them (live: the greeting and its repeats). */
  speech: z.array(z.string()).default([]),
  repeatGapMs: ms.default(2_500),
  levelDbm0: z.number().min(-50).max(0).default(-20),
  noiseDbm0: z.number().min(-90).max(-20).default(-65),
  codec: z.enum(['pcm', 'alaw', 'ulaw']).default('ulaw'),
  lossPct: z.number().min(0).max(30).default(0),
  beepHz: z.number().min(300).max(2_500).default(1_000),
  /** 0: no beep. */
  beepMs: ms.default(400),
  sit: z.enum(sitCategories).optional(),
  /** Q.850 cause on trunks that signal it; absent: only the tone in the band. */
  cause: z.number().int().min(1).max(127).optional(),
  /** Tone plan of the called network; the board's own when absent. */
  plan: z.string().optional(),
  /** A person whom nobody speaks to hangs up so long after answering. */
  patienceMs: ms.default(12_000),
  /** A person hangs up so long after an agent joined. */
  talkMs: ms.default(30_000),
  /** Ringback music instead of the tone: a WAV file. */
  ringbackMusic: z.string().optional(),
  /** Ringback goes on so long after the answer signal. */
  falseAnswerMs: ms.default(0),
  /** DTMF the person sends when an announcement was played. */
  dtmf: z
    .string()
    .regex(/^[0-9*#A-D]*$/)
    .default(''),
});

export const simFaultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('no_dial_tone'), channel: z.number().int() }),
  z.strictObject({ kind: z.literal('glare'), channel: z.number().int(), times: z.number().int().default(1) }),
  /** The named event (a BoardEvent type) never comes for calls to this number. */
  z.strictObject({ kind: z.literal('lost_event'), event: z.string(), number: z.string() }),
  /** The channel answers no command from the `calls`-th call on, until reset `resets` times. */
  z.strictObject({
    kind: z.literal('hang'),
    channel: z.number().int(),
    calls: z.number().int().default(1),
    resets: z.number().int().default(1),
  }),
  z.strictObject({
    kind: z.literal('alarm'),
    span: z.number().int(),
    alarm: z.enum(['red', 'blue', 'yellow', 'layer2', 'no_loop_current']),
    atMs: ms,
    forMs: ms,
  }),
  /** The board dies. */
  z.strictObject({ kind: z.literal('dead'), atMs: ms }),
]);

export const simExtensionSchema = z.strictObject({
  /** Digits, or a prefix followed by `x` for each free digit: `70xx`. */
  extension: z.string().regex(/^[0-9]+x*$/),
  answerMs: ms.default(600),
  behaviour: z.enum(['answer', 'busy', 'no_answer', 'refuse']).default('answer'),
});

export const simWorldSchema = z.strictObject({
  /** Folder that relative WAV names are looked up in. */
  audioFolder: z.string().optional(),
  subscribers: z.array(simSubscriberSchema).default([]),
  /**
   * What an unlisted number is: one kind, or `mix`, drawn from number and seed with speech from
   * `mixSpeech`.
   */
  unlisted: z.union([z.literal('mix'), z.enum(simKinds)]).default('mix'),
  mixSpeech: z
    .strictObject({ live: z.array(z.string()).default([]), machine: z.array(z.string()).default([]) })
    .default({ live: [], machine: [] }),
  extensions: z
    .array(simExtensionSchema)
    .default([{ extension: '7xxx', answerMs: 600, behaviour: 'answer' }]),
  faults: z.array(simFaultSchema).default([]),
});

export const simBoardConfigSchema = z.strictObject({
  driver: z.literal('sim'),
  name: z.string().default('sim0'),
  /** In cpdd's own process, or in a process of its own. */
  host: boardPlaceSchema.default('inprocess'),
  trunks: z
    .array(
      z.strictObject({ kind: z.enum(['analog', 'isdn', 'sip']), channels: z.number().int().min(1).max(480) }),
    )
    .min(1)
    .default([{ kind: 'isdn', channels: 24 }]),
  plan: z.string().default('US'),
  seed: z.number().int().default(1),
  /** `step`: time stands still until `advance` is called (tests). */
  clock: z
    .union([z.literal('step'), z.strictObject({ speed: z.number().positive().max(200) })])
    .default({ speed: 1 }),
  /** Path of a world file (JSON or YAML of simWorldSchema), or the world itself. */
  world: z.union([z.string(), simWorldSchema]).default(simWorldSchema.parse({})),
});

export type SimSubscriber = z.infer<typeof simSubscriberSchema>;
export type SimFault = z.infer<typeof simFaultSchema>;
export type SimWorld = z.infer<typeof simWorldSchema>;
export type SimBoardConfig = z.infer<typeof simBoardConfigSchema>;

/** What was played to the far end, and when (board ms); of it `fromMs` to `fromMs + ms` of the file. */
export interface SimHeard {
  file: string;
  at: number;
  fromMs: number;
  ms: number;
}

/** What the simulator did on one call; for tests and the demo, never for the detector. */
export interface SimGroundTruth {
  channel: number;
  ref: number;
  number: string;
  kind: SimKind;
  dialledAt: number;
  answeredAt: number | null;
  /** End of the first utterance, in board ms; null if nothing was spoken. */
  greetingEndAt: number | null;
  endedAt: number | null;
  /** Who ended it: the person, our drop, a fault, or the network. */
  endedBy: 'far_end' | 'drop' | 'fault' | 'network' | null;
  /** End of a mailbox's beep, in board ms; null if it is none, or was not answered. */
  recordsFrom: number | null;
  /** All that was played. */
  heard: SimHeard[];
  /** What of it the mailbox has. */
  recorded: SimHeard[];
}

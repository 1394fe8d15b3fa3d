import { z } from 'zod';
import { cpaChoices } from '../../domain/result.ts';
import { boardPlaceSchema } from '../board-host-program.ts';

/**
 * Configuration of the Dialogic board. Twin of `native/board/dialogic/config.h`, where each field is described at
 * length and has its default: what is absent here is as it is there. Times in ms, frequencies in Hz; the vendor's
 * own units (10 ms, percent) appear nowhere.
 */
const ms = z.number().int().min(0).max(3_600_000);
const dialStringMs = z.number().int().min(10).max(10_000).multipleOf(10);
const count = z.number().int().min(0);

/** A name that the vendor's libraries know: `dxxxB1C1`, `dtiB1`, `libsrl.so`. */
const name = z.string().min(1).max(256);

const cpaSchema = z.enum(cpaChoices);
const transferSchema = z.enum(['none', 'hook_flash', 'blind', 'setup', 'refer', 'bridge', 'two_channel']);

const spanSchema = z
  .strictObject({
    kind: z.enum(['analog', 'isdn', 'sip']),
    /** Device of the network side without the slot: `dtiB1`, `iptB1`; none on analog spans. */
    network: name.optional(),
    firstSlot: z.number().int().min(1).optional(),
    channels: z.number().int().min(1).max(480),
    /** First voice channel; the others follow in groups of four a virtual board. */
    voice: z.string().regex(/^dxxxB\d+C\d+$/, 'a voice channel such as dxxxB1C1'),
    /** SIP: first media channel, `ipmB1C1`; absent: the call control library chooses. */
    media: name.optional(),
    /** Global Call protocol; absent: ISDN on ISDN spans, SIP on SIP spans. */
    protocol: name.optional(),
    /** Appended to the number called, e.g. `@192.0.2.1` to reach a SIP proxy. */
    destinationSuffix: z.string().max(256).optional(),
    /** Who analyses progress unless the request says otherwise. */
    cpa: cpaSchema.optional(),
    /** Of `both`: whose verdict counts. */
    lead: z.enum(['board', 'ours']).optional(),
    /** How the board's own analysis is asked for on a line of Global Call. */
    method: z.enum(['global_call', 'dial']).optional(),
    /** How calls are moved; absent: analog by hook flash, SIP by REFER, ISDN by a bridge. */
    blind: transferSchema.optional(),
    consult: transferSchema.optional(),
    /** The last lines of the span, kept for the second legs of bridges. */
    bridgeLines: count.max(480).optional(),
  })
  .superRefine((span, context) => {
    const wrong = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (span.kind === 'analog' && span.network !== undefined) {
      wrong('network', 'nothing on an analog span: it has no network device');
    }
    if (span.kind !== 'analog' && span.network === undefined) {
      wrong('network', `the network device of the span, such as ${span.kind === 'sip' ? 'iptB1' : 'dtiB1'}`);
    }
    if (span.kind === 'analog' && span.cpa === 'both') {
      wrong('cpa', 'board or ours: an analog line either dials with analysis or records');
    }
    if (span.lead !== undefined && span.cpa !== 'both') {
      wrong('lead', 'nothing, or cpa: both beside it');
    }
    if ((span.bridgeLines ?? 0) >= span.channels) {
      wrong('bridgeLines', `fewer than the channels of the span (${String(span.channels)})`);
    }
  });

export const dialogicBoardConfigSchema = z
  .strictObject({
    driver: z.literal('dialogic'),
    name: z.string().min(1).default('dialogic0'),
    /** The vendor's libraries can be started once in a process: in one of its own a board can be opened again. */
    host: boardPlaceSchema.default('process'),
    /** Of the board host; auto: as the libraries are. */
    hostBits: z.enum(['auto', '32', '64']).default('auto'),
    libraries: z
      .strictObject({
        /** Empty: the loader's own search path. */
        folder: z.string().default('/usr/dialogic/lib'),
        srl: name.default('libsrl.so'),
        voice: name.default('libdxxx.so'),
        dti: name.default('libdti.so'),
        gc: name.default('libgc.so'),
        /** Function of the first library that is the board's clock; stand-in libraries only. */
        clock: name.optional(),
      })
      .prefault({}),
    /** Spans in the order of their numbers; absent: what the libraries report. */
    spans: z.array(spanSchema).default([]),
    /** Who analyses progress on spans that the libraries reported, by kind. */
    cpa: z.partialRecord(z.enum(['analog', 'isdn', 'sip']), cpaSchema).default({}),
    analog: z
      .strictObject({
        waitForDialTone: z.boolean(),
        toneDialling: z.boolean(),
        /** Before the number, to get an outside line: digits, `*`, `#`, and `,` for a pause. */
        prefix: z.string().regex(/^[0-9*#,]*$/, 'digits, *, # and the pause (,)'),
        loopDropMs: ms,
        answerByLoopCurrent: z.boolean(),
        guardMs: ms,
        /** Tone plan for the channels' own tone definitions; absent: the vendor's wide ones. */
        tonePlan: z.string().min(1),
        disconnectTone: z.boolean(),
        /** Of a hook flash, and of `,` in a dial string: the voice board counts 10 ms. */
        flashMs: dialStringMs,
        pauseMs: dialStringMs,
      })
      .partial()
      .prefault({}),
    globalCall: z
      .strictObject({
        /** Call control libraries to start; absent: all that are configured. */
        libraries: z.array(name),
        sipPort: z.number().int().min(1).max(65_535),
        maxCalls: count.max(10_000),
      })
      .partial()
      .prefault({}),
    stream: z.strictObject({ expectedDelayMs: ms }).partial().prefault({}),
    watchdogs: z
      .strictObject({
        openMs: ms,
        hookMs: ms,
        dialMs: ms,
        stopMs: ms,
        dropMs: ms,
        releaseMs: ms,
        resetMs: ms,
        transferMs: ms,
        playMs: ms,
        retryFirstMs: ms,
        retryLongestMs: ms,
      })
      .partial()
      .prefault({}),
    /** Fields of the vendor's DX_CAP by our names, such as `noAnswerMs`; see docs/dialogic.md. */
    cap: z.record(z.string().min(1), z.number().int()).default({}),
    /** Tone plan of the lines. */
    plan: z.string().default('US'),
    /** Events of the vendor's library kept for `cpdctl trace`. */
    traceEvents: count.max(1_000_000).optional(),
    /** Calls whose analysis is kept for `cpdctl cpa`. */
    cpaDumps: count.max(100_000).optional(),
  })
  .superRefine((config, context) => {
    if (config.cpa.analog === 'both') {
      context.addIssue({
        code: 'custom',
        path: ['cpa', 'analog'],
        message: 'board or ours: an analog line either dials with analysis or records',
      });
    }
  });

export type DialogicBoardConfig = z.output<typeof dialogicBoardConfigSchema>;

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { CodedError } from '../../domain/errors.ts';
import { humanLossSchema } from '../../link/schemas.ts';
import { detectionModes } from '../../domain/result.ts';

/** A share with its 95 % interval, all from 0 to 1. */
const measuredShareSchema = z.object({
  count: z.number().int().min(0),
  of: z.number().int().min(0),
  low: z.number(),
  high: z.number(),
});

/** What `cpdctl calibrate` writes and `cpdd` reads (`detection.calibrationFile`). */
const calibrationSchema = z.object({
  calibration: z.literal(1),
  /** Added to the log odds of a machine. */
  scoreOffset: z.number().min(-30).max(30),
  /** For which knob and mode it was measured. */
  maxHumanLoss: humanLossSchema,
  mode: z.enum(detectionModes),
  /** The detector it was measured with. */
  detector: z.string().min(1),
  /** For the reader; not used. */
  measured: z
    .object({
      people: measuredShareSchema,
      peopleCalls: measuredShareSchema,
      machines: measuredShareSchema,
    })
    .partial()
    .optional(),
});
export type Calibration = z.output<typeof calibrationSchema>;

/** @throws CodedError NO_SUCH_FILE, BAD_CONFIG */
export function readCalibration(path: string): Calibration {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CodedError('NO_SUCH_FILE', `calibration ${path} cannot be read (${reason})`, {
      field: 'calibrationFile',
      found: `${path} (${reason})`,
      expected: 'a file that cpdctl calibrate wrote',
      cause: error,
    });
  }
  let content: unknown;
  try {
    content = parse(text);
  } catch (cause) {
    throw badCalibration(path, 'no well-formed YAML', cause);
  }
  const result = calibrationSchema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw badCalibration(path, `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'wrong'}`);
}

function badCalibration(path: string, found: string, cause?: unknown): CodedError {
  return new CodedError('BAD_CONFIG', `calibration ${path}: ${found}`, {
    field: 'calibrationFile',
    found: `${path} (${found})`,
    expected: 'a file that cpdctl calibrate wrote',
    cause,
  });
}

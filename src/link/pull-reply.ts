import { z } from 'zod';
import type { DialRequest } from '../domain/request.ts';
import { CodedError } from '../domain/errors.ts';
import { commandSchema, dialRequestSchema, type Command } from './schemas.ts';

/** A request that cannot be dialled as it is; it is refused alone, the others of the pull go on. */
export interface RefusedRequest {
  attemptId: string;
  /** BAD_NUMBER when the number is at fault, else BAD_MESSAGE. */
  code: 'BAD_NUMBER' | 'BAD_MESSAGE';
  message: string;
  /** As it came. */
  request: unknown;
}

/** The frame of a pull reply; its items are checked one by one. */
const pullFrameSchema = z.object({
  requests: z.array(z.looseObject({ attemptId: z.string().min(1).max(128) })),
  commands: z.array(z.unknown()),
});

/**
 * Reads a pull reply item by item, so that one bad request does not keep the others from being dialled.
 * Commands of a kind this version does not know are left out: OCS may be newer. Of requests beyond `most` only the
 * ids are read: they are to be handed back.
 *
 * @throws CodedError BAD_MESSAGE when the frame itself is wrong
 */
export async function parsePull(
  ask: (schema: typeof pullFrameSchema) => Promise<z.output<typeof pullFrameSchema>>,
  most: number,
): Promise<{ requests: DialRequest[]; refused: RefusedRequest[]; excess: string[]; commands: Command[] }> {
  const frame = await ask(pullFrameSchema);
  const requests: DialRequest[] = [];
  const refused: RefusedRequest[] = [];
  for (const raw of frame.requests.slice(0, most)) {
    const parsed = dialRequestSchema.safeParse(raw);
    if (parsed.success) requests.push(parsed.data);
    else refused.push({ attemptId: raw.attemptId, request: raw, ...faultOf(parsed.error) });
  }
  const commands = frame.commands.flatMap((raw) => {
    const parsed = commandSchema.safeParse(raw);
    return parsed.success ? [parsed.data] : [];
  });
  const excess = frame.requests.slice(most).map(({ attemptId }) => attemptId);
  return { requests, refused, excess, commands };
}

function faultOf(error: z.ZodError): Pick<RefusedRequest, 'code' | 'message'> {
  const issue = error.issues.find(({ path }) => path[0] === 'number') ?? error.issues[0];
  const field = issue?.path.join('.') ?? '';
  return {
    code: field === 'number' || field === 'callerId' ? 'BAD_NUMBER' : 'BAD_MESSAGE',
    message: `${field}: ${issue?.message ?? 'does not match the schema'}`,
  };
}

/** The refusal as an error, for the log. */
export function refusalError(refused: RefusedRequest): CodedError {
  return new CodedError(refused.code, `request ${refused.attemptId} is refused: ${refused.message}`);
}

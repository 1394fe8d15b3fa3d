import { types } from 'node:util';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { z } from 'zod';
import type { Api, Operation, ReplyOf, RequestOf } from '../api/operation.ts';
import { CodedError } from '../domain/errors.ts';
import { parseMessage } from './messages.ts';
import { documentApi } from './openapi.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation that a route answers. */
    operation?: Operation;
  }
}

/** Where nothing is asked for, clients send nothing, or an empty object. */
const noBody = z.custom<object | undefined>(
  (sent) =>
    sent === undefined ||
    (typeof sent === 'object' && sent !== null && isPlain(sent) && Object.keys(sent).length === 0),
  'no body',
);

/** As opposed to a body that is still to be read. */
function isPlain(sent: object): boolean {
  return Object.getPrototypeOf(sent) === Object.prototype;
}

/** A request whose parts were checked by the schemas of its operation. */
export type CheckedRequest<O extends Operation> = FastifyRequest<{
  Params: RequestOf<O>['params'];
  Querystring: RequestOf<O>['query'];
  Body: RequestOf<O>['body'];
}>;

/** Gives the reply, or has sent it by `reply` (a stream, another status). */
export type Handler<O extends Operation> = (
  request: CheckedRequest<O>,
  reply: FastifyReply,
) => ReplyOf<O> | FastifyReply | Promise<ReplyOf<O> | FastifyReply>;

export interface ServeOptions {
  /** Largest body in bytes, where it is not the server's. */
  bodyLimit?: number;
  /** Whoever comes may ask, also without the token. */
  open?: boolean;
}

/** Who may come in: the hook of a route, by the id of its operation, or of the document; none where all may. */
export type Guard = (door: { operation: string } | { document: string }) => onRequestHookHandler | undefined;

/**
 * Runs what an operation does.
 *
 * @param id of the operation
 * @param run.isAsync it takes more than this turn
 */
export type CarryOut = <T>(
  id: string,
  request: FastifyRequest,
  run: (() => T | Promise<T>) & { isAsync: boolean },
) => T | Promise<T>;

/** Answers one operation. */
export type Serve = <O extends Operation>(operation: O, handle: Handler<O>, options?: ServeOptions) => void;

/**
 * Serves the OpenAPI document of an API, and gives the way in which its operations are answered. What a request
 * brings is checked by the schemas of its operation. A reply is not: a fault in its description must not make a
 * failure of what is done. Tests compare replies with their schemas.
 *
 * @param options.guard who may pass
 * @param options.carryOut runs what is asked; as it is when absent
 * @param options.softwareVersion version of this program, for the document
 */
export async function serveApi(
  app: FastifyInstance,
  api: Api,
  options: { guard: Guard; carryOut?: CarryOut; softwareVersion: string },
): Promise<Serve> {
  const { guard, carryOut = (_id, _request, run) => run() } = options;
  const document = await documentApi(app, api, options.softwareVersion);
  const ids = new Map(Object.entries(api.operations).map(([id, operation]) => [operation, id]));
  // A hook of each route: the address as written can be spelt in more than one way.
  const hook = (door: Parameters<Guard>[0]) => {
    const onRequest = guard(door);
    return onRequest === undefined ? {} : { onRequest };
  };
  app.get(api.document, hook({ document: api.document }), document);
  return (operation, handle, { bodyLimit, open = false } = {}) => {
    const { method, path, params, query, body, statuses } = operation as Operation;
    const id = ids.get(operation) ?? '';
    const isAsync = types.isAsyncFunction(handle);
    app.route({
      method,
      url: path,
      ...(!open && hook({ operation: id })),
      ...(bodyLimit !== undefined && { bodyLimit }),
      config: { operation },
      schema: {
        ...(params !== undefined && { params }),
        ...(query !== undefined && { querystring: query }),
        ...(method !== 'GET' && { body: body ?? noBody }),
      },
      validatorCompiler: ({ schema }) => checkBy(schema as z.ZodType, operation as Operation, api.badInput),
      handler: async (request, reply) => {
        if (statuses?.[0] !== undefined) reply.code(statuses[0]);
        const run = () => handle(request as CheckedRequest<typeof operation>, reply);
        return carryOut(id, request, Object.assign(run, { isAsync }));
      },
    });
  };
}

function checkBy(schema: z.ZodType, { secret, subject }: Operation, code: Api['badInput']) {
  return (sent: unknown): { value: unknown } | { error: Error } => {
    try {
      // fastify says null where nothing was sent.
      return { value: parseMessage(schema, sent ?? undefined, subject, code) };
    } catch (error) {
      return { error: secret === true ? withoutWhatWasFound(error) : (error as Error) };
    }
  };
}

function withoutWhatWasFound(error: unknown): Error {
  if (!(error instanceof CodedError)) return error as Error;
  const { code, message, field, expected } = error;
  return new CodedError(code, message, {
    ...(field !== undefined && { field }),
    ...(expected !== undefined && { expected }),
  });
}

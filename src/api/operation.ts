import type { z } from 'zod';
import type { ErrorCode } from '../domain/errors.ts';

export type MediaType = 'application/json' | 'application/x-ndjson' | 'text/csv' | 'text/plain' | 'audio/wav';

/**
 * One request that a server answers: its address, what it takes and what it gives. Servers, OpenAPI documents and
 * clients are made from it.
 */
export interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its prefix; parameters as `:name`. */
  path: string;
  /** One sentence. */
  summary: string;
  /** What errors call that which was sent, e.g. `pull`. */
  subject: string;
  params?: z.ZodType;
  query?: z.ZodType;
  /** When absent, a request that brings one is refused, but for an empty object. */
  body?: z.ZodType;
  /** `application/json` when absent. */
  bodyType?: MediaType;
  /** The flag that makes a rehearsal of it, which changes nothing; there is none when absent. */
  rehearsedBy?: { in: 'query' | 'body'; flag: string };
  /** The body holds a secret: nothing of it comes back in an error. */
  secret?: boolean;
  reply: z.ZodType;
  /** `application/json` when absent. */
  replyType?: MediaType;
  /** Statuses that carry the reply; 200 when absent. */
  statuses?: readonly number[];
  /** What it can be refused with, besides what its API refuses everywhere. */
  refusals?: readonly ErrorCode[];
}

/** What one kind of client asks of a server. */
export interface Api {
  title: string;
  description: string;
  version: string;
  /** Where its OpenAPI document is served. */
  document: string;
  /** Code of a refusal when what was sent is not as its schema asks. */
  badInput: 'BAD_MESSAGE' | 'BAD_ARGUMENT';
  /** The body of every refusal. */
  error: z.ZodType;
  /** What any operation can be refused with. */
  refusals: readonly ErrorCode[];
  /** By operation id. */
  operations: Readonly<Record<string, Operation>>;
  /** Schemas that the document names; the body and the reply of each operation, and what they share. */
  schemas: Readonly<Record<string, z.ZodType>>;
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : unknown;
type Sent<S> = S extends z.ZodType ? z.input<S> : undefined;

/** What a server gets of a request, checked. */
export interface RequestOf<O extends Operation> {
  params: Parsed<O['params']>;
  query: Parsed<O['query']>;
  body: Parsed<O['body']>;
}
/** As the document describes it: whoever reads a reply by its schema gets what that makes of it. */
export type ReplyOf<O extends Operation> = z.input<O['reply']>;

/** What a client sends. */
export type BodyOf<O extends Operation> = Sent<O['body']>;
export type QueryOf<O extends Operation> = Sent<O['query']>;

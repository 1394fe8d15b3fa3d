import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { OpenAPIV3_1 } from 'openapi-types';
import { z } from 'zod';
import type { Api, Operation } from '../api/operation.ts';
import { errorCodes } from '../domain/errors.ts';

/**
 * Writes the OpenAPI 3.1 document of an API from the routes that answer its operations. To be called before they are
 * added.
 *
 * Own code instead of fastify-type-provider-zod: that renames input schemas, describes replies with transforms as
 * `{}`, and its serializer refuses one-way transforms.
 *
 * @param softwareVersion version of the program that serves it
 * @returns the document, once the server is ready
 */
export async function documentApi(
  app: FastifyInstance,
  api: Api,
  softwareVersion: string,
): Promise<() => object> {
  const operations = new Map(Object.entries(api.operations).map(([id, operation]) => [operation, id]));
  const schemas = toJsonSchemas(api);
  // A server can have more than one document.
  const decorator = `document ${api.document}`;
  await app.register(swagger, {
    decorator: decorator as 'swagger',
    openapi: {
      openapi: '3.1.0',
      info: {
        title: api.title,
        version: api.version,
        description: `${api.description} Served by version ${softwareVersion}.`,
      },
      security: [{ bearer: [] }, {}],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
    transform: ({ url, route }) => {
      const operation = route.config?.operation;
      const id = operation && operations.get(operation);
      const schema = id === undefined ? { hide: true } : describe(api, id, operation as Operation);
      return { url, schema };
    },
    transformObject: (written) => {
      const document = (written as { openapiObject: Partial<OpenAPIV3_1.Document> }).openapiObject;
      return {
        ...document,
        jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
        components: { ...document.components, schemas },
      };
    },
  });
  return app.getDecorator<() => object>(decorator);
}

const componentUri = (name: string) => `#/components/schemas/${name}`;

/** What goes over the wire is the input of a schema: it is checked and cleaned on arrival. */
const asSent = { target: 'draft-2020-12', io: 'input' } as const;

function toJsonSchemas({ schemas }: Api): Record<string, OpenAPIV3_1.SchemaObject> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const written = z.toJSONSchema(registry, { ...asSent, uri: componentUri, unrepresentable: 'any' });
  return Object.fromEntries(
    Object.entries(written.schemas).map(([name, { $schema: _dialect, $id: _id, ...rest }]) => [
      name,
      rest as OpenAPIV3_1.SchemaObject,
    ]),
  );
}

/** One operation, as @fastify/swagger takes it. */
function describe(api: Api, id: string, operation: Operation): Record<string, unknown> {
  const { summary, params, query, body, bodyType, reply, replyType, statuses = [200] } = operation;
  return {
    operationId: id,
    summary,
    ...(params !== undefined && { params: parameters(params) }),
    ...(query !== undefined && { querystring: parameters(query) }),
    ...(body !== undefined && { body: content(api, body, bodyType) }),
    response: {
      ...Object.fromEntries(
        statuses.map((status) => [status, { description: 'Done', ...content(api, reply, replyType) }]),
      ),
      ...refusals(api, operation),
    },
  };
}

function parameters(schema: z.ZodType): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { ...asSent, unrepresentable: 'any' });
  return rest;
}

/** A body: text is described in place, JSON by the name that the document gives its schema. */
function content(api: Api, schema: z.ZodType, type = 'application/json'): { content: object } {
  if (schema instanceof z.ZodString || schema instanceof z.ZodCustom)
    return { content: { [type]: { schema: { type: 'string' } } } };
  const name = Object.keys(api.schemas).find((each) => api.schemas[each] === schema);
  if (name === undefined) throw new Error(`${api.title}: a body or reply has no name among its schemas`);
  return { content: { [type]: { schema: { $ref: componentUri(name) } } } };
}

/** By status, with the codes that come with it. */
function refusals(api: Api, operation: Operation): Record<string, object> {
  const codes = [...new Set([...api.refusals, ...(operation.refusals ?? [])])];
  // A body that is too large is a bad message with a status of its own.
  const all = codes.flatMap((code) => [
    { code, http: errorCodes[code].http },
    ...(code === 'BAD_MESSAGE' && operation.body !== undefined ? [{ code, http: 413 }] : []),
  ]);
  return Object.fromEntries(
    [...new Set(all.map(({ http }) => http))].map((status) => [
      String(status),
      {
        description: all
          .filter(({ http }) => http === status)
          .map(({ code }) => code)
          .join(', '),
        ...content(api, api.error),
      },
    ]),
  );
}

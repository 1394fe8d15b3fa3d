import { z } from 'zod';
import * as schemas from './schemas.ts';

const bodies = {
  RegisterRequest: schemas.registerRequestSchema,
  RegisterReply: schemas.registerReplySchema,
  PullRequest: schemas.pullRequestSchema,
  PullReply: schemas.pullReplySchema,
  ReportsRequest: schemas.reportsRequestSchema,
  ReportsReply: schemas.reportsReplySchema,
  AgentRequest: schemas.agentRequestSchema,
  AgentReply: schemas.agentReplySchema,
  LinkError: schemas.linkErrorSchema,
} as const;

type BodyName = keyof typeof bodies;

const operations: { path: string; id: string; summary: string; request: BodyName; reply: BodyName }[] = [
  {
    path: '/register',
    id: 'register',
    summary: 'A dialler says who it is and what it can do; it gets a session.',
    request: 'RegisterRequest',
    reply: 'RegisterReply',
  },
  {
    path: '/pull',
    id: 'pull',
    summary: 'Long poll for dial requests and commands; renews the leases of the attempts it names.',
    request: 'PullRequest',
    reply: 'PullReply',
  },
  {
    path: '/reports',
    id: 'reports',
    summary: 'What happened to attempts and engaged legs; repeated until acknowledged, harmless twice.',
    request: 'ReportsRequest',
    reply: 'ReportsReply',
  },
  {
    path: '/agent-requests',
    id: 'requestAgent',
    summary: 'A live call wants an agent; the record is shown to the agent that is named.',
    request: 'AgentRequest',
    reply: 'AgentReply',
  },
];

const ref = (body: BodyName) => ({ $ref: `#/components/schemas/${body}` });
const json = (body: BodyName) => ({ 'application/json': { schema: ref(body) } });
const refusal = (description: string) => ({ description, content: json('LinkError') });

/**
 * The OpenAPI 3.1 document of the OCS link, generated from the schemas that check the messages.
 *
 * @param softwareVersion version of the program that serves it
 */
export function linkOpenApi(softwareVersion: string): Record<string, unknown> {
  const components = Object.fromEntries(
    Object.entries(bodies).map(([name, schema]) => {
      const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
        target: 'draft-2020-12',
        // What goes over the wire is the input: numbers are checked and cleaned on arrival.
        io: 'input',
      });
      return [name, rest];
    }),
  );
  const paths = Object.fromEntries(
    operations.map(({ path, id, summary, request, reply }) => [
      `${schemas.linkPrefix}${path}`,
      {
        post: {
          operationId: id,
          summary,
          requestBody: { required: true, content: json(request) },
          responses: {
            200: { description: 'Done', content: json(reply) },
            401: refusal('UNAUTHORIZED: the bearer token is missing or wrong'),
            404: refusal('UNKNOWN_ATTEMPT: no such attempt of this dialler'),
            409: refusal('UNKNOWN_DIALER: the session is not known; register again'),
            413: refusal('BAD_MESSAGE: the body is too large'),
            422: refusal('BAD_MESSAGE: a field is not as the schema asks; `field` names it'),
          },
        },
      },
    ]),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'OCS link',
      version: String(schemas.linkVersion),
      description: `The dialler always asks; served by version ${softwareVersion}.`,
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    security: [{ bearer: [] }, {}],
    paths,
    components: {
      schemas: components,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  };
}

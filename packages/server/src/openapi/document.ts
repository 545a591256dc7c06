import type { Json } from '@dither/protocol';
import { z } from 'zod';
import { ProblemError, problemBody, type ServerProblemCode } from '../errors.js';
import { serverPolicy } from '../policy.js';
import { problemSchema } from '../schemas/answers.js';
import { type Content, type Operation, operations } from './operations.js';

type JsonObject = { readonly [key: string]: Json | undefined };

/** What any request may be answered with. */
const ANYWHERE: readonly ServerProblemCode[] = ['request-invalid', 'request-timeout', 'headers-too-large', 'internal'];

/** Of a token that is not there or not taken; of one that is not for that. */
const GUARDED: readonly ProblemError[] = [
  new ProblemError('token-required'),
  new ProblemError('token-refused'),
  new ProblemError('token-forbidden'),
  new ProblemError('token-required', undefined, 403),
];

const INTRODUCTION = `Reports are randomized on the device; what is here are counters of them, and estimates with their errors. Anything but a success is a problem (RFC 9457) with a stable \`code\`. Reads are answered to the server's own machine until there is a token, and to bearers of one from then on.`;

/** The API in OpenAPI 3.1, from the very schemas that requests are read by and answers held to. */
export function openApiDocument(): JsonObject {
  const paths: { [path: string]: { [method: string]: JsonObject } } = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(operation) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Dither server', version: '1', description: INTRODUCTION },
    paths,
    components: {
      schemas: { Problem: jsonSchema(problemSchema, 'output') },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'A token: `dtr_` and 43 characters.' } },
    },
  };
}

function operationObject(operation: Operation): JsonObject {
  const { summary, description, access, body, status, answer } = operation;
  return {
    summary,
    description: description ?? '',
    // An empty one among them: before there is a token this machine needs none.
    security: access === undefined ? [] : [{ token: [access] }, {}],
    parameters: parametersOf(operation),
    ...(body === undefined ? {} : { requestBody: { required: true, content: content(body, 'input') } }),
    responses: {
      [status]: { description: status === 204 ? 'Done.' : 'The answer.', content: content(answer, 'output') },
      ...problemResponses(operation),
    },
  };
}

function parametersOf({ parameters = {}, query, headers = {} }: Operation): readonly JsonObject[] {
  const fields =
    query === undefined ? {} : (jsonSchema(query, 'input')['properties'] as { [name: string]: JsonObject });
  return [
    ...Object.entries(parameters).map(([name, description]) => ({
      in: 'path',
      name,
      required: true,
      description,
      schema: { type: 'string', maxLength: serverPolicy.maxParamLength },
    })),
    ...Object.entries(fields).map(([name, { description, ...schema }]) => ({ in: 'query', name, description, schema })),
    ...Object.entries(headers).map(([name, description]) => ({
      in: 'header',
      name,
      description,
      schema: { type: 'string' },
    })),
  ];
}

function content(body: Content, io: 'input' | 'output'): JsonObject {
  return Object.fromEntries(
    Object.entries(body).map(([type, schema]) => {
      if (schema === 'bytes') return [type, { schema: { description: 'Section 6 of the protocol.' } }];
      if (schema === 'text')
        return [type, { schema: type.startsWith('text/') ? { type: 'string' } : { type: 'object' } }];
      return [type, { schema: jsonSchema(schema, io) }];
    }),
  );
}

function problemResponses({ access, isLimited, problems }: Operation): JsonObject {
  const all = [
    ...problems.map((code) => new ProblemError(code)),
    ...(access === undefined ? [] : GUARDED),
    ...(isLimited ? [new ProblemError('rate-limited')] : []),
    ...ANYWHERE.map((code) => new ProblemError(code)),
  ];
  const byStatus = new Map<number, ProblemError[]>();
  for (const one of all) byStatus.set(one.statusCode, [...(byStatus.get(one.statusCode) ?? []), one]);
  return Object.fromEntries([...byStatus].map(([status, some]) => [String(status), problemResponse(status, some)]));
}

function problemResponse(status: number, some: readonly ProblemError[]): JsonObject {
  const codes = some.map(({ code }) => code);
  const isWait = status === 429 || status === 503;
  const wait = { 'Retry-After': { schema: { const: String(serverPolicy.retryAfterSeconds) } } };
  return {
    description: some.map((one) => `\`${one.code}\`: ${problemBody(one).title}`).join('\n\n'),
    ...(isWait ? { headers: wait } : {}),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { properties: { status: { const: status }, code: { enum: codes } } },
          ],
        },
      },
    },
  };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io }) as { [key: string]: Json };
  return rest;
}

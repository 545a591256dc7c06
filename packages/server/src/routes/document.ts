import type { FastifyInstance } from 'fastify';
import { openApiDocument } from '../openapi/document.js';
import { documentPage, PAGE_POLICY } from '../openapi/page.js';

/** `GET /openapi.json`: what can be asked here, in OpenAPI 3.1. `GET /`: the same as a page. */
export function documentRoutes(app: FastifyInstance): void {
  const document = openApiDocument();
  const [json, page] = [JSON.stringify(document), documentPage(document)];
  app.get('/openapi.json', async (_request, reply) => reply.type('application/json').send(json));
  app.get('/', async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', PAGE_POLICY)
      .header('referrer-policy', 'no-referrer')
      .send(page),
  );
}

import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ReadCandidates, readCandidates } from '../candidates/read-candidates.js';
import { ProblemError } from '../errors.js';
import { serverPolicy } from '../policy.js';
import type { CandidateList, CandidateSummary } from '../storage/storage.js';
import type { AnalystStorage } from '../storage-in-time.js';

/** The answer to `PUT /v1/candidates/:name`. */
export interface CandidatesReceipt extends CandidateSummary {
  /** Lines left out: those that repeat an earlier one, and those without a text. */
  readonly duplicates: number;
  readonly empty: number;
}

interface Named {
  Params: { readonly name: string };
}

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

/**
 * `PUT`, `GET`, `DELETE /v1/candidates/:name` and their index: lists of texts to decode against. For operators, like the
 * estimates; no device reads or writes them. A scope of its own, since bodies are
 * streams here.
 */
export async function candidatesRoutes(
  app: FastifyInstance,
  { storage }: { readonly storage: AnalystStorage },
): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  const save = savingInTurn(storage);
  app.put<Named>(
    '/v1/candidates/:name',
    { config: { access: 'candidates' } },
    async (request): Promise<CandidatesReceipt> => {
      const { name } = request.params;
      if (!NAME.test(name)) throw new ProblemError('candidates-invalid', 'a name is 1 to 64 of a-z, 0-9, hyphen');
      await checkRoom(name, storage);
      const { duplicates, empty, ...list } = await readWhole(bodyOf(request));
      await save({ name, ...list });
      return { name, count: list.count, duplicates, empty, sha256: list.sha256, bytes: list.bytes.length };
    },
  );

  app.get<Named>('/v1/candidates/:name', { config: { access: 'read' } }, async (request, reply) => {
    const list = await storage.candidates(request.params.name);
    if (list === undefined) throw new ProblemError('unknown-candidates');
    return reply.type('text/plain; charset=utf-8').send(Buffer.from(list.bytes));
  });

  app.get('/v1/candidates', { config: { access: 'read' } }, async () => ({
    candidates: await storage.candidateLists(),
  }));

  app.delete<Named>('/v1/candidates/:name', { config: { access: 'candidates' } }, async (request, reply) => {
    if (!(await storage.deleteCandidates(request.params.name))) throw new ProblemError('unknown-candidates');
    return reply.status(204).send();
  });
}

/** @throws ProblemError `candidates-too-large` where a list of that name would be one too many */
async function checkRoom(name: string, storage: AnalystStorage): Promise<void> {
  const lists = await storage.candidateLists();
  if (lists.length >= serverPolicy.maxCandidateLists && !lists.some((list) => list.name === name)) {
    throw new ProblemError('candidates-too-large', `at most ${serverPolicy.maxCandidateLists} lists; delete one`);
  }
}

/** One list after the other: while a body was read, others may have taken the last place. */
function savingInTurn(storage: AnalystStorage): (list: CandidateList) => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  return (list) => {
    const saved = last.then(async () => {
      await checkRoom(list.name, storage);
      await storage.saveCandidates(list);
    });
    // Whoever sent a list is told that it failed; the next one is not.
    last = saved.catch(() => undefined);
    return saved;
  };
}

const TEXTS = /^text\/plain *(; *charset="?utf-8"?)?$/i;

function bodyOf({ headers, body }: FastifyRequest): Readable {
  if (body instanceof Readable && TEXTS.test(headers['content-type'] ?? '')) return body;
  throw new ProblemError('candidates-invalid', 'text/plain; charset=utf-8');
}

/** What comes after a refusal is let through unread, so that the answer gets to whoever is still sending. */
async function readWhole(body: Readable): Promise<ReadCandidates> {
  try {
    return await readCandidates(body.iterator({ destroyOnReturn: false }));
  } finally {
    body.resume();
  }
}

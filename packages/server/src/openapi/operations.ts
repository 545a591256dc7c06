import type { z } from 'zod';
import type { RouteAccess } from '../access/guard.js';
import type { ServerProblemCode } from '../errors.js';
import {
  candidateListsSchema,
  candidatesReceiptSchema,
  estimateSchema,
  healthSchema,
  metricsSchema,
  receiptSchema,
  registriesSchema,
  switchOffSchema,
} from '../schemas/answers.js';
import { batchSchema } from '../schemas/batch.js';
import { estimateQuerySchema } from '../schemas/query.js';

/** A body by its media type: JSON of a shape, text or bytes. */
export type Content = { readonly [mediaType: string]: z.ZodType | 'text' | 'bytes' };

export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** In OpenAPI's notation. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** Who may call it; anybody unless told. */
  readonly access?: RouteAccess;
  /** Whether a network may call it only so often. */
  readonly isLimited: boolean;
  /** Of the parts of the path, by name. */
  readonly parameters?: { readonly [name: string]: string };
  readonly query?: z.ZodObject;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: Content;
  readonly status: 200 | 204;
  readonly answer: Content;
  /** Beside those that any route may answer. */
  readonly problems: readonly ServerProblemCode[];
}

const NAME = { name: 'Name of a list: 1 to 64 of a-z, 0-9, hyphen.' };
const LIST = 'text/plain; charset=utf-8';

/** Every route of the public side. A test compares it with those that are there. */
export const operations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/reports',
    summary: 'Send one batch of randomized reports',
    description: 'A 200 means that it is durably counted, once, however often it is sent.',
    isLimited: true,
    headers: {
      'dither-key': 'A write key of the app, if the app has one.',
      'sec-gpc': '1: Global Privacy Control. The batch is refused unless its registry asks for an explicit grant.',
    },
    body: { 'application/octet-stream': 'bytes', 'application/json': batchSchema },
    status: 200,
    answer: { 'application/json': receiptSchema },
    problems: [
      'malformed-batch',
      'batch-too-large',
      'day-out-of-range',
      'day-ahead',
      'registry-refused',
      'unknown-registry',
      'unsupported-version',
      'unsupported-media-type',
      'gpc-refused',
      'key-refused',
      'unavailable',
    ],
  },
  {
    method: 'get',
    path: '/v1/switch-off/{app}',
    summary: 'Which metrics devices of an app leave out',
    description: 'The same for everybody.',
    isLimited: false,
    parameters: { app: 'The app, as in its registry.' },
    status: 200,
    answer: { 'application/json': switchOffSchema },
    problems: ['no-switch-off'],
  },
  {
    method: 'get',
    path: '/v1/metrics',
    summary: 'Metrics of the current registries, and their windows',
    access: 'read',
    isLimited: true,
    status: 200,
    answer: { 'application/json': metricsSchema },
    problems: ['unavailable'],
  },
  {
    method: 'get',
    path: '/v1/metrics/{id}/estimate',
    summary: 'Estimates of a metric with their errors',
    access: 'read',
    isLimited: true,
    parameters: { id: 'Id of the metric.' },
    query: estimateQuerySchema,
    status: 200,
    answer: { 'application/json': estimateSchema },
    problems: [
      'query-invalid',
      'metric-ambiguous',
      'unknown-metric',
      'unknown-candidates',
      'estimate-unavailable',
      'unavailable',
    ],
  },
  {
    method: 'get',
    path: '/v1/registries',
    summary: 'What is served, and what asked and is not',
    access: 'read',
    isLimited: true,
    status: 200,
    answer: { 'application/json': registriesSchema },
    problems: [],
  },
  {
    method: 'get',
    path: '/v1/candidates',
    summary: 'Lists of texts that may be asked for',
    access: 'read',
    isLimited: true,
    status: 200,
    answer: { 'application/json': candidateListsSchema },
    problems: ['unavailable'],
  },
  {
    method: 'get',
    path: '/v1/candidates/{name}',
    summary: 'A list, one text a line',
    access: 'read',
    isLimited: true,
    parameters: NAME,
    status: 200,
    answer: { [LIST]: 'text' },
    problems: ['unknown-candidates', 'unavailable'],
  },
  {
    method: 'put',
    path: '/v1/candidates/{name}',
    summary: 'Keep a list, one text a line',
    description: 'Takes the place of an earlier list of that name.',
    access: 'candidates',
    isLimited: true,
    parameters: NAME,
    body: { [LIST]: 'text' },
    status: 200,
    answer: { 'application/json': candidatesReceiptSchema },
    problems: ['candidates-invalid', 'candidates-too-large', 'unavailable'],
  },
  {
    method: 'delete',
    path: '/v1/candidates/{name}',
    summary: 'Forget a list',
    access: 'candidates',
    isLimited: true,
    parameters: NAME,
    status: 204,
    answer: {},
    problems: ['unknown-candidates', 'unavailable'],
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'How the server does, for Prometheus',
    access: 'read-all',
    isLimited: true,
    status: 200,
    answer: { 'text/plain; version=0.0.4; charset=utf-8': 'text' },
    problems: [],
  },
  {
    method: 'get',
    path: '/healthz',
    summary: 'Whether the process answers',
    isLimited: false,
    status: 200,
    answer: { 'application/json': healthSchema },
    problems: [],
  },
  {
    method: 'get',
    path: '/readyz',
    summary: 'Whether batches can be stored',
    isLimited: false,
    status: 200,
    answer: { 'application/json': healthSchema },
    problems: ['unavailable'],
  },
  {
    method: 'get',
    path: '/openapi.json',
    summary: 'This document',
    isLimited: true,
    status: 200,
    answer: { 'application/json': 'text' },
    problems: [],
  },
  {
    method: 'get',
    path: '/',
    summary: 'This document, as a page',
    isLimited: true,
    status: 200,
    answer: { 'text/html; charset=utf-8': 'text' },
    problems: [],
  },
];

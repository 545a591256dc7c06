import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Aggregator } from '@dither/mechanisms';
import { catalogue } from '@dither/mechanisms/catalogue';
import {
  BatchError,
  type BatchJson,
  batchFromJson,
  encodeBatch,
  fromHex,
  type Metric,
  parseHeader,
  parseReports,
  registryFromJson,
  toHex,
} from '@dither/protocol';
import { describe, expect, it } from 'vitest';
import type { answerVectors } from './vectors/answers.js';
import type { badBatchVectors } from './vectors/bad-batches.js';
import type { batchVectors, fingerprintVectors } from './vectors/build.js';
import { vectorFiles } from './vectors/build.js';

const read = (name: string) => readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8');
const bytesOf = (hex: string) => fromHex(hex) as Uint8Array;

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof BatchError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('the vectors', () => {
  for (const [name, text] of Object.entries(vectorFiles())) {
    it(`${name} are what vectors/generate.mjs writes`, () => expect(read(name)).toBe(text));
  }
});

describe('every batch of the vectors', () => {
  const { registries, batches } = JSON.parse(read('batches.json')) as ReturnType<typeof batchVectors>;
  for (const { name, registry, day, nonce, reports, hex, json } of batches) {
    it(`(${name}) has these bytes, this JSON form and these fields`, () => {
      const table = registryFromJson(registries[registry], catalogue);
      const wire = reports.map(({ index, window, bytes }) => ({ index, window, bytes: bytesOf(bytes) }));
      expect(toHex(encodeBatch(table, { day, nonce: bytesOf(nonce), reports: wire }))).toBe(hex);
      expect(toHex(batchFromJson(json, table))).toBe(hex);
      expect(parseHeader(bytesOf(hex))).toEqual({ day, nonce: bytesOf(nonce), registry: table.fingerprint });
      const sorted = wire.sort((a, b) => a.window - b.window || a.index - b.index);
      expect(parseReports(bytesOf(hex), table)).toEqual(sorted);
      for (const { index, bytes } of wire) {
        const { params } = table.wire[index] as Metric;
        const aggregator = catalogue.get(params.mechanism)?.aggregator as Aggregator;
        const decode = () => aggregator.decode(params, bytes);
        expect(decode()).toBeDefined();
      }
      expect(reports.map(({ index }) => table.wire[index]?.id)).toEqual(reports.map(({ metric }) => metric));
    });
  }
});

describe('a bad batch of the vectors', () => {
  const vectors = JSON.parse(read('batches.bad.json')) as ReturnType<typeof badBatchVectors>;
  const table = registryFromJson(vectors.registry, catalogue);

  for (const { why, hex, code } of vectors.bytes) {
    it(`(bytes: ${why}) is refused`, () => {
      const answer = codeOf(() => {
        parseHeader(bytesOf(hex));
        parseReports(bytesOf(hex), table);
      });
      expect(answer).toBe(code);
    });
  }

  for (const { why, json, code } of vectors.json) {
    it(`(JSON: ${why}) is refused`, () => {
      expect(codeOf(() => parseReports(batchFromJson(json as BatchJson, table), table))).toBe(code);
    });
  }
});

describe('a batch of the vectors with its answer', () => {
  const { registry, batches } = JSON.parse(read('answers.json')) as ReturnType<typeof answerVectors>;
  const table = registryFromJson(registry, catalogue);
  for (const { why, hex, json } of batches) {
    it(`(${why}) is a batch, the same in both forms`, () => {
      expect(toHex(batchFromJson(json, table))).toBe(hex);
      expect(parseReports(bytesOf(hex), table).length).toBeGreaterThan(0);
    });
  }
});

describe('a fingerprint of the vectors', () => {
  const vectors = JSON.parse(read('fingerprints.json')) as ReturnType<typeof fingerprintVectors>;
  for (const { preimage, fingerprint, ...named } of [...vectors.metrics, ...vectors.registries]) {
    it(`(${'id' in named ? named.id : named.app}) is that of its preimage by another SHA-256`, () => {
      expect(createHash('sha256').update(preimage, 'utf8').digest('hex').slice(0, 16)).toBe(fingerprint);
    });
  }
});

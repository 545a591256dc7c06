import { readRapporParams } from '../decode/aggregates.js';
import { readCounts } from '../decode/counts.js';
import { readMap } from '../decode/map.js';
import { decodingMethods } from '../decode/methods.js';
import { decodePage } from '../decode/page.js';
import { type DecodeReport, decodeReport } from '../decode/report.js';
import { SimError } from '../errors.js';
import { fileLines } from '../text-files.js';
import { commonArguments, defineCommand, type Given, sameAgain } from './command.js';
import { finish } from './finish.js';

type Name = 'params' | 'counts' | 'map' | 'method' | 'json' | 'out';

const METHODS = Object.keys(decodingMethods).join(', ');

export const decode = defineCommand<Name>({
  meta: {
    name: 'decode',
    summary: 'which texts, and how many, from counts that other RAPPOR tools added up',
    detail: [
      'Reads the CSV files of the published RAPPOR analysis tools and decodes them against the candidates of a map, by',
      "this project's decoder or by the published recipe. Nothing is random. Exits with 0; with 2 if a file is refused.",
    ].join('\n'),
  },
  args: {
    params: { value: 'FILE', summary: 'a header k,h,m,p,q,f and one row' },
    counts: { value: 'FILE', summary: 'a line per cohort: its reports, then for each of k bits how many have it set' },
    map: { value: 'FILE', summary: 'a line per candidate: the text, then its bits as cohort * k + bit, from 1' },
    method: { value: 'NAME', summary: `one of ${METHODS}; wls unless told` },
    json: commonArguments.json,
    out: commonArguments.out,
  },
  async run(given, io) {
    const report = await decodeFiles(given);
    return finish(report, decodePage(report), given, io);
  },
});

async function decodeFiles(given: Given<Name>): Promise<DecodeReport> {
  const [paramsFile, countsFile, mapFile] = [needed(given, 'params'), needed(given, 'counts'), needed(given, 'map')];
  const name = String(given.method ?? 'wls');
  const method = Object.hasOwn(decodingMethods, name) ? decodingMethods[name] : undefined;
  if (method === undefined) throw new SimError('argument-invalid', `--method is one of ${METHODS}`);

  const params = await readRapporParams(paramsFile, fileLines(paramsFile));
  const counts = await readCounts(countsFile, fileLines(countsFile), params);
  const map = await readMap(mapFile, fileLines(mapFile), params);
  return decodeReport({
    arguments: sameAgain('decode', given),
    method: name,
    params,
    map,
    decoded: method(counts, map.bits),
  });
}

function needed(given: Given<Name>, name: 'params' | 'counts' | 'map'): string {
  const value = given[name];
  if (typeof value === 'string') return value;
  throw new SimError('argument-missing', `--${name} FILE is needed`);
}

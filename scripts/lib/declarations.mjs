import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packages } from './workspace.mjs';

/**
 * A statement of a `.d.ts` file as the compiler writes it.
 *
 * @typedef {object} Declaration
 * @property {string} file
 * @property {string} name
 * @property {string} doc its docstring without stars; '' if it has none
 * @property {string} text from `interface`, `type`, `function` ... on
 */

/**
 * @typedef {object} Exported what a module gives under one name
 * @property {string} name
 * @property {Declaration} declaration
 */

/**
 * @typedef {{ name: string, as: string, from: string }} Binding
 * @typedef {{ file: string, doc: string, declarations: Map<string, Declaration>, exported: Set<string>, imports: Binding[], reexports: Binding[] }} Module
 *   `doc` is that of the first statement, where it is a re-export
 */

const KEYWORDS = /^(?:export )?(?:declare )?(?:abstract )?(?:interface|type|function|const|class)\b/;
const NAMED = /^(?:interface|type|function|const|(?:abstract )?class) ([\w$]+)/;

/** @type {Map<string, Module>} */
const read = new Map();

/** @param {string} file a `.d.ts` @returns {Module} */
export function moduleAt(file) {
  const known = read.get(file);
  if (known !== undefined) return known;
  const found = parse(file);
  read.set(file, found);
  return found;
}

/** @param {string} file @returns {Exported[]} in the order in which the module names them */
export function exportsOf(file) {
  const { declarations, exported, reexports } = moduleAt(file);
  const own = [...declarations.values()].filter(({ name }) => exported.has(name));
  return [
    ...own.map((declaration) => ({ name: declaration.name, declaration })),
    ...reexports.flatMap(({ name, as, from }) => {
      const declaration = declarationOf(file, from, name);
      return declaration === undefined ? [] : [{ name: as, declaration }];
    }),
  ];
}

/**
 * What a name stands for in a module: its own, or what it imports.
 *
 * @param {Module} module
 * @param {string} name
 */
export function lookUp({ file, declarations, imports }, name) {
  const imported = imports.find(({ as }) => as === name);
  return declarations.get(name) ?? (imported && declarationOf(file, imported.from, imported.name));
}

/**
 * @param {string} file
 * @param {string} from
 * @param {string} name
 * @returns {Declaration | undefined}
 */
function declarationOf(file, from, name) {
  const target = resolve(file, from);
  return target === undefined ? undefined : exportsOf(target).find((one) => one.name === name)?.declaration;
}

/** @param {string} file @param {string} from @returns {string | undefined} undefined for a third party's */
function resolve(file, from) {
  if (from.startsWith('.')) return join(dirname(file), from.replace(/\.js$/, '.d.ts'));
  for (const { directory, manifest } of packages()) {
    if (from !== manifest.name && !from.startsWith(`${manifest.name}/`)) continue;
    const target = join(directory, typesOf(manifest.exports[`.${from.slice(manifest.name.length)}`]));
    if (existsSync(target)) return target;
  }
  return undefined;
}

/** The declarations of a public subpath. @param {unknown} target of `exports` in a package.json @returns {string} */
export function typesOf(target) {
  const found = /"types":\s*"([^"]+\.d\.ts)"/.exec(JSON.stringify(target) ?? '');
  return found?.[1] ?? '';
}

/** @param {string} file @returns {Module} */
function parse(file) {
  /** @type {Module} */
  const module = { file, doc: '', declarations: new Map(), exported: new Set(), imports: [], reexports: [] };
  let isFirst = true;
  for (const { doc, text } of statements(readFileSync(file, 'utf8'))) {
    const bindings = /^(import|export)(?: type)? \{([^}]*)\}(?: from '([^']+)')?;$/s.exec(text);
    if (bindings !== null) {
      const [, verb, names = '', from] = bindings;
      const parsed = names.split(',').flatMap((part) => {
        const [, name = '', as = name] = /^\s*(?:type )?([\w$]+)(?: as ([\w$]+))?\s*$/.exec(part) ?? [];
        return name === '' ? [] : [{ name, as, from: from ?? '' }];
      });
      if (from === undefined) for (const { name } of parsed) module.exported.add(name);
      else (verb === 'import' ? module.imports : module.reexports).push(...parsed);
      if (isFirst) module.doc = doc;
      isFirst = verb === 'import' && isFirst;
    } else if (KEYWORDS.test(text)) {
      const bare = text.replace(/^export /, '').replace(/^declare /, '');
      const name = NAMED.exec(bare)?.[1];
      if (name === undefined) throw new Error(`${file}: a statement without a name: ${text}`);
      if (text.startsWith('export ')) module.exported.add(name);
      module.declarations.set(name, { file, name, doc, text: bare.replace(/^( {4})+/gm, halved) });
      isFirst = false;
    }
  }
  return module;
}

/** Indented by two, as the sources are. @param {string} indentation */
function halved(indentation) {
  return indentation.slice(indentation.length / 2);
}

/** @param {string} source @returns {{ doc: string, text: string }[]} the statements at the left margin */
function statements(source) {
  /** @type {{ doc: string, text: string }[]} */
  const found = [];
  let doc = '';
  /** @type {string[]} */
  let lines = [];
  let isDoc = false;
  for (const line of source.split('\n')) {
    if (isDoc || (lines.length === 0 && line.startsWith('/**'))) {
      doc = isDoc ? `${doc}\n${line}` : line;
      isDoc = !line.trimEnd().endsWith('*/');
    } else if (lines.length > 0 || /^\w/.test(line)) {
      lines.push(line);
      if (!isEnded(lines)) continue;
      found.push({ doc: withoutStars(doc), text: lines.join('\n') });
      doc = '';
      lines = [];
    }
  }
  return found;
}

/** @param {readonly string[]} lines of a statement @returns {boolean} whether that is all of it */
function isEnded(lines) {
  const code = lines
    .join('\n')
    .replace(/\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'/g, '')
    .trimEnd();
  const depth = (code.match(/[{[(]/g)?.length ?? 0) - (code.match(/[}\])]/g)?.length ?? 0);
  if (depth !== 0) return false;
  return code.endsWith(';') || (code.endsWith('}') && !/^(?:export )?(?:declare )?(?:type|const)\b/.test(code));
}

/** @param {string} doc */
function withoutStars(doc) {
  return doc
    .replace(/^\/\*\*|\s*\*\/$/g, '')
    .replace(/^[ \t]*\* ?/gm, '')
    .trim();
}

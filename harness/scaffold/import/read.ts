import { join } from 'node:path';
import { FileError } from '../../files/errors.js';
import { kindAt } from '../../files/inside.js';
import { parseJson } from '../../files/json.js';
import { fault, MISSING } from '../../files/system.js';
import { readTextFile } from '../../files/text.js';
import { foldersFrom } from '../../files/walk.js';
import { parseYamlDocuments } from '../../files/yaml.js';
import { fromCustomDetection } from './defender.js';
import { type Imported, isBag, textOf } from './imported.js';
import { fromArmResource, fromSentinelYaml } from './sentinel.js';

/**
 * Every rule in the files at or below the paths: Sentinel YAML, ARM templates and exports of Sentinel's API, custom
 * detections of Defender. What is no rule, or none that can be carried over, is given with the reason.
 *
 * @throws FileError for a path that does not exist
 */
export function readRules(paths: readonly string[]): Imported[] {
  return paths.flatMap((path) => {
    const kind = kindAt(path);
    if (kind === undefined) throw fault(path, MISSING);
    return kind === 'folder' ? filesBelow(path).flatMap(readFile) : readFile(path);
  });
}

function filesBelow(folder: string): string[] {
  return [...foldersFrom(folder)].flatMap(({ folder: each, entries }) =>
    entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && /\.(ya?ml|json)$/i.test(entry.name))
      .map(({ name }) => join(each, name)),
  );
}

function readFile(file: string): Imported[] {
  if (/\.(kql|csl|kusto)$/i.test(file)) return [{ from: file, why: BARE }];
  let documents: unknown[];
  try {
    const isJson = /\.json$/i.test(file);
    const text = readTextFile(file, isJson ? 'text-size' : 'yaml-size').replace(/^\ufeff/, '');
    documents = isJson ? [parseJson(text, file)] : parseYamlDocuments(text, file);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return error.problems.map((problem) => ({ from: placed(file, problem), why: problem.message }));
  }
  const rules = documents.flatMap((document) => [...rulesIn(document, file)]);
  return rules.length === 0 ? [{ from: file, why: NO_RULE }] : rules;
}

const NO_RULE =
  'it holds no rule of a known form: no Sentinel rule (YAML, ARM template, API export) and no custom detection of Defender';

const SAVED_SEARCH =
  'a saved search or hunting query raises no alerts; make a detection with `assay new detection NAME` and put its query into the rule';

const BARE =
  'a bare query has no name, severity or technique; make a detection with `assay new detection NAME` and put it into its rule.kql';

function placed(file: string, { line, column }: { readonly line: number; readonly column: number }): string {
  return line === 0 ? file : `${file}:${line}:${column}`;
}

/** A rule wherever it stands: templates nest resources in deployments, exports list them below `value`. */
function* rulesIn(value: unknown, from: string): Generator<Imported> {
  if (Array.isArray(value)) {
    for (const item of value) yield* rulesIn(item, from);
  } else if (isBag(value)) {
    if (isBag(value['queryCondition'])) yield fromCustomDetection(from, value);
    else if (/\/alertRules$/i.test(textOf(value['type']) ?? '') && isBag(value['properties']))
      yield fromArmResource(from, value);
    else if (/\/savedSearches$/i.test(textOf(value['type']) ?? '') && isBag(value['properties']))
      yield { from: `${from} (${textOf(value['properties']['displayName']) ?? 'a saved search'})`, why: SAVED_SEARCH };
    else if (typeof value['query'] === 'string' && typeof value['name'] === 'string')
      yield fromSentinelYaml(from, value);
    else for (const inner of Object.values(value)) yield* rulesIn(inner, from);
  }
}

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll, YAMLException } from 'js-yaml';
import { FileError } from '../../files/errors.js';
import { readTextFile } from '../../files/text.js';
import { fromCustomDetection } from './defender.js';
import { type Imported, isBag } from './imported.js';
import { fromArmResource, fromSentinelYaml } from './sentinel.js';

/**
 * Every rule in the files at or below the paths: Sentinel YAML, ARM templates and exports of Sentinel's API, custom
 * detections of Defender. What is no rule, or none that can be carried over, is given with the reason.
 *
 * @throws FileError for a path that does not exist
 */
export function readRules(paths: readonly string[]): Imported[] {
  return paths.flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) {
      throw new FileError([{ file: path, line: 0, column: 0, message: 'There is no such file or folder.' }]);
    }
    return stat.isDirectory() ? filesBelow(path).flatMap(readFile) : readFile(path);
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return /\.(ya?ml|json)$/i.test(entry.name) ? [path] : [];
    });
}

function readFile(file: string): Imported[] {
  if (/\.(kql|csl|kusto)$/i.test(file)) return [{ from: file, why: BARE }];
  let documents: unknown[];
  try {
    const text = readTextFile(file).replace(/^\ufeff/, '');
    documents = /\.json$/i.test(file) ? [JSON.parse(text)] : loadAll(text);
  } catch (error) {
    return [unreadable(file, error)];
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

/** Why nothing of a file can be carried over, at the place of the fault where it is known. */
function unreadable(file: string, error: unknown): Imported {
  if (error instanceof FileError) {
    const [problem] = error.problems;
    if (problem !== undefined) return { from: placed(file, problem), why: problem.message };
  }
  if (error instanceof YAMLException) {
    const { line = 0, column = 0 } = error.mark ?? {};
    return { from: placed(file, { line: line + 1, column: column + 1 }), why: `the YAML is broken: ${error.reason}` };
  }
  if (error instanceof SyntaxError) return { from: file, why: `the JSON is broken: ${error.message}` };
  throw error;
}

function placed(file: string, { line, column }: { readonly line: number; readonly column: number }): string {
  return line === 0 ? file : `${file}:${line}:${column}`;
}

/** A rule wherever it stands: templates nest resources in deployments, exports list them below `value`. */
function* rulesIn(value: unknown, from: string): Generator<Imported> {
  if (Array.isArray(value)) {
    for (const item of value) yield* rulesIn(item, from);
  } else if (isBag(value)) {
    if (isBag(value['queryCondition'])) yield fromCustomDetection(from, value);
    else if (/\/alertRules$/i.test(String(value['type'])) && isBag(value['properties']))
      yield fromArmResource(from, value);
    else if (/\/savedSearches$/i.test(String(value['type'])) && isBag(value['properties']))
      yield { from: `${from} (${value['properties']['displayName'] ?? 'a saved search'})`, why: SAVED_SEARCH };
    else if (typeof value['query'] === 'string' && typeof value['name'] === 'string')
      yield fromSentinelYaml(from, value);
    else for (const inner of Object.values(value)) yield* rulesIn(inner, from);
  }
}

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll, YAMLException } from 'js-yaml';
import { readText } from '../../detection/text.js';
import { FileError } from '../../files/errors.js';
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
  let documents: unknown[];
  try {
    const text = readText(file).replace(/^\ufeff/, '');
    documents = /\.json$/i.test(file) ? [JSON.parse(text)] : loadAll(text);
  } catch (error) {
    if (!(error instanceof YAMLException || error instanceof SyntaxError)) throw error;
    return [{ from: file, why: `it cannot be read: ${error.message.split('\n')[0]}` }];
  }
  const rules = documents.flatMap((document) => [...rulesIn(document, file)]);
  return rules.length === 0 ? [{ from: file, why: 'it holds no rule of a known form' }] : rules;
}

/** A rule wherever it stands: templates nest resources in deployments, exports list them below `value`. */
function* rulesIn(value: unknown, from: string): Generator<Imported> {
  if (Array.isArray(value)) {
    for (const item of value) yield* rulesIn(item, from);
  } else if (isBag(value)) {
    if (isBag(value['queryCondition'])) yield fromCustomDetection(from, value);
    else if (/\/alertRules$/i.test(String(value['type'])) && isBag(value['properties']))
      yield fromArmResource(from, value);
    else if (typeof value['query'] === 'string' && typeof value['name'] === 'string')
      yield fromSentinelYaml(from, value);
    else for (const inner of Object.values(value)) yield* rulesIn(inner, from);
  }
}

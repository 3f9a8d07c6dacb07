import { join } from 'node:path';
import { dump } from 'js-yaml';
import { type Allowlist, allowlistSchema } from '../detection/allowlist-schema.js';
import type { Detection } from '../detection/detection.js';
import { type Rule, readRule } from '../detection/rule.js';
import { testsSchema } from '../detection/tests-schema.js';
import { FileError } from '../files/errors.js';
import { isThere } from '../files/inside.js';
import { writeWhole } from '../files/output.js';
import { readTextFile } from '../files/text.js';
import { parseYaml } from '../files/yaml.js';
import { watchlistFile, watchlistSource } from './watchlist.js';

/**
 * The text of a rule's file with other KQL in it. All else stays byte for byte, and so do the lines that both texts have.
 *
 * @throws FileError for a YAML file whose query is no literal block
 */
export function fileWith(rule: Rule, text: string): string {
  const file = readTextFile(rule.file);
  if (rule.kind === 'kql') return text;
  const eol = file.includes('\r\n') ? '\r\n' : '\n';
  const lines = file.split(/\r?\n/);
  const { line, column } = rule.placeInFile({ line: 1, column: 1 });
  const header = lines[line - 2] ?? '';
  if (!/:\s*\|[-+0-9]*\s*(#.*)?$/.test(header)) {
    const message = 'The query is no literal block, so no lines can be put into it; write it as `query: |`.';
    throw new FileError([{ file: rule.file, line, column, message }]);
  }
  const indent = ' '.repeat(column - 1);
  const was = linesOf(rule.text);
  const is = linesOf(text);
  let head = 0;
  while (head < Math.min(was.length, is.length) && was[head] === is[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(was.length, is.length) - head && was.at(-1 - tail) === is.at(-1 - tail)) tail += 1;
  const added = is.slice(head, is.length - tail).map((each) => (each === '' ? '' : indent + each));
  const from = line - 1 + head;
  const to = line - 1 + was.length - tail;
  return [...lines.slice(0, from), ...added, ...lines.slice(to)].join(eol);
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}

/**
 * Puts KQL into a rule's file, and makes sure that the file then holds it.
 *
 * @throws FileError for a file that cannot hold it as it is written
 */
export function writeRule(rule: Rule, text: string): void {
  const before = readTextFile(rule.file);
  writeWhole(rule.file, fileWith(rule, text));
  let holds = false;
  try {
    holds = readRule(rule.file).text === text;
  } finally {
    if (!holds) writeWhole(rule.file, before);
  }
  if (holds) return;
  const message = 'The text does not come out of this file as it went in; the file was left as it was.';
  throw new FileError([{ file: rule.file, line: 0, column: 0, message }]);
}

/**
 * Adds exceptions to a detection's `allowlist.yaml`, behind those that are there, which stay as they are written.
 *
 * @param settings keys to add at the head, where they are not there yet
 */
export function addExceptions(
  { folder }: Pick<Detection, 'folder'>,
  exceptions: Allowlist['exceptions'],
  settings: Pick<Allowlist, 'place' | 'watchlist'> = {},
): void {
  const file = join(folder, 'allowlist.yaml');
  const before = isThere(file) ? readTextFile(file) : 'exceptions: []\n';
  const { value } = parseYaml(before, file, allowlistSchema);
  const head = Object.fromEntries(
    Object.entries(settings).filter(([key, setting]) => setting !== undefined && !(key in value)),
  );
  const after = `${Object.keys(head).length > 0 ? dump(head) : ''}${appended(before, exceptions, value, file)}`;
  const read = parseYaml(after, file, allowlistSchema).value;
  if (read.exceptions.length !== value.exceptions.length + exceptions.length)
    throw new FileError([
      { file, line: 0, column: 0, message: 'The exceptions cannot be added as the file is written.' },
    ]);
  writeWhole(file, after);
}

function appended(text: string, exceptions: Allowlist['exceptions'], value: Allowlist, file: string): string {
  if (exceptions.length === 0) return text;
  const entries = (indent: string): string =>
    exceptions.map((each) => dump([each], { lineWidth: -1 }).replace(/^(?=.)/gm, indent)).join('');
  if (value.exceptions.length === 0) {
    const empty = /^exceptions:[ \t]*(\[[ \t]*\])?[ \t]*$/m;
    if (!empty.test(text)) throw flow(file);
    return text.replace(empty, () => `exceptions:\n${entries('  ').trimEnd()}`);
  }
  const item = /^exceptions:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)- /m.exec(text);
  if (item === null || !/^exceptions:/m.test(text)) throw flow(file);
  // What stands last in the file belongs to the last exception: the list is the last key, as it is written by Assay.
  const later = /^(?!exceptions:)\w+:/m.exec(text.slice(item.index + 1));
  const end = later === null ? text.length : item.index + 1 + later.index;
  return `${text.slice(0, end).trimEnd()}\n${entries(item[1] ?? '  ')}${text.slice(end)}`;
}

function flow(file: string): FileError {
  const message = 'The list of exceptions is not written as a block; write each as an item that begins with `- `.';
  return new FileError([{ file, line: 0, column: 0, message }]);
}

/**
 * Writes a watchlist beside its rule, and has the tests and the workload take it for that of the product.
 *
 * @returns whether the file was there already as it must be
 */
export function writeWatchlist(
  { folder, sources }: Pick<Detection, 'folder' | 'sources'>,
  { alias, file, csv }: { readonly alias: string; readonly file: string; readonly csv: string },
): boolean {
  const there = isThere(file) && readTextFile(file) === csv;
  if (!there) writeWhole(file, csv);
  const key = watchlistSource(alias);
  if (sources.some((source) => source.key === key)) return there;
  const tests = join(folder, 'tests.yaml');
  const before = isThere(tests) ? readTextFile(tests) : 'tests: []\n';
  const line = `  ${key}: ${watchlistFile(alias)}`;
  const after = /^sources:[ \t]*$/m.test(before)
    ? before.replace(/^sources:[ \t]*$/m, (head) => `${head}\n${line}`)
    : `${before.trimEnd()}\nsources:\n${line}\n`;
  parseYaml(after, tests, testsSchema);
  writeWhole(tests, after);
  return false;
}

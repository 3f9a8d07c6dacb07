import { join } from 'node:path';
import { load } from 'js-yaml';
import type { Detection } from '../detection/detection.js';
import { testsSchema } from '../detection/tests-schema.js';
import { isThere } from '../files/inside.js';
import { writeWhole } from '../files/output.js';
import { readTextFile } from '../files/text.js';
import { parseYaml } from '../files/yaml.js';
import type { MutationResult } from './result.js';

/**
 * Adds the tests that survivors show to be missing behind the others of the detection's `tests.yaml`, each as a `todo`
 * for a person to name and confirm. One whose name is there already is left out.
 *
 * @returns how many were added
 * @throws FileError when the tests are written in a way that nothing can be added to
 */
export function writeTests(detection: Detection, result: MutationResult): number {
  const file = join(detection.folder, 'tests.yaml');
  const text = (isThere(file) ? readTextFile(file, 'yaml-size') : 'tests:').replace(/^tests:[ \t]*\[\]/m, 'tests:');
  const end = endOfTests(text);
  const [before, after] = [text.slice(0, end).trimEnd(), text.slice(end)];
  const names = new Set(detection.tests.map(({ name }) => name));
  const indent = /^tests:[\s\S]*?^( *)- /m.exec(before)?.[1] ?? '  ';
  const added: string[] = [];
  for (const { witness } of result.mutants) {
    if (witness === undefined) continue;
    const [{ name }] = load(witness.test) as [{ name: string }];
    if (names.has(name)) continue;
    names.add(name);
    added.push(witness.test.trimEnd().replace(/^(?=.)/gm, indent));
  }
  if (added.length === 0) return 0;
  const written = `${[before, ...added].join('\n\n')}\n${after === '' ? '' : `\n${after}`}`;
  parseYaml(written, file, testsSchema);
  writeWhole(file, written);
  return added.length;
}

/** Where the list of tests ends: before what is said of the next key, or at the end of the file. */
function endOfTests(text: string): number {
  const begin = /^tests:/m.exec(text)?.index ?? 0;
  const next = /\n((?:#[^\n]*\n)*)[A-Za-z]\w*:/.exec(text.slice(begin));
  return next === null ? text.length : begin + next.index + 1;
}

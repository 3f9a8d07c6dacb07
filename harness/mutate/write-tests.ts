import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { Detection } from '../detection/detection.js';
import type { MutationResult } from './result.js';

/**
 * Adds the tests that survivors show to be missing at the end of the detection's `tests.yaml`, each as a `todo` for a
 * person to name and confirm. One whose name is there already is left out.
 *
 * @returns how many were added
 */
export function writeTests(detection: Detection, result: MutationResult): number {
  const file = join(detection.folder, 'tests.yaml');
  const before = existsSync(file) ? readFileSync(file, 'utf8').trimEnd() : 'tests:';
  const names = new Set(detection.tests.map(({ name }) => name));
  const indent = /^( *)- /m.exec(before)?.[1] ?? '  ';
  const added: string[] = [];
  for (const { witness } of result.mutants) {
    if (witness === undefined) continue;
    const [{ name }] = load(witness.test) as [{ name: string }];
    if (names.has(name)) continue;
    names.add(name);
    added.push(witness.test.trimEnd().replace(/^(?=.)/gm, indent));
  }
  if (added.length > 0) writeFileSync(file, `${[before, ...added].join('\n\n')}\n`);
  return added.length;
}

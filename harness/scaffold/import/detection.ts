import { dump } from 'js-yaml';
import { detectionSchema } from '../../detection/detection-schema.js';
import { parseRule } from '../../detection/rule.js';
import { FileError, parseYaml } from '../../files/yaml.js';
import type { ImportedRule } from './imported.js';

export interface ImportOptions {
  /** Claimed by rules that name no technique themselves. */
  readonly technique?: string | undefined;
}

export interface ImportedDetection {
  readonly id: string;
  readonly files: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/**
 * A rule as a detection: its files by path below its folder.
 *
 * @param taken ids that are given already
 * @returns why there is none, where the rule does not say what it claims
 */
export function importedDetection(
  rule: ImportedRule,
  taken: ReadonlySet<string>,
  { technique }: ImportOptions,
): ImportedDetection | { readonly why: string } {
  const techniques = rule.techniques.length > 0 ? rule.techniques : technique === undefined ? [] : [technique];
  if (techniques.length === 0) {
    return { why: 'it names no ATT&CK technique; say with --technique which one rules of that kind claim' };
  }
  const id = freeId(rule.name, taken);
  const detection = {
    id,
    title: rule.name.replace(/\s+/g, ' ').trim(),
    environment: rule.kind === 'sentinel' ? 'sentinel' : 'defender-xdr',
    claims: { techniques, roles: ['lookup', 'callback', 'setup'] },
  };
  const stated = dump(detection, { lineWidth: -1 });
  try {
    // A rule can fit its form, and yet say what none can: that it runs every `x`.
    parseRule(rule.text, 'rule.yaml');
    parseYaml(stated, 'detection.yaml', detectionSchema);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { why: error.message.replaceAll('\n', '; ') };
  }
  return {
    id,
    files: new Map([
      ['rule.yaml', rule.text],
      ['detection.yaml', stated],
    ]),
    notes: [
      ...rule.lost,
      ...(rule.techniques.length === 0 ? [`It names no technique; it now claims ${techniques.join(', ')}.`] : []),
      'It claims events of every role and has no tests: say in detection.yaml which roles it returns, and write tests.yaml.',
    ],
  };
}

/** The name in the form of an id; with a number where another rule has it. */
function freeId(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
  const id = plain === '' ? 'rule' : plain;
  if (!taken.has(id)) return id;
  for (let n = 2; ; n++) if (!taken.has(`${id}-${n}`)) return `${id}-${n}`;
}

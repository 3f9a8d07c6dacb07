import { join } from 'node:path';
import { allowlistSchema } from '../detection/allowlist-schema.js';
import { readDetection } from '../detection/detection.js';
import { detectionSchema, type ExpectedRefusal } from '../detection/detection-schema.js';
import { type Rule, readRule } from '../detection/rule.js';
import { FileError } from '../files/errors.js';
import { type Place, readYamlDocument } from '../files/yaml.js';
import { KqlError } from '../kql/errors.js';
import { compile } from '../kql/index.js';
import { at, type BoundText, bindText } from '../kql/syntax.js';
import { catalogOf } from '../measure/catalog.js';
import { builtInCatalog, type Catalog } from '../tables/catalog.js';
import type { Environment } from '../tables/schema.js';
import type { Check, Finding, Seen, Severity, Subject } from './finding.js';
import { CHECKS } from './registry.js';
import { remedyFor } from './remedy.js';
import type { Target } from './targets.js';
import { answerColumns } from './tree.js';

/** The findings of one rule, in order of place. */
export interface Judgement {
  readonly file: string;
  readonly environment: Environment;
  /** Whether the rule parses, binds and compiles, or fails exactly as its `detection.yaml` expects. */
  readonly binds: boolean;
  readonly findings: readonly Finding[];
}

export interface CheckOptions {
  /** For a rule that does not say itself where it runs. */
  readonly environment?: Environment;
  /** What there is to name in an environment; by default the product's own tables. */
  readonly catalog?: (environment: Environment) => Catalog;
  /** The day that exceptions are held against, such as `2027-03-01`; by default the day that it is. */
  readonly today?: string;
}

/**
 * Judges a rule without running it.
 *
 * @throws FileError for a file that cannot be read or is not of its form, and for a bare rule of no known environment
 */
export function check(target: Target, options: CheckOptions = {}): Judgement {
  const detection = 'folder' in target ? readDetection(target.folder) : undefined;
  const rule = detection?.deployed ?? readRule('file' in target ? target.file : target.folder);
  const environment = detection?.environment ?? environmentOf(rule) ?? options.environment ?? unknownEnvironment(rule);
  const names = (options.catalog ?? builtIn)(environment);
  const catalog = detection === undefined ? names : catalogOf(detection, names);
  const findings: Finding[] = [];
  const told = bindAndCompile(rule, catalog, detection?.expects?.refused);
  findings.push(...told.findings);
  if (told.bound !== undefined) {
    const subject: Subject = {
      rule,
      environment,
      bound: told.bound,
      columns: answerColumns(told.bound),
      tables: new Set(catalog.tables.keys()),
      claims: detection?.claims,
      detection: detection && { files: detection, names: catalog },
      today: options.today ?? new Date().toISOString().slice(0, 10),
    };
    for (const each of CHECKS) {
      for (const seen of each.run(subject)) findings.push(findingOf(each, seen, subject, detection?.folder));
    }
  }
  findings.sort((a, b) => a.line - b.line || a.column - b.column);
  return { file: rule.file, environment, binds: told.binds, findings };
}

const catalogs = new Map<Environment, Catalog>();

/** One catalog for all rules of an environment: the binder prepares its names once. */
function builtIn(environment: Environment): Catalog {
  const catalog = catalogs.get(environment) ?? builtInCatalog(environment);
  catalogs.set(environment, catalog);
  return catalog;
}

function environmentOf(rule: Rule): Environment | undefined {
  if (rule.kind === 'sentinel') return 'sentinel';
  return rule.kind === 'defender' ? 'defender-xdr' : undefined;
}

function unknownEnvironment({ file }: Rule): never {
  const message = 'A bare KQL file does not say where it runs; say it with --environment, or in a detection.yaml.';
  throw new FileError([{ file, line: 0, column: 0, message }]);
}

interface Told {
  readonly bound?: BoundText;
  readonly binds: boolean;
  readonly findings: readonly Finding[];
}

/** What the parser, the binder and the compiler say. */
function bindAndCompile(rule: Rule, catalog: Catalog, expected: ExpectedRefusal | undefined): Told {
  let bound: BoundText | undefined;
  let diagnostics: KqlError['diagnostics'];
  try {
    bound = bindText(rule.text, catalog);
    diagnostics = bound.diagnostics;
    if (!diagnostics.some(({ severity }) => severity === 'error'))
      compile(rule.text, { names: catalog, missingSources: 'empty', columnsOfData: 'none' });
  } catch (error) {
    if (!(error instanceof KqlError)) throw error;
    diagnostics = [...(bound?.diagnostics ?? []), ...error.diagnostics];
  }
  const findings = diagnostics.map((diagnostic): Finding => {
    const { code, severity, length, message } = diagnostic;
    const place = rule.placeInFile(diagnostic);
    const isExpected = severity === 'error' && expected?.code === code && isAt(place, expected);
    return {
      code,
      severity: isExpected ? 'information' : severity,
      file: rule.file,
      line: place.line,
      column: place.column,
      length,
      message: isExpected ? `${message} The detection expects this.` : message,
      remedy: remedyFor(diagnostic),
    };
  });
  return { ...(bound ? { bound } : {}), binds: findings.every(({ severity }) => severity !== 'error'), findings };
}

function isAt({ line, column }: Place, expected: ExpectedRefusal): boolean {
  return (expected.line ?? line) === line && (expected.column ?? column) === column;
}

function findingOf(each: Check, seen: Seen, subject: Subject, folder: string | undefined): Finding {
  const { code } = each;
  const severity: Severity = seen.severity ?? each.severity;
  return { code, severity, ...placeOf(seen.at, subject, folder), message: seen.message, remedy: seen.remedy };
}

function placeOf(
  seen: Seen['at'],
  { rule, bound }: Subject,
  folder: string | undefined,
): Pick<Finding, 'file' | 'line' | 'column' | 'length'> {
  if ('file' in seen) return { file: seen.file, line: seen.line ?? 0, column: seen.column ?? 0, length: 0 };
  const { file } = rule;
  if ('start' in seen) {
    const { length, ...place } = at(bound.text, seen.start, seen.length, '', '');
    return { file, ...pick(rule.placeInFile(place)), length };
  }
  if ('path' in seen) {
    if (rule.kind === 'kql') throw new Error(`${file} has no values to point at`);
    return { file, ...pick(rule.document.placeOf(seen.path)), length: lengthAt(rule.document.value, seen.path) };
  }
  if ('exception' in seen) {
    const allowlist = readYamlDocument(join(folder ?? '', 'allowlist.yaml'), allowlistSchema);
    const path = ['exceptions', seen.exception, ...(seen.key === undefined ? [] : [seen.key])];
    return { file: allowlist.file, ...pick(allowlist.placeOf(path)), length: lengthAt(allowlist.value, path) };
  }
  const document = readYamlDocument(join(folder ?? '', 'detection.yaml'), detectionSchema);
  const path = ['claims', 'techniques', seen.claim];
  return { file: document.file, ...pick(document.placeOf(path)), length: lengthAt(document.value, path) };
}

function pick({ line, column }: Place): Place {
  return { line, column };
}

/** Length of the text of a scalar; 0 for a list, a mapping, and what is not there. */
function lengthAt(value: unknown, path: readonly PropertyKey[]): number {
  const found = path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
  return typeof found === 'string' || typeof found === 'number' ? (String(found).split('\n')[0]?.length ?? 0) : 0;
}

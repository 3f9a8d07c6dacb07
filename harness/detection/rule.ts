import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { z } from 'zod';
import { readTextFile } from '../files/text.js';
import { FileError, type Place, parseYaml, type YamlDocument, type YamlPath } from '../files/yaml.js';
import { type Duration, parseDuration } from './duration.js';
import { type DefenderFile, defenderSchema, type SentinelFile, sentinelSchema } from './rule-schemas.js';

/** When a rule runs, and how far back it sees (without end when undefined). */
export interface Schedule {
  readonly every: Duration;
  readonly lookback?: Duration;
  /** Where it is stated; nothing where it is stated nowhere. */
  readonly statedAt?: Place & { readonly file: string };
}

/** How the rows of one run become alerts. */
export type Grouping = 'per-row' | 'per-run' | { readonly perEntity: readonly string[] };

/** How many rows a run must return to raise anything. */
export interface Trigger {
  readonly operator: 'gt' | 'lt' | 'eq' | 'ne';
  readonly threshold: number;
}

interface Common {
  readonly file: string;
  /** The KQL text as deployed. */
  readonly text: string;
  /** SHA-256 of the KQL text, in hex. */
  readonly sha256: string;
  /** Where a place in the KQL text stands in the file. */
  placeInFile(place: Place): Place;
  /** What the rule's file says of them; nothing where it is silent. */
  readonly schedule?: Schedule;
  readonly grouping?: Grouping;
  readonly trigger?: Trigger;
}

/** A rule as deployed: bare KQL, a Sentinel analytics rule, or a Defender custom detection. */
export type Rule =
  | (Common & { readonly kind: 'kql' })
  | (Common & { readonly kind: 'sentinel'; readonly document: YamlDocument<SentinelFile> })
  | (Common & { readonly kind: 'defender'; readonly document: YamlDocument<DefenderFile> });

const MINUTE = 600_000_000n;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

/**
 * How often Defender runs a custom detection of each period, and how far back it looks. `0` is the continuous (NRT)
 * frequency, stood for here by a run a minute.
 * Source: Microsoft Learn, "Create custom detection rules" (rule frequency).
 */
const DEFENDER_SCHEDULES: ReadonlyMap<string, Schedule> = new Map([
  ['0', { every: MINUTE, lookback: MINUTE }],
  ['1H', { every: HOUR, lookback: 4n * HOUR }],
  ['3H', { every: 3n * HOUR, lookback: 12n * HOUR }],
  ['12H', { every: 12n * HOUR, lookback: 48n * HOUR }],
  ['24H', { every: DAY, lookback: 30n * DAY }],
]);

const TRIGGERS: ReadonlyMap<string, Trigger['operator']> = new Map([
  ['gt', 'gt'],
  ['greaterthan', 'gt'],
  ['lt', 'lt'],
  ['lessthan', 'lt'],
  ['eq', 'eq'],
  ['equal', 'eq'],
  ['ne', 'ne'],
  ['notequal', 'ne'],
]);

/**
 * Reads a rule: `.kql` is the query itself, `.yaml` a Sentinel analytics rule or a Defender custom detection.
 *
 * @throws FileError for a file that cannot be read or is of no known form
 */
export function readRule(file: string): Rule {
  return parseRule(readTextFile(file, extname(file) === '.kql' ? 'text-size' : 'yaml-size'), file);
}

/**
 * As `readRule`, of a text that is or will be in a file.
 *
 * @throws FileError for a text that is of no known form
 */
export function parseRule(text: string, file: string): Rule {
  if (extname(file) === '.kql') return { kind: 'kql', ...common(file, text, (place) => place) };
  const shape = parseYaml(text, file, z.looseObject({}));
  return 'queryCondition' in shape.value ? defenderRule(text, file) : sentinelRule(text, file);
}

/** The techniques and sub-techniques that the rule's own file is tagged with, each once; none of bare KQL. */
export function tagsOf(rule: Rule): string[] {
  switch (rule.kind) {
    case 'kql':
      return [];
    case 'sentinel': {
      const { relevantTechniques = [], techniques = [], subTechniques = [] } = rule.document.value;
      return [...new Set([...relevantTechniques, ...techniques, ...subTechniques])];
    }
    case 'defender':
      return [...new Set(rule.document.value.detectionAction.alertTemplate.mitreTechniques ?? [])];
  }
}

function sentinelRule(text: string, file: string): Rule {
  const document = parseYaml(text, file, sentinelSchema);
  const { query, kind, queryFrequency, queryPeriod, triggerOperator, triggerThreshold, eventGroupingSettings } =
    document.value;
  const every = optionalDuration(document, 'queryFrequency', queryFrequency);
  const lookback = optionalDuration(document, 'queryPeriod', queryPeriod);
  const isNrt = kind.toLowerCase() === 'nrt';
  const statedAt = { file, ...document.placeOf([isNrt ? 'kind' : 'queryFrequency']) };
  const nrt = isNrt ? { every: MINUTE, lookback: MINUTE, statedAt } : undefined;
  const schedule =
    nrt ?? (every === undefined ? undefined : { every, statedAt, ...(lookback !== undefined && { lookback }) });
  return {
    kind: 'sentinel',
    document,
    ...common(file, query, placeInBlock(document, ['query'])),
    ...(schedule && { schedule }),
    // Sentinel's own default is one alert for all rows.
    grouping: eventGroupingSettings?.aggregationKind.toLowerCase() === 'alertperresult' ? 'per-row' : 'per-run',
    ...(triggerOperator !== undefined && {
      trigger: { operator: triggerOf(document, triggerOperator), threshold: triggerThreshold ?? 0 },
    }),
  };
}

function defenderRule(text: string, file: string): Rule {
  const document = parseYaml(text, file, defenderSchema);
  const { period } = document.value.schedule;
  const schedule = DEFENDER_SCHEDULES.get(period.toUpperCase());
  if (schedule === undefined) {
    throw problem(document, ['schedule', 'period'], `'${period}' is no period of a custom detection`, [
      ...DEFENDER_SCHEDULES.keys(),
    ]);
  }
  const path = ['queryCondition', 'queryText'];
  return {
    kind: 'defender',
    document,
    ...common(file, document.value.queryCondition.queryText, placeInBlock(document, path)),
    schedule: { ...schedule, statedAt: { file, ...document.placeOf(['schedule', 'period']) } },
    grouping: 'per-row',
  };
}

function common(file: string, text: string, placeInFile: (place: Place) => Place): Common {
  return { file, text, sha256: createHash('sha256').update(text).digest('hex'), placeInFile };
}

/** Of a literal block, every line of the text is a line of the file, moved right by the block's indentation. */
function placeInBlock(document: YamlDocument<unknown>, path: YamlPath): (place: Place) => Place {
  const start = document.placeOf(path);
  return ({ line, column }) =>
    line === 0 ? start : { line: start.line + line - 1, column: start.column + column - 1 };
}

function optionalDuration<T>(document: YamlDocument<T>, key: string, text: string | undefined): Duration | undefined {
  if (text === undefined) return undefined;
  const duration = parseDuration(text.toLowerCase()) ?? parseDuration(text.toUpperCase());
  if (duration === undefined)
    throw problem(document, [key], `'${text}' is not a duration`, ['5m', '1h', '14d', 'PT5M']);
  return duration;
}

function triggerOf<T>(document: YamlDocument<T>, text: string): Trigger['operator'] {
  const operator = TRIGGERS.get(text.toLowerCase());
  if (operator === undefined) {
    throw problem(document, ['triggerOperator'], `'${text}' is no trigger operator`, ['gt', 'lt', 'eq', 'ne']);
  }
  return operator;
}

function problem<T>(document: YamlDocument<T>, path: YamlPath, what: string, valid: readonly string[]): FileError {
  const { line, column } = document.placeOf(path);
  return new FileError([
    { file: document.file, line, column, message: `${what}; expected one of ${valid.join(', ')}.` },
  ]);
}

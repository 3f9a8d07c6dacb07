/**
 * What the Sentinel portal accepts as an analytics rule.
 * Source: Microsoft Learn, "Create scheduled analytics rules from scratch", "Map data fields to entities", "Surface
 * custom details" and "Customize alert details"; the query style guide of the Azure-Sentinel repository.
 */
import { parseDuration } from '../../detection/duration.js';
import type { SentinelFile } from '../../detection/rule-schemas.js';
import { didYouMean } from '../../files/nearest.js';
import { isNode } from '../../kql/syntax.js';
import type { TableSchema } from '../../kql/types.js';
import { ENTITIES } from '../entities.js';
import type { Check, Seen, Severity, Subject } from '../finding.js';
import { descendants, stretch } from '../tree.js';

type Path = readonly PropertyKey[];

/** A check of the values of a Sentinel rule's file. */
function ofSentinel(
  code: string,
  title: string,
  run: (value: SentinelFile, subject: Subject) => Iterable<Seen>,
  severity: Severity = 'error',
): Check {
  return {
    code,
    severity,
    title,
    run: (subject) => (subject.rule.kind === 'sentinel' ? run(subject.rule.document.value, subject) : []),
  };
}

function seen(path: Path, message: string, remedy: string): Seen {
  return { at: { path }, message, remedy };
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const sentinelId = ofSentinel('sentinel-id', 'The id of an analytics rule is a GUID.', function* ({ id }) {
  if (!GUID.test(id)) yield seen(['id'], `'${id}' is not a GUID.`, 'Write a new GUID, once for the life of the rule.');
});

const KINDS = ['Scheduled', 'NRT'];

export const sentinelKind = ofSentinel('sentinel-kind', 'The kind is one that runs a query.', function* ({ kind }) {
  if (!KINDS.includes(kind))
    yield seen(['kind'], `'${kind}' is no kind of rule that runs a query.`, oneOf(kind, KINDS));
});

const SEVERITIES = ['Informational', 'Low', 'Medium', 'High'];

export const sentinelSeverity = ofSentinel(
  'sentinel-severity',
  'The severity is one that Sentinel knows.',
  function* ({ severity, alertDetailsOverride }) {
    if (severity === undefined) {
      // The severity may come from a column of the result.
      if (alertDetailsOverride?.alertSeverityColumnName) return;
      yield seen([], 'The rule states no severity.', `Add 'severity:' with one of ${SEVERITIES.join(', ')}.`);
    } else if (!SEVERITIES.includes(severity)) {
      yield seen(['severity'], `'${severity}' is no severity of Sentinel.`, oneOf(severity, SEVERITIES));
    }
  },
);

const MINUTE = 600_000_000n;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

export const sentinelSchedule = ofSentinel(
  'sentinel-schedule',
  'A scheduled rule runs every 5 minutes to 14 days, over a period of 5 minutes to 14 days that is no shorter.',
  function* (value) {
    const keys = ['queryFrequency', 'queryPeriod'] as const;
    if (value.kind === 'NRT') {
      for (const key of keys) {
        if (value[key] === undefined) continue;
        yield { ...seen([key], `An NRT rule has no ${key}; it runs every minute.`, 'Remove it.'), severity: 'warning' };
      }
      return;
    }
    for (const key of keys) {
      const length = durationOf(value[key]);
      if (length === undefined) {
        yield seen([], `A scheduled rule must state its ${key}.`, `Add '${key}:', such as 1h.`);
      } else if (length < 5n * MINUTE || length > 14n * DAY) {
        yield seen([key], `The ${key} is ${value[key]}.`, 'Choose between 5m and 14d.');
      }
    }
    const [frequency, period] = keys.map((key) => durationOf(value[key]));
    if (frequency === undefined || period === undefined) return;
    if (period < frequency) {
      const message = `The rule runs every ${value.queryFrequency} and looks back ${value.queryPeriod}: it never sees what lies between.`;
      yield seen(['queryPeriod'], message, `Look back at least ${value.queryFrequency}.`);
    }
    if (period >= 2n * DAY && frequency < HOUR) {
      const message = `A rule that looks back 2 days or more runs every hour at most, and this one every ${value.queryFrequency}.`;
      yield seen(['queryFrequency'], message, 'Run it every hour or less often, or look back less than 2 days.');
    }
  },
);

function durationOf(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : (parseDuration(text.toLowerCase()) ?? parseDuration(text.toUpperCase()));
}

export const sentinelTrigger = ofSentinel(
  'sentinel-trigger',
  'A scheduled rule says how many rows raise an alert.',
  function* ({ kind, triggerOperator, triggerThreshold }) {
    if (kind === 'NRT') return;
    if (triggerOperator === undefined) {
      yield seen([], 'A scheduled rule must state its triggerOperator.', "Add 'triggerOperator: gt'.");
    }
    if (triggerThreshold === undefined) {
      yield seen([], 'A scheduled rule must state its triggerThreshold.', "Add 'triggerThreshold: 0'.");
    } else if (triggerThreshold > 10_000) {
      yield seen(['triggerThreshold'], `The threshold is ${triggerThreshold}.`, 'Choose 10000 at most.');
    }
  },
);

const LONGEST_QUERY = 10_000;

export const sentinelQuery = ofSentinel(
  'sentinel-query',
  'The query has 1 to 10,000 characters, and neither searches all tables nor unites them.',
  function* ({ query }, { bound }) {
    const { length } = query.trim();
    if (length === 0) yield seen(['query'], 'The query is empty.', 'Write the query.');
    if (query.length > LONGEST_QUERY) {
      const message = `The query has ${query.length} characters, and the portal takes ${LONGEST_QUERY}.`;
      yield seen(['query'], message, 'Shorten it; a long list belongs into a watchlist, a function or externaldata.');
    }
    for (const element of descendants(bound.block)) {
      const search = isNode(element, 'SearchOperator') && !('DataScope' in element && element.DataScope);
      if (!search && !isNode(element, 'UnionOperator')) continue;
      const text = query.slice(element.TextStart, element.End);
      if (!/^(search|union)\s+\*/.test(text)) continue;
      const at = stretch(element.GetChild(0) ?? element);
      yield { at, message: `An analytics rule cannot hold '${text.split(/\s/)[0]} *'.`, remedy: 'Name the tables.' };
    }
  },
);

export const sentinelEntities = ofSentinel(
  'sentinel-entities',
  'Up to 10 entity mappings, each of a known type with up to 3 identifiers on columns that the query returns.',
  function* ({ entityMappings }, { columns }) {
    const mappings = entityMappings ?? [];
    if (mappings.length > 10) {
      yield seen(
        ['entityMappings', 10],
        `The rule maps ${mappings.length} entities, and Sentinel takes 10.`,
        'Remove some.',
      );
    }
    for (const [i, { entityType, fieldMappings }] of mappings.entries()) {
      const path = ['entityMappings', i];
      const identifiers = ENTITIES.get(entityType);
      if (identifiers === undefined) {
        yield seen(
          [...path, 'entityType'],
          `'${entityType}' is no type of entity.`,
          oneOf(entityType, [...ENTITIES.keys()]),
        );
      }
      if (fieldMappings.length === 0) {
        yield seen([...path, 'fieldMappings'], 'The mapping has no identifier.', 'Add 1 to 3 identifiers.');
      }
      if (fieldMappings.length > 3) {
        const message = `The mapping has ${fieldMappings.length} identifiers, and Sentinel takes 3.`;
        yield seen([...path, 'fieldMappings', 3], message, 'Keep those that identify the entity.');
      }
      for (const [j, { identifier, columnName }] of fieldMappings.entries()) {
        const field = [...path, 'fieldMappings', j];
        if (identifiers !== undefined && !identifiers.includes(identifier)) {
          const message = `'${identifier}' is no identifier of ${entityType}.`;
          yield seen([...field, 'identifier'], message, oneOf(identifier, identifiers));
        }
        yield* missingColumn([...field, 'columnName'], columnName, columns);
      }
    }
  },
);

export const sentinelColumns = ofSentinel(
  'sentinel-columns',
  'Custom details, alert details and entities name columns that the query returns.',
  function* ({ customDetails, alertDetailsOverride, sentinelEntitiesMappings }, { columns }) {
    const details = Object.entries(customDetails ?? {});
    if (details.length > 20) {
      yield seen(
        ['customDetails'],
        `The rule has ${details.length} custom details, and Sentinel takes 20.`,
        'Remove some.',
      );
    }
    for (const [key, column] of details) yield* missingColumn(['customDetails', key], column, columns);
    for (const [i, { columnName }] of (sentinelEntitiesMappings ?? []).entries()) {
      yield* missingColumn(['sentinelEntitiesMappings', i, 'columnName'], columnName, columns);
    }
    const override = alertDetailsOverride ?? {};
    for (const key of ['alertSeverityColumnName', 'alertTacticsColumnName'] as const) {
      const column = override[key];
      if (column) yield* missingColumn(['alertDetailsOverride', key], column, columns);
    }
    for (const [i, { value }] of (override.alertDynamicProperties ?? []).entries()) {
      yield* missingColumn(['alertDetailsOverride', 'alertDynamicProperties', i, 'value'], value, columns);
    }
    for (const key of ['alertDisplayNameFormat', 'alertDescriptionFormat'] as const) {
      const path = ['alertDetailsOverride', key];
      const named = [...(override[key] ?? '').matchAll(/\{\{\s*([^{}]+?)\s*\}\}/g)].map(([, name = '']) => name);
      if (named.length > 3)
        yield seen(path, `The format names ${named.length} columns, and Sentinel takes 3.`, 'Name fewer.');
      for (const name of named) yield* missingColumn(path, name, columns);
    }
  },
);

function* missingColumn(path: Path, name: string, columns: TableSchema | undefined): Generator<Seen> {
  if (columns === undefined || columns.some((column) => column.name === name)) return;
  const near = didYouMean(
    name,
    columns.map((column) => column.name),
  );
  yield seen(
    path,
    `The query returns no column '${name}'.`,
    near ?? `Return '${name}', or name a column that the query returns.`,
  );
}

function oneOf(written: string, names: readonly string[]): string {
  return didYouMean(written, names) ?? `Write one of ${names.join(', ')}.`;
}

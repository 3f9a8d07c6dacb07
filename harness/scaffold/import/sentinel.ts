import { sentinelSchema } from '../../detection/rule-schemas.js';
import { guidOf } from '../new.js';
import { type Bag, type Imported, isBag, techniquesAmong, textOf, textsOf } from './imported.js';
import { ruleFile } from './rule-file.js';

/** A rule in the YAML of Sentinel's content repositories. */
export function fromSentinelYaml(from: string, rule: Bag): Imported {
  const name = textOf(rule['name']);
  if (name === undefined) return { from, why: "it has no 'name'" };
  const kind = textOf(rule['kind']) ?? 'Scheduled';
  const lost = rule['kind'] === undefined ? ["It says no 'kind'; 'Scheduled' was written."] : [];
  return imported(from, name, { id: guidOf(`${from} ${name}`), ...rule, kind }, lost);
}

const NO_QUERY = /^(Fusion|MLBehaviorAnalytics|MicrosoftSecurityIncidentCreation|ThreatIntelligence)$/i;

/** Fields that mean the same in both forms. */
const SAME = [
  'description',
  'severity',
  'enabled',
  'query',
  'queryFrequency',
  'queryPeriod',
  'triggerThreshold',
  'suppressionEnabled',
  'suppressionDuration',
  'tactics',
  'techniques',
  'subTechniques',
  'entityMappings',
  'sentinelEntitiesMappings',
  'customDetails',
  'alertDetailsOverride',
  'eventGroupingSettings',
  'incidentConfiguration',
] as const;

const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['greaterthan', 'gt'],
  ['lessthan', 'lt'],
  ['equal', 'eq'],
  ['notequal', 'ne'],
]);

/** A rule as Azure Resource Manager and Sentinel's API have it: `kind`, and the rest below `properties`. */
export function fromArmResource(from: string, resource: Bag): Imported {
  const kind = textOf(resource['kind']) ?? '';
  const properties = isBag(resource['properties']) ? resource['properties'] : {};
  const name = textOf(properties['displayName']);
  const where = name === undefined ? from : `${from} (${name})`;
  if (NO_QUERY.test(kind)) return { from: where, why: `a rule of kind ${kind} has no query of its own` };
  if (name === undefined) return { from: where, why: "it has no 'displayName'" };
  const open = expression(properties);
  if (open !== undefined) {
    return { from: where, why: `'${open.join('.')}' is an expression that only a deployment can work out` };
  }
  const lost: string[] = [];
  const rule: Record<string, unknown> = { id: idOf(resource, where), name, kind };
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || key === 'displayName') continue;
    if (SAME.some((same) => same === key)) rule[key] = value;
    else if (key === 'triggerOperator') rule[key] = OPERATORS.get((textOf(value) ?? '').toLowerCase()) ?? value;
    else if (key === 'templateVersion') rule['version'] = value;
    else lost.push(`'properties.${key}' is left out: rules here have no such field.`);
  }
  return imported(where, name, rule, lost);
}

function imported(from: string, name: string, rule: Bag, lost: readonly string[]): Imported {
  const file = ruleFile(rule, sentinelSchema, lost);
  if ('why' in file) return { from, why: file.why };
  const techniques = techniquesAmong([
    ...textsOf(rule['relevantTechniques']),
    ...textsOf(rule['subTechniques']),
    ...textsOf(rule['techniques']),
  ]);
  return { from, name, kind: 'sentinel', techniques, ...file };
}

const GUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

function idOf({ name, id }: Bag, from: string): string {
  return GUID.exec(textOf(name) ?? '')?.[0] ?? GUID.exec(textOf(id) ?? '')?.[0] ?? guidOf(from);
}

/** The path of the first text that Resource Manager would compute: `[parameters('x')]`, though not `[[x`. */
function expression(value: unknown, path: readonly string[] = ['properties']): readonly string[] | undefined {
  if (typeof value === 'string') return /^\[(?!\[)[\s\S]*\]$/.test(value) ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = expression(inner, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

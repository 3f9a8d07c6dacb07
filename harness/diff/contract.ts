import type { Detection } from '../detection/detection.js';
import { formatDuration } from '../detection/duration.js';
import type { Rule } from '../detection/rule.js';
import type { NamedType } from '../kql/types.js';
import type { ContractChange } from './result.js';

/** What others depend on, by kind and name. */
type Contract = ReadonlyMap<
  string,
  { readonly what: ContractChange['what']; readonly name: string; readonly value: string }
>;

/**
 * What changed for those who use a detection's alerts: columns, entity mappings and custom details that playbooks read,
 * the rule's name and id, and when and how it raises alerts.
 *
 * @param columns of each version's answer; absent where it does not run
 */
export function contractChanges(
  base: Detection,
  head: Detection,
  columns: { readonly base?: readonly NamedType[] | undefined; readonly head?: readonly NamedType[] | undefined },
): ContractChange[] {
  const known = columns.base !== undefined && columns.head !== undefined;
  const was = contractOf(base, known ? columns.base : undefined);
  const is = contractOf(head, known ? columns.head : undefined);
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const before = was.get(key);
    const after = is.get(key);
    const either = after ?? before;
    if (either === undefined || before?.value === after?.value) return [];
    return [
      {
        what: either.what,
        name: either.name,
        ...(before !== undefined && { before: before.value }),
        ...(after !== undefined && { after: after.value }),
      },
    ];
  });
}

function contractOf(detection: Detection, columns: readonly NamedType[] | undefined): Contract {
  const { deployed, runs, grouping, claims } = detection;
  const { operator = 'gt', threshold = 0 } = deployed.trigger ?? {};
  const parts: [ContractChange['what'], string, string | undefined][] = [
    ...(columns ?? []).map(({ name, type }) => ['column', name, type] as [ContractChange['what'], string, string]),
    ...ruleParts(deployed),
    ['schedule', 'frequency', formatDuration(runs.every)],
    ['schedule', 'lookback', runs.lookback === undefined ? undefined : formatDuration(runs.lookback)],
    ['alert grouping', 'alerts', typeof grouping === 'string' ? grouping : `per ${grouping.perEntity.join(', ')}`],
    ['trigger', 'rows', `${operator} ${threshold}`],
    ['claims', 'techniques', [...claims.techniques].sort().join(', ')],
    ['claims', 'roles', [...claims.roles].sort().join(', ')],
  ];
  return new Map(
    parts.flatMap(([what, name, value]) => (value === undefined ? [] : [[`${what} ${name}`, { what, name, value }]])),
  );
}

function ruleParts(rule: Rule): [ContractChange['what'], string, string | undefined][] {
  if (rule.kind === 'kql') return [];
  if (rule.kind === 'defender') {
    const { id, displayName, detectionAction } = rule.document.value;
    const { severity, impactedAssets = [] } = detectionAction.alertTemplate;
    return [
      ['rule name', 'displayName', displayName],
      ['rule id', 'id', id],
      ['severity', 'severity', severity],
      ...impactedAssets.map((asset): [ContractChange['what'], string, string] => [
        'entity mapping',
        asset['@odata.type'].replace(/^.*\./, ''),
        asset.identifier,
      ]),
    ];
  }
  const { id, name, severity, entityMappings, sentinelEntitiesMappings, customDetails } = rule.document.value;
  const seen = new Map<string, number>();
  return [
    ['rule name', 'name', name],
    ['rule id', 'id', id],
    ['severity', 'severity', severity],
    ...(entityMappings ?? []).flatMap(({ entityType, fieldMappings }) => {
      // A rule may map several entities of one type: the first Host, the second Host.
      const nth = (seen.get(entityType) ?? 0) + 1;
      seen.set(entityType, nth);
      return fieldMappings.map(({ identifier, columnName }): [ContractChange['what'], string, string] => [
        'entity mapping',
        `${entityType}${nth === 1 ? '' : ` ${nth}`} ${identifier}`,
        columnName,
      ]);
    }),
    ...(sentinelEntitiesMappings ?? []).map(({ columnName }): [ContractChange['what'], string, string] => [
      'entity mapping',
      'entities column',
      columnName,
    ]),
    ...Object.entries(customDetails ?? {}).map(([detail, column]): [ContractChange['what'], string, string] => [
      'custom detail',
      detail,
      column,
    ]),
  ];
}

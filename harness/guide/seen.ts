import { kindOfField } from '../exceptions/control.js';
import { identifier, physicalNames } from '../kql/sql/literal.js';
import type { TableSchema } from '../kql/types.js';
import { HITS, type Label, ownersOf } from '../measure/counts.js';
import { sourceOf, type World } from '../measure/world.js';
import type { Catalog } from '../tables/catalog.js';
import { factsIn } from '../tune/columns.js';
import { PROCESS_FACTS, type ProcessFact, type SeenEvent } from './signs.js';

/** An alert with what is seen behind it. */
export interface SeenAlert {
  readonly alert: number;
  readonly scenario: string;
  readonly label: Label;
  readonly events: readonly SeenEvent[];
}

/** What the columns of a table hold that say something of an alert. */
type Fact = ProcessFact | 'destination' | 'address' | 'port';

/** The column of each fact, as it is called in the rule and in the world. */
export type FactColumns = ReadonlyMap<Fact, { readonly name: string; readonly physical: string }>;

export function factColumns(schema: TableSchema): FactColumns {
  const physical = physicalNames(schema.map(({ name }) => name));
  const { group: _, ...facts } = factsIn(schema);
  const ofKind = (kind: string): string | undefined => schema.find(({ name }) => kindOfField(name) === kind)?.name;
  const remotePort = schema.find(({ name, type }) => kindOfField(name) === 'port' && type === 'int')?.name;
  const named: Readonly<Partial<Record<Fact, string | undefined>>> = {
    ...facts,
    address: ofKind('address'),
    port: remotePort,
  };
  const found = new Map<Fact, { name: string; physical: string }>();
  for (const [fact, name] of Object.entries(named)) {
    const place = schema.findIndex((column) => column.name === name);
    const held = physical[place];
    if (name !== undefined && held !== undefined) found.set(fact as Fact, { name, physical: held });
  }
  return found;
}

/**
 * The alerts that were gathered last, each with those of its events that are of the scenario that it is put down to.
 *
 * @param tables the tables of events that the rule reads
 */
export async function seenAlerts(world: World, catalog: Catalog, tables: readonly string[]): Promise<SeenAlert[]> {
  const alerts = new Map<number, SeenAlert & { events: SeenEvent[] }>();
  for (const row of await world.query(`SELECT * FROM (${ownersOf(HITS)}) ORDER BY alert`)) {
    const alert = Number(row['alert']);
    alerts.set(alert, {
      alert,
      scenario: String(row['scenario']),
      label: row['label'] === 'malicious' ? 'malicious' : 'benign',
      events: [],
    });
  }
  for (const table of tables) {
    const columns = factColumns(catalog.tables.get(table) ?? []);
    for (const row of await world.query(eventsSql(await sourceOf(world, table), columns)))
      alerts.get(Number(row['alert']))?.events.push(eventOf(row, columns));
  }
  return [...alerts.values()];
}

/** The host of a URL or of a bare name, in lower case; the address where neither is told. */
function placeSql(columns: FactColumns): string | undefined {
  const url = columns.get('destination');
  const address = columns.get('address');
  const host =
    url &&
    `nullif(lower(regexp_extract(${identifier(url.physical)}, '^(?:[A-Za-z]+://)?(?:[^/@]*@)?([^/:?#]+)', 1)), '')`;
  const parts = [
    ...(host === undefined ? [] : [host]),
    ...(address === undefined ? [] : [identifier(address.physical)]),
  ];
  return parts.length === 0 ? undefined : `coalesce(${[...parts, "''"].join(', ')})`;
}

function programSql(columns: FactColumns): string | undefined {
  const file = columns.get('file');
  const company = columns.get('company');
  if (file === undefined) return undefined;
  const maker = company === undefined ? "''" : `coalesce(${identifier(company.physical)}, '')`;
  return `lower(coalesce(${identifier(file.physical)}, '')) || ' of ' || ${maker}`;
}

/** The events behind alerts, with on how many devices of the world their places and programs are seen. */
function eventsSql(source: string, columns: FactColumns): string {
  const place = placeSql(columns);
  const program = programSql(columns);
  const url = columns.get('destination');
  const told = [...columns].map(([fact, { physical }]) => `${identifier(physical)} AS fact_${fact}`);
  const keys = [
    ...(place === undefined ? [] : [`${place} AS place`]),
    ...(program === undefined ? [] : [`${program} AS program`]),
    ...(place === undefined || url === undefined ? [] : [`coalesce(${identifier(url.physical)}, '') <> '' AS named`]),
  ];
  const known = (key: string): string =>
    `${key}s AS (SELECT ${key}, count(DISTINCT host) AS devices FROM events
       WHERE ${key} IN (SELECT ${key} FROM behind) GROUP BY ${key})`;
  const counted = [...(place === undefined ? [] : ['place']), ...(program === undefined ? [] : ['program'])];
  return `
    WITH events AS (
      SELECT _id, _role, activity.host, ${[...told, ...keys, 'true AS there'].join(', ')}
      FROM ${source} AS event JOIN _activities AS activity ON activity.activity = event._activity),
    behind AS (
      SELECT hit.alert, event.* FROM events AS event JOIN ${HITS} AS hit ON hit.id = event._id
      JOIN (${ownersOf(HITS)}) AS owner ON owner.alert = hit.alert AND owner.scenario = hit.scenario)
    ${counted.map((key) => `, ${known(key)}`).join('')}
    SELECT behind.*${counted.map((key) => `, ${key}s.devices AS ${key}_devices`).join('')}
    FROM behind ${counted.map((key) => `LEFT JOIN ${key}s USING (${key})`).join(' ')}
    ORDER BY behind.alert, behind._id`;
}

function eventOf(row: Readonly<Record<string, unknown>>, columns: FactColumns): SeenEvent {
  const text = (fact: Fact): string | undefined => (columns.has(fact) ? String(row[`fact_${fact}`] ?? '') : undefined);
  const number = (value: unknown): number | undefined =>
    value === null || value === undefined ? undefined : Number(value);
  const facts = {
    ...Object.fromEntries(PROCESS_FACTS.map((fact) => [fact, text(fact)])),
    place: row['place'] === undefined ? undefined : String(row['place'] ?? ''),
    hasName: typeof row['named'] === 'boolean' ? row['named'] : undefined,
    port: number(row['fact_port']),
    placeDevices: number(row['place_devices']),
    programDevices: number(row['program_devices']),
  };
  const there = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  return { role: String(row['_role'] ?? ''), ...there };
}

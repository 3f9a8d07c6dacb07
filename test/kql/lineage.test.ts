/** Every alert can be traced to its events, and to enough of them. */
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { cellJson, Engine } from '../../harness/engine/index.js';
import { type Compiled, compile } from '../../harness/kql/index.js';
import { fill, query, type Setting, schema } from './query.js';

const SCHEMA = 'k:long s:string n:long d:dynamic';
const names = { tables: new Map(['A', 'B'].map((name) => [name, schema(SCHEMA)])), functions: new Map() };
const engine = await Engine.open({ threads: 1 });
for (const name of names.tables.keys()) await engine.declare(name, schema(SCHEMA));
await engine.seal();
afterAll(() => engine.close());

type Row = readonly [number | null, string, number, unknown];
interface Events {
  readonly A: readonly (Row | null)[];
  readonly B: readonly (Row | null)[];
}
interface Alert {
  readonly values: string;
  readonly lineage: ReadonlySet<number>;
}

/** Runs a query over the events; an event that is null has been taken away, and the others keep their ids. */
async function run(compiled: Compiled, events: Events): Promise<Alert[]> {
  let next = 1;
  for (const name of ['A', 'B'] as const) {
    await engine.query(`DELETE FROM ${name}`);
    for (const row of events[name]) {
      if (row !== null) await fill(engine, name, { schema: SCHEMA, rows: [row] }, next);
      next++;
    }
  }
  const { rows, lineage } = await engine.run(compiled, { now: 0n });
  return rows.map((row, i) => ({
    values: row.map((cell, j) => cellJson(cell, compiled.columns[j]?.type ?? 'dynamic')).join(' | '),
    lineage: new Set((lineage?.[i] ?? []).map(Number)),
  }));
}

/** A query in steps, all of which give the columns of the tables. */
interface Query {
  readonly text: string;
  /** Whether more events can only bring more alerts, besides changing those that they take part in. */
  readonly monotone: boolean;
}

const small = fc.integer({ min: 0, max: 3 });
const letter = fc.constantFrom('a', 'b', 'c');
const row: fc.Arbitrary<Row> = fc.tuple(
  fc.oneof({ weight: 6, arbitrary: small }, fc.constant(null)),
  letter,
  small,
  fc.oneof(fc.array(small, { maxLength: 3 }), fc.constant(null), fc.record({ x: small })),
);
const events: fc.Arbitrary<Events> = fc.record({
  A: fc.array(row, { maxLength: 6 }),
  B: fc.array(row, { maxLength: 5 }),
});

const COLUMNS = 'k, s, n, d';
const monotone = (text: string): Query => ({ text, monotone: true });
const other = (text: string): Query => ({ text, monotone: false });

const alone: fc.Arbitrary<Query> = fc.oneof(
  small.map((n) => monotone(`where n >= ${n}`)),
  letter.map((s) => monotone(`where s != "${s}" or isnull(k)`)),
  small.map((n) => monotone(`extend n = n + ${n}, s = strcat(s, "-")`)),
  fc.constant(monotone('project d, n = k, s, k = n')),
  fc.constant(monotone('distinct k, s | extend n = 0, d = dynamic(null)')),
  fc.constant(monotone('summarize n = count(), d = array_sort_asc(make_list(n)) by k, s')),
  fc.constant(
    monotone(
      'summarize arg_max(n, s), d = array_sort_asc(make_set(k)) by k | summarize n = sum(n), s = max(s), d = dynamic([1]) by k',
    ),
  ),
  fc.constant(monotone('mv-expand x = d | extend n = coalesce(tolong(x), n) | project k, s, n, d')),
  fc.constant(
    monotone('mv-apply x = d to typeof(long) on (where x > 0 | summarize m = sum(x)) | project k, s, n = m, d'),
  ),
  fc.constant(monotone('as Rows | where n >= 0')),
  small.map((n) => other(`top ${n + 1} by n asc`)),
  small.map((n) => other(`sort by n desc, s asc | take ${n + 1}`)),
  fc.constant(other('sort by k asc, s asc | extend n = n + row_number()')),
  fc.constant(other('sort by k asc, s asc | where n >= coalesce(prev(n), 0)')),
  fc.constant(other('partition by s (top 1 by n)')),
  fc.constant(
    other('top-nested 2 of s by m = count(), top-nested 1 of k by n = max(n) | project k, s, n, d = dynamic(null)'),
  ),
);

const KEYS = ['k', 's', 'k, s'];

const { query: queries } = fc.letrec<{ query: Query; source: Query }>((tie) => ({
  source: fc.oneof({ depthSize: 'small' }, fc.constantFrom(monotone('A'), monotone('B')), tie('query')),
  query: fc
    .tuple(
      tie('source'),
      fc.array(
        fc.oneof(
          { weight: 3, arbitrary: alone },
          fc
            .tuple(
              fc.constantFrom(
                'inner',
                'leftsemi',
                'union',
                'in',
                'lookup',
                'innerunique',
                'leftouter',
                'rightouter',
                'fullouter',
                'leftanti',
                'not in',
              ),
              fc.constantFrom(...KEYS),
              tie('source'),
            )
            .map(([kind, key, right]) => combined(kind, key, right)),
        ),
        { maxLength: 3 },
      ),
    )
    .map(([source, steps]) => ({
      text: [`(${source.text})`, ...steps.map((step) => step.text)].join(' | '),
      monotone: source.monotone && steps.every((step) => step.monotone),
    })),
}));

function combined(kind: string, key: string, right: Query): Query {
  const keys = key.split(', ');
  const merged = `project k = coalesce(k, k1), s = iff(s == "", s1, s), n = coalesce(n, 0) + coalesce(n1, 0), d = coalesce(d, d1)`;
  switch (kind) {
    case 'union':
      return { text: `union (${right.text}) | project ${COLUMNS}`, monotone: right.monotone };
    case 'in':
      return { text: `where s in ((${right.text} | project s))`, monotone: right.monotone };
    case 'not in':
      return other(`where k !in ((${right.text} | project k))`);
    case 'leftsemi':
      return { text: `join kind=leftsemi (${right.text}) on ${key}`, monotone: right.monotone };
    case 'leftanti':
      return other(`join kind=leftanti (${right.text}) on ${key}`);
    case 'lookup':
      return other(
        `lookup (${right.text} | project ${key}, m = n) on ${keys.join(', ')} | project k, s, n = coalesce(m, n), d`,
      );
    case 'inner':
      return { text: `join kind=inner (${right.text}) on ${key} | ${merged}`, monotone: right.monotone };
    default:
      return other(`join kind=${kind} (${right.text}) on ${key} | ${merged}`);
  }
}

/** Events without the one of an id. */
function without(given: Events, id: number): Events {
  const at = id - 1;
  return {
    A: given.A.map((row, i) => (i === at ? null : row)),
    B: given.B.map((row, i) => (i + given.A.length === at ? null : row)),
  };
}

function counted(alerts: readonly Alert[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { values } of alerts) counts.set(values, (counts.get(values) ?? 0) + 1);
  return counts;
}

describe('lineage', () => {
  it('holds an event for every alert, and every event that the alert needs', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(queries, events, async ({ text, monotone }, given) => {
        const compiled = compile(text, { names, lineage: true });
        const alerts = await run(compiled, given);
        for (const { values, lineage } of alerts) {
          expect(lineage.size, `no event behind ${values}`).toBeGreaterThan(0);
          for (const id of lineage) expect(id).toBeLessThanOrEqual(given.A.length + given.B.length);
        }
        if (!monotone) return;
        for (let id = 1; id <= given.A.length + given.B.length; id++) {
          const must = counted(alerts.filter(({ lineage }) => !lineage.has(id)));
          const has = counted(await run(compiled, without(given, id)));
          for (const [values, times] of must) {
            expect(has.get(values) ?? 0, `without event ${id}: ${values}`).toBeGreaterThanOrEqual(times);
          }
        }
      }),
      { numRuns: 120 },
    );
  });

  const setting: Setting = {
    tables: {
      Logons: {
        schema: 'User:string Ok:bool',
        rows: [
          ['ada', false],
          ['ada', true],
          ['bob', true],
        ],
      },
      Admins: { schema: 'User:string', rows: [['ada'], ['ada']] },
    },
  };

  it.each<[string, readonly (readonly number[])[]]>([
    ['Logons | where Ok', [[2], [3]]],
    ['Logons | summarize count() by User | sort by User asc', [[1, 2], [3]]],
    ['Logons | join kind=inner (Admins) on User | where Ok | summarize count() by User', [[2, 4, 5]]],
    ['Logons | where Ok and User in (Admins)', [[2, 4, 5]]],
    ['Logons | where Ok | join kind=leftanti (Admins) on User', [[3]]],
    ['Logons | where Ok | join kind=leftouter (Admins | distinct User) on User | sort by User asc', [[2, 4, 5], [3]]],
    ['Logons | join kind=rightouter (Admins | take 0) on User', []],
    ['Logons | where Ok == false | union (Admins | take 1)', [[1], [4]]],
    ['Logons | where User == toscalar(Admins | take 1) | where not(Ok)', [[1]]],
    ['Logons | sort by User asc | extend Before = prev(User) | where Before == "ada" and User == "bob"', [[3]]],
    [
      'let Seen = materialize(Logons | summarize n = count() by User); Seen | where n > 1 | union (Seen | where n == 1)',
      [[1, 2], [3]],
    ],
    ['Logons | count', [[1, 2, 3]]],
    ['datatable(u: string) ["ada", "eve"] | where u in (Admins)', [[4, 5]]],
    [
      'datatable(u: string) ["ada"] | join kind=leftsemi (Admins) on $left.u == $right.User | union (Logons | where User == "bob")',
      [[4, 5], [3]],
    ],
  ])('of %s', async (text, lineage) => {
    expect((await query(text, setting)).lineage).toEqual(lineage);
  });

  it('is none where no event is read', async () => {
    expect((await query('print x = 1')).lineage).toEqual([]);
  });
});

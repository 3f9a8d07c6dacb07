import type { Detection } from '../detection/detection.js';
import { type Answer, ruleTime } from '../engine/index.js';
import { type Compiled, type Planned, plan, print } from '../kql/index.js';
import type { Span } from '../kql/plan/plan.js';
import { identifier } from '../kql/sql/literal.js';
import type { PlayedWorld } from '../measure/play.js';
import { instantsOf } from '../measure/runs.js';
import { compileTraced, seeing, sourceOf, type View } from '../measure/world.js';
import { placeAt } from '../mutate/mutants.js';
import { Verdicts } from '../mutate/verdicts.js';
import type { Catalog } from '../tables/catalog.js';
import { type Ask, columnsOfData } from '../trace/columns-of-data.js';
import { type Covered, cover, type Finding, type Ground } from './cover.js';
import type { Coverage } from './result.js';

/**
 * Which clauses, list entries and branches of a detection's rule decide anything, in its tests and in its workload.
 *
 * @param played the workload; nothing to look at the tests alone
 * @throws KqlError when the rule cannot be evaluated
 */
export async function coverageOf(detection: Detection, catalog: Catalog, played?: PlayedWorld): Promise<Coverage> {
  const { text } = detection.deployed;
  const options = { names: catalog };
  const tests = await Verdicts.open(
    detection,
    catalog,
    detection.tests.filter(({ todo }) => todo !== true),
  );
  try {
    const { tables } = compileTraced(text, catalog);
    const grounds = [...testGrounds(tests), ...(played ? await workloadGrounds(detection, tables, played) : [])];
    const asks = grounds.map(
      ({ engine, run, seen }): Ask =>
        (query) =>
          seen(() => engine.run(query, run)),
    );
    const planned = plan(text, { ...options, schemas: await columnsOfData(text, options, asks) });
    const compiled = print(planned, options);
    const covered = await cover(planned, text, grounds, options);
    const parts = covered.map((part) => told(part, detection)).filter((part) => part !== undefined);
    return {
      parts,
      covered: parts.filter(({ decided }) => decided.tests > 0).length,
      constants: await constantsOf(planned, compiled, grounds, catalog),
    };
  } finally {
    tests.close();
  }
}

function testGrounds(tests: Verdicts): Ground[] {
  const seen: Ground['seen'] = (body) => body();
  return [
    ...tests.clocks.map(({ worlds }): Ground => {
      const { engine, run } = worlds;
      return { engine, run, kind: 'tests', worlds, seen };
    }),
    ...tests.played.map(({ scenario: { engine, now } }): Ground => ({ engine, run: { now }, kind: 'tests', seen })),
  ];
}

/** Each run of the rule's schedule, over what it sees. */
async function workloadGrounds(
  detection: Detection,
  reads: Compiled['tables'],
  { world, tables, engine }: PlayedWorld,
): Promise<Ground[]> {
  const { runs } = detection;
  const read = reads.map(({ name }) => name).filter((name) => tables.has(name));
  if (read.length === 0) return [];
  const events: string[] = [];
  for (const table of read) events.push(`SELECT _id, _activity FROM ${await sourceOf(world, table)}`);
  const labels = `SELECT event._id AS id, activity.label FROM (${events.join(' UNION ALL ')}) AS event
    JOIN _activities AS activity ON activity.activity = event._activity`;
  return instantsOf(runs, world).map((now): Ground => {
    const view: View = {
      ...(runs.lookback !== undefined && { from: now - runs.lookback }),
      ...(now < world.end && { to: now }),
    };
    const seen: Ground['seen'] = (body) => seeing(world, read, view, body);
    return { engine, run: { now, ...ruleTime() }, kind: 'workload', labels, seen };
  });
}

/** A part at its place in the rule's file; nothing where the text does not show it. */
function told(covered: Covered, { deployed }: Detection): Coverage['parts'][number] | undefined {
  const { site, kind, span, held, decided, finding } = covered;
  if (span === undefined) return undefined;
  const { text } = deployed;
  const [from, to] = [span.start, span.start + span.length].map((at) => deployed.placeInFile(placeAt(text, at)));
  if (from === undefined || to === undefined) return undefined;
  const condition = written(text, site.clause.expr.span);
  return {
    kind,
    text: written(text, span),
    site: site.column === undefined ? condition : `${site.column} = ${condition}`,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    held,
    decided,
    ...(finding !== undefined && { finding: inWords(finding, text) }),
  };
}

function inWords(finding: Finding, text: string): string {
  switch (finding.why) {
    case 'never reached':
      return 'no event reaches it';
    case 'never holds':
      return 'it holds for no event';
    case 'always holds':
      return 'it holds for every event that reaches it';
    case 'implied':
      return `wherever it holds, so does ${written(text, finding.by)}`;
    case 'decides nothing':
      return 'without it every event would fare the same';
  }
}

function written(text: string, span: Span | undefined): string {
  if (span === undefined) return '';
  return text.slice(span.start, span.start + span.length).replace(/\s+/g, ' ');
}

/** Columns that no table has, with one value in all rows, of two at least. */
async function constantsOf(
  planned: Planned,
  compiled: Compiled,
  grounds: readonly Ground[],
  catalog: Catalog,
): Promise<Coverage['constants']> {
  const stored = new Set(compiled.tables.flatMap(({ name }) => (catalog.tables.get(name) ?? []).map((c) => c.name)));
  const made = compiled.columns.flatMap(({ name }, i) =>
    stored.has(name) ? [] : [{ name, sql: identifier(`c${i}`) }],
  );
  if (made.length === 0) return [];
  const ends = made.flatMap(({ sql }) => [`min(${sql}::VARCHAR)`, `max(${sql}::VARCHAR)`, `count(${sql})`]);
  const select = ['count(*)', ...ends].map((sql, i) => `${sql} AS c${i}`).join(', ');
  const type = (i: number) => (i % 3 === 0 ? ('long' as const) : ('string' as const));
  const found = new Map(made.map(({ name }) => [name, new Set<string>()]));
  let rows = 0;
  for (const ground of grounds) {
    const { engine, run, worlds, seen } = ground;
    const ask = async (of: Compiled): Promise<Answer['rows'][number]> => {
      const asked: Compiled = {
        ...of,
        sql: `SELECT ${select} FROM (${of.sql})`,
        lineage: 'none',
        columns: ['count', ...ends].map((_, i) => ({ name: `c${i}`, type: type(i) })),
      };
      return (await engine.run(asked, run)).rows[0] ?? [];
    };
    const answers = await seen(async () =>
      worlds === undefined
        ? [await ask(compiled)]
        : await worlds.apart(planned.plan, [], (plan) => ask(print({ ...planned, plan }, { names: catalog }))),
    );
    for (const row of answers) {
      const count = Number(row[0]);
      rows += count;
      for (const [i, { name }] of made.entries()) {
        const [least, most, present] = [row[1 + 3 * i], row[2 + 3 * i], Number(row[3 + 3 * i])];
        if (present > 0) found.get(name)?.add(String(least)).add(String(most));
        if (present < count) found.get(name)?.add('null');
      }
    }
  }
  if (rows < 2) return [];
  return [...found].flatMap(([column, values]) => (values.size === 1 ? [{ column, value: [...values].join() }] : []));
}

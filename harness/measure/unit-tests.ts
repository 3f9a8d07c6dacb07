import type { Detection } from '../detection/detection.js';
import type { TestCase } from '../detection/tests-schema.js';
import { type Answer, type Engine, settle } from '../engine/index.js';
import { FileError } from '../files/errors.js';
import type { Compiled } from '../kql/index.js';
import { identifier } from '../kql/sql/literal.js';
import { parseDatetime } from '../kql/values/datetime.js';
import type { Catalog } from '../tables/catalog.js';
import { EventError, insertions } from './events.js';
import { alertsOf, shortfall } from './expectation.js';
import type { TestResult } from './measurement.js';
import { missingScenario, playScenario } from './play.js';
import { traced } from './world.js';

/** Noon of the Monday on which the shipped workloads begin. */
export const TEST_CLOCK = '2026-03-02T12:00:00Z';

/**
 * Runs the tests of a detection, each over its own events and nothing else.
 *
 * @param engine one that holds no other events
 * @param play answers of a rule over a scenario, for whoever keeps what was played
 * @throws FileError for events or clocks that cannot be, at their place
 * @throws KqlError when the rule cannot be evaluated
 */
export async function runTests(
  detection: Detection,
  compiled: Compiled,
  catalog: Catalog,
  engine: Engine,
  play = playScenario,
): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const test of detection.tests) {
    const answer =
      test.scenario === undefined
        ? await answerInline(test, detection, compiled, catalog, engine)
        : await answerPlayed(test, test.scenario, detection, compiled, catalog, play);
    results.push(judge(test, answer, detection));
  }
  return results;
}

/** Whether an answer is what a test expects. */
export function judge({ name, expect, todo }: TestCase, answer: Answer, detection: Detection): TestResult {
  const { grouping, deployed } = detection;
  const lacking = shortfall(expect, answer, alertsOf(answer, grouping, deployed.trigger));
  if (todo === true) {
    return lacking === undefined
      ? { name, status: 'todo', message: "holds by now: remove 'todo'" }
      : { name, status: 'todo' };
  }
  return lacking === undefined ? { name, status: 'passed' } : { name, status: 'failed', message: lacking };
}

async function answerPlayed(
  test: TestCase,
  scenario: string,
  detection: Detection,
  compiled: Compiled,
  catalog: Catalog,
  play: typeof playScenario,
): Promise<Answer> {
  const missing = missingScenario(scenario);
  if (missing !== undefined) throw new FileError([{ ...detection.placeInTests(test, ['scenario']), ...missing }]);
  return await play(scenario, compiled, catalog);
}

async function answerInline(
  test: TestCase,
  detection: Detection,
  compiled: Compiled,
  catalog: Catalog,
  engine: Engine,
): Promise<Answer> {
  const now = parseDatetime(test.now ?? TEST_CLOCK);
  if (now === null) throw misfit(detection, test, ['now'], `'${test.now}' is no time such as ${TEST_CLOCK}.`);
  try {
    return await answerEvents(engine, compiled, catalog, test.events ?? {}, now, detection.runs.lookback);
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    throw misfit(detection, test, ['events', ...error.path], error.message);
  }
}

/**
 * The answer of a rule over inline events and nothing else.
 *
 * @param lookback ticks before `now` from which on the rule sees events; all when absent
 * @throws EventError for events that do not fit their tables
 * @throws KqlError when the rule cannot be evaluated
 */
export async function answerEvents(
  engine: Engine,
  compiled: Compiled,
  catalog: Catalog,
  events: Parameters<typeof insertions>[0],
  now: bigint,
  lookback?: bigint,
): Promise<Answer> {
  const added = insertions(events, catalog, now);
  for (const { name, schema } of [...compiled.tables, ...added.map(({ table, schema }) => ({ name: table, schema }))]) {
    await engine.declare(name, schema);
    await engine.query(`DELETE FROM ${identifier(name)}`);
  }
  for (const { table, schema, sql } of added) {
    if (sql !== undefined) await engine.query(sql);
    if (lookback === undefined || !schema.some(({ name }) => name === catalog.timeColumn)) continue;
    await engine.query(`DELETE FROM ${identifier(table)} WHERE ${identifier(catalog.timeColumn)} < ${now - lookback}`);
  }
  return await engine.run(await settle(engine, compiled, traced(catalog), { now }), { now });
}

function misfit(detection: Detection, test: TestCase, path: (string | number)[], message: string): FileError {
  return new FileError([{ ...detection.placeInTests(test, path), message }]);
}

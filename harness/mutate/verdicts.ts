import type { Detection } from '../detection/detection.js';
import type { TestCase } from '../detection/tests-schema.js';
import type { Answer } from '../engine/index.js';
import { type Planned, print } from '../kql/index.js';
import { parseDatetime } from '../kql/values/datetime.js';
import { alertsOf, shortfall } from '../measure/expectation.js';
import { openScenario, type PlayedScenario } from '../measure/play.js';
import { TEST_CLOCK } from '../measure/unit-tests.js';
import type { Catalog } from '../tables/catalog.js';
import type { Ask } from '../trace/columns-of-data.js';
import { Worlds } from '../trace/world-engine.js';

/** Tests whose rule sees the same time. */
export interface Clock {
  readonly worlds: Worlds;
  /** The test of each world. */
  readonly tests: readonly TestCase[];
}

/** A test over a scenario. */
export interface Played {
  readonly test: TestCase;
  readonly scenario: PlayedScenario;
}

/** The tests of a detection, with their events in place, so that many versions of its rule can be judged by them. */
export class Verdicts {
  private constructor(
    private readonly detection: Detection,
    private readonly catalog: Catalog,
    readonly clocks: readonly Clock[],
    readonly played: readonly Played[],
  ) {}

  /** @param tests those of the detection that are to judge; their events fit their tables */
  static async open(detection: Detection, catalog: Catalog, tests: readonly TestCase[]): Promise<Verdicts> {
    const inline = new Map<string, TestCase[]>();
    const played: Played[] = [];
    for (const test of tests) {
      if (test.scenario !== undefined) {
        played.push({ test, scenario: await openScenario(test.scenario, catalog) });
        continue;
      }
      const now = test.now ?? TEST_CLOCK;
      inline.set(now, [...(inline.get(now) ?? []), test]);
    }
    const clocks: Clock[] = [];
    for (const [now, own] of inline) {
      const worlds = await Worlds.open(catalog, ticksOf(now), detection.runs.lookback);
      await worlds.load(own.map(({ events }) => events ?? {}));
      clocks.push({ worlds, tests: own });
    }
    return new Verdicts(detection, catalog, clocks, played);
  }

  /**
   * The first test that a version of the rule fails, in the order of the file but those that play a scenario last;
   * nothing when it passes them all.
   *
   * @param clocks those under which it can fail at all
   * @throws KqlError when the version cannot be evaluated
   */
  async failedBy(planned: Planned, clocks: readonly Clock[] = this.clocks): Promise<TestCase | undefined> {
    for (const { worlds, tests } of clocks) {
      const answers = await worlds.answers(planned);
      const failed = tests.find((test, world) => this.fails(test, answers[world]));
      if (failed !== undefined) return failed;
    }
    for (const { test, scenario } of this.played) {
      const compiled = print(planned, { names: this.catalog });
      if (this.fails(test, await scenario.engine.run(compiled, { now: scenario.now }))) return test;
    }
    return undefined;
  }

  /** Answers of queries to the events of the tests, for what a rule's columns are in them. */
  get asks(): readonly Ask[] {
    return [
      ...this.clocks.map(
        ({ worlds }): Ask =>
          (query) =>
            worlds.ask(query),
      ),
      ...this.played.map(
        ({ scenario: { engine, now } }): Ask =>
          (query) =>
            engine.run(query, { now }),
      ),
    ];
  }

  private fails(test: TestCase, answer: Answer | undefined): boolean {
    if (answer === undefined) throw new Error(`There is no answer for the test '${test.name}'.`);
    const { grouping, deployed } = this.detection;
    return shortfall(test.expect, answer, alertsOf(answer, grouping, deployed.trigger)) !== undefined;
  }

  close(): void {
    for (const { worlds } of this.clocks) worlds.close();
    for (const { scenario } of this.played) scenario.engine.close();
  }
}

function ticksOf(now: string): bigint {
  const ticks = parseDatetime(now);
  if (ticks === null) throw new Error(`A test has the clock '${now}', which is no time.`);
  return ticks;
}

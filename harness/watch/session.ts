import type { Detection } from '../detection/detection.js';
import type { TestCase } from '../detection/tests-schema.js';
import { type Answer, Engine } from '../engine/index.js';
import { type Compiled, plan } from '../kql/index.js';
import { parseDatetime } from '../kql/values/datetime.js';
import { catalogOf } from '../measure/catalog.js';
import { EventError } from '../measure/events.js';
import { type MeasureOptions, measureDetections } from '../measure/measure.js';
import type { Measurement, TestResult } from '../measure/measurement.js';
import { forgetScenarios, openScenario, type PlayedScenario } from '../measure/play.js';
import { judge, runTests, TEST_CLOCK } from '../measure/unit-tests.js';
import { compileTraced } from '../measure/world.js';
import { Worlds } from '../measure/worlds.js';
import type { Catalog } from '../tables/catalog.js';
import { Worlds as TestWorlds } from '../trace/world-engine.js';

/** Workloads that are kept in memory with all their events. */
const MOST_WORLDS = 2;

/** Scenarios that tests name and that are kept as they were played. */
const MOST_SCENARIOS = 20;

/** Clocks of tests that an engine is kept for. */
const MOST_CLOCKS = 8;

/** What stays loaded between runs: the parser, an engine for tests, played scenarios and workloads. */
export class Session {
  /** Workloads of detections, for whatever runs rules over them. */
  readonly worlds: Worlds;
  private readonly options: MeasureOptions;
  private readonly engine: Engine;
  private readonly played = new Map<string, PlayedScenario>();
  private readonly clocks = new Map<string, TestWorlds>();
  private staleScenarios = false;
  private staleWorlds = false;

  private constructor(options: MeasureOptions, engine: Engine) {
    this.options = options;
    this.engine = engine;
    this.worlds = new Worlds(options, MOST_WORLDS);
  }

  static async open(options: MeasureOptions): Promise<Session> {
    // So few events that threads would only wait for each other.
    const engine = await Engine.open({ threads: 1 });
    await engine.seal();
    return new Session(options, engine);
  }

  /**
   * Runs the tests of a detection.
   *
   * @throws FileError for tests that cannot be run
   * @throws KqlError for a rule that cannot
   */
  async test(detection: Detection): Promise<TestResult[]> {
    if (this.staleScenarios) this.closeScenarios();
    this.staleScenarios = false;
    const catalog = catalogOf(detection);
    // Columns that only the data tells differ from test to test.
    if (compileTraced(detection.deployed.text, catalog).open !== undefined)
      return await this.testEach(detection, detection.tests, catalog);
    try {
      return await this.testAtOnce(detection, catalog);
    } catch (error) {
      if (!(error instanceof EventError)) throw error;
      // One by one, a test that cannot be run is named at its place.
      return await this.testEach(detection, detection.tests, catalog);
    }
  }

  /** All tests under one clock in one run of the rule: most of the time of a run is spent before its first row. */
  private async testAtOnce(detection: Detection, catalog: Catalog): Promise<TestResult[]> {
    const planned = plan(detection.deployed.text, { names: catalog });
    const clocks = new Map<string, TestCase[]>();
    for (const test of detection.tests) {
      if (test.scenario !== undefined) continue;
      const now = test.now ?? TEST_CLOCK;
      clocks.set(now, [...(clocks.get(now) ?? []), test]);
    }
    const found = new Map<TestCase, TestResult>();
    for (const [now, tests] of clocks) {
      const ticks = parseDatetime(now);
      if (ticks === null) throw new EventError(['now'], `'${now}' is no time.`);
      const worlds = await this.worldsAt(catalog, ticks, detection.runs.lookback);
      await worlds.load(tests.map(({ events }) => events ?? {}));
      const answers = await worlds.answers(planned);
      for (const [at, test] of tests.entries()) {
        const answer = answers[at];
        if (answer === undefined) throw new Error(`There is no answer for the test '${test.name}'.`);
        found.set(test, judge(test, answer, detection));
      }
    }
    const played = detection.tests.filter(({ scenario }) => scenario !== undefined);
    const results = await this.testEach(detection, played, catalog);
    return detection.tests.flatMap((test) => found.get(test) ?? results[played.indexOf(test)] ?? []);
  }

  private async testEach(detection: Detection, tests: readonly TestCase[], catalog: Catalog): Promise<TestResult[]> {
    if (tests.length === 0) return [];
    const compiled = compileTraced(detection.deployed.text, catalog);
    const some = { ...detection, tests };
    return await runTests(some, compiled, catalog, this.engine, (id, rule, names) => this.play(id, rule, names));
  }

  private async worldsAt(catalog: Catalog, now: bigint, lookback: bigint | undefined): Promise<TestWorlds> {
    const key = `${catalog.environment} ${now} ${lookback}`;
    const there = this.clocks.get(key);
    if (there !== undefined) return there;
    if (this.clocks.size >= MOST_CLOCKS) this.closeClocks();
    const made = await TestWorlds.open(catalog, now, lookback);
    this.clocks.set(key, made);
    return made;
  }

  /** Measures a detection over its workload; its tests were run already. */
  async measure(detection: Detection): Promise<Measurement> {
    if (this.staleWorlds) this.worlds.close();
    this.staleWorlds = false;
    return await measureDetections([{ ...detection, tests: [] }], this.options, this.worlds);
  }

  /**
   * Forgets what was played: a scenario changed, or whatever scenarios are made of. What is in use now is closed when the
   * next run begins.
   */
  forget(): void {
    forgetScenarios();
    this.staleScenarios = true;
    this.staleWorlds = true;
  }

  close(): void {
    this.worlds.close();
    this.closeScenarios();
    this.closeClocks();
    this.engine.close();
  }

  private async play(id: string, compiled: Compiled, catalog: Catalog): Promise<Answer> {
    const key = `${catalog.environment} ${id}`;
    let scenario = this.played.get(key);
    if (scenario === undefined) {
      if (this.played.size >= MOST_SCENARIOS) this.closeScenarios();
      scenario = await openScenario(id, catalog);
      this.played.set(key, scenario);
    }
    return await scenario.engine.run(compiled, { now: scenario.now });
  }

  private closeScenarios(): void {
    for (const { engine } of this.played.values()) engine.close();
    this.played.clear();
  }

  private closeClocks(): void {
    for (const worlds of this.clocks.values()) worlds.close();
    this.clocks.clear();
  }
}

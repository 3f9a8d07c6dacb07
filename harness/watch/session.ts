import type { Detection } from '../detection/detection.js';
import { type Answer, Engine } from '../engine/index.js';
import type { Compiled } from '../kql/index.js';
import { type MeasureOptions, measureDetections } from '../measure/measure.js';
import type { Measurement, TestResult } from '../measure/measurement.js';
import { forgetScenarios, openScenario, type PlayedScenario } from '../measure/play.js';
import { runTests } from '../measure/unit-tests.js';
import { compileTraced } from '../measure/world.js';
import { Worlds } from '../measure/worlds.js';
import { builtInCatalog, type Catalog } from '../tables/catalog.js';

/** Workloads that are kept in memory with all their events. */
const MOST_WORLDS = 2;

/** Scenarios that tests name and that are kept as they were played. */
const MOST_SCENARIOS = 20;

/** What stays loaded between runs: the parser, an engine for tests, played scenarios and workloads. */
export class Session {
  /** Workloads of detections, for whatever runs rules over them. */
  readonly worlds: Worlds;
  private readonly options: MeasureOptions;
  private readonly engine: Engine;
  private readonly played = new Map<string, PlayedScenario>();
  private staleScenarios = false;
  private staleWorlds = false;

  private constructor(options: MeasureOptions, engine: Engine) {
    this.options = options;
    this.engine = engine;
    this.worlds = new Worlds(options, MOST_WORLDS);
  }

  static async open(options: MeasureOptions): Promise<Session> {
    const engine = await Engine.open();
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
    const catalog = builtInCatalog(detection.environment);
    const compiled = compileTraced(detection.deployed.text, catalog);
    return await runTests(detection, compiled, catalog, this.engine, (id, rule, names) => this.play(id, rule, names));
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
}

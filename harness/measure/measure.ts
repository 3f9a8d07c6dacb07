import { version as duckdbVersion } from '@duckdb/node-api';
import { coverageOf } from '../coverage/coverage.js';
import type { Coverage } from '../coverage/result.js';
import type { Detection } from '../detection/detection.js';
import { tagsOf } from '../detection/rule.js';
import { Engine } from '../engine/index.js';
import { FileError } from '../files/errors.js';
import { didYouMean } from '../files/nearest.js';
import { type Compiled, type Diagnostic, KqlError } from '../kql/index.js';
import type { Catalog } from '../tables/catalog.js';
import { ASSAY_VERSION, parserVersion } from '../version.js';
import { catalogOf, refuseUnusedSources } from './catalog.js';
import { noFigures } from './figures.js';
import { coverageGate, judgeGates } from './gates.js';
import {
  type DetectionMeasurement,
  type GateResult,
  MEASUREMENT_VERSION,
  type Measurement,
  statusOf,
} from './measurement.js';
import { missingScenario, type PlayedWorld } from './play.js';
import { runTests } from './unit-tests.js';
import { measureWorkload, type Witness } from './workload.js';
import { compileTraced } from './world.js';
import { Worlds, type WorldsOptions } from './worlds.js';

export interface MeasureOptions extends WorldsOptions {
  /** Claimed attacks per 1,000 hosts and day that precision is projected at. */
  readonly attackRate: number;
  /** Whether to tell which parts of the rules decide anything, and the least share that must do so in tests. */
  readonly coverage?: { readonly atLeast?: number };
  /** Sees the alerts of each detection while they are at hand. */
  readonly witness?: Witness;
}

/**
 * One claimed attack in a hundred days on 1,000 hosts. No public figure is known: this is an assumption, to be replaced
 * by what an organisation knows of itself.
 */
export const DEFAULT_ATTACK_RATE = 0.01;

/**
 * Measures detections: the tests of each, then its workload, then its gates.
 *
 * @param kept worlds that outlive the measurement; without them each is closed when the next one is needed
 * @throws FileError for files that a detection or workload names and that cannot be used
 */
export async function measureDetections(
  detections: readonly Detection[],
  options: MeasureOptions,
  kept?: Worlds,
): Promise<Measurement> {
  for (const detection of detections) refuseUnknownGates(detection);
  const worlds = kept ?? new Worlds(options);
  const measured: DetectionMeasurement[] = [];
  try {
    for (const [index, detection] of detections.entries()) {
      options.onStage?.(detection.id, index / detections.length);
      measured.push(await measureDetection(detection, worlds, options));
    }
  } finally {
    if (kept === undefined) worlds.close();
  }
  return {
    version: MEASUREMENT_VERSION,
    status: statusOf(measured),
    versions: toolVersions(),
    detections: measured,
  };
}

/** What makes numbers, besides a rule and a workload. */
export function toolVersions(): Measurement['versions'] {
  return { assay: ASSAY_VERSION, duckdb: duckdbVersion(), kusto: parserVersion() };
}

async function measureDetection(
  detection: Detection,
  worlds: Worlds,
  options: MeasureOptions,
): Promise<DetectionMeasurement> {
  const catalog = catalogOf(detection);
  try {
    const compiled = compileTraced(detection.deployed.text, catalog);
    refuseUnusedSources(detection, compiled);
    if (compiled.open === undefined) refuseUnknownEntities(detection, compiled);
    const tests = await testsOf(detection, compiled, catalog);
    const played = await worlds.of(detection, catalog);
    const settled = await played.world.settle(compiled);
    refuseUnknownEntities(detection, settled);
    const found = await measureWorkload(detection, settled, catalog, played, options.attackRate, options.witness);
    const coverage = await coverageIn(detection, played, catalog, options);
    const gates = [...judgeGates(detection.gates ?? {}, found), ...coverage.gates];
    const expectation = detection.expects && unmet(detection);
    const failed =
      expectation !== undefined ||
      tests.some(({ status }) => status === 'failed') ||
      gates.some(({ passed }) => !passed);
    return {
      ...described(detection),
      status: failed ? 'failed' : 'passed',
      diagnostics: compiled.diagnostics.map((diagnostic) => inFile(diagnostic, detection)),
      ...(expectation && { expectation }),
      tests,
      ...found,
      ...(coverage.found && { coverage: coverage.found }),
      gates,
    };
  } catch (error) {
    if (error instanceof KqlError) return refused(detection, error);
    throw error;
  }
}

/** What decides anything, where someone asks for it. */
async function coverageIn(
  detection: Detection,
  played: PlayedWorld,
  catalog: Catalog,
  { coverage, onStage }: MeasureOptions,
): Promise<{ readonly found?: Coverage; readonly gates: GateResult[] }> {
  const atLeast = coverage?.atLeast ?? detection.gates?.coverage?.atLeast;
  if (coverage === undefined && atLeast === undefined) return { gates: [] };
  onStage?.(`${detection.id}: what decides anything`);
  const found = await coverageOf(detection, catalog, played);
  return { found, gates: atLeast === undefined ? [] : [coverageGate(found, { atLeast })] };
}

/** A gate on a scenario that does not exist would never be judged. */
function refuseUnknownGates(detection: Detection): void {
  for (const id of Object.keys(detection.gates?.scenarios ?? {})) {
    const missing = missingScenario(id);
    if (missing !== undefined) throw new FileError([{ ...detection.placeOf(['gates', 'scenarios', id]), ...missing }]);
  }
}

function refuseUnknownEntities(detection: Detection, { columns }: Compiled): void {
  const { grouping } = detection;
  if (typeof grouping === 'string') return;
  const names = columns.map(({ name }) => name);
  for (const [index, name] of grouping.perEntity.entries()) {
    if (names.includes(name)) continue;
    const suggestion = didYouMean(name, names);
    const message = `The rule returns no column '${name}'.`;
    const place = detection.placeOf(['alerts', 'perEntity', index]);
    throw new FileError([{ ...place, message, ...(suggestion !== undefined && { suggestion }) }]);
  }
}

async function testsOf(
  detection: Detection,
  compiled: Compiled,
  catalog: Catalog,
): Promise<DetectionMeasurement['tests']> {
  const engine = await Engine.open();
  try {
    await engine.seal();
    return await runTests(detection, compiled, catalog, engine);
  } finally {
    engine.close();
  }
}

/** A detection whose rule does not run; that may be what it states. */
function refused(detection: Detection, error: KqlError): DetectionMeasurement {
  const diagnostics = error.diagnostics.map((diagnostic) => inFile(diagnostic, detection));
  const [first] = diagnostics;
  const stated = detection.expects?.refused;
  const found = diagnostics.find(
    ({ code, line, column, suggestion, severity }) =>
      stated !== undefined &&
      severity === 'error' &&
      code === stated.code &&
      line === (stated.line ?? line) &&
      column === (stated.column ?? column) &&
      suggestion === (stated.suggestion ?? suggestion),
  );
  const met = found !== undefined;
  const shown = found ?? first;
  const came = shown && `${shown.code} at ${shown.line}:${shown.column}${hint(shown)}`;
  const unmeasured = { unmeasured: `the rule does not run: ${first?.message ?? error.message}` };
  const figures = noFigures(unmeasured.unmeasured);
  const gates = judgeGates(detection.gates ?? {}, figures, unmeasured);
  return {
    ...described(detection),
    status: stated === undefined ? 'refused' : met && gates.length === 0 ? 'passed' : 'failed',
    diagnostics,
    ...(stated !== undefined && {
      expectation: {
        demand: demandOf(detection),
        met,
        message: met ? `refused as stated: ${came}` : `${demandOf(detection)}, but got ${came}`,
      },
    }),
    tests: [],
    ...figures,
    literals: unmeasured,
    gates,
  };
}

function unmet(detection: Detection): DetectionMeasurement['expectation'] {
  const demand = demandOf(detection);
  return { demand, met: false, message: `${demand}, but the rule runs` };
}

function demandOf({ expects }: Detection): string {
  const stated = expects?.refused;
  if (stated === undefined) return '';
  const place =
    stated.line === undefined ? '' : ` at ${stated.line}${stated.column === undefined ? '' : `:${stated.column}`}`;
  return `must be refused with ${stated.code}${place}${hint(stated)}`;
}

function hint({ suggestion }: { readonly suggestion?: string | undefined }): string {
  return suggestion === undefined ? '' : `, instead '${suggestion}'`;
}

function described(
  detection: Detection,
): Pick<DetectionMeasurement, 'id' | 'title' | 'environment' | 'rule' | 'claims'> {
  const { id, title, environment, deployed, claims } = detection;
  const techniques = tagsOf(deployed);
  return {
    id,
    title,
    environment,
    rule: {
      file: deployed.file.replaceAll('\\', '/'),
      kind: deployed.kind,
      sha256: deployed.sha256,
      ...(techniques.length > 0 && { techniques }),
      source: { text: deployed.text, ...deployed.placeInFile({ line: 1, column: 1 }) },
    },
    claims: { techniques: [...claims.techniques], roles: [...claims.roles] },
  };
}

/** A diagnostic at its place in the rule's file. */
export function inFile(diagnostic: Diagnostic, { deployed }: Detection): DetectionMeasurement['diagnostics'][number] {
  const { code, severity, message, line, column, suggestion } = diagnostic;
  const place = line === 0 ? { line, column } : deployed.placeInFile({ line, column });
  return { code, severity, message, ...place, ...(suggestion !== undefined && { suggestion }) };
}

import type { Detection } from '../detection/detection.js';
import type { Diagnostic } from '../kql/index.js';
import { catalogOf } from '../measure/catalog.js';
import { isClaimed } from '../measure/figures.js';
import { inFile, toolVersions } from '../measure/measure.js';
import { isUnmeasured } from '../measure/measurement.js';
import { telemetrySeenBy } from '../measure/own-events.js';
import type { PlayedWorld } from '../measure/play.js';
import { Worlds, type WorldsOptions } from '../measure/worlds.js';
import type { Catalog } from '../tables/catalog.js';
import { type Causes, causesOf } from './causes.js';
import { contractChanges } from './contract.js';
import { differencesOf } from './differences.js';
import { entrySwings } from './entries.js';
import { breachesOf, type Limit, limitText } from './limits.js';
import { type Pair, pairUp, versionOf } from './pairing.js';
import {
  COMPARISON_VERSION,
  type Comparison,
  type DetectionComparison,
  type ScenarioSwing,
  type Split,
} from './result.js';
import { nothing, Runner } from './runner.js';
import { samplesOf } from './samples.js';
import type { Side } from './sides.js';
import { eventlessAlerts, findChanges, type ScenarioChange, totalOf } from './swings.js';
import { everything, type Ran, runVersion, type Version } from './versions.js';

export interface CompareOptions extends WorldsOptions {
  /** Claimed attacks per 1,000 hosts and day that precision is projected at. */
  readonly attackRate: number;
  readonly limits: readonly Limit[];
}

/**
 * Compares two sides: each pair of detections over the same events, which are those of the newer one's workload.
 *
 * @param kept worlds that outlive the comparison
 * @throws FileError when a workload or one of its scenarios is at fault
 */
export async function compareSides(
  base: Side,
  head: Side,
  options: CompareOptions,
  kept?: Pick<Worlds, 'of'>,
): Promise<Comparison> {
  const { pairs, same } = pairUp(base, head);
  const own = new Worlds(options);
  const worlds = kept ?? own;
  const detections: DetectionComparison[] = [];
  try {
    for (const [index, pair] of pairs.entries()) {
      options.onStage?.((pair.head ?? pair.base)?.id ?? '', index / pairs.length);
      detections.push(await comparePair(pair, worlds, options));
    }
  } finally {
    own.close();
  }
  const status = (['refused', 'failed'] as const).find((worst) => detections.some((found) => found.status === worst));
  return {
    version: COMPARISON_VERSION,
    status: status ?? 'passed',
    versions: toolVersions(),
    base: base.label,
    head: head.label,
    limits: options.limits.map(limitText),
    same: [...same],
    detections,
  };
}

async function comparePair(
  pair: Pair,
  worlds: Pick<Worlds, 'of'>,
  options: CompareOptions,
): Promise<DetectionComparison> {
  const { base, head } = pair;
  const subject = head ?? base;
  if (subject === undefined) throw new Error('A pair has at least one detection.');
  const catalog = catalogOf(subject);
  const played = await worlds.of(subject, catalog);
  const claims = subject.claims.techniques.length === 0 ? undefined : subject.claims;
  const before = await runVersion('base', base, claims, played, options.attackRate);
  const after = await runVersion('head', head, claims, played, options.attackRate);
  const changes = await findChanges(played.world);
  const claimed = claimedBy(after.ran ?? before.ran, claims);
  const figures = await differencesOf(played.world, before, after, claimed, played.exposure, options.attackRate);
  const known = before.ran !== undefined || after.ran !== undefined;
  const result: DetectionComparison = {
    id: subject.id,
    title: subject.title,
    environment: subject.environment,
    change: pair.change,
    status: 'passed',
    ...(base !== undefined && { base: { ...versionOf(base), ...refusalOf(before, base) } }),
    ...(head !== undefined && { head: { ...versionOf(head), ...refusalOf(after, head) } }),
    contract:
      base === undefined || head === undefined
        ? []
        : contractChanges(base, head, { base: before.ran?.compiled.columns, head: after.ran?.compiled.columns }),
    workload: workloadOf(played, [base, head]),
    events: known ? totalOf(changes, 'events') : { unmeasured: 'neither version runs' },
    alerts: known ? await alertsOf(changes, before, after, played) : { unmeasured: 'neither version runs' },
    ...figures,
    scenarios: scenariosOf(changes, before.ran, after.ran, claimed, played),
    ...(await whyOf(pair, before, after, played, catalog)),
    samples: await samplesOf(
      [base, head].filter((detection) => detection !== undefined),
      [...new Set([...(before.ran?.tables ?? []), ...(after.ran?.tables ?? [])])],
      played,
      catalog,
    ),
    breaches: [],
  };
  const breaches = breachesOf(result, options.limits);
  const refused = after.refused !== undefined && !isStated(head, after.refused);
  return { ...result, breaches, status: refused ? 'refused' : breaches.length > 0 ? 'failed' : 'passed' };
}

/** What both versions were run over; of own events it tells the columns that either rule misses. */
function workloadOf(
  { described }: PlayedWorld,
  versions: readonly (Detection | undefined)[],
): DetectionComparison['workload'] {
  const { name, hosts, days, seed, events, digest, activities, sensorOff, telemetry } = described;
  const texts = versions.map((version) => version?.deployed.text ?? '').join('\n');
  return {
    ...{ name, hosts, days, seed, events, digest, activities },
    ...(sensorOff !== undefined && { sensorOff }),
    ...(telemetry !== undefined && { telemetry: telemetrySeenBy(texts, telemetry) }),
  };
}

function claimedBy(ran: Ran | undefined, claims: Detection['claims'] | undefined): string[] {
  if (ran === undefined) return [];
  const held = claims ?? everything(ran.counts);
  return ran.counts.scenarios.filter((counted) => isClaimed(counted, held)).map(({ scenario }) => scenario);
}

async function alertsOf(
  changes: readonly ScenarioChange[],
  before: Version,
  after: Version,
  played: PlayedWorld,
): Promise<DetectionComparison['alerts']> {
  const swing = totalOf(changes, 'alerts');
  const eventless = await eventlessAlerts(played.world);
  const more = eventless.head - eventless.base;
  return {
    gained: { ...swing.gained, false: swing.gained.false + Math.max(0, more) },
    lost: { ...swing.lost, false: swing.lost.false + Math.max(0, -more) },
    before: countsOf(before),
    after: countsOf(after),
  };
}

function countsOf({ figures: { alerts } }: Version): Split {
  return isUnmeasured(alerts) ? { true: 0, false: 0 } : { true: alerts.true, false: alerts.false };
}

function scenariosOf(
  changes: readonly ScenarioChange[],
  before: Ran | undefined,
  after: Ran | undefined,
  claimed: readonly string[],
  { exposure }: PlayedWorld,
): ScenarioSwing[] {
  const countsIn = (ran: Ran | undefined, id: string) => ran?.counts.scenarios.find(({ scenario }) => scenario === id);
  return [...new Set(changes.map(({ scenario }) => scenario))].map((id): ScenarioSwing => {
    const of = (direction: string, what: 'events' | 'alerts'): number =>
      changes.find((change) => change.scenario === id && change.direction === direction)?.[what] ?? 0;
    const was = countsIn(before, id);
    const is = countsIn(after, id);
    return {
      id,
      title: exposure.scenarios.find((scenario) => scenario.id === id)?.title ?? id,
      label: (is ?? was)?.label ?? 'benign',
      claimed: claimed.includes(id),
      activities: (is ?? was)?.activities ?? 0,
      detected: { before: was?.detected ?? 0, after: is?.detected ?? 0 },
      events: { gained: of('gained', 'events'), lost: of('lost', 'events') },
      alerts: { gained: of('gained', 'alerts'), lost: of('lost', 'alerts') },
    };
  });
}

/** Which changes and which list entries did it. */
async function whyOf(
  { base, head }: Pair,
  before: Version,
  after: Version,
  played: PlayedWorld,
  catalog: Catalog,
): Promise<Causes & Pick<DetectionComparison, 'entries'>> {
  const running = {
    base: before.ran === undefined ? undefined : base,
    head: after.ran === undefined ? undefined : head,
  };
  const versions = [running.base, running.head].filter((detection) => detection !== undefined);
  const absent = before.absent ?? after.absent;
  if (versions.length === 0) {
    const causes = await causesBetween(base, head, catalog, absent ?? 'neither version runs');
    return { ...causes, entries: { unmeasured: absent ?? 'neither version runs' } };
  }
  const runner = await Runner.over(played, versions, catalog);
  const causes = await causesBetween(base, head, catalog, absent ?? runner);
  return { ...causes, entries: await entrySwings(running, catalog, runner) };
}

async function causesBetween(
  base: Detection | undefined,
  head: Detection | undefined,
  catalog: Catalog,
  runner: Runner | string,
): Promise<Causes> {
  if (base === undefined || head === undefined) return { changes: [], together: nothing() };
  return await causesOf(base, head, catalog, runner);
}

function refusalOf(
  { refused }: Version,
  detection: Detection,
): { refused?: NonNullable<DetectionComparison['base']>['refused'] } {
  if (refused === undefined) return {};
  return {
    refused: refused.map((found) => {
      const { code, message, line, column, suggestion } = inFile(found, detection);
      return { code, message, line, column, ...(suggestion !== undefined && { suggestion }) };
    }),
  };
}

/** Whether a refusal is the one that the detection says it gets. */
function isStated(detection: Detection | undefined, refused: readonly Diagnostic[]): boolean {
  const stated = detection?.expects?.refused;
  return stated !== undefined && refused.some(({ code }) => code === stated.code);
}

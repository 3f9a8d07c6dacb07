import type { Detection } from '../detection/detection.js';
import { Destinations } from '../exceptions/destinations.js';
import { type Graded, gradeTests } from '../exceptions/grade.js';
import type { Place } from '../exceptions/places.js';
import { placeFor } from '../exceptions/render.js';
import { GRADES, type Grade } from '../exceptions/result.js';
import { FileError } from '../files/errors.js';
import { type Figures, per } from '../measure/figures.js';
import { isUnmeasured } from '../measure/measurement.js';
import type { PlayedWorld, WorkloadChoice } from '../measure/play.js';
import { worldOf } from '../measure/world.js';
import type { Catalog } from '../tables/catalog.js';
import { and, type Bits, bits, hasBit } from '../trace/bits.js';
import type { Atom } from './atoms.js';
import { type Candidate, candidatesFrom } from './candidates.js';
import { chooseFrom, effectOf, type Option, type Part } from './choice.js';
import { factsIn, isEmpty } from './columns.js';
import { holding, type Reach, reachOf } from './cover.js';
import { evadedBy } from './evaded.js';
import { type Evasion, evasionsOf } from './evasions.js';
import { type Ground, groundOf, runRule } from './ground.js';
import { playedOver, whyNoEvents, whyNoRate } from './played-over.js';
import { TUNING_VERSION, type TunedException, type Tuning, type TuningPoint, type Worth } from './result.js';
import { partsOf, scenarioHalf } from './split.js';
import { versionWith } from './version.js';

export interface TuneOptions {
  /** Exceptions at most. */
  readonly budget: number;
  /** Malicious activities that may be lost. */
  readonly maxTrueLost: number;
  /** Exceptions of a worse grade are not proposed. */
  readonly worstGrade: Grade;
  /** Where in the rule they go, for a rule with several places. */
  readonly place?: string;
  /** The Sentinel watchlist that is to hold them; in the rule itself when absent. */
  readonly watchlist?: string;
  /** Has the attacks of a workload changed as attackers do, to see which each exception hides. */
  readonly evade?: WorkloadChoice;
  /** Told what begins, for whoever waits. */
  readonly onStage?: (stage: string) => void;
}

/** A candidate with all that is known of it. */
interface Known extends Option {
  readonly candidate: Candidate;
  readonly graded: Graded;
  readonly evasions: readonly Evasion[];
}

/** Sets are chosen anew after an exception was refused; more often than this none is found that all agree on. */
const MOST_ROUNDS = 40;

/**
 * Exceptions for a rule, mined from its false alerts over a world: the best set for a budget, chosen on one half of hosts
 * and malicious scenarios and judged on the others. An exception that hides nothing on the other hosts, or an attack
 * among the other scenarios, is not proposed.
 *
 * @throws FileError for a rule that has no place for exceptions or rows that none can be made of, and for own events that
 * span too little time
 * @throws KqlError when the rule cannot be evaluated
 */
export async function tune(
  detection: Detection,
  catalog: Catalog,
  played: PlayedWorld,
  options: TuneOptions,
): Promise<Tuning> {
  const stage = (text: string): void => options.onStage?.(`${detection.id}: ${text}`);
  const noRate = whyNoRate(played);
  if (noRate !== undefined) throw unfit(detection, `${noRate}.`);
  const watchlist = options.watchlist ?? detection.allowlist.watchlist;
  if (watchlist !== undefined && !catalog.functions.has('_GetWatchlist'))
    throw unfit(detection, 'Watchlists are of Sentinel; in Defender exceptions stand in the rule itself.');
  const place = placeFor(detection, catalog, options.place ?? detection.allowlist.place);
  const facts = factsIn(place.columns);
  if (isEmpty(facts)) throw unfit(detection, 'The rows at this place tell neither a program nor a destination.');
  stage('running the rule');
  const compiled = played.world.compile(detection.deployed.text);
  if (compiled.lineage === 'none') throw unfit(detection, 'The rows of the rule come from no event.');
  const noEvents = whyNoEvents(compiled, played);
  if (noEvents !== undefined) throw unfit(detection, `${noEvents}.`);
  const ground = await groundOf(detection, compiled, place, played);
  const parts = partsOf(played.exposure.seed);

  stage('making conditions of the false alerts');
  const mined = candidatesFrom(rowsOf(ground, parts.chosen), facts, Destinations.shipped());
  const known = await knownOf(mined, ground, place, detection, played, catalog, options.worstGrade, watchlist);

  stage('choosing');
  const { budget, maxTrueLost } = options;
  const first = await chooseFrom(known, ground, parts.chosen, budget, maxTrueLost);
  const rejected = first.chosen.flatMap((option) => {
    const why = whyRefused(option, first.chosen, ground, parts, maxTrueLost);
    return why === undefined ? [] : [{ condition: option.kql, why, ...onParts(option, ground, parts) }];
  });
  let left = known.filter((option) => whyRefused(option, [option], ground, parts, maxTrueLost) === undefined);
  let found = rejected.length === 0 ? first : await chooseFrom(left, ground, parts.chosen, budget, maxTrueLost);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const set = found.chosen;
    const refused = set.filter((option) => whyRefused(option, set, ground, parts, maxTrueLost) !== undefined);
    if (refused.length === 0) break;
    left = left.filter((option) => !refused.includes(option));
    found = await chooseFrom(left, ground, parts.chosen, budget, maxTrueLost);
  }
  const chosen = left
    .filter((option) => found.chosen.includes(option))
    .filter((option) => whyRefused(option, found.chosen, ground, parts, maxTrueLost) === undefined)
    .sort(
      (a, b) => onParts(b, ground, parts).judgedOn - onParts(a, ground, parts).judgedOn || (a.kql < b.kql ? -1 : 1),
    );

  stage('weighing smaller sets');
  const sets = await smallerSets(left, chosen, ground, parts, budget, maxTrueLost);
  const mentioned = [...new Set([...chosen, ...sets.flat()])];
  const reach = await reachOf(
    mentioned.map(({ kql }) => kql),
    place,
    detection,
    played,
    catalog,
  );
  const unseen = await unseenScenarios(left, ground, played, budget, maxTrueLost);

  stage('running the rule with its exceptions');
  const exceptions = chosen.map((option) => told(option, chosen, mentioned, ground, parts, reach, played));
  const conditions = exceptions.map(({ condition }) => condition);
  const { text, catalog: names } = versionWith(detection, catalog, place, conditions, watchlist);
  const world = worldOf(played.engine, names, played.world.start, played.world.end);
  const after = await runRule(detection, world.compile(text), { ...played, world });
  const evaded = options.evade && (await evadedBy(detection, place, conditions, options.evade, stage));
  return {
    version: TUNING_VERSION,
    detection: detection.id,
    title: detection.title,
    rule: { file: detection.deployed.file.replaceAll('\\', '/'), sha256: detection.deployed.sha256 },
    workload: { ...playedOver(played), rates: played.described.rates },
    settings: {
      budget,
      maxTrueLost,
      worstGrade: options.worstGrade,
      place: place.name,
      ...(watchlist !== undefined && { watchlist }),
    },
    search: {
      method: found.method,
      ...(found.reason !== undefined && { reason: found.reason }),
      candidates: mined.length,
      safe: known.length,
      compared: found.compared,
    },
    before: worthOf(ground.figures),
    after: worthOf(after),
    ...(ground.alerts.every(({ isTrue }) => isTrue) && { nothing: whyNothing(detection) }),
    curve: sets.map((set) => pointOf(set, mentioned, ground, parts, reach, played)),
    split: {
      chosen: effectOf(chosen, ground, parts.chosen),
      judged: effectOf(chosen, ground, parts.judged),
      unseenScenarios: unseen,
    },
    exceptions: exceptions.map((each, i) => ({ ...each, ...(evaded && { evaded: evaded[i] ?? [] }) })),
    rejected,
  };
}

function whyNothing({ grouping }: Detection): string {
  if (grouping !== 'per-run') return 'the rule raised no false alert here';
  return (
    'the rule raised no false alert here: it gives one alert a run, and each run held an attack, of which a workload ' +
    'has far more than life; have it give an alert for each row (AlertPerResult) while it is tuned'
  );
}

function unfit({ deployed }: Detection, message: string): FileError {
  return new FileError([{ file: deployed.file, line: 0, column: 0, message: `No exceptions can be made: ${message}` }]);
}

/** The rows of false alerts of a part. */
function rowsOf({ alerts, rows }: Ground, part: Part): Ground['rows'] {
  const wanted = new Set(alerts.filter((alert) => !alert.isTrue && part.alerts(alert)).flatMap((alert) => alert.rows));
  return rows.filter((_, i) => wanted.has(i));
}

/** The candidates of a grade that is asked for, with the rows that each holds for. */
async function knownOf(
  mined: readonly Candidate[],
  ground: Ground,
  place: Place,
  detection: Detection,
  played: PlayedWorld,
  catalog: Catalog,
  worstGrade: Grade,
  watchlist: string | undefined,
): Promise<Known[]> {
  const graded = mined
    .map((candidate) => ({ candidate, graded: gradeTests([candidate.atoms]) }))
    .filter((each) => GRADES.indexOf(each.graded.grade) <= GRADES.indexOf(worstGrade))
    // A watchlist holds texts that are equal, neither beginnings nor patterns.
    .filter((each) => watchlist === undefined || each.candidate.atoms.every(({ by }) => by === 'equality'));
  const atoms = [...new Set(graded.flatMap(({ candidate }) => candidate.atoms.map(({ kql }) => kql)))];
  const held = await holding(atoms, ground.rows, place, detection, played, catalog, ground.kept);
  const bitsOf = new Map(atoms.map((kql, i) => [kql, held[i] ?? bits(ground.rows.length)]));
  const of = ({ kql }: Atom): Bits => bitsOf.get(kql) ?? bits(ground.rows.length);
  return graded.map(({ candidate, graded: grade }) => {
    const sets = candidate.atoms.map(of);
    const evasions = evasionsOf(candidate.atoms, sets, ground);
    return {
      kql: candidate.kql,
      candidate,
      graded: grade,
      evasions,
      holds: sets.reduce(and),
      // An entry that adds nothing is worse than none.
      penalty: 10 + GRADES.indexOf(grade.grade) * 100 + evasions.reduce((sum, { scenarios }) => sum + scenarios, 0),
    };
  });
}

type Parts = ReturnType<typeof partsOf>;

/** Why an exception of a set is not proposed. */
function whyRefused(
  option: Option,
  set: readonly Option[],
  ground: Ground,
  parts: Parts,
  lost: number,
): string | undefined {
  if (effectOf([option], ground, parts.judged).removed === 0)
    return 'it fits its sample only: it hides nothing on the other hosts';
  const all = effectOf(set, ground, parts.all).lost;
  if (all <= lost) return undefined;
  const without = effectOf(
    set.filter((other) => other !== option),
    ground,
    parts.all,
  ).lost;
  return without < all ? 'it hides an attack of a scenario that the choice did not see' : undefined;
}

function onParts(option: Option, ground: Ground, parts: Parts): { chosenOn: number; judgedOn: number } {
  return {
    chosenOn: effectOf([option], ground, parts.chosen).removed,
    judgedOn: effectOf([option], ground, parts.judged).removed,
  };
}

/** The best set of each size, from none on; of large budgets not every size. */
async function smallerSets(
  options: readonly Known[],
  whole: readonly Known[],
  ground: Ground,
  parts: Parts,
  budget: number,
  lost: number,
): Promise<Known[][]> {
  const sizes = [...new Set([1, 2, 3, 5, 8, 13, 20, 30, 50, 80, 130, 200].filter((size) => size < whole.length))];
  const sets: Known[][] = [[]];
  for (const size of sizes) {
    if (size >= budget) break;
    const { chosen } = await chooseFrom(options, ground, parts.chosen, size, lost);
    const set = options.filter((option) => chosen.includes(option));
    if (set.every((option) => whyRefused(option, set, ground, parts, lost) === undefined)) sets.push(set);
  }
  return whole.length === 0 ? sets : [...sets, [...whole]];
}

/** What the method is worth against programs that it never saw: it chooses on one half of the scenarios, and then on the other. */
async function unseenScenarios(
  options: readonly Known[],
  ground: Ground,
  { exposure }: PlayedWorld,
  budget: number,
  lost: number,
): Promise<number | null> {
  let [alerts, removed] = [0, 0];
  for (const half of [true, false]) {
    const { seen, unseen } = scenarioHalf(exposure.seed, half);
    const { chosen } = await chooseFrom(options, ground, seen, budget, lost);
    const effect = effectOf(chosen, ground, unseen);
    alerts += effect.falseAlerts;
    removed += effect.removed;
  }
  return alerts === 0 ? null : removed / alerts;
}

function told(
  option: Known,
  set: readonly Known[],
  mentioned: readonly Known[],
  ground: Ground,
  parts: Parts,
  reach: Reach,
  played: PlayedWorld,
): TunedException {
  const { removed, lost } = effectOf([option], ground, parts.all);
  const others = set.filter((other) => other !== option);
  const with_ = effectOf(set, ground, parts.all).removed;
  const hidden = scenariosHidden(option, ground);
  const blast = reach.of([mentioned.indexOf(option)]);
  const { grade, way, fields } = option.graded;
  return {
    condition: option.kql,
    reason: reasonOf(hidden.benign, removed, played),
    grade,
    way,
    fields: fields.map((field) => ({ ...field })),
    removed,
    removedOnly: with_ - effectOf(others, ground, parts.all).removed,
    removedPerDayPer1000Hosts: removed * per(played.exposure),
    ...onParts(option, ground, parts),
    scenarios: hidden.benign,
    hides: hidden.malicious,
    lost,
    evasions: option.evasions.map((evasion) => ({ ...evasion })),
    blast: {
      events: blast.events,
      shareOfEvents: reach.events === 0 ? 0 : blast.events / reach.events,
      hosts: blast.hosts,
      shareOfHosts: reach.hosts === 0 ? 0 : blast.hosts / reach.hosts,
    },
  };
}

interface Hidden {
  readonly benign: TunedException['scenarios'];
  readonly malicious: TunedException['hides'];
}

function scenariosHidden({ holds }: Option, ground: Ground): Hidden {
  const counts = { true: new Map<string, number>(), false: new Map<string, number>() };
  for (const { isTrue, scenario, rows } of ground.alerts) {
    if (rows.length === 0 || !rows.every((row) => hasBit(holds, row))) continue;
    const of = counts[isTrue ? 'true' : 'false'];
    of.set(scenario, (of.get(scenario) ?? 0) + 1);
  }
  const sorted = (of: ReadonlyMap<string, number>): { scenario: string; alerts: number }[] =>
    [...of]
      .map(([scenario, alerts]) => ({ scenario, alerts }))
      .sort((a, b) => b.alerts - a.alerts || (a.scenario < b.scenario ? -1 : 1));
  return { benign: sorted(counts.false), malicious: sorted(counts.true) };
}

/** A reason that a reviewer can check: what it is for, and what it was worth where it was found. */
function reasonOf(scenarios: Hidden['benign'], removed: number, { exposure, described }: PlayedWorld): string {
  const titles = scenarios.slice(0, 3).map(({ scenario }) => {
    return exposure.scenarios.find(({ id }) => id === scenario)?.title ?? scenario;
  });
  const more = scenarios.length > 3 ? `, and ${scenarios.length - 3} more` : '';
  const rate = Math.round(removed * per(exposure) * 10) / 10;
  const own = described.telemetry?.simulated;
  const where = own === 'all' ? `own events and the workload ${described.name}` : 'own events';
  return `${titles.join('; ')}${more}: ${rate} false alerts a day per 1,000 hosts in ${own === undefined ? `the workload ${described.name}` : where}`;
}

function pointOf(
  set: readonly Known[],
  mentioned: readonly Known[],
  ground: Ground,
  parts: Parts,
  reach: Reach,
  { exposure }: PlayedWorld,
): TuningPoint {
  const { removed, falseAlerts, lost } = effectOf(set, ground, parts.all);
  const blast = reach.of(set.map((option) => mentioned.indexOf(option)));
  return {
    entries: set.length,
    removed,
    removedPerDayPer1000Hosts: removed * per(exposure),
    remaining: falseAlerts - removed,
    remainingPerDayPer1000Hosts: (falseAlerts - removed) * per(exposure),
    trueLost: lost,
    events: reach.events === 0 ? 0 : blast.events / reach.events,
    hosts: reach.hosts === 0 ? 0 : blast.hosts / reach.hosts,
  };
}

function worthOf({ alerts, alertsPerDayPer1000Hosts, scenarios }: Figures): Worth {
  if (isUnmeasured(alerts) || isUnmeasured(alertsPerDayPer1000Hosts))
    throw new Error('A rule that was run is measured.');
  return {
    alerts: { true: alerts.true, false: alerts.false },
    falsePerDayPer1000Hosts: { ...alertsPerDayPer1000Hosts },
    detected: scenarios.filter(({ label }) => label === 'malicious').reduce((sum, { detected }) => sum + detected, 0),
  };
}

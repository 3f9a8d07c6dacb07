import { loadScenarios } from '../../simulators/load.js';
import type { MaliciousScenario } from '../../simulators/scenario.js';
import type { Detection } from '../detection/detection.js';
import { type ListEntry, type LiteralList, literalLists } from '../detection/lists.js';
import { FileError } from '../files/errors.js';
import { identifier, physicalNames } from '../kql/sql/literal.js';
import { HITS } from '../measure/counts.js';
import { per } from '../measure/figures.js';
import type { PlayedWorld } from '../measure/play.js';
import { playedTables } from '../measure/workload.js';
import { sourceOf } from '../measure/world.js';
import type { Catalog } from '../tables/catalog.js';
import { hostOf } from '../tune/atoms.js';
import { factsIn } from '../tune/columns.js';
import { runRule } from '../tune/ground.js';
import { playedOver, whyNoEvents, whyNoRate } from '../tune/played-over.js';
import { isHost, isWithin, type LookupHost, lookupHosts } from './hosts.js';
import { ADVICE_VERSION, type Addition, type Advice, type Change, type EntryAdvice, type Worth } from './result.js';
import { MOST_RUNS, type Outcome, versionsOf } from './versions.js';

export interface AdviseOptions {
  /** Told what begins, for whoever waits. */
  readonly onStage?: (stage: string) => void;
}

/** Hosts that are shown of an entry. */
const MOST_HOSTS = 5;

/**
 * What each entry of each list of a rule is worth over a world, and what the lists lack: entries to drop or to narrow, and
 * services that documented procedures use. Each piece of advice is a version of the rule, held against the rule.
 *
 * @throws FileError for a rule without a list that decides anything, and for own events that span too little time
 * @throws KqlError when the rule cannot be evaluated
 */
export async function advise(
  detection: Detection,
  catalog: Catalog,
  played: PlayedWorld,
  { onStage }: AdviseOptions = {},
): Promise<Advice> {
  const noRate = whyNoRate(played);
  if (noRate !== undefined) throw unfit(detection, noRate);
  const { text } = detection.deployed;
  const versions = versionsOf(detection, catalog, played);
  onStage?.(`${detection.id}: running the rule`);
  const compiled = played.world.compile(text);
  if (compiled.lineage === 'none') throw unfit(detection, 'its rows come from no event');
  const noEvents = whyNoEvents(compiled, played);
  if (noEvents !== undefined) throw unfit(detection, noEvents);
  await runRule(detection, compiled, played);
  const hosts = await hostsBehind(
    compiled.tables.map(({ name }) => name),
    playedTables(compiled, played),
    catalog,
    played,
  );

  const { lists } = literalLists(text, catalog);
  const emptied = await versions.outcomes([text, ...lists.map((list) => list.keeping([]))]);
  const [base] = emptied;
  if (base === undefined) throw new Error('A rule that was run has an outcome.');
  const deciding = lists.filter((_, i) => differs(emptied[i + 1] ?? base, base));
  if (deciding.length === 0) throw unfit(detection, 'it has no list of texts that decides anything');
  const runs = deciding.reduce((sum, { entries }) => sum + entries.length, 0);
  if (versions.method === 'runs' && runs > MOST_RUNS)
    throw unfit(detection, `its lists would take ${runs} runs over all events; at most ${MOST_RUNS} are made`);

  onStage?.(`${detection.id}: weighing each entry`);
  const documented = lookupHosts(claimedScenarios(detection, played));
  const places = deciding.flatMap((list) => list.entries.map((entry) => ({ list, entry })));
  const without = await versions.outcomes(places.map(({ list, entry }) => list.keeping(others(list, entry))));
  const letsThrough = hostList(deciding, base, emptied, lists);
  const narrowings = places.map(({ list, entry }) =>
    list === letsThrough ? narrowed(entry, list, documented) : undefined,
  );
  const asked = places.flatMap(({ list, entry }, i) => {
    const to = narrowings[i];
    return to === undefined ? [] : [{ i, text: list.holding(others(list, entry), to) }];
  });
  const narrow = await versions.outcomes(asked.map((each) => each.text));
  const entries = places.map(({ list, entry }, i): EntryAdvice => {
    const at = asked.findIndex((each) => each.i === i);
    return judge(list, entry, {
      only: changeOf(without[i] ?? base, base, played),
      hosts: hosts.filter(({ host }) => isWithin(entry.value, host)).slice(0, MOST_HOSTS),
      to: narrowings[i],
      narrowed: narrow[at] && changeOf(base, narrow[at], played),
      place: detection.deployed.placeInFile({ line: entry.line, column: entry.column }),
      documented,
    });
  });

  onStage?.(`${detection.id}: weighing what the lists lack`);
  const lacking =
    letsThrough === undefined
      ? []
      : documented.filter(({ name }) => !letsThrough.entries.some(({ value }) => isWithin(value, name)));
  const added = await versions.outcomes(
    lacking.map(({ name }) => letsThrough?.holding(letsThrough.entries, [name]) ?? text),
  );
  const additions = lacking
    .map((host, i): Addition => additionOf(host, letsThrough?.name ?? '', base, added[i] ?? base, played))
    .sort((a, b) => byWorth(a, b));

  const advised = entriesAsAdvised(letsThrough, places, entries);
  const gaining = additions.filter(({ procedures }) => procedures.length > 0).map(({ entry }) => entry);
  const [trimmed = base, complete = base] =
    letsThrough === undefined
      ? []
      : await versions.outcomes([
          letsThrough.holding(advised.kept, advised.added),
          letsThrough.holding(advised.kept, [...advised.added, ...gaining]),
        ]);
  return {
    version: ADVICE_VERSION,
    detection: detection.id,
    title: detection.title,
    rule: { file: detection.deployed.file.replaceAll('\\', '/'), sha256: detection.deployed.sha256 },
    workload: playedOver(played),
    method: versions.method,
    versions: 3 + lists.length + places.length + asked.length + lacking.length,
    now: worthOf(base, played),
    entries,
    additions,
    without: worthOf(trimmed, played),
    complete: worthOf(complete, played),
  };
}

function unfit({ deployed }: Detection, why: string): FileError {
  return new FileError([
    { file: deployed.file, line: 0, column: 0, message: `Nothing can be said of its lists: ${why}.` },
  ]);
}

function others({ entries }: LiteralList, entry: ListEntry): ListEntry[] {
  return entries.filter((other) => other !== entry);
}

function differs(a: Outcome, b: Outcome): boolean {
  return a.true !== b.true || total(a) !== total(b);
}

function total({ false: counts }: Outcome): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** The malicious scenarios that a detection claims, of those that were played. */
function claimedScenarios({ claims }: Detection, { exposure }: PlayedWorld): MaliciousScenario[] {
  const there = new Set(exposure.scenarios.map(({ id }) => id));
  return loadScenarios().filter(
    (scenario): scenario is MaliciousScenario =>
      scenario.label === 'malicious' &&
      there.has(scenario.id) &&
      claims.techniques.some((claim) => scenario.technique === claim || scenario.technique.startsWith(`${claim}.`)),
  );
}

/** The list of hosts that brings alerts: that with most hosts of those which bring fewer when they are empty. */
function hostList(
  deciding: readonly LiteralList[],
  base: Outcome,
  emptied: readonly Outcome[],
  lists: readonly LiteralList[],
): LiteralList | undefined {
  const count = ({ entries }: LiteralList): number => entries.filter(({ value }) => isHost(value)).length;
  return deciding
    .filter(
      (list) => total(emptied[lists.indexOf(list) + 1] ?? base) < total(base) && count(list) * 2 > list.entries.length,
    )
    .sort((a, b) => count(b) - count(a))[0];
}

/** The hosts of documented procedures in an entry, where they are others than all that it stands for. */
function narrowed({ value }: ListEntry, list: LiteralList, documented: readonly LookupHost[]): string[] | undefined {
  const within = documented.filter(({ name }) => isWithin(value, name));
  if (within.length === 0 || within.some(({ name, chosen }) => chosen || name === value.toLowerCase()))
    return undefined;
  const new_ = within
    .map(({ name }) => name)
    .filter((name) => !list.entries.some((other) => other.value !== value && isWithin(other.value, name)));
  return new_.length === 0 ? undefined : new_;
}

interface Known {
  readonly only: Change;
  readonly hosts: EntryAdvice['hosts'];
  readonly to: readonly string[] | undefined;
  readonly narrowed: Change | undefined;
  readonly place: { readonly line: number; readonly column: number };
  readonly documented: readonly LookupHost[];
}

function judge(list: LiteralList, { value }: ListEntry, known: Known): EntryAdvice {
  const { only, hosts, to, narrowed: does, place, documented } = known;
  const told = { list: list.name, entry: value, line: place.line, column: place.column, only, hosts: [...hosts] };
  const users = documented.filter(({ name }) => isWithin(value, name)).flatMap(({ scenarios }) => scenarios);
  if (only.alerts.true === 0 && only.alerts.false === 0) {
    const why =
      users.length > 0
        ? `all that it brings comes by other entries too, or is not seen; ${users.length} documented procedures use it`
        : 'without it everything stays as it is';
    return { ...told, advice: 'idle', why };
  }
  if (only.alerts.false < 0 || only.alerts.true < 0) {
    if (only.attacks >= 0) return { ...told, advice: 'keep', why: 'it holds false alerts back, and no attack' };
    const hides = `it hides ${-only.attacks} attacks, ${-only.procedures} procedures of them altogether`;
    return only.alerts.false < 0
      ? { ...told, advice: 'weigh', why: `${hides}, and holds false alerts back` }
      : { ...told, advice: 'drop', why: hides };
  }
  if (only.attacks === 0 && only.alerts.false > 0)
    return { ...told, advice: 'drop', why: 'it brings false alerts, and no attack that would be missed without it' };
  if (to !== undefined && does !== undefined && does.attacks === 0 && does.alerts.false < 0)
    return {
      ...told,
      advice: 'narrow',
      why: `documented procedures use ${to.join(', ')}`,
      narrow: { to: [...to], does },
    };
  const why =
    only.attacks === 0
      ? 'it brings true alerts of attacks that are caught without it too'
      : `without it ${only.attacks} attacks would be missed, ${only.procedures} procedures altogether`;
  return { ...told, advice: 'keep', why };
}

function entriesAsAdvised(
  list: LiteralList | undefined,
  places: readonly { readonly list: LiteralList; readonly entry: ListEntry }[],
  entries: readonly EntryAdvice[],
): { readonly kept: readonly ListEntry[]; readonly added: readonly string[] } {
  const own = places.flatMap((place, i) => (place.list === list ? [{ entry: place.entry, told: entries[i] }] : []));
  return {
    kept: own.filter(({ told }) => told?.advice !== 'drop' && told?.advice !== 'narrow').map(({ entry }) => entry),
    added: own.flatMap(({ told }) => told?.narrow?.to ?? []),
  };
}

function additionOf(host: LookupHost, list: string, base: Outcome, with_: Outcome, played: PlayedWorld): Addition {
  const caught = new Set(base.attacks.values());
  const gained = new Map<string, number>();
  for (const [activity, scenario] of with_.attacks) {
    if (!base.attacks.has(activity)) gained.set(scenario, (gained.get(scenario) ?? 0) + 1);
  }
  return {
    list,
    entry: host.name,
    does: changeOf(base, with_, played),
    procedures: [...gained]
      .filter(([scenario]) => !caught.has(scenario))
      .map(([scenario, attacks]) => ({ scenario, title: titleOf(scenario, played), attacks }))
      .sort((a, b) => b.attacks - a.attacks || (a.scenario < b.scenario ? -1 : 1)),
    usedBy: host.scenarios.length,
  };
}

function titleOf(scenario: string, { exposure }: PlayedWorld): string {
  return exposure.scenarios.find(({ id }) => id === scenario)?.title ?? scenario;
}

/** Most procedures first, of as many the fewest false alerts, then most attacks. */
function byWorth(a: Addition, b: Addition): number {
  return (
    b.procedures.length - a.procedures.length ||
    a.does.alerts.false - b.does.alerts.false ||
    b.does.attacks - a.does.attacks ||
    (a.entry < b.entry ? -1 : 1)
  );
}

function worthOf(outcome: Outcome, { exposure }: PlayedWorld): Worth {
  return {
    alerts: { true: outcome.true, false: total(outcome) },
    falsePerDayPer1000Hosts: total(outcome) * per(exposure),
    attacks: outcome.attacks.size,
    procedures: new Set(outcome.attacks.values()).size,
  };
}

/** What changes from one version to another. */
function changeOf(from: Outcome, to: Outcome, played: PlayedWorld): Change {
  const [was, is] = [worthOf(from, played), worthOf(to, played)];
  return {
    alerts: { true: is.alerts.true - was.alerts.true, false: is.alerts.false - was.alerts.false },
    falsePerDayPer1000Hosts: is.falsePerDayPer1000Hosts - was.falsePerDayPer1000Hosts,
    attacks: is.attacks - was.attacks,
    procedures: is.procedures - was.procedures,
  };
}

/** The hosts that the events behind the alerts contacted, those with most false alerts first. */
async function hostsBehind(
  read: readonly string[],
  held: readonly string[],
  catalog: Catalog,
  { world }: PlayedWorld,
): Promise<EntryAdvice['hosts']> {
  const counts = new Map<string, { true: number; false: number }>();
  for (const name of read.filter((each) => held.includes(each))) {
    const schema = catalog.tables.get(name) ?? [];
    const { destination } = factsIn(schema);
    const at = schema.findIndex((column) => column.name === destination);
    const physical = physicalNames(schema.map((column) => column.name))[at];
    if (destination === undefined || physical === undefined) continue;
    const rows = await world.query(
      `SELECT event.${identifier(physical)} AS url, hit.label, count(DISTINCT hit.alert) AS alerts
       FROM ${HITS} AS hit JOIN ${await sourceOf(world, name)} AS event ON event._id = hit.id GROUP BY ALL ORDER BY ALL`,
    );
    for (const { url, label, alerts } of rows) {
      const host = hostOf(String(url ?? ''));
      if (host === undefined) continue;
      const known = counts.get(host) ?? { true: 0, false: 0 };
      counts.set(host, known);
      known[label === 'malicious' ? 'true' : 'false'] += Number(alerts);
    }
  }
  return [...counts]
    .map(([host, own]) => ({ host, ...own }))
    .sort((a, b) => b.false - a.false || b.true - a.true || (a.host < b.host ? -1 : 1));
}

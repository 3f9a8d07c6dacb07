import { isHuman, minutesOf, QUANTILES } from '../calendar.js';
import type { Host } from '../hosts.js';
import { scenarioNumber } from '../load.js';
import { combine, combineSql, Draws, keyOf } from '../random.js';
import { ACCOUNTS, type Account, EVENT_ROLES, type MaliciousScenario, type Step } from '../scenario.js';
import { EPOCH_TICKS, MS_PER_DAY, TICKS_PER_DAY, TICKS_PER_MS, weekday } from '../ticks.js';
import type { Attack, AttackStep, Told } from './attack.js';
import { organisationNames, varied, type World } from './compile.js';
import { AGGREGATED, UNREPORTED } from './observe.js';
import { type Copy, estateOf } from './processes.js';
import { logonTicks, MS } from './sql.js';
import { type Cell, PREFIX, type WorkTable } from './tables.js';

/** One activity a row: a run of a malicious procedure on a host. */
export const RUNS: WorkTable = {
  name: `${PREFIX}run`,
  columns: {
    act: 'BIGINT',
    scen: 'INTEGER',
    h: 'INTEGER',
    who: 'BIGINT',
    act_key: 'BIGINT',
    first_at: 'BIGINT',
    every_ms: 'BIGINT',
    jitter: 'BIGINT',
    times: 'BIGINT',
    relaunch: 'BOOLEAN',
    existing: 'INTEGER',
    proc: 'INTEGER',
    first_dest: 'BIGINT',
  },
};

/** The connections of a run, in order; `offset_ms` after the lookup's beginning. */
export const STEPS: WorkTable = {
  name: `${PREFIX}step`,
  columns: {
    t_act: 'BIGINT',
    t_step: 'BIGINT',
    t_role: 'INTEGER',
    t_base: 'BIGINT',
    t_count: 'BIGINT',
    t_offset: 'BIGINT',
    /** What it is told as; drawn when negative. */
    t_kind: 'INTEGER',
    /** The process that makes it in place of the run's, of which the columns below tell; none when negative. */
    t_proc: 'INTEGER',
    t_account: 'INTEGER',
    t_salt: 'BIGINT',
    t_existing: 'INTEGER',
    t_child: 'BOOLEAN',
    t_born: 'BIGINT',
  },
};

/** How a process came to be there before the run: not at all, at logon, at boot. */
const EXISTING = { own: 0, logon: 1, boot: 2 } as const;

/** Steps that the run's own process makes and that are told of as the sensor has it. */
const ORDINARY: Cell[] = [-1, -1, 0, 0, 0, false, 0];

interface Tables {
  readonly runs: Cell[][];
  readonly steps: Cell[][];
}

/**
 * The activities of every malicious scenario, `runs` of each, with their processes and destinations; the given attacks
 * in their place where a world has any.
 */
export function compileMalicious(world: World, runs: number): Tables {
  const tables: Tables = { runs: [], steps: [] };
  for (const attack of world.attacks ?? []) addAttack(world, attack, tables);
  if (world.attacks !== undefined) return tables;
  for (const [index, scenario] of world.scenarios.entries()) {
    if (scenario.label !== 'malicious') continue;
    for (let run = 0; run < runs; run += 1) addRun(world, scenario, index, run, tables);
  }
  return tables;
}

/** Where, and as what, a run of a scenario happens; the draws that decide the rest of it. */
function beginRun(world: World, scenario: MaliciousScenario, run: number) {
  const key = combine(keyOf(world.seed, 'scenario', scenario.id), run);
  const draws = new Draws(key);
  const hosts = world.hosts.filter((host) => scenario.on.includes(host.role));
  // An organisation without such hosts is attacked all the same, where it can be.
  const candidates = hosts.length > 0 ? hosts : world.hosts;
  const first = combine(keyOf(world.seed, 'victims', scenario.id), 0);
  const host = candidates[(first + run * victimStride(candidates.length)) % candidates.length];
  const variables = varied(scenario, draws, organisationNames(world.organisation));
  const owner = `${world.seed}/${scenario.id}`;
  const copy: Copy = { draws, variables, owner, release: run, estate: host === undefined ? 0 : estateOf(host) };
  const proc = world.processes.add(scenario.process, [copy], scenario.leaves);
  const activity = (BigInt(scenarioNumber(scenario.id)) << 28n) + BigInt(run);
  return { key, draws, host, variables, copy, proc, activity };
}

function addRun(world: World, scenario: MaliciousScenario, index: number, run: number, tables: Tables): void {
  const { key, draws, host, variables, proc, activity } = beginRun(world, scenario, run);
  if (host === undefined) return;
  const account = world.processes.accountOf(scenario.process);
  tables.runs.push([
    activity,
    index,
    host.index,
    host.index * 8 + ACCOUNTS.indexOf(account),
    key,
    firstAt(world, scenario, host, draws),
    ...cadenceCells(scenario.cadence),
    startOf(scenario.process, account),
    proc,
    world.destinations.rows.length,
  ]);
  let offset = 0;
  let number = 0;
  for (const step of scenario.steps) {
    for (const one of attempts(step, draws)) {
      if (number > 0) offset += pause(step, draws);
      const [range] = world.destinations.add(one, draws, variables, 1, 3);
      if (range === undefined) throw new Error(`A step of '${scenario.id}' leads nowhere.`);
      const role = EVENT_ROLES.indexOf(step.role);
      tables.steps.push([activity, number, role, range.base, range.count, offset, ...ORDINARY]);
      number += 1;
    }
  }
}

/**
 * A run of a scenario with everything that it draws, as the world would play it: the same host, instant, texts and
 * destinations. Its processes and destinations go into the world as well, so pass one that is thrown away.
 */
export function drawAttack(world: World, scenario: MaliciousScenario, index: number, run: number): Attack | undefined {
  const { key, draws, host, variables, copy, proc, activity } = beginRun(world, scenario, run);
  if (host === undefined) return undefined;
  const at = firstAt(world, scenario, host, draws);
  const steps: AttackStep[] = [];
  let offset = 0;
  for (const step of scenario.steps) {
    for (const one of attempts(step, draws)) {
      if (steps.length > 0) offset += pause(step, draws);
      const [range] = world.destinations.add(one, draws, variables, 1, 3);
      if (range === undefined) throw new Error(`A step of '${scenario.id}' leads nowhere.`);
      const { role, port, protocol } = step;
      steps.push({ role, port, protocol, offset, ...world.destinations.place(range) });
    }
  }
  return {
    scenario: index,
    activity,
    run,
    host: host.index,
    at,
    key,
    owner: copy.owner,
    process: world.processes.programs(proc, scenario.process),
    leaves: world.processes.leftBy(proc),
    cadence: scenario.cadence,
    steps,
  };
}

function addAttack(world: World, attack: Attack, tables: Tables): void {
  const host = world.hosts[attack.host];
  const copy: Copy = {
    draws: new Draws(attack.key),
    variables: new Map(),
    owner: attack.owner,
    release: attack.run,
    estate: host === undefined ? 0 : estateOf(host),
  };
  const account = world.processes.accountOf(attack.process);
  tables.runs.push([
    attack.activity,
    attack.scenario,
    attack.host,
    attack.host * 8 + ACCOUNTS.indexOf(account),
    attack.key,
    attack.at,
    ...cadenceCells(attack.cadence),
    startOf(attack.process, account),
    world.processes.add(attack.process, [copy], attack.leaves),
    world.destinations.rows.length,
  ]);
  const helpers = new Map<unknown, Cell[]>();
  for (const [number, step] of attack.steps.entries()) {
    const range = world.destinations.addTold(step);
    const role = EVENT_ROLES.indexOf(step.role);
    const cells = helpers.get(step.helper) ?? helperCells(world, attack, step, copy, helpers.size);
    helpers.set(step.helper, cells);
    tables.steps.push([
      ...[attack.activity, number, role, range.base, range.count, step.offset],
      kindOf(step.told),
      ...cells,
    ]);
  }
}

/** A helper's process under the attack's own where it is its child. */
function helperCells(world: World, attack: Attack, { helper, offset }: AttackStep, copy: Copy, salt: number): Cell[] {
  if (helper === undefined) return ORDINARY.slice(1);
  const tree = helper.child ? [...attack.process, ...helper.process] : helper.process;
  const proc = world.processes.add(tree, [copy], []);
  const account = world.processes.accountOf(tree);
  return [proc, ACCOUNTS.indexOf(account), salt, startOf(tree, account), helper.child, offset];
}

function cadenceCells({ every = 0, jitter, times, relaunch }: MaliciousScenario['cadence']): Cell[] {
  return [Math.round(every * 1000), Math.round(jitter * 1000), times, relaunch];
}

function startOf(tree: readonly { readonly existing: boolean }[], account: Account): number {
  if (tree.at(-1)?.existing !== true) return EXISTING.own;
  return account === 'user' ? EXISTING.logon : EXISTING.boot;
}

function kindOf(told: Told | undefined): number {
  return told?.as === undefined ? -1 : { aggregated: AGGREGATED, none: UNREPORTED }[told.as];
}

/** Milliseconds from the step before; enough that they keep their order. */
function pause(step: Step, draws: Draws): number {
  const [from, to] = step.after.map((seconds) => Math.round(seconds * 1000));
  return 400 + (from ?? 0) + draws.below(Math.max(1, (to ?? 0) - (from ?? 0)));
}

/** A stride through the hosts that meets none twice before it has met all, near the golden section. */
function victimStride(count: number): number {
  let stride = Math.max(1, Math.floor(count * 0.618));
  while (gcd(stride, count) !== 1) stride += 1;
  return stride;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** The step with one host drawn, or one after the other with each. */
function attempts(step: Step, draws: Draws): Step[] {
  if (step.hosts === undefined) return [step];
  if (step.order === 'one') return [{ ...step, hosts: [draws.pick(step.hosts)] }];
  return step.hosts.map((host) => ({ ...step, hosts: [host] }));
}

/** Ticks of the first lookup: on a day of the workload, at an hour of the scenario's profile. */
function firstAt(world: World, scenario: MaliciousScenario, host: Host, draws: Draws): bigint {
  const human = isHuman(scenario.starts);
  const off = new Set(world.organisation.calendar.weekend);
  const first = Number(world.startTicks / TICKS_PER_DAY);
  const days = Array.from({ length: world.days }, (_, day) => first + day);
  const working = days.filter((day) => !human || !off.has(weekday(day)));
  const day = draws.pick(working.length > 0 ? working : days);
  const minute = minutesOf(scenario.starts)[draws.below(QUANTILES)] ?? 0;
  // Where the hour of the host's zone falls on another day in UTC, it is taken on this one.
  const utcMs = ((((minute - host.utcOffset) * 60_000 + draws.below(60_000)) % MS_PER_DAY) + MS_PER_DAY) % MS_PER_DAY;
  let at = BigInt(day) * TICKS_PER_DAY + BigInt(utcMs) * TICKS_PER_MS + BigInt(draws.below(10_000));
  // A long run begins early enough to be seen before the workload ends.
  const span =
    BigInt(Math.round(Math.min((scenario.cadence.every ?? 0) * Math.min(scenario.cadence.times - 1, 3), 14_400))) *
    10_000_000n;
  const end = world.startTicks + BigInt(world.days) * TICKS_PER_DAY - 3_600_000_000n;
  if (at + span > end && at - span > world.startTicks) at -= span;
  if (at < EPOCH_TICKS) throw new Error('A workload begins after 1970.');
  return at;
}

/**
 * SQL of all connections of all runs, before any sensor.
 *
 * @param linked whether to tell of each connection of a child which process started that: `of_inst`, `of_created`
 */
export function maliciousConnections(hostTable: string, endTicks: bigint, linked: boolean): string {
  const sessionStart = logonTicks('h_key', 'session_day', 'h_offset');
  return `
    WITH iteration AS (
      SELECT r.*, g.h_key, g.h_offset, g.h_boot, unnest(range(r.times)) AS i
      FROM ${RUNS.name} r JOIN ${hostTable} g ON g.h = r.h
    ), begun AS (
      SELECT *, first_at + (i * every_ms + CASE WHEN i = 0 OR jitter = 0 OR every_ms = 0 THEN 0
          ELSE ${combineSql('act_key', 'i + 40')} % (every_ms * jitter // 1000 + 1) - every_ms * jitter // 2000 END) * ${MS} AS begun_at,
        CASE WHEN relaunch THEN i ELSE 0 END AS life
      FROM iteration
    ), lived AS (
      SELECT *, ${combineSql('act_key', 'life + 1000')} AS own_inst,
        first_value(begun_at) OVER (PARTITION BY act, life ORDER BY i) AS life_at,
        (begun_at + h_offset * 600000000) // 864000000000 AS local_day
      FROM begun
    ), sessions AS (
      SELECT *, local_day - CASE WHEN ${logonTicks('h_key', 'local_day', 'h_offset')} > life_at - 200000000 THEN 1 ELSE 0 END AS session_day
      FROM (SELECT * REPLACE ((life_at + h_offset * 600000000) // 864000000000 AS local_day) FROM lived)
    )
    SELECT begun_at + t_offset * ${MS} + ${combineSql('own_inst', 'i * 64 + t_step')} % 3000000 AS t,
      act, scen, t_role AS role, h, CASE WHEN helped THEN h * 8 + t_account ELSE who END AS who,
      CASE WHEN helped THEN t_proc ELSE proc END AS proc,
      CASE WHEN NOT helped THEN main_inst WHEN t_existing = ${EXISTING.own} THEN ${combineSql('own_inst', 'i * 64 + t_salt + 3000')}
        ELSE ${combineSql('act_key', 't_salt + 5000')} END AS inst,
      CASE WHEN NOT helped THEN main_created
        WHEN t_existing = ${EXISTING.own} THEN begun_at + t_born * ${MS} - 1000000 - own_inst % 1500000
        WHEN t_existing = ${EXISTING.logon} THEN logged_on ELSE booted END AS created,
      t_base + ${combineSql('own_inst', 'i * 64 + t_step + 7')} % t_count AS dest, dest - first_dest AS place,
      CASE WHEN t_kind >= 0 THEN t_kind WHEN ${combineSql('own_inst', 'i * 64 + t_step + 9')} % 1000 < 15 THEN 1 ELSE 0 END AS kind,
      ${linked ? 'CASE WHEN helped AND t_child THEN main_inst END AS of_inst, main_created AS of_created' : ''}
    FROM (
      SELECT *, t_proc >= 0 AS helped,
        CASE existing WHEN ${EXISTING.own} THEN own_inst ELSE ${combineSql('act_key', 7)} END AS main_inst,
        CASE existing WHEN ${EXISTING.own} THEN life_at - 3000000 - own_inst % 40000000
          WHEN ${EXISTING.logon} THEN logged_on ELSE booted END AS main_created
      FROM (
        SELECT *, ${sessionStart} + 50000000 + act_key % 100000000 AS logged_on,
          h_boot + 400000000 + act_key % 3000000000 AS booted
        FROM sessions
      ) JOIN ${STEPS.name} ON t_act = act
    )
    WHERE begun_at < ${endTicks}`;
}

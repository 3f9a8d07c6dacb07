import type { DuckDBConnection } from '@duckdb/node-api';
import { type Played, type PlayOptions, playWorkload, prepare } from '../play.js';
import { keyOf } from '../random.js';
import type { MaliciousScenario } from '../scenario.js';
import { sensorSchema } from '../sensor.js';
import type { Workload } from '../workload.js';
import type { Attack } from '../world/attack.js';
import { drawAttack } from '../world/malicious.js';
import { documentedPlaces, type Facts } from './facts.js';
import { loadServiceHosts } from './transformation.js';

/** The malicious activities of a workload before anything is done to them. */
export interface Attacks {
  readonly facts: Facts;
  readonly of: ReadonlyMap<MaliciousScenario, readonly Attack[]>;
}

/**
 * A sensor that leaves nothing out by chance: what it can leave out is a transformation of its own. What it would not
 * report above its daily limit is left to one as well.
 */
const CLEAR_SENSOR = sensorSchema.parse({
  connectsPerDay: 0,
  emptyUrl: 0,
  fullUrl: { tls: 0, clear: 0 },
  inspected: { tls: 0, clear: 0, dns: 0 },
  duplicates: 0,
  late: 0,
});

/** Draws the malicious activities of a workload as it would play them. */
export function drawAttacks(workload: Workload, options: PlayOptions): Attacks {
  const { world, runs } = prepare({ ...workload, sensor: CLEAR_SENSOR }, options);
  const of = new Map<MaliciousScenario, Attack[]>();
  for (const [index, scenario] of world.scenarios.entries()) {
    if (scenario.label !== 'malicious') continue;
    const attacks = Array.from({ length: runs }, (_, run) => drawAttack(world, scenario, index, run));
    of.set(
      scenario,
      attacks.filter((attack) => attack !== undefined),
    );
  }
  const each = [...of].flatMap(([{ id }, attacks]) => attacks.map((attack) => [id, attack] as const));
  const facts = { catalogue: world.catalogue, services: loadServiceHosts(), documented: documentedPlaces(each) };
  return { facts, of };
}

/** Attacks that are played beside each other under a name of their own. */
export interface Variant {
  readonly id: string;
  readonly scenario: MaliciousScenario;
  readonly attacks: readonly Attack[];
}

/** Beyond the numbers of scenarios, which have 24 bits. */
const FIRST_VARIANT = 1n << 24n;

/**
 * Plays attacks and nothing else: tables of telemetry and `_activities`, as `playWorkload` makes them. Each variant is
 * a scenario of its id there; the activity of an attack is `activityOf` its variant's place and its own.
 */
export function playAttacks(
  connection: DuckDBConnection,
  workload: Workload,
  variants: readonly Variant[],
  options: PlayOptions,
): Promise<Played> {
  const attacks = variants.flatMap(({ id, attacks: own }, scenario) =>
    own.map(
      (attack, index): Attack => ({
        ...attack,
        scenario,
        activity: activityOf(scenario, index),
        // Processes of two variants on one host are two, though all else was drawn alike.
        key: keyOf(attack.key, id),
      }),
    ),
  );
  const scenarios = variants.map(({ id, scenario }): MaliciousScenario => ({ ...scenario, id }));
  return playWorkload(connection, { ...workload, sensor: CLEAR_SENSOR }, { ...options, scenarios, attacks });
}

export function activityOf(variant: number, index: number): bigint {
  return ((FIRST_VARIANT + BigInt(variant)) << 28n) + BigInt(index);
}

import { keyOf } from '../../simulators/random.js';
import { AttackedWorld, type Caught, type Played } from './attacked-world.js';
import type { Ground, Made } from './ground.js';
import { isDetected } from './result.js';

export interface Counts {
  readonly activities: number;
  readonly caught: number;
  readonly detected: boolean;
}

/** Which runs of each scenario are caught as they are. */
export type CaughtRuns = ReadonlyMap<string, ReadonlySet<number>>;

export interface Judged {
  /** By the variant's id. */
  readonly verdicts: ReadonlyMap<string, Counts>;
  readonly asIs: CaughtRuns;
}

/**
 * Plays variants and judges them: all at once, or in turns where the rule needs the world around them.
 *
 * @param asIs known from before; without it the variants hold the scenarios as they are
 */
export async function judgeAll(ground: Ground, made: readonly Made[], asIs?: CaughtRuns): Promise<Judged> {
  const { workload, catalog, compiled, benign, detection, stage } = ground;
  stage('playing attacks');
  const world = await AttackedWorld.open(workload, catalog, compiled, made, benign);
  try {
    if (benign === undefined) {
      stage('judging');
      const caught = await world.judge(compiled, detection);
      return { verdicts: verdictsOf(made.map(whole), caught), asIs: asIs ?? runsOf(made, caught) };
    }
    const judge = async (samples: readonly Sample[], what: string): Promise<Caught> => {
      const caught = new Map<string, ReadonlySet<number>>();
      const turns = turnsOf(samples);
      for (const [index, turn] of turns.entries()) {
        stage(`${what}, turn ${index + 1} of ${turns.length}`);
        for (const [id, activities] of await world.judge(compiled, detection, turn))
          caught.set(id, new Set([...(caught.get(id) ?? []), ...activities]));
      }
      return caught;
    };
    const bases = made.filter(({ by }) => by.length === 0).map(whole);
    const changed = made.filter(({ by }) => by.length > 0);
    const before = await judge(bases, 'judging attacks as they are');
    const known = asIs ?? runsOf(made, before);
    const samples = ground.quick ? changed.map((variant, place) => one(variant, place, known)) : changed.map(whole);
    const after = await judge(samples, 'judging changed attacks');
    return { verdicts: verdictsOf([...bases, ...samples], new Map([...before, ...after])), asIs: known };
  } finally {
    world.close();
  }
}

/** Those attacks of a variant, by their place there, that it is judged by. */
interface Sample {
  readonly variant: Made;
  readonly indexes: readonly number[];
}

function whole(variant: Made): Sample {
  return { variant, indexes: variant.attacks.map((_, index) => index) };
}

/** One attack that is caught as it is; any where none is. */
function one(variant: Made, place: number, asIs: CaughtRuns): Sample {
  const runs = asIs.get(variant.scenario.id) ?? new Set();
  const all = whole(variant);
  const able = all.indexes.filter((index) => runs.has(variant.attacks[index]?.run ?? -1));
  const from = able.length > 0 ? able : all.indexes;
  const chosen = from[place % from.length];
  return { variant, indexes: chosen === undefined ? [] : [chosen] };
}

function runsOf(made: readonly Made[], caught: Caught): CaughtRuns {
  const bases = made.filter(({ by }) => by.length === 0);
  return new Map(
    bases.map(({ id, scenario, attacks }) => [
      scenario.id,
      new Set([...(caught.get(id) ?? [])].flatMap((index) => attacks[index]?.run ?? [])),
    ]),
  );
}

/**
 * The attacks in turns of one variant of each run of a scenario. Runs take their variants in different turns, so that no
 * turn is an estate in which all attackers have had the same idea: what many do is no longer rare.
 */
function turnsOf(samples: readonly Sample[]): Played[][] {
  const ofRun = new Map<string, Played[]>();
  for (const { variant, indexes } of samples) {
    for (const index of indexes) {
      const run = `${variant.scenario.id} ${variant.attacks[index]?.run}`;
      ofRun.set(run, [...(ofRun.get(run) ?? []), { variant: variant.id, index }]);
    }
  }
  const count = Math.max(0, ...[...ofRun.values()].map(({ length }) => length));
  const turns = Array.from({ length: count }, (): Played[] => []);
  for (const [run, attacks] of ofRun) {
    for (const [place, attack] of attacks.entries()) turns[(place + keyOf(run)) % count]?.push(attack);
  }
  return turns.filter(({ length }) => length > 0);
}

function verdictsOf(samples: readonly Sample[], caught: Caught): Judged['verdicts'] {
  return new Map(
    samples.map(({ variant, indexes }) => {
      const number = caught.get(variant.id)?.size ?? 0;
      const activities = indexes.length;
      return [variant.id, { activities, caught: number, detected: isDetected(number, activities) }];
    }),
  );
}

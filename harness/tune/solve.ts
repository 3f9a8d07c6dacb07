import highs from 'highs';

/** A choice of entries: which false alerts each takes away, and which attacks would be lost. */
export interface Problem {
  /** Number of entries to choose from. */
  readonly entries: number;
  /** False alerts that fare alike: how many, and the sets of entries of which one each is needed to hide them. */
  readonly gains: readonly { readonly weight: number; readonly needs: readonly (readonly number[])[] }[];
  /** Attacks that are caught and might be lost: of each of its alerts, the sets of entries of which one each is needed to hide it. */
  readonly attacks: readonly { readonly alerts: readonly (readonly (readonly number[])[])[] }[];
  /** Of nearly equally good choices the one with less of this. */
  readonly penalty: readonly number[];
}

export interface Solution {
  readonly chosen: readonly number[];
  readonly method: 'exact' | 'greedy';
  readonly reason?: string;
}

/** Larger problems are not given to the solver. */
const MOST_TERMS = 400_000;
/** Branches that the solver looks at; a limit on time would make the answer depend on the machine. */
const MOST_NODES = 20_000;

/** The package describes its CommonJS build alone; its module gives the loader itself. */
const load = highs as unknown as typeof highs.default;

let solver: ReturnType<typeof load> | undefined;

/** A choice that takes this share of the most away is as good as the best, if it is safer. */
const NEARLY = 0.99;

/**
 * The entries, at most `budget`, that take most false alerts away while at most `lost` attacks are lost; of all choices
 * that take nearly as many away, the one with the least penalty. Exactly, by integer linear programming, where the size
 * allows.
 */
export async function choose(problem: Problem, budget: number, lost: number): Promise<Solution> {
  if (problem.entries === 0 || budget === 0) return { chosen: [], method: 'exact' };
  const terms =
    problem.gains.reduce((sum, { needs }) => sum + needs.reduce((n, need) => n + need.length, 1), 0) +
    problem.attacks.reduce((sum, { alerts }) => sum + alerts.flat(2).length, 0);
  const otherwise = (reason: string): Solution => ({ chosen: greedy(problem, budget, lost), method: 'greedy', reason });
  if (terms > MOST_TERMS) return otherwise(`the problem has ${terms} terms, more than ${MOST_TERMS}`);
  const gain = problem.gains.map(({ weight }, g) => `${weight} y${g}`).join(' + ');
  const most = await solve(problem, budget, lost, ['Maximize', wrap(plus(gain.split(' + ')))]);
  if (typeof most === 'string') return otherwise(most);
  const enough = Math.ceil(gainOf(problem, most) * NEARLY);
  const penalty = problem.penalty.map((each, i) => `${each} x${i}`);
  const safest = await solve(
    problem,
    budget,
    lost,
    ['Minimize', wrap(plus(penalty))],
    [`enough: ${wrap(plus(gain.split(' + ')))} >= ${enough}`],
  );
  if (typeof safest === 'string') return { chosen: most, method: 'exact', reason: `not the safest of them: ${safest}` };
  return { chosen: safest, method: 'exact' };
}

async function solve(
  problem: Problem,
  budget: number,
  lost: number,
  objective: readonly [string, string],
  further: readonly string[] = [],
): Promise<number[] | string> {
  solver ??= load();
  const { Status, Columns } = (await solver).solve(model(problem, budget, lost, objective, further), {
    output_flag: false,
    mip_max_nodes: MOST_NODES,
    // Which of the nearly best is the very safest is not worth the time that its proof takes.
    mip_rel_gap: further.length > 0 ? 0.02 : 0,
    random_seed: 1,
    threads: 1,
  });
  if (Status !== 'Optimal') return `the solver stopped with '${Status}'`;
  return range(problem.entries).filter((i) => (Columns[`x${i}`]?.Primal ?? 0) > 0.5);
}

/**
 * The problem in the LP format: `x` an entry is chosen; `y` false alerts are hidden; `h` an alert of an attack is hidden;
 * `z` an attack is lost.
 */
function model(
  { entries, gains, attacks }: Problem,
  budget: number,
  lost: number,
  [direction, objective]: readonly [string, string],
  further: readonly string[],
): string {
  const chosen = range(entries).map((i) => `x${i}`);
  const rows: string[] = [`budget: ${wrap(plus(chosen))} <= ${budget}`, ...further];
  for (const [g, { needs }] of gains.entries()) {
    for (const need of needs) rows.push(`y${g} ${wrap(need.map((i) => `- x${i}`))} <= 0`);
  }
  const hidden: string[] = [];
  for (const [a, { alerts }] of attacks.entries()) {
    for (const [k, needs] of alerts.entries()) {
      // A row is hidden as soon as one of its entries is chosen; the alert when all of its rows are.
      for (const [r, need] of needs.entries()) {
        for (const i of need) rows.push(`r${a}_${k}_${r} - x${i} >= 0`);
        hidden.push(`r${a}_${k}_${r}`);
      }
      rows.push(`h${a}_${k} ${wrap(needs.map((_, r) => `- r${a}_${k}_${r}`))} >= ${1 - needs.length}`);
      hidden.push(`h${a}_${k}`);
    }
    rows.push(`z${a} ${wrap(alerts.map((_, k) => `- h${a}_${k}`))} >= ${1 - alerts.length}`);
    hidden.push(`z${a}`);
  }
  if (attacks.length > 0) rows.push(`lost: ${wrap(plus(attacks.map((_, a) => `z${a}`)))} <= ${lost}`);
  const bounded = [...gains.map((_, g) => `y${g}`), ...hidden];
  return [
    direction,
    ` obj: ${objective}`,
    'Subject To',
    ...rows.map((row) => ` ${row}`),
    'Bounds',
    ...bounded.map((name) => ` 0 <= ${name} <= 1`),
    'Binary',
    ` ${wrap(chosen)}`,
    'End',
  ].join('\n');
}

function plus(terms: readonly string[]): string[] {
  return terms.map((term, i) => (i === 0 ? term : `+ ${term}`));
}

/** Lines of the LP format are short. */
function wrap(terms: readonly string[]): string {
  const lines: string[] = [];
  for (let i = 0; i < terms.length; i += 12) lines.push(terms.slice(i, i + 12).join(' '));
  return lines.join('\n  ');
}

function range(size: number): number[] {
  return Array.from({ length: size }, (_, i) => i);
}

/** One entry after the other, each the one that takes most of what is left away and loses no more than is allowed. */
export function greedy(problem: Problem, budget: number, lost: number): number[] {
  const chosen: number[] = [];
  while (chosen.length < budget) {
    let best: { entry: number; value: number } | undefined;
    const had = gainOf(problem, chosen);
    for (let entry = 0; entry < problem.entries; entry++) {
      if (chosen.includes(entry)) continue;
      const value = gainOf(problem, [...chosen, entry]) - had - (problem.penalty[entry] ?? 0) * 1e-6;
      if (value <= 0 || (best !== undefined && value <= best.value)) continue;
      if (lossOf(problem, [...chosen, entry]) > lost) continue;
      best = { entry, value };
    }
    if (best === undefined) break;
    chosen.push(best.entry);
  }
  return chosen.sort((a, b) => a - b);
}

/** False alerts that a choice takes away. */
export function gainOf({ gains }: Problem, chosen: readonly number[]): number {
  const set = new Set(chosen);
  return gains.reduce((total, { weight, needs }) => total + (isHidden(needs, set) ? weight : 0), 0);
}

/** Attacks that a choice loses. */
export function lossOf({ attacks }: Problem, chosen: readonly number[]): number {
  const set = new Set(chosen);
  return attacks.filter(({ alerts }) => alerts.every((needs) => isHidden(needs, set))).length;
}

function isHidden(needs: readonly (readonly number[])[], chosen: ReadonlySet<number>): boolean {
  return needs.length > 0 && needs.every((need) => need.some((entry) => chosen.has(entry)));
}

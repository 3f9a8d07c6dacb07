import type { GuideScenario, GuideSign } from './result.js';

/** Signs by which two that look alike are told apart, at most. */
const TOLD_APART = 4;

/** Each scenario with the one of the other label that looks most like it, by the signs and values that both have. */
export function lookAlikes(scenarios: readonly GuideScenario[], signs: readonly GuideSign[]): GuideScenario[] {
  const looks = new Map(scenarios.map((scenario) => [scenario.id, looksOf(scenario)]));
  return scenarios.map((scenario) => {
    const own = looks.get(scenario.id) ?? new Set();
    const others = scenarios
      .filter(({ label }) => label !== scenario.label)
      .map((other) => ({ other, alike: alike(own, looks.get(other.id) ?? new Set()) }))
      .sort((a, b) => b.alike - a.alike || (a.other.id < b.other.id ? -1 : 1));
    const [nearest] = others;
    if (nearest === undefined || nearest.alike === 0) return scenario;
    const { other } = nearest;
    const differs = signs
      .filter(({ id }) => scenario.signs.includes(id) !== other.signs.includes(id))
      .slice(0, TOLD_APART)
      .map(({ id }) => ({ sign: id, here: scenario.signs.includes(id) }));
    return { ...scenario, lookAlike: { scenario: other.id, title: other.title, alike: nearest.alike, differs } };
  });
}

function looksOf({ signs, facts, places }: GuideScenario): Set<string> {
  const values = [
    ...facts.filter(({ fact }) => fact !== 'command').map(({ fact, values: told }) => [fact, told] as const),
    ...places.map(({ values: told }) => ['place', told] as const),
  ];
  return new Set([
    ...signs,
    ...values.flatMap(([fact, { first }]) => first.map(({ value }) => `${fact} ${value.toLowerCase()}`)),
  ]);
}

/** Jaccard's index: what both have, of what either has. */
function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((each) => b.has(each)).length;
  const either = new Set([...a, ...b]).size;
  return either === 0 ? 0 : both / either;
}

import type { Measurement } from '../harness/measure/measurement.js';

/** Attacks of a technique, and how many of them were caught. */
export interface Caught {
  readonly detected: number;
  readonly activities: number;
}

export interface TechniqueCoverage {
  readonly technique: string;
  /** What each detection that claims it caught of it; no activities where the workload plays none. */
  readonly detections: readonly (Caught & { readonly id: string })[];
  /** By procedure, what the best of the detections caught. */
  readonly procedures: ReadonlyMap<string, Caught>;
  /** Share that the best detection caught; nothing when none was tested on it. */
  readonly recall: number | undefined;
}

/**
 * Every technique that a detection claims, is tagged with or is measured on, in order. A claimed technique covers its sub-techniques;
 * those that are played have lines of their own. Which attacks several detections catch together is not in the
 * measurement, so that the best one stands for all.
 */
export function techniquesOf({ detections }: Measurement): TechniqueCoverage[] {
  const names = new Set(
    detections.flatMap(({ claims, rule, scenarios }) => [
      ...claims.techniques,
      ...(rule.techniques ?? []),
      ...scenarios.flatMap(({ claimed, technique }) => (claimed && technique !== undefined ? [technique] : [])),
    ]),
  );
  return [...names].sort().map((technique) => {
    const covering = detections.flatMap(({ id, claims, rule, scenarios }) => {
      const claimed = claims.techniques.some((claim) => covers(claim, technique) || covers(technique, claim));
      if (!claimed && rule.techniques?.includes(technique) !== true) return [];
      const own = scenarios.filter(
        ({ claimed, technique: of }) => claimed && of !== undefined && covers(technique, of),
      );
      return [{ id, scenarios: own, ...sum(own) }];
    });
    const procedures = new Map<string, Caught>();
    for (const { scenarios } of covering) {
      for (const [name, caught] of byProcedure(scenarios)) {
        const best = procedures.get(name);
        if (best === undefined || shareOf(caught) > shareOf(best)) procedures.set(name, caught);
      }
    }
    const tested = covering.filter(({ activities }) => activities > 0);
    return {
      technique,
      detections: covering.map(({ id, detected, activities }) => ({ id, detected, activities })),
      procedures,
      recall: tested.length === 0 ? undefined : Math.max(...tested.map(shareOf)),
    };
  });
}

function covers(technique: string, other: string): boolean {
  return other === technique || other.startsWith(`${technique}.`);
}

function sum(all: readonly Caught[]): Caught {
  return {
    detected: all.reduce((total, { detected }) => total + detected, 0),
    activities: all.reduce((total, { activities }) => total + activities, 0),
  };
}

function shareOf({ detected, activities }: Caught): number {
  return activities === 0 ? 0 : detected / activities;
}

function byProcedure(
  scenarios: readonly (Caught & { readonly id: string; readonly procedure?: string | undefined })[],
): Map<string, Caught> {
  const names = [...new Set(scenarios.map(({ procedure, id }) => procedure ?? id))].sort();
  return new Map(names.map((name) => [name, sum(scenarios.filter(({ procedure, id }) => (procedure ?? id) === name))]));
}

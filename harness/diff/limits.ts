import { didYouMean } from '../files/nearest.js';
import type { Breach, DetectionComparison } from './result.js';

/** A limit of what a change may do to a detection. */
export interface Limit {
  readonly name: LimitName;
  /** What is still let through. */
  readonly atMost: number;
}

type LimitName = keyof typeof LIMITS;

interface Kind {
  /** How much of it there is; a text says why that is not known. */
  readonly measure: (comparison: DetectionComparison) => number | string;
  readonly unit: string;
  /** The unit of one of it, where that is another. */
  readonly one?: string;
}

const losses = (of: 'gained' | 'lost', truth: 'true' | 'false') => (comparison: DetectionComparison) =>
  'unmeasured' in comparison.alerts ? comparison.alerts.unmeasured : comparison.alerts[of][truth];

const change = (of: 'recall' | 'projectedPrecision' | 'alertsPerDayPer1000Hosts', sign: 1 | -1) => {
  return (comparison: DetectionComparison): number | string => {
    const { difference } = comparison[of];
    return 'unmeasured' in difference ? difference.unmeasured : sign * difference.estimate;
  };
};

const LIMITS = {
  'lost-true': { measure: losses('lost', 'true'), unit: 'true alerts lost', one: 'true alert lost' },
  'gained-false': { measure: losses('gained', 'false'), unit: 'false alerts gained', one: 'false alert gained' },
  'recall-drop': { measure: change('recall', -1), unit: 'of recall lost' },
  'precision-drop': { measure: change('projectedPrecision', -1), unit: 'of projected precision lost' },
  'alerts-rise': { measure: change('alertsPerDayPer1000Hosts', 1), unit: 'more false alerts a day per 1,000 hosts' },
  'lost-outputs': {
    measure: ({ contract }) =>
      contract.filter(({ what, after }) => after === undefined && /^(column|entity|custom)/.test(what)).length,
    unit: 'columns, entity mappings or custom details vanished',
    one: 'column, entity mapping or custom detail vanished',
  },
  deleted: {
    measure: (comparison) => (comparison.change === 'deleted' ? 1 : 0),
    unit: 'detections deleted',
    one: 'detection deleted',
  },
} as const satisfies Readonly<Record<string, Kind>>;

export const LIMIT_NAMES = Object.keys(LIMITS) as readonly LimitName[];

/**
 * Reads `lost-true`, `gained-false=20` or `recall-drop=5%`. Without a number nothing is let through.
 *
 * @throws RangeError that says what is wrong with the text, and what may be written
 */
export function parseLimit(text: string): Limit {
  const [, name = '', value, percent] = /^([^=]*)(?:=(\d+(?:\.\d+)?)(%?))?$/.exec(text.trim()) ?? [];
  const known = LIMIT_NAMES.find((candidate) => candidate === name);
  if (known === undefined) {
    const hint = didYouMean(name === '' ? text : name, LIMIT_NAMES);
    throw new RangeError(
      [`There is no limit '${text}'; there are ${LIMIT_NAMES.join(', ')}, each with '=N' or without.`, hint]
        .filter(Boolean)
        .join(' '),
    );
  }
  return { name: known, atMost: value === undefined ? 0 : Number(value) / (percent === '%' ? 100 : 1) };
}

/** A limit as it is written. */
export function limitText({ name, atMost }: Limit): string {
  return atMost === 0 ? name : `${name}=${atMost}`;
}

/** The limits that a change exceeds. One whose subject is unmeasured for want of a version to compare with holds. */
export function breachesOf(comparison: DetectionComparison, limits: readonly Limit[]): Breach[] {
  return limits.flatMap((limit) => {
    const { measure, unit, one = unit } = LIMITS[limit.name] as Kind;
    const found = measure(comparison);
    if (typeof found === 'string' || found <= limit.atMost) return [];
    const shown = /-drop$/.test(limit.name) ? `${Number((found * 100).toPrecision(3))}%` : Number(found.toPrecision(4));
    const allowed = limit.atMost === 0 ? '' : `, at most ${limitText(limit).split('=')[1] ?? 0} allowed`;
    return [{ limit: limitText(limit), message: `${shown} ${found === 1 ? one : unit}${allowed}` }];
  });
}

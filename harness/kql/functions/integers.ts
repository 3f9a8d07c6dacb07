/**
 * Whole-number arithmetic in SQL as KQL does it: 64 bits that wrap, quotients towards zero, rests and bins that are
 * never negative, null on division by zero. DuckDB raises on overflow, so the work is done in 128 bits, which hold
 * every sum and product of two longs, and cut back to 64. Where the operands are seen to be small enough, 64 bits do,
 * which is some ten times as fast.
 */
import { once } from './once.js';

/** An operand: SQL of type BIGINT. */
export interface Whole {
  readonly sql: string;
  /** Set when the value is known. */
  readonly constant: bigint | undefined;
  /** The values it can have, when its type is narrower than long. */
  readonly low: bigint;
  readonly high: bigint;
}

export const LONG_MIN = -(2n ** 63n);
export const LONG_MAX = 2n ** 63n - 1n;
const HALF = 2n ** 62n;
/** The largest number of which the square is a long. */
const ROOT = 3_037_000_499n;
/** Text up to this length may stand more than once in SQL. */
const SHORT = 120;

/** SQL of the lower 64 bits of a HUGEINT. */
export function wrap(huge: string): string {
  return `((((${huge}) + ${2n ** 63n}::HUGEINT) & ${2n ** 64n - 1n}::HUGEINT) - ${2n ** 63n}::HUGEINT)::BIGINT`;
}

/** SQL of the lower 32 bits of a HUGEINT. */
export function wrapInt(huge: string): string {
  return `((((${huge}) + ${2n ** 31n}::HUGEINT) & ${2n ** 32n - 1n}::HUGEINT) - ${2n ** 31n}::HUGEINT)::INTEGER`;
}

/** SQL of `x + y`, `x - y` or `x * y` in 64 bits that wrap. */
export function combine(operator: '+' | '-' | '*', x: Whole, y: Whole): string {
  const plain = `((${x.sql}) ${operator} (${y.sql}))`;
  if (fits(operator, x, y)) return plain;
  const wrapped = wrap(`(${x.sql})::HUGEINT ${operator} (${y.sql})`);
  if (x.sql.length > SHORT || y.sql.length > SHORT) return wrapped;
  const bound = operator === '*' ? ROOT : HALF - 1n;
  const small = [x, y]
    .filter((operand) => !(operand.low >= -bound && operand.high <= bound))
    .map((operand) => `(${operand.sql}) BETWEEN ${-bound} AND ${bound}`);
  return `CASE WHEN ${small.join(' AND ')} THEN ${plain} ELSE ${wrapped} END`;
}

/** SQL of `x / y` towards zero; null by zero. */
export function quotient(x: Whole, y: Whole): string {
  if (y.constant !== undefined && y.constant !== -1n) return `((${x.sql}) // (${y.sql}))`;
  if (x.low > LONG_MIN) return `((${x.sql}) // (${y.sql}))`;
  return once([x.sql, y.sql], (dividend, divisor) => {
    const negative = negated({ ...x, sql: dividend, constant: undefined });
    return `CASE WHEN (${divisor}) = -1 THEN ${negative} ELSE (${dividend}) // (${divisor}) END`;
  });
}

/** SQL of `x % y`, from 0 to |y| - 1; null by zero. */
export function rest(x: Whole, y: Whole): string {
  if (y.constant !== undefined && y.constant !== 0n) {
    const size = y.constant < 0n ? -y.constant : y.constant;
    if (x.low >= 0n && size <= LONG_MAX) return `((${x.sql}) % ${size})`;
    if (size <= HALF) return `((((${x.sql}) % ${size}) + ${size}) % ${size})`;
  }
  return once(
    [`abs((${y.sql})::HUGEINT)`],
    (size) => `(((((${x.sql})::HUGEINT % ${size}) + ${size}) % ${size})::BIGINT)`,
  );
}

/** SQL of the largest multiple of `size` that is not above `x`; null unless the size is positive. */
export function floorTo(x: Whole, size: Whole): string {
  if (size.constant !== undefined) {
    const step = size.constant;
    if (step <= 0n) return 'NULL::BIGINT';
    if (x.low >= 0n) return `((${x.sql}) // ${step} * ${step})`;
    // A multiple of the step lifts x above zero, where dividing rounds down.
    const lift = ((2n ** 63n + step - 1n) / step) * step;
    const huge = `(((${x.sql})::HUGEINT + ${lift}::HUGEINT) // ${step} * ${step} - ${lift}::HUGEINT)`;
    if (x.sql.length > SHORT || step > HALF) return wrap(huge);
    return `CASE WHEN (${x.sql}) >= 0 THEN (${x.sql}) // ${step} * ${step} ELSE ${wrap(huge)} END`;
  }
  return once([`(${x.sql})::HUGEINT`, `(${size.sql})::HUGEINT`], (value, by) => {
    const floored = wrap(`${value} - (((${value} % ${by}) + ${by}) % ${by})`);
    return `CASE WHEN ${by} > 0 THEN ${floored} END`;
  });
}

/** SQL of `-x`. */
export function negated(x: Whole): string {
  if (x.low > LONG_MIN) return `(-(${x.sql}))`;
  return wrap(`-((${x.sql})::HUGEINT)`);
}

/** Whether the result is a long for all values that the operands can have. */
function fits(operator: '+' | '-' | '*', x: Whole, y: Whole): boolean {
  const ends = [x.low, x.high].flatMap((a) =>
    [y.low, y.high].map((b) => (operator === '+' ? a + b : operator === '-' ? a - b : a * b)),
  );
  return ends.every((end) => end >= LONG_MIN && end <= LONG_MAX);
}

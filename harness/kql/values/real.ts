/** Values of type `real`: 64-bit floating point. */

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const INFINITY = /^[+-]?[Ii]nf(inity)?$/;
const NAN = /^[+-]?(NaN|Nan|nan)$/;

/**
 * Text as KQL prints a real: the shortest digits that read back as the same number, always with a point or an
 * exponent, which starts above 10^21 and below 10^-6 (`1.0`, `0.0001`, `1e30`).
 */
export function formatReal(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value).replace('e+', 'e');
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** The real that a text means to `toreal()`, blanks around it ignored; null when it is none. */
export function parseReal(text: string): number | null {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed)) return Number(trimmed);
  if (INFINITY.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
  return NAN.test(trimmed) ? NaN : null;
}

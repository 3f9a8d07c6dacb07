/**
 * Values of type `decimal` as text of a plain number. The engine holds 20 digits before the point and 18 after it;
 * what is smaller rounds half away from zero, what is larger has no value.
 */

export const DECIMAL_SCALE = 18;
const UNIT = 10n ** BigInt(DECIMAL_SCALE);
const LIMIT = 10n ** 38n;
const NUMBER = /^([+-])?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** A decimal in units of 10^-18, or null when the text is no decimal. */
export function parseDecimal(text: string): bigint | null {
  const match = NUMBER.exec(text.trim());
  if (!match) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole + fraction === '') return null;
  const shift = DECIMAL_SCALE - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  if (digits !== 0n && shift > 2 * DECIMAL_SCALE + 2) return null;
  const units = shift >= 0 ? digits * 10n ** BigInt(shift) : divideRounded(digits, 10n ** BigInt(-shift));
  return bounded(sign === '-' ? -units : units);
}

/** Text of units of 10^-18, without trailing zeros. */
export function formatDecimal(units: bigint): string {
  const size = units < 0n ? -units : units;
  const fraction = String(size % UNIT)
    .padStart(DECIMAL_SCALE, '0')
    .replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${size / UNIT}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Sum, difference, product, quotient or rest of decimals in units; null beyond the range or by zero. */
export function computeDecimal(operator: '+' | '-' | '*' | '/' | '%', left: bigint, right: bigint): bigint | null {
  switch (operator) {
    case '+':
      return bounded(left + right);
    case '-':
      return bounded(left - right);
    case '*':
      return bounded(divideRounded(left * right, UNIT));
    case '/':
      return right === 0n ? null : bounded(divideRounded(left * UNIT, right));
    case '%':
      return right === 0n ? null : modulo(left, right);
  }
}

/** A real as decimal units: the digits that KQL shows of it. */
export function decimalOfReal(value: number): bigint | null {
  return Number.isFinite(value) ? parseDecimal(String(value)) : null;
}

function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const size = dividend < 0n ? -dividend : dividend;
  const by = divisor < 0n ? -divisor : divisor;
  const quotient = (2n * size + by) / (2n * by);
  return negative ? -quotient : quotient;
}

/** Never negative, whatever the signs. */
function modulo(left: bigint, right: bigint): bigint {
  const rest = left % right;
  if (rest >= 0n) return rest;
  return right < 0n ? rest - right : rest + right;
}

function bounded(units: bigint): bigint | null {
  return units > -LIMIT && units < LIMIT ? units : null;
}

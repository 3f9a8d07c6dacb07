/**
 * The digits of a real within a dynamic value as the engine writes them in `tostring()`: those of Grisu2 as RapidJSON had
 * it. Digits are made from the upper end of the numbers that read back as the same, and are set right towards the number
 * itself for nine decimals only. So beyond fifteen digits the last one may be greater than that of the shortest text
 * (`9.999999999999999`).
 */

/** Texts of so many digits read back as one number only, and no other text of that length does. */
const SURE_DIGITS = 15;

/** Strings, which are passed over, and numbers. */
const STRINGS_AND_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;

/** JSON text of a dynamic value as `tostring()` gives it: its reals with the digits of the engine, and no `+` in exponents. */
export function withEngineDigits(json: string): string {
  return json.replace(STRINGS_AND_NUMBERS, (found) =>
    found[0] !== '"' && /[.e]/.test(found) ? rewritten(found.replace('e+', 'e')) : found,
  );
}

function rewritten(text: string): string {
  const [mantissa = ''] = text.split('e');
  if (mantissa.replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '').length <= SURE_DIGITS) return text;
  const { digits, exponent } = engineDigits(Number(text));
  const sign = text.startsWith('-') ? '-' : '';
  const point = digits.length + exponent;
  if (text.includes('e')) {
    const [first, rest] = [digits.slice(0, 1), digits.slice(1)];
    return `${sign}${first}${rest === '' ? '' : `.${rest}`}e${point - 1}`;
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}.0`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** A number as `f * 2^e`, of 64 bits. */
interface Scaled {
  readonly f: bigint;
  readonly e: number;
}

const ONE_BITS = 64n;
const HIDDEN = 1n << 52n;
const LAST_CORRECTED = 9;

/** Significant digits, without zeros at the ends, and where the point stands: at `digits.length + exponent`. */
function engineDigits(value: number): { readonly digits: string; readonly exponent: number } {
  const { f, e } = parts(value);
  const upper = normalized({ f: 2n * f + 1n, e: e - 1 });
  const below = f === HIDDEN ? { f: 4n * f - 1n, e: e - 2 } : { f: 2n * f - 1n, e: e - 1 };
  const lower = { f: below.f << BigInt(below.e - upper.e), e: upper.e };
  const { power, exponent } = powerFor(upper.e);
  const [middle, high, low] = [normalized({ f, e }), upper, lower].map((part) => product(part, power)) as [
    Scaled,
    Scaled,
    Scaled,
  ];
  const top = high.f - 1n;
  return generated(middle.f, { f: top, e: high.e }, top - (low.f + 1n), exponent);
}

function parts(value: number): Scaled {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const [biased, fraction] = [Number((bits >> 52n) & 0x7ffn), bits & (HIDDEN - 1n)];
  return biased === 0 ? { f: fraction, e: -1074 } : { f: fraction + HIDDEN, e: biased - 1075 };
}

function bitsOf(f: bigint): number {
  return f.toString(2).length;
}

function normalized({ f, e }: Scaled): Scaled {
  const shift = 64 - bitsOf(f);
  return { f: f << BigInt(shift), e: e - shift };
}

/** The upper half of the product, rounded. */
function product(a: Scaled, b: Scaled): Scaled {
  const whole = a.f * b.f;
  return { f: (whole + (1n << (ONE_BITS - 1n))) >> ONE_BITS, e: a.e + b.e + 64 };
}

const powers = new Map<number, Scaled>();

/** A power of ten, of those that are eight apart, that brings a number of this exponent near to one; and its inverse. */
function powerFor(e: number): { readonly power: Scaled; readonly exponent: number } {
  const step = Math.ceil((-61 - e) * 0.30102999566398114 + 347);
  const tens = -348 + 8 * ((step >> 3) + 1);
  const power = powers.get(tens) ?? powerOfTen(tens);
  powers.set(tens, power);
  return { power, exponent: -tens };
}

function powerOfTen(tens: number): Scaled {
  const ten = 10n ** BigInt(Math.abs(tens));
  const [above, under] = tens >= 0 ? [ten, 1n] : [1n, ten];
  let e = bitsOf(above) - bitsOf(under) - 64;
  let f = rounded(above, under, e);
  if (bitsOf(f) > 64) f = rounded(above, under, ++e);
  if (bitsOf(f) < 64) f = rounded(above, under, --e);
  return { f, e };
}

/** `above / under / 2^e`, rounded to a whole number. */
function rounded(above: bigint, under: bigint, e: number): bigint {
  const [a, b] = e < 0 ? [above << BigInt(-e), under] : [above, under << BigInt(e)];
  return (2n * a + b) / (2n * b);
}

function generated(middle: bigint, top: Scaled, width: bigint, exponent: number): ReturnType<typeof engineDigits> {
  const shift = BigInt(-top.e);
  const one = 1n << shift;
  const distance = top.f - middle;
  let whole = top.f >> shift;
  let rest = top.f & (one - 1n);
  const digits: number[] = [];
  const push = (digit: bigint): void => {
    if (digit !== 0n || digits.length > 0) digits.push(Number(digit));
  };
  const done = (at: number, left: bigint, delta: bigint, unit: bigint, goal: bigint) => {
    let off = left;
    while (off < goal && delta - off >= unit && (off + unit < goal || goal - off > off + unit - goal)) {
      digits[digits.length - 1] = (digits.at(-1) ?? 0) - 1;
      off += unit;
    }
    return { digits: digits.join(''), exponent: exponent + at };
  };
  for (let left = whole.toString().length - 1; left >= 0; left--) {
    const unit = 10n ** BigInt(left);
    push(whole / unit);
    whole %= unit;
    const remaining = (whole << shift) + rest;
    if (remaining <= width) return done(left, remaining, width, unit << shift, distance);
  }
  let delta = width;
  for (let decimals = 1; ; decimals++) {
    rest *= 10n;
    delta *= 10n;
    push(rest >> shift);
    rest &= one - 1n;
    if (rest >= delta) continue;
    const goal = decimals < LAST_CORRECTED ? distance * 10n ** BigInt(decimals) : 0n;
    return done(-decimals, rest, delta, one, goal);
  }
}

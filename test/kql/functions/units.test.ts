import { expect, it } from 'vitest';
import { functions } from '../../../harness/kql/functions/units.js';
import { arg, evaluate } from '../support.js';

function convert(quantity: string, value: number | null, from: string, to: string): Promise<unknown> {
  const found = functions.find((fn) => fn.name === `convert_${quantity}`);
  if (!found) throw new Error(`no ${quantity}`);
  return evaluate(found, [arg(value, 'real'), arg(from), arg(to)], 'real');
}

it.each([
  ['angle', 90, 'Degree', 'Radian', Math.PI / 2],
  ['angle', 30, 'Degree', 'Tilt', 0.5],
  ['angle', 1, 'Tilt', 'Degree', 90],
  ['energy', 1, 'KilowattHour', 'Megajoule', 3.6],
  ['energy', 5, 'Kilocalorie', 'Joule', 20_920],
  ['force', 250, 'Newton', 'Decanewton', 25],
  ['length', 1, 'Foot', 'Inch', 12],
  ['length', 2, 'NauticalMile', 'Meter', 3704],
  ['mass', 16, 'Ounce', 'Pound', 1],
  ['speed', 36, 'KilometerPerHour', 'MeterPerSecond', 10],
  ['volume', 3, 'CubicMeter', 'Liter', 3000],
  ['volume', 2, 'KilousGallon', 'UsGallon', 2000],
])('%s: %d %s in %s', async (quantity, value, from, to, expected) => {
  expect(await convert(quantity, value, from, to)).toBeCloseTo(expected, 9);
});

it('gives null for an unknown unit and for null', async () => {
  expect(await convert('length', 1, 'Meter', 'Metre')).toBeNull();
  expect(await convert('length', null, 'Meter', 'Foot')).toBeNull();
});

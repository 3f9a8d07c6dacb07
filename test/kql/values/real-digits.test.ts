import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withEngineDigits } from '../../../harness/kql/values/real-digits.js';
import { rows } from '../query.js';

describe('reals of a dynamic value as text', () => {
  it.each([
    // Digits come from the upper end of the numbers that read back as the same.
    ['9.999999999999998', '9.999999999999999'],
    ['40.764323000000005', '40.764323000000008'],
    // Where there is one text of this length alone, it is the shortest.
    ['10.000000000000002', '10.000000000000002'],
    ['50.62500000000001', '50.62500000000001'],
    ['-0.5', '-0.5'],
    ['1e+300', '1e300'],
    ['1e-7', '1e-7'],
    ['5e-324', '5e-324'],
    ['12345678901234567', '12345678901234567'],
    ['{"9.999999999999998":[true,"1e+300"]}', '{"9.999999999999998":[true,"1e+300"]}'],
  ])('%s is %s', (json, expected) => {
    expect(withEngineDigits(json)).toBe(expected);
  });

  it('read back as the same numbers', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const json = JSON.stringify(value);
        expect(Number(withEngineDigits(/[.e]/.test(json) ? json : `${json}.0`))).toBe(value + 0);
      }),
    );
  });

  it('stand in the text of a dynamic value, however it is made', async () => {
    const text =
      'datatable(x: real) [9.9999999999999982] | extend d = pack_array(x) ' +
      '| project tostring(d), strcat(d[0], "!"), strcat_array(d, ","), tostring(bag_pack("k", 1e300))';
    expect(await rows(text)).toEqual([
      ['[9.999999999999999]', '9.999999999999999!', '9.999999999999999', '{"k":1e300}'],
    ]);
  });
});

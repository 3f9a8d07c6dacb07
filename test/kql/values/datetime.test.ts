import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { civil, formatDatetime, MAX_DATETIME, parseDatetime, ticksOf } from '../../../harness/kql/values/datetime.js';

function read(text: string): string | null {
  const ticks = parseDatetime(text);
  return ticks === null ? null : formatDatetime(ticks);
}

describe('parseDatetime', () => {
  it.each([
    ['2024-05-08T09:07:06.1234567Z', '2024-05-08T09:07:06.1234567Z'],
    ['2024-05-08 09:07:06.12', '2024-05-08T09:07:06.1200000Z'],
    ['2024-05-08T09:07', '2024-05-08T09:07:00.0000000Z'],
    ['2024-05-08', '2024-05-08T00:00:00.0000000Z'],
    ['2024-5-8', '2024-05-08T00:00:00.0000000Z'],
    ['2024 - 05 - 08', '2024-05-08T00:00:00.0000000Z'],
    ['2024, 5, 8', '2024-05-08T00:00:00.0000000Z'],
    ['2024.05.08 09:07', '2024-05-08T09:07:00.0000000Z'],
    ['2024-05', '2024-05-01T00:00:00.0000000Z'],
    ['2024', '2024-01-01T00:00:00.0000000Z'],
    ['20240508', '2024-05-08T00:00:00.0000000Z'],
    ['20240508T090706Z', '2024-05-08T09:07:06.0000000Z'],
    ['2024-05-08T09:07:06+02:00', '2024-05-08T07:07:06.0000000Z'],
    ['2024-05-08T09:07:06-0530', '2024-05-08T14:37:06.0000000Z'],
    ['2024-05-08 23:07:06 -01', '2024-05-09T00:07:06.0000000Z'],
    [' 2024-05-08 ', '2024-05-08T00:00:00.0000000Z'],
    ['2024-05-08T09:07:06.12345678', '2024-05-08T09:07:06.1234568Z'],
    ['5/8/2024', '2024-05-08T00:00:00.0000000Z'],
    ['5/8/2024 1:07:06 PM', '2024-05-08T13:07:06.0000000Z'],
    ['05-08-2024 09:07', '2024-05-08T09:07:00.0000000Z'],
    ['8 May 2024', '2024-05-08T00:00:00.0000000Z'],
    ['May 8, 2024', '2024-05-08T00:00:00.0000000Z'],
    ['September 8 2024 09:07', '2024-09-08T09:07:00.0000000Z'],
    ['Wed, 8 May 24 09:07:06 GMT', '2024-05-08T09:07:06.0000000Z'],
    ['Wednesday, 08-May-24 09:07', '2024-05-08T09:07:00.0000000Z'],
    ['8 May 24 09:07 UTC', '2024-05-08T09:07:00.0000000Z'],
  ])('reads %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    '',
    'today',
    '2023-02-29',
    '2024-13-01',
    '13/01/2024 x',
    '0000-01-01',
    '2024-05-08T24:00',
    '2024-05-08T09:60',
    '0001-01-01T00:00+01:00',
    '9999-12-31T23:59-01:00',
    '2024-05/08',
    '1715159226',
    '8 Mai 2024',
  ])('does not read %j', (text) => {
    expect(read(text)).toBeNull();
  });

  it('reads what formatDatetime prints', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, MAX_DATETIME), (ticks) => {
        expect(parseDatetime(formatDatetime(ticks))).toBe(ticks);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0129-/:.,TZ +apmJn'.split('')) }),
        (text) => parseDatetime(text) !== undefined,
      ),
    );
  });
});

it('takes a datetime apart and puts it together', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, MAX_DATETIME), (ticks) => {
      const { year, month, day, ofDay } = civil(ticks);
      expect(ticksOf(year, month, day, ofDay)).toBe(ticks);
    }),
  );
});

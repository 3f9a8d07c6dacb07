import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTimespan, parseTimespan } from '../../../harness/kql/values/timespan.js';

const SECOND = 10_000_000n;
const DAY = 86_400n * SECOND;

describe('parseTimespan', () => {
  it.each([
    ['1d', DAY],
    ['2h', 7200n * SECOND],
    ['1.5m', 90n * SECOND],
    ['.5s', SECOND / 2n],
    ['10ms', 100_000n],
    ['3microsecond', 30n],
    ['7ticks', 7n],
    ['-1day', -DAY],
    ['12:30', 45_000n * SECOND],
    ['1.02:03:04.5', DAY + 7384n * SECOND + SECOND / 2n],
    ['-00:00:01', -SECOND],
    ['5', 5n * DAY],
    [' 1d ', DAY],
  ])('reads %s', (text, expected) => {
    expect(parseTimespan(text)).toBe(expected);
  });

  it.each(['', 'd', '1x', '25:00', '00:60', '1:2:3:4', '99999999999d', 'P1D', '1.5'])('does not read %j', (text) => {
    expect(parseTimespan(text)).toBeNull();
  });
});

describe('formatTimespan', () => {
  it.each([
    [0n, '00:00:00'],
    [-1n, '-00:00:00.0000001'],
    [DAY, '1.00:00:00'],
    [-DAY - SECOND, '-1.00:00:01'],
  ])('prints %d', (ticks, expected) => {
    expect(formatTimespan(ticks)).toBe(expected);
  });

  it('prints what parseTimespan reads', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (ticks) => {
        expect(parseTimespan(formatTimespan(ticks))).toBe(ticks);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../harness/detection/duration.js';

describe('durations', () => {
  it('are read as KQL and as ISO 8601 write them', () => {
    expect(parseDuration('5m')).toBe(3_000_000_000n);
    expect(parseDuration('PT5M')).toBe(3_000_000_000n);
    expect(parseDuration('P1DT12H')).toBe(parseDuration('36h'));
  });

  it('are nothing where the text says none', () => {
    for (const text of ['', 'P', 'PT', 'P1', '5', 'm5', '5 m', '-1h', 'P1M', '0s', 'PT0S']) {
      expect(parseDuration(text), text).toBeUndefined();
    }
  });

  it('are printed so that they read back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 9n }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 10_000_000n))).toBe(seconds * 10_000_000n);
      }),
    );
  });
});

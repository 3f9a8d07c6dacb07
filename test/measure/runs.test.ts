import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import type { Detection } from '../../harness/detection/detection.js';
import { clockFor } from '../../harness/explain/event.js';
import { instantsOf } from '../../harness/measure/runs.js';
import { prepare } from '../../simulators/play.js';
import { loadWorkload } from '../../simulators/workload.js';

afterEach(() => {
  delete process.env['ASSAY_LIMITS'];
});

const DAY = 864_000_000_000n;

it('a rule runs so often, and no more', () => {
  const world = { start: 0n, end: DAY };
  expect(instantsOf({ every: DAY / 24n }, world)).toHaveLength(24);
  expect(instantsOf({ every: 2n * DAY }, world)).toEqual([DAY]);
  const statedAt = { file: 'rule.yaml', line: 6, column: 17 };
  expect(() => instantsOf({ every: DAY / 86_400n, statedAt }, world)).toThrow(
    'rule.yaml:6:17: The rule would run 86,400 times over this workload. The limit is 10,080; set ASSAY_LIMITS=rule-runs=… to raise it.',
  );
  process.env['ASSAY_LIMITS'] = 'rule-runs=100000';
  expect(instantsOf({ every: DAY / 86_400n }, world)).toHaveLength(86_400);
});

it('the clock of an event is the first run behind it, however many there are', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: -20, max: 250 }),
      fc.nat(200),
      (every, at, length) => {
        const runs = { runs: { every: BigInt(every) } } as Detection;
        const instants = instantsOf({ every: BigInt(every) }, { start: 0n, end: BigInt(length) });
        const first = instants.find((now) => now > BigInt(at) && now <= BigInt(length)) ?? BigInt(length);
        expect(clockFor(BigInt(at), runs, 0n, BigInt(length))).toBe(first);
      },
    ),
  );
  expect(
    clockFor(3_155_378_975_999_999_999n, { runs: { every: 1n } } as Detection, 0n, 3_155_378_976_000_000_000n),
  ).toBe(3_155_378_976_000_000_000n);
});

it('a workload has so many hosts, days and events, and no more', () => {
  const workload = loadWorkload('enterprise');
  expect(() => prepare(workload, { hosts: 1_000_000_000 })).toThrow(
    "workload 'enterprise': 1,000,000,000 hosts are too many. The limit is 100,000; set ASSAY_LIMITS=hosts=… to raise it.",
  );
  expect(() => prepare(workload, { days: 1_000_000_000 })).toThrow(
    '1,000,000,000 days are too many. The limit is 366;',
  );
  process.env['ASSAY_LIMITS'] = 'simulated-events=100000';
  expect(() => prepare(workload, { hosts: 500, days: 30 })).toThrow(
    /It would make about [\d,]+ events\. The limit is 100,000; set ASSAY_LIMITS=simulated-events=/,
  );
  expect(() => prepare(workload, { hosts: 10, days: 1 })).not.toThrow();
});

it('a workload has so many runs of attacks, and no more', () => {
  process.env['ASSAY_LIMITS'] = 'simulated-events=1000000';
  const workload = loadWorkload('enterprise');
  expect(() => prepare(workload, { hosts: 10, runs: 10_000 })).toThrow(/It would make about [\d,]+ events/);
  expect(() => prepare(workload, { hosts: 10, runs: 5 })).not.toThrow();
});

import { describe, expect, it } from 'vitest';
import type { Counts, ScenarioCounts } from '../../harness/measure/counts.js';
import { type Exposure, figuresOf } from '../../harness/measure/figures.js';
import { judgeGates } from '../../harness/measure/gates.js';
import { isUnmeasured } from '../../harness/measure/measurement.js';

const played: Exposure = {
  hosts: 500,
  days: 2,
  seed: 1,
  scenarios: [
    { id: 'implant', title: 'Implant', label: 'malicious', rateFactor: { low: 1, mid: 1, high: 1 } },
    { id: 'other', title: 'Other technique', label: 'malicious', rateFactor: { low: 1, mid: 1, high: 1 } },
    { id: 'updater', title: 'Updater', label: 'benign', rateFactor: { low: 0.5, mid: 1, high: 4 } },
  ],
};

const scenario = (counts: Partial<ScenarioCounts> & Pick<ScenarioCounts, 'scenario' | 'label'>): ScenarioCounts => ({
  technique: undefined,
  procedure: undefined,
  activities: 0,
  detected: 0,
  alerts: 0,
  owned: 0,
  ...counts,
});

const counts: Counts = {
  alerts: 20,
  scenarios: [
    scenario({
      scenario: 'implant',
      label: 'malicious',
      technique: 'T1102.001',
      activities: 8,
      detected: 6,
      alerts: 12,
      owned: 12,
    }),
    scenario({ scenario: 'other', label: 'malicious', technique: 'T1071.001', activities: 5, detected: 0 }),
    scenario({ scenario: 'updater', label: 'benign', activities: 100, detected: 8, alerts: 8, owned: 8 }),
  ],
  clusters: [
    { label: 'malicious', alerts: 12 },
    { label: 'benign', alerts: 5 },
    { label: 'benign', alerts: 3 },
  ],
  events: [
    { role: 'lookup', scenario: 'implant', events: 16, returned: 12 },
    { role: 'callback', scenario: 'implant', events: 40, returned: 2 },
    { role: 'lookup', scenario: 'other', events: 5, returned: 1 },
    { role: 'background', scenario: 'updater', events: 1000, returned: 8 },
  ],
};

const claims = { techniques: ['T1102'], roles: ['lookup'] };

describe('figuresOf', () => {
  const figures = figuresOf(counts, played, claims, true, 0.5);

  it('takes recall over the activities of claimed techniques only', () => {
    expect(figures.recall).toMatchObject({ estimate: 6 / 8, n: 8 });
    expect(figures.scenarios.map(({ id, claimed }) => [id, claimed])).toEqual([
      ['implant', true],
      ['other', false],
      ['updater', false],
    ]);
  });

  it('takes precision over alerts', () => {
    expect(figures.alerts).toEqual({ total: 20, true: 12, false: 8 });
    expect(figures.precision).toMatchObject({ estimate: 0.6, n: 20, clusters: 3 });
  });

  it('scales false alerts to a day and 1,000 hosts, at each rate', () => {
    expect(figures.alertsPerDayPer1000Hosts).toEqual({ low: 4, mid: 8, high: 32 });
  });

  it('projects precision at the attack rate', () => {
    const trueAlerts = 0.5 * 0.75 * 2;
    expect(figures.projectedPrecision).toMatchObject({
      estimate: trueAlerts / (trueAlerts + 8),
      attackRate: 0.5,
      n: 8,
    });
  });

  it('judges events by targeted role: others of an attack are neither caught nor false', () => {
    expect(figures.events).toEqual({ tp: 12, fn: 4, fp: 8, tn: 992 });
    const grouped = figuresOf(counts, played, claims, false, 0.5);
    expect(isUnmeasured(grouped.events)).toBe(true);
  });

  it('gives a reason instead of 0 or 1 where there is nothing to count', () => {
    const nothing = figuresOf({ alerts: 0, scenarios: [], clusters: [], events: [] }, played, claims, true, 0.5);
    expect(nothing.recall).toEqual({ unmeasured: 'the workload holds no activity of a claimed technique' });
    expect(nothing.precision).toEqual({ unmeasured: 'the rule raised no alert' });
    expect(isUnmeasured(nothing.projectedPrecision)).toBe(true);
  });

  it('does not project certainty from a workload without a false alert', () => {
    const quiet = { ...counts, alerts: 12, clusters: [{ label: 'malicious', alerts: 12 } as const] };
    const scenarios = counts.scenarios.map((one) => (one.label === 'benign' ? { ...one, alerts: 0, owned: 0 } : one));
    const { projectedPrecision } = figuresOf({ ...quiet, scenarios }, played, claims, true, 0.01);
    expect(projectedPrecision).toMatchObject({ estimate: 1, high: 1 });
    expect('low' in projectedPrecision ? projectedPrecision.low : 1).toBeLessThan(0.01);
  });
});

describe('judgeGates', () => {
  const figures = figuresOf(counts, played, claims, true, 0.5);

  it('holds each demand against its figure', () => {
    const gates = {
      recall: { atLeast: 0.75 },
      alertsPerDayPer1000Hosts: { atMost: 7 },
      scenarios: { implant: { recall: { atLeast: 0.5 } }, updater: { alerts: { atMost: 8 } } },
    };
    expect(judgeGates(gates, figures)).toEqual([
      { name: 'recall', demand: 'at least 75%', actual: 0.75, passed: true, message: 'is 75%' },
      {
        name: 'false alerts',
        demand: 'at most 7 alerts a day per 1,000 hosts',
        actual: 8,
        passed: false,
        message: 'is 8 alerts a day per 1,000 hosts, must be at most 7 alerts a day per 1,000 hosts',
      },
      { name: 'scenario implant', demand: 'at least 50%', actual: 0.75, passed: true, message: 'is 75%' },
      {
        name: 'scenario updater',
        demand: 'at most 8 alerts a day per 1,000 hosts',
        actual: 8,
        passed: true,
        message: 'is 8 alerts a day per 1,000 hosts',
      },
    ]);
  });

  it('fails a demand on what is unmeasured, and says why', () => {
    const [gate] = judgeGates({ scenarios: { implnt: { recall: { atLeast: 0 } } } }, figures);
    expect(gate).toMatchObject({ passed: false, actual: null, message: expect.stringContaining('no activity of it') });
  });
});

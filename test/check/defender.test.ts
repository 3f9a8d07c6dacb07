import { afterAll, describe, expect, test } from 'vitest';
import { defender, judge, judgeYaml, places, removeFolder } from './support.js';

afterAll(removeFolder);

describe('defender-columns', () => {
  test('names each missing column, where it is lost', () => {
    const text =
      'DeviceNetworkEvents\n| where RemotePort == 443\n| project Timestamp, DeviceName\n| sort by Timestamp desc';
    expect(places(judge(text))).toEqual(['defender-columns 3:3', 'defender-columns 3:3']);
    expect(judge(text).map(({ remedy }) => remedy)).toEqual([
      'Keep DeviceId in the result.',
      'Keep ReportId in the result.',
    ]);
  });

  test('at the source, where it never was', () => {
    expect(places(judge('print DeviceId = "x", Timestamp = now()'))).toEqual(['defender-columns 1:1']);
  });

  test('a Timestamp is a datetime', () => {
    const text = 'DeviceEvents | extend Timestamp = tostring(Timestamp)';
    expect(judge(text)).toMatchObject([{ code: 'defender-columns', severity: 'error' }]);
  });

  test.each([
    ['all columns', 'DeviceNetworkEvents | where RemotePort == 443'],
    ['kept by project', 'DeviceEvents | project Timestamp, DeviceId, ReportId'],
    ['kept by summarize', 'DeviceEvents | summarize arg_max(Timestamp, ReportId) by DeviceId'],
    ['an event without a device', 'EmailEvents | project Timestamp, ReportId, RecipientEmailAddress'],
    ['columns that only a run can tell', 'DeviceEvents | evaluate bag_unpack(todynamic(AdditionalFields))'],
  ])('not: %s', (_, text) => {
    expect(places(judge(text), 'defender-columns')).toEqual([]);
  });

  test('not: a Sentinel rule', () => {
    expect(judge('DeviceEvents | project DeviceName', 'sentinel')).toEqual([]);
  });
});

describe('defender-asset', () => {
  test('no device, user or mailbox', () => {
    const text = 'DeviceEvents | summarize count() by ActionType';
    expect(places(judge(text), 'defender-asset')).toEqual(['defender-asset 1:16']);
  });

  test.each(['DeviceName', 'AccountSid', 'InitiatingProcessAccountUpn'])('not: with %s', (column) => {
    expect(places(judge(`DeviceEvents | project ${column}`), 'defender-asset')).toEqual([]);
  });
});

describe('defender-one-event', () => {
  const summarize = (aggregates: string) =>
    places(judge(`DeviceEvents | summarize ${aggregates}`), 'defender-one-event');

  test.each([
    'Timestamp = max(Timestamp), ReportId = take_any(ReportId) by DeviceId',
    'arg_max(Timestamp, ActionType), ReportId = max(ReportId) by DeviceId',
    'Timestamp = min(Timestamp), DeviceId = take_any(DeviceId) by ReportId',
  ])('%s', (aggregates) => {
    expect(summarize(aggregates)).toEqual(['defender-one-event 1:16']);
  });

  test.each([
    'arg_max(Timestamp, ReportId) by DeviceId',
    'arg_max(Timestamp, *) by DeviceName',
    '(Timestamp, ReportId) = arg_min(Timestamp, ReportId), count() by DeviceId',
    'count() by Timestamp, ReportId, DeviceId',
    'count() by DeviceId',
  ])('not: %s', (aggregates) => {
    expect(summarize(aggregates)).toEqual([]);
  });
});

describe('a custom detection in YAML', () => {
  test('that nothing is wrong with', () => {
    expect(judgeYaml(defender())).toEqual([]);
  });

  test('defender-continuous: what a continuous rule cannot do', () => {
    const join = 'DeviceEvents | join kind=inner (DeviceProcessEvents | project DeviceId) on DeviceId // why';
    expect(places(judgeYaml(defender({ query: join, period: '0' })), 'defender-continuous')).toEqual([
      'defender-continuous 4:20',
      'defender-continuous 4:37',
      'defender-continuous 4:89',
    ]);
    expect(
      places(judgeYaml(defender({ query: 'DeviceTvmSoftwareInventory', period: '0' })), 'defender-continuous'),
    ).toEqual(['defender-continuous 4:5']);
  });

  test('not: in a rule that runs by the hour', () => {
    const join = 'DeviceEvents | join kind=inner (DeviceProcessEvents | project DeviceId) on DeviceId // why';
    expect(judgeYaml(defender({ query: join }))).toEqual([]);
    expect(judgeYaml(defender({ period: '0' }))).toEqual([]);
  });

  test('defender-alert: severity and asset', () => {
    expect(judgeYaml(defender({ severity: 'critical' }))).toMatchObject([
      { code: 'defender-alert', line: 10, length: 8 },
    ]);
    expect(judgeYaml(defender({ asset: 'mailboxName' }))).toMatchObject([{ code: 'defender-alert', line: 15 }]);
  });

  test('unfit-tactic: the category is the tactic', () => {
    expect(judgeYaml(defender({ category: 'Exfiltration' }))).toMatchObject([{ code: 'unfit-tactic', line: 12 }]);
    expect(judgeYaml(defender({ category: 'Malware' }))).toEqual([]);
  });
});

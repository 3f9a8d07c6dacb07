import { afterAll, describe, expect, test } from 'vitest';
import { judgeYaml, places, removeFolder, sentinel } from './support.js';

afterAll(removeFolder);

const of = (changes: Readonly<Record<string, string | undefined>>) => judgeYaml(sentinel(changes));

test('a rule that nothing is wrong with', () => {
  expect(judgeYaml(sentinel())).toEqual([]);
});

describe.each([
  ['sentinel-id', { id: 'dead-drop' }, '1:5'],
  ['sentinel-kind', { kind: 'Schedule' }, '3:7'],
  ['sentinel-severity', { severity: 'Critical' }, '4:11'],
  ['sentinel-severity', { severity: undefined }, '1:1'],
  ['sentinel-schedule', { queryFrequency: '4m' }, '5:17'],
  ['sentinel-schedule', { queryPeriod: '15d' }, '6:14'],
  ['sentinel-schedule', { queryFrequency: '2h' }, '6:14'],
  ['sentinel-schedule', { queryFrequency: '30m', queryPeriod: '2d' }, '5:17'],
  ['sentinel-schedule', { queryPeriod: undefined }, '1:1'],
  ['sentinel-trigger', { triggerOperator: undefined }, '1:1'],
  ['sentinel-trigger', { triggerThreshold: '10001' }, '8:19'],
  ['unknown-tactic', { tactics: '[CommandAndContol]' }, '9:11'],
  ['unknown-technique', { relevantTechniques: '[T1102, T1999]' }, '10:29'],
  ['unfit-tactic', { tactics: '[Exfiltration]' }, '10:22'],
  ['sentinel-query', { query: '|\n  search * | take 1' }, '12:3'],
] as const)('%s', (code, changes, place) => {
  test(JSON.stringify(changes), () => {
    const entityMappings = 'query' in changes ? { entityMappings: undefined } : {};
    const findings = of({ ...changes, ...entityMappings }).filter((finding) => finding.code !== 'unsupported-operator');
    expect(places(findings)).toEqual([`${code} ${place}`]);
  });
});

test.each([
  ['the bounds themselves', { queryFrequency: '5m', queryPeriod: '1d' }],
  ['ISO durations', { queryFrequency: 'PT1H', queryPeriod: 'P14D' }],
  [
    'an NRT rule has no schedule and no trigger',
    { kind: 'NRT', ...keys('queryFrequency queryPeriod triggerOperator triggerThreshold') },
  ],
  ['a severity from a column', { severity: undefined, alertDetailsOverride: '{alertSeverityColumnName: ActionType}' }],
  ['a technique of several tactics', { tactics: '[Persistence]', relevantTechniques: '[T1078.004]' }],
  [
    'a technique of the matrix for control systems',
    { tactics: '[ImpairProcessControl]', relevantTechniques: '[T0806]' },
  ],
  ['no tactics at all', { tactics: undefined }],
] as const)('not: %s', (_, changes) => {
  expect(of(changes)).toEqual([]);
});

function keys(names: string): Record<string, undefined> {
  return Object.fromEntries(names.split(' ').map((name) => [name, undefined]));
}

test('an NRT rule that states a schedule gets a warning', () => {
  expect(of({ kind: 'NRT', queryPeriod: undefined })).toMatchObject([
    { code: 'sentinel-schedule', severity: 'warning' },
  ]);
});

test('a query longer than the portal takes', () => {
  const list = Array.from({ length: 1000 }, (_, i) => `"host-${i}.example"`).join(', ');
  const query = (entries: string) => `|\n  DeviceNetworkEvents | where RemoteUrl in (${entries})`;
  expect(places(of({ query: query(list) }))).toEqual(['sentinel-query 12:3']);
  expect(of({ query: query('"host-1.example"') })).toEqual([]);
});

describe('sentinel-entities', () => {
  const mapping = (type: string, ...fields: [string, string][]) =>
    `\n  - entityType: ${type}\n    fieldMappings:${fields
      .map(([identifier, column]) => `\n      - identifier: ${identifier}\n        columnName: ${column}`)
      .join('')}`;
  const entities = (text: string) => places(of({ entityMappings: text }));

  test('an unknown type, an unknown identifier, a column that is not returned', () => {
    expect(entities(mapping('Machine', ['HostName', 'DeviceName']))).toEqual(['sentinel-entities 15:17']);
    expect(entities(mapping('Host', ['Hostname', 'DeviceName']))).toEqual(['sentinel-entities 17:21']);
    expect(entities(mapping('Host', ['HostName', 'Computer']))).toEqual(['sentinel-entities 18:21']);
  });

  test('more than 3 identifiers, or none', () => {
    const four = ['HostName', 'NTDomain', 'OSFamily', 'AzureID'].map((name): [string, string] => [name, 'DeviceName']);
    expect(entities(mapping('Host', ...four))).toEqual(['sentinel-entities 23:9']);
    expect(entities('\n  - entityType: Host\n    fieldMappings: []')).toEqual(['sentinel-entities 16:20']);
  });

  test('more than 10 mappings', () => {
    const many = (count: number) =>
      Array.from({ length: count }, () => mapping('IP', ['Address', 'RemoteIP'])).join('');
    expect(entities(many(11))).toEqual(['sentinel-entities 55:5']);
    expect(entities(many(10))).toEqual([]);
  });

  test('columns are judged by what the query returns at its end', () => {
    const query = '|\n  DeviceNetworkEvents | summarize Hosts = make_set(DeviceName) by RemoteIP';
    expect(places(of({ query, entityMappings: mapping('IP', ['Address', 'RemoteIP']) }))).toEqual([]);
    expect(places(of({ query, entityMappings: mapping('Host', ['HostName', 'DeviceName']) }))).toEqual([
      'sentinel-entities 17:21',
    ]);
  });
});

describe('sentinel-columns', () => {
  test.each([
    ['customDetails', '{Port: RemotePrt}', '18:23'],
    ['alertDetailsOverride', '{alertDisplayNameFormat: "On {{Device}}"}', '18:47'],
    ['alertDetailsOverride', '{alertTacticsColumnName: Tactic}', '18:47'],
    ['sentinelEntitiesMappings', '[{columnName: Entities}]', '18:40'],
  ])('%s: %s', (key, value) => {
    expect(places(of({ [key]: value }), 'sentinel-columns')).toHaveLength(1);
  });

  test.each([
    ['customDetails', '{Port: RemotePort}'],
    ['alertDetailsOverride', '{alertDisplayNameFormat: "On {{DeviceName}} to {{ RemoteIP }}"}'],
  ])('not: %s: %s', (key, value) => {
    expect(of({ [key]: value })).toEqual([]);
  });

  test('a near name is offered', () => {
    expect(of({ customDetails: '{Port: RemotePrt}' })).toMatchObject([
      { remedy: "Did you mean 'RemotePort'?", length: 9 },
    ]);
  });
});

test('the query is judged too, and places point into the YAML file', () => {
  const query =
    '|\n  DeviceNetworkEvents\n  | where RemoteUrl has_any ("t.me", "web.t.me")\n  | where NoSuchColumn == 1';
  expect(places(of({ query }))).toEqual(['covered-entry 13:38', 'KS142 14:11']);
});

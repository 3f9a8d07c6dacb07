import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../harness/check/check.js';
import { staleGuide } from '../../harness/check/rules/companions.js';
import { type Detection, findDetections, readDetection } from '../../harness/detection/detection.js';
import { Engine } from '../../harness/engine/index.js';
import { guideTo } from '../../harness/guide/guide.js';
import { GUIDE_FILE, type Guide, guideSchema, readMark } from '../../harness/guide/result.js';
import { compile } from '../../harness/kql/index.js';
import { insertions } from '../../harness/measure/events.js';
import type { PlayedWorld } from '../../harness/measure/play.js';
import { builtInCatalog } from '../../harness/tables/catalog.js';
import { renderGuides } from '../../reports/guide/render.js';
import { Sandbox } from '../detections/folder.js';
import { CATALOG, type SmallActivity, type SmallEvent, START, smallWorld } from '../measure/world.js';

const sandbox = new Sandbox();
let engine: Engine;
let detection: Detection;
let guide: Guide;
let played: PlayedWorld;

const RULE = `DeviceNetworkEvents
| where RemoteUrl has_any ("pastebin.com", "github.com")
| extend Finding = iff(RemoteUrl has "pastebin.com", "a paste", "a repository")
| project Timestamp, DeviceName, RemoteUrl, InitiatingProcessFileName, Finding
`;

const HOSTS = ['ada', 'bob', 'cyd', 'dan', 'eve'];

beforeAll(async () => {
  engine = await Engine.open();
  const activities: SmallActivity[] = HOSTS.map((host, i) => [i + 1, 'editor', 'benign', host]);
  const events: SmallEvent[] = HOSTS.map((_, i) => [i, i + 1, 'background', 'github.com', 'devenv.exe']);
  activities.push(
    [6, 'stealer', 'malicious', 'ada'],
    [7, 'stealer', 'malicious', 'bob'],
    [8, 'worm', 'malicious', 'ada'],
  );
  events.push(
    [6, 6, 'lookup', 'https://pastebin.com/raw/a', 'upd|`x.exe'],
    [7, 7, 'lookup', 'PasteBin.com', 'upd.exe'],
  );
  events.push([8, 8, 'lookup', 'rentry.co', 'powershell.exe']);
  played = await smallWorld(engine, activities, events);
  await engine.query(
    `UPDATE DeviceNetworkEvents SET RemotePort = 443,
       InitiatingProcessVersionInfoCompanyName = if(InitiatingProcessFileName = 'devenv.exe', 'Microsoft', ''),
       InitiatingProcessFolderPath = if(InitiatingProcessFileName = 'devenv.exe', 'C:\\Program Files\\VS\\devenv.exe',
         'C:\\Users\\' || DeviceName || '\\AppData\\Roaming\\' || InitiatingProcessFileName)`,
  );
  detection = readDetection(sandbox.detection({ 'rule.kql': RULE, 'tests.yaml': undefined }));
  guide = await guideTo(detection, CATALOG, played);
});
afterAll(() => {
  engine.close();
  sandbox.remove();
});

describe('a guide', () => {
  it('tells by which signs alerts of attacks are known, that which tells most first', () => {
    expect(guideSchema.parse(guide)).toEqual(guide);
    expect(guide.alerts).toEqual({ true: 2, false: 5 });
    expect(guide.signs.map(({ id, ofAttacks, ofEveryday, tells }) => [id, ofAttacks, ofEveryday, tells])).toEqual([
      ['no-company', 1, 0, 1],
      ['rare-place', 1, 0, 1],
      ['rare-program', 1, 0, 1],
      ['user-folder', 1, 0, 1],
      ['posting-service', 1, 1, 0],
    ]);
  });

  it('says of each scenario what its alerts hold, what looks like it, and which attacks raise none', () => {
    expect(guide.scenarios.map(({ id, label, alerts }) => [id, label, alerts])).toEqual([
      ['stealer', 'malicious', 2],
      ['editor', 'benign', 5],
    ]);
    const [stealer] = guide.scenarios;
    expect(stealer?.answers).toEqual([
      { column: 'Finding', values: { first: [{ value: 'a paste', alerts: 2 }], others: 0 } },
    ]);
    expect(stealer?.places).toEqual([
      { role: 'lookup', values: { first: [{ value: 'pastebin.com', alerts: 2 }], others: 0 } },
    ]);
    expect(stealer?.facts.find(({ fact }) => fact === 'path')?.values.first).toEqual([
      { value: 'C:\\Users\\…\\AppData\\Roaming', alerts: 2 },
    ]);
    expect(stealer?.lookAlike).toMatchObject({ scenario: 'editor' });
    expect(stealer?.lookAlike?.differs[0]).toEqual({ sign: 'no-company', here: true });
    expect(guide.silent.map(({ id }) => id)).toEqual(['worm']);
  });

  it('reads as Markdown, in which nothing of an event is markup', () => {
    const text = renderGuides('markdown', [guide]);
    expect(text).toContain('| the program names no company in its version information      |    100% |       0% |');
    expect(text).toContain('- Program: `upd.exe` (1), `` upd¦`x.exe `` (1)');
    expect(text).toContain('- The worm (`worm`), 1 activity');
    expect(JSON.parse(renderGuides('json', [guide]))).toEqual({ detections: [guide] });
  });

  it('is outdated once the rule or what was accepted of it is another, and `assay check` says so', () => {
    const { folder } = detection;
    /** What is said of files beside the rule. */
    const codes = () =>
      check({ folder }).findings.flatMap(({ code, file, line, column }) =>
        code === 'guide-outdated' || code === 'hunt-unfit' ? [`${code} ${basename(file)}:${line}:${column}`] : [],
      );
    const text = renderGuides('markdown', [guide]);
    writeFileSync(join(folder, GUIDE_FILE), text);
    expect(readMark(text)).toEqual({ rule: detection.deployed.sha256, workload: '0', alerts: guide.alerts });
    expect(codes()).toEqual([]);
    writeFileSync(join(folder, 'rule.kql'), `${RULE}| where true\n`);
    expect(codes()).toEqual(['guide-outdated guide.md:1:1']);
    writeFileSync(join(folder, GUIDE_FILE), '# By hand\n');
    mkdirSync(join(folder, 'hunting'));
    writeFileSync(join(folder, 'hunting', 'wide.kql'), 'DeviceNetworkEvents\n| where RemotUrl == ""\n');
    expect(codes()).toEqual(['guide-outdated guide.md:1:1', 'hunt-unfit wide.kql:2:9']);
  });

  it('is refused for a rule that raises no alert', async () => {
    const rule = 'DeviceNetworkEvents | where RemotePort == 1 | project Timestamp, DeviceName\n';
    const silent = readDetection(sandbox.detection({ 'rule.kql': rule, 'tests.yaml': undefined }, 'silent'));
    await expect(guideTo(silent, CATALOG, played)).rejects.toThrow(
      /rule\.kql: No guide can be made: it raises no alert/,
    );
  });
});

describe('what is shipped beside rules', () => {
  it('is of the rule that it stands beside, and of the alerts that were accepted', () => {
    const found = findDetections(['detections']).flatMap((folder) => {
      const detection = { files: readDetection(folder), names: CATALOG };
      return [...staleGuide.run({ detection })];
    });
    expect(found).toEqual([]);
  });

  /** Two days of contacts of one device, each so many minutes after the beginning. */
  const contacts = (process: string, url: string, minutes: readonly number[], device = 'ada') =>
    minutes.map((minute) => ({
      DeviceId: device,
      DeviceName: device,
      ActionType: 'ConnectionSuccess',
      RemoteIPType: 'Public',
      RemoteUrl: url,
      InitiatingProcessFileName: process,
      InitiatingProcessId: 7,
      minute,
    }));
  const hourly = Array.from({ length: 48 }, (_, hour) => hour * 60);
  const events = [
    ...contacts('chrome.exe', 'https://pastes.example/raw/a', hourly),
    ...contacts('chrome.exe', 'news.example', [600, 610, 620]),
    ...contacts('sync.exe', 'graph.service.example', [0, 60, 120, 180, 240, 300]),
    ...['a.exe', 'b.exe', 'c.exe', 'd.exe'].flatMap((name) => contacts(name, 'graph.service.example', [5], 'bob')),
    ...['a.exe', 'b.exe'].flatMap((name) => contacts(name, 'other.example', [6], 'bob')),
  ];

  it.each([
    ['defender-xdr', 'dead-drop-correlated', 'browser-lookups', 'Host', ['pastes.example']],
    ['defender-xdr', 'dead-drop-correlated', 'quiet-channels', 'InitiatingProcessFileName', ['sync.exe']],
    ['sentinel', 'dead-drop-correlated-sentinel', 'browser-lookups', 'Host', ['pastes.example']],
    ['sentinel', 'dead-drop-correlated-sentinel', 'quiet-channels', 'InitiatingProcessFileName', ['sync.exe']],
  ] as const)('hunts in %s: %s/%s finds what it is for', async (environment, folder, name, column, found) => {
    const catalog = builtInCatalog(environment);
    const hunt = compile(readFileSync(join('detections', folder, 'hunting', `${name}.kql`), 'utf8'), {
      names: catalog,
    });
    const own = await Engine.open();
    try {
      const DeviceNetworkEvents = events.map(({ minute, ...event }) => ({
        ...event,
        [catalog.timeColumn]: new Date(Date.UTC(2026, 2, 2, 0, minute)).toISOString(),
      }));
      const end = START + 2n * 864_000_000_000n;
      for (const { table, schema, sql } of insertions({ DeviceNetworkEvents }, catalog, end)) {
        await own.declare(table, schema);
        if (sql !== undefined) await own.query(sql);
      }
      await own.seal();
      const { columns, rows } = await own.run(hunt, { now: end });
      const place = columns.findIndex((each) => each.name === column);
      expect(rows.map((row) => row[place])).toEqual(found);
    } finally {
      own.close();
    }
  });
});

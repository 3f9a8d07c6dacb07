import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advise } from '../../harness/advise/advise.js';
import { isWithin, lookupHosts } from '../../harness/advise/hosts.js';
import { type Advice, adviceSchema } from '../../harness/advise/result.js';
import { readDetection } from '../../harness/detection/detection.js';
import { Engine } from '../../harness/engine/index.js';
import { FileError } from '../../harness/files/errors.js';
import type { PlayedWorld } from '../../harness/measure/play.js';
import { renderAdvice } from '../../reports/advice/render.js';
import { loadScenarios } from '../../simulators/load.js';
import { Sandbox } from '../detections/folder.js';
import { CATALOG, type SmallActivity, type SmallEvent, smallWorld } from '../measure/world.js';

const sandbox = new Sandbox();
let engine: Engine;
let played: PlayedWorld;

const RULE = `let Hosts = dynamic(["github.com", "google.com", "pastebin.com", "paste.ee"]);
DeviceNetworkEvents
| where RemoteUrl has_any (Hosts)
| where InitiatingProcessFileName !in~ ("chrome.exe", "svchost.exe", "opera.exe")
| extend IsPaste = RemoteUrl has_any ("pastebin.com", "paste.ee")
| project Timestamp, DeviceName, RemoteUrl, IsPaste
`;

/** Under the ids of scenarios that ship with the project, since what they look up is read from these. */
const ACTIVITIES: readonly SmallActivity[] = [
  [1, 'browsing', 'benign', 'eve'],
  [2, 'git', 'benign', 'bob'],
  [3, 'cloud', 'benign', 'cyd'],
  [4, 'njrat', 'malicious', 'ada'],
  [5, 'ousaban', 'malicious', 'bob'],
  [6, 'acr-stealer', 'malicious', 'cyd'],
  [7, 'njrat', 'malicious', 'dan'],
];
const EVENTS: readonly SmallEvent[] = [
  [1, 1, 'background', 'pastebin.com', 'chrome.exe'],
  [2, 2, 'background', 'github.com', 'git.exe'],
  [3, 2, 'background', 'api.github.com', 'git.exe'],
  [4, 3, 'background', 'www.google.com', 'sync.exe'],
  [5, 4, 'lookup', 'pastebin.com', 'server.exe'],
  [6, 5, 'lookup', 'docs.google.com', 'updsvc.exe'],
  [7, 6, 'lookup', 'steamcommunity.com', 'server.exe'],
  [8, 7, 'lookup', 'pastebin.com', 'svchost.exe'],
  [9, 3, 'background', 'steamcommunity.com', 'sync.exe'],
];

beforeAll(async () => {
  engine = await Engine.open();
  played = await smallWorld(engine, ACTIVITIES, EVENTS);
});
afterAll(() => {
  engine.close();
  sandbox.remove();
});

const detection = (rule: string, id: string) =>
  readDetection(sandbox.detection({ 'rule.kql': rule, 'tests.yaml': undefined }, id));

/** What is said of each entry, in short. */
const said = ({ entries }: Advice) =>
  entries.map(({ entry, advice, only, narrow }) => {
    const to = narrow === undefined ? '' : ` -> ${narrow.to.join()}`;
    return `${entry}: ${advice}${to} (${only.alerts.true} true, ${only.alerts.false} false, ${only.attacks} attacks)`;
  });

const EXPECTED = [
  'github.com: drop (0 true, 2 false, 0 attacks)',
  'google.com: narrow -> docs.google.com (1 true, 1 false, 1 attacks)',
  'pastebin.com: keep (1 true, 0 false, 1 attacks)',
  'paste.ee: idle (0 true, 0 false, 0 attacks)',
  'chrome.exe: keep (0 true, -1 false, 0 attacks)',
  'svchost.exe: drop (-1 true, 0 false, -1 attacks)',
  'opera.exe: idle (0 true, 0 false, 0 attacks)',
];

describe('advice on the lists of a rule', () => {
  let advice: Advice;
  beforeAll(async () => {
    advice = await advise(detection(RULE, 'row-rule'), CATALOG, played);
  });

  it('says what only each entry brings, and which to drop or to narrow; a list that decides nothing has none', () => {
    expect(adviceSchema.parse(advice)).toEqual(advice);
    expect(advice.method).toBe('one scan');
    expect(said(advice)).toEqual(EXPECTED);
    expect(advice.entries[0]).toMatchObject({ list: 'Hosts', line: 1, column: 22 });
    expect(advice.entries[0]?.hosts).toEqual([
      { host: 'api.github.com', true: 0, false: 1 },
      { host: 'github.com', true: 0, false: 1 },
    ]);
    expect(advice.entries[1]?.narrow?.does).toMatchObject({ alerts: { true: 0, false: -1 }, attacks: 0 });
  });

  it('names the services that procedures use and the list lacks, with what each would bring', () => {
    const [first] = advice.additions;
    expect(first).toMatchObject({
      entry: 'steamcommunity.com',
      does: { alerts: { true: 1, false: 1 }, attacks: 1, procedures: 1 },
      procedures: [{ scenario: 'acr-stealer', attacks: 1 }],
    });
    expect(advice.additions.map(({ entry }) => entry)).not.toContain('pastebin.com');
  });

  it('says what the rule is worth once it is followed', () => {
    expect(advice.now).toMatchObject({ alerts: { true: 2, false: 3 }, attacks: 2 });
    expect(advice.without).toMatchObject({ alerts: { true: 2, false: 0 }, attacks: 2 });
    expect(advice.complete).toMatchObject({ alerts: { true: 3, false: 1 }, attacks: 3 });
  });

  it('is the same for a rule that groups events, whose versions are run one by one', async () => {
    const grouped = RULE.replace(
      '| project',
      '| summarize take_any(Timestamp) by DeviceName, RemoteUrl, IsPaste\n| project',
    );
    const run = await advise(detection(grouped, 'grouped-rule'), CATALOG, played);
    expect(run.method).toBe('runs');
    expect(said(run)).toEqual(EXPECTED);
  });

  it('refuses a rule without a list', async () => {
    const bare = detection('DeviceNetworkEvents | where RemotePort == 443 | project Timestamp', 'bare-rule');
    await expect(advise(bare, CATALOG, played)).rejects.toThrow(FileError);
  });

  it('reads well', () => {
    const options = { color: false, width: 100 };
    const text = renderAdvice('terminal', [advice], options);
    expect(text).toMatch(/google\.com +\+100 +\+1 +\+1 +narrow to docs\.google\.com \(−100 false a day, 0 attacks\)/);
    expect(renderAdvice('markdown', [advice], options)).toContain('### Services that the list lacks');
    expect(JSON.parse(renderAdvice('json', [advice], options))).toEqual({ detections: [advice] });
  });
});

describe('the hosts of documented procedures', () => {
  it('are those that they look up, without names that each attack chooses and without what stands for one', () => {
    const malicious = loadScenarios().filter((scenario) => scenario.label === 'malicious');
    const names = lookupHosts(malicious);
    const of = (name: string) => names.find((host) => host.name === name);
    expect(of('pastebin.com')?.chosen).toBe(false);
    expect(of('workers.dev')?.chosen).toBe(true);
    expect(names.filter(({ name }) => /\{|example/.test(name))).toEqual([]);
  });

  it('hold an entry as whole terms', () => {
    expect(isWithin('google.com', 'docs.google.com')).toBe(true);
    expect(isWithin('oogle.com', 'docs.google.com')).toBe(false);
    expect(isWithin('t.co', 'pinterest.com')).toBe(false);
  });
});

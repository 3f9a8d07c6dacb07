import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../harness/check/check.js';
import { readDetection } from '../../harness/detection/detection.js';
import { Engine } from '../../harness/engine/index.js';
import { BEGIN, END, splitBlock } from '../../harness/exceptions/block.js';
import { ConditionError, readConditions } from '../../harness/exceptions/conditions.js';
import { placesIn } from '../../harness/exceptions/places.js';
import { exceptionsOf } from '../../harness/exceptions/render.js';
import { compile } from '../../harness/kql/index.js';
import { insertions } from '../../harness/measure/events.js';
import { renderExceptions } from '../../harness/tune/apply.js';
import { kqlText } from '../../harness/tune/atoms.js';
import { Sandbox } from '../detections/folder.js';
import { CATALOG, START } from '../measure/world.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

let made = 0;
const REVIEW = { reason: 'the git client', owner: 'secops', expiry: '2030-01-01' };

/** A detection with these conditions in its allowlist, and these files in place of the usual ones. */
function detection(conditions: readonly string[], files: Readonly<Record<string, string | undefined>> = {}) {
  made += 1;
  const exceptions = conditions.map((condition) => ({ condition, ...REVIEW }));
  return readDetection(sandbox.detection({ 'allowlist.yaml': dump({ exceptions }), ...files }, `shell-lookup-${made}`));
}

const GIT = `InitiatingProcessFolderPath =~ @'c:\\program files\\devenv\\devenv.exe'`;

describe('a block of exceptions', () => {
  it('stands behind the filters that follow the table, and rendering it again changes nothing', () => {
    const folder = detection([GIT, 'RemotePort > 1024']).folder;
    const before = readFileSync(join(folder, 'rule.kql'), 'utf8');
    expect(renderExceptions(readDetection(folder), CATALOG)).toBe(true);
    const after = readFileSync(join(folder, 'rule.kql'), 'utf8');
    expect(after).toBe(`DeviceNetworkEvents
| where RemoteUrl has_any ("pastebin.com", "github.com")
| where InitiatingProcessFileName == "powershell.exe"
${BEGIN}
| where not(
    // the git client (secops, until 2030-01-01)
    (InitiatingProcessFolderPath =~ @'c:\\program files\\devenv\\devenv.exe')
    // the git client (secops, until 2030-01-01)
    or coalesce((RemotePort > 1024), false)
  )
${END}
| project Timestamp, DeviceName, RemoteUrl
`);
    const { before: head, after: tail } = splitBlock(after);
    expect(head + tail).toBe(before);
    expect(renderExceptions(readDetection(folder), CATALOG)).toBe(false);
  });

  it('goes into the query of a rule.yaml and leaves every other byte as it was', () => {
    const yaml = `# a comment that stays\r
id: 6d2f7c0e-6f0e-4f5b-9a53-2b8f3c1f9a01\r
name:   "Odd   spacing"\r
kind: Scheduled\r
query: |\r
      DeviceNetworkEvents | where RemoteUrl has "pastebin.com" | project TimeGenerated, RemoteUrl\r
queryFrequency: 1h # stays\r
queryPeriod: 1h\r
triggerOperator: gt\r
triggerThreshold: 0\r
`;
    const own = { 'rule.kql': undefined, 'tests.yaml': undefined, 'rule.yaml': yaml };
    const sentinel = `id: shell-lookup\ntitle: t\nenvironment: sentinel\nclaims: { techniques: [T1102.001], roles: [lookup] }\n`;
    const { folder } = detection([GIT], { ...own, 'detection.yaml': sentinel });
    renderExceptions(readDetection(folder), CATALOG);
    const written = readFileSync(join(folder, 'rule.yaml'), 'utf8');
    expect(
      written
        .split('\r\n')
        .filter((line) => !/^ {6}(\/\/|\| where not|\(| {2})/.test(line))
        .join('\r\n'),
    ).toBe(
      yaml.replace(
        'has "pastebin.com" | project TimeGenerated',
        'has "pastebin.com"\r\n       | project TimeGenerated',
      ),
    );
    expect(readDetection(folder).deployed.text).toContain(`${BEGIN}\n| where not(`);
    expect(renderExceptions(readDetection(folder), CATALOG)).toBe(false);
  });

  it('keeps its place where a person put the two lines, also behind a join', () => {
    const rule = `let Lookups = DeviceNetworkEvents | where RemotePort == 443;
Lookups
| join kind=inner (DeviceProcessEvents | project DeviceId, FileName) on DeviceId
${BEGIN}
${END}
| project Timestamp, FileName
`;
    const { folder } = detection(['FileName =~ "git.exe"'], { 'rule.kql': rule, 'tests.yaml': undefined });
    renderExceptions(readDetection(folder), CATALOG);
    expect(readFileSync(join(folder, 'rule.kql'), 'utf8')).toContain(`on DeviceId\n${BEGIN}\n| where not(`);
  });

  it('names the places of a rule that has several, and refuses one that has none', () => {
    const several = `let Lookups = DeviceNetworkEvents
| where RemotePort == 443;
Lookups
| join kind=inner (DeviceProcessEvents | where FileName == "x") on DeviceId
| project Timestamp
`;
    expect(placesIn(several, CATALOG).map(({ name }) => name)).toEqual(['Lookups', 'DeviceProcessEvents']);
    const own = { 'tests.yaml': undefined };
    expect(() => exceptionsOf(detection(['true'], { ...own, 'rule.kql': several }), CATALOG)).toThrow(
      /several places for exceptions: Lookups, DeviceProcessEvents/,
    );
    const none = 'union DeviceNetworkEvents, DeviceEvents | project Timestamp\n';
    expect(() => exceptionsOf(detection(['true'], { ...own, 'rule.kql': none }), CATALOG)).toThrow(/no place for/);
  });
});

describe('a condition', () => {
  const [place] = placesIn('DeviceNetworkEvents | where RemotePort == 443', CATALOG);
  const read = (text: string) => readConditions([text], place ?? expect.unreachable(), CATALOG);

  it.each([
    ['true) or (true', /closes it and goes on/],
    ['true)\n| where (true', /closes it and goes on/],
    ['true); DeviceEvents | where (true', /closes it and goes on/],
    ['true))\n| union (DeviceEvents | where ((true', /KS|closes it/],
    [`true // x\n${END}\n| where (true`, /comment lines/],
    ['RemoteUrl has "a', /KS001/],
    ['RemoteUrl', /KS141/],
    ['RemotUrl has "a"', /Did you mean 'RemoteUrl'/],
  ])('is one expression over the rows: not %j', (text, message) => {
    expect(() => read(text)).toThrow(ConditionError);
    expect(() => read(text)).toThrow(message);
  });

  it('holds any text that is quoted for it', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { minLength: 1, maxLength: 3 }), (texts) => {
        const [read_] = read(`RemoteUrl in~ (${texts.map(kqlText).join(', ')}) // "`);
        const clause = read_?.clause;
        expect(clause?.kind === 'list' ? clause.entries.map(({ text }) => text) : []).toEqual(texts);
      }),
      { numRuns: 40, examples: [[["'", '"', '\\']], [[`${END}\n`, '|', '//']], [['\u2028', "@'", '\r\n']]] },
    );
  });
});

describe('a rule with exceptions', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.open();
    const names = ['git.exe', 'GIT.exe', 'powershell.exe', '', undefined];
    const events = names.flatMap((name) =>
      ['pastebin.com', 'github.com', ''].flatMap((RemoteUrl) =>
        [443, 8080, undefined].map((RemotePort) => ({
          RemoteUrl,
          ...(name !== undefined && { InitiatingProcessFileName: name }),
          ...(RemotePort !== undefined && { RemotePort }),
        })),
      ),
    );
    for (const { table, schema, sql } of insertions({ DeviceNetworkEvents: events }, CATALOG, START)) {
      await engine.declare(table, schema);
      if (sql !== undefined) await engine.query(sql);
    }
    await engine.seal();
  });
  afterAll(() => engine.close());

  const rows = async (text: string) => (await engine.run(compile(text, { names: CATALOG }), { now: START })).rows;

  it('returns what it returned, but for the rows for which a condition holds', async () => {
    const rule = `DeviceNetworkEvents
| where RemoteUrl != "github.com" // comments stay
| project RemoteUrl, RemotePort, InitiatingProcessFileName
`;
    const parts = [
      'InitiatingProcessFileName =~ "git.exe"',
      'RemotePort > 1000',
      'RemotePort != 443',
      'not(RemoteUrl has "pastebin")',
      'RemoteUrl matches regex @"^pastebin\\.com$"',
      'isempty(InitiatingProcessFileName) // empty',
    ];
    const shape = fc.uniqueArray(fc.constantFrom(...parts), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(shape, async (conditions) => {
        const found = exceptionsOf(detection(conditions, { 'rule.kql': rule, 'tests.yaml': undefined }), CATALOG);
        const any = conditions.map((condition) => `coalesce((${condition}\n), false)`).join(' or ');
        expect(await rows(found?.text ?? '')).toEqual(await rows(`${rule}| where not(${any})`));
      }),
      { numRuns: 12 },
    );
  });
});

describe('assay check', () => {
  const codes = (folder: string, today = '2026-03-02') =>
    check({ folder }, { today })
      .findings.filter(({ code }) => code.startsWith('exception'))
      .map(({ code, file, line }) => `${code} ${file.slice(folder.length + 1)}:${line}`);

  it('finds a block that is not what the file says, and nothing once it is rendered', () => {
    const { folder } = detection([GIT]);
    expect(codes(folder)).toEqual(['exceptions-not-rendered rule.kql:4']);
    renderExceptions(readDetection(folder), CATALOG);
    expect(codes(folder)).toEqual([]);
    const rule = join(folder, 'rule.kql');
    writeFileSync(rule, readFileSync(rule, 'utf8').replace('devenv.exe', 'dvenv.exe'));
    expect(codes(folder)).toEqual(['exceptions-not-rendered rule.kql:4']);
  });

  it('finds exceptions that have expired, that any program can meet, and that are no conditions', () => {
    const { folder } = detection([GIT, 'InitiatingProcessFileName =~ "git.exe"']);
    renderExceptions(readDetection(folder), CATALOG);
    expect(codes(folder, '2031-01-01')).toEqual([
      'exception-expired allowlist.yaml:5',
      'exception-open allowlist.yaml:6',
      'exception-expired allowlist.yaml:9',
    ]);
    expect(codes(detection(['RemoteUrl has']).folder)).toEqual(['exception-unreadable allowlist.yaml:2']);
  });
});

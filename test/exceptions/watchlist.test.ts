import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { afterAll, describe, expect, it } from 'vitest';
import { check } from '../../harness/check/check.js';
import { readDetection } from '../../harness/detection/detection.js';
import { Engine } from '../../harness/engine/index.js';
import { compile } from '../../harness/kql/index.js';
import { catalogOf } from '../../harness/measure/catalog.js';
import { insertions } from '../../harness/measure/events.js';
import { builtInCatalog } from '../../harness/tables/catalog.js';
import { renderExceptions } from '../../harness/tune/apply.js';
import { Sandbox } from '../detections/folder.js';
import { START } from '../measure/world.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
const SENTINEL = builtInCatalog('sentinel');

const RULE = `DeviceNetworkEvents
| where RemoteUrl has "github.com"
| project TimeGenerated, RemoteUrl, InitiatingProcessFileName
`;

function detection(id: string, conditions: readonly string[], environment = 'sentinel') {
  const exceptions = conditions.map((condition) => ({
    condition,
    reason: 'r, "quoted"',
    owner: 'o',
    expiry: '2030-01-01',
  }));
  return sandbox.detection(
    {
      'rule.kql': RULE,
      'detection.yaml': `id: shell-lookup\ntitle: t\nenvironment: ${environment}\nclaims: { techniques: [T1102.001], roles: [lookup] }\n`,
      'tests.yaml': undefined,
      'allowlist.yaml': dump({ watchlist: 'Exceptions', exceptions }),
    },
    id,
  );
}

const GIT = 'InitiatingProcessFileName =~ "Git.exe" and RemoteUrl in~ ("github.com", "api.github.com")';
const CODE = 'InitiatingProcessFileName =~ "code.exe"';

describe('exceptions in a watchlist', () => {
  it('are a CSV file to upload, and operators in the rule that ask it; both are what they were once rendered', () => {
    const folder = detection('rendered', [GIT, CODE]);
    expect(renderExceptions(readDetection(folder), SENTINEL)).toBe(true);
    expect(readFileSync(join(folder, 'rule.kql'), 'utf8').split('\n').slice(3, 5)).toEqual([
      '| where strcat("InitiatingProcessFileName=", InitiatingProcessFileName) !in~ ((_GetWatchlist("Exceptions") | project SearchKey))',
      '| where strcat("InitiatingProcessFileName=", InitiatingProcessFileName, "|RemoteUrl=", RemoteUrl) !in~ ((_GetWatchlist("Exceptions") | project SearchKey))',
    ]);
    expect(readFileSync(join(folder, 'Exceptions.csv'), 'utf8').split('\n').slice(0, 2)).toEqual([
      'SearchKey,Condition,Reason,Owner,Expiry',
      `InitiatingProcessFileName=Git.exe|RemoteUrl=github.com,"${GIT.replaceAll('"', '""')}","r, ""quoted""",o,2030-01-01`,
    ]);
    const after = readDetection(folder);
    expect(after.sources.map(({ key, rows }) => [key, rows.length])).toEqual([['_GetWatchlist:Exceptions', 3]]);
    expect(renderExceptions(after, catalogOf(after))).toBe(false);
    const codes = () => check({ folder }, { today: '2026-03-02' }).findings.map(({ code }) => code);
    expect(codes()).not.toContain('exceptions-not-rendered');
    writeFileSync(join(folder, 'Exceptions.csv'), 'SearchKey\nx\n');
    expect(codes()).toContain('exceptions-not-rendered');
  });

  it('hide what the conditions hide', async () => {
    const folder = detection('run', [GIT, CODE]);
    renderExceptions(readDetection(folder), SENTINEL);
    const after = readDetection(folder);
    const engine = await Engine.open();
    try {
      const events = ['git.exe', 'GIT.EXE', 'code.exe', 'x', ''].flatMap((InitiatingProcessFileName) =>
        ['github.com', 'API.github.com', 'gist.github.com'].map((RemoteUrl) => ({
          InitiatingProcessFileName,
          RemoteUrl,
        })),
      );
      for (const { table, schema, sql } of insertions({ DeviceNetworkEvents: events }, SENTINEL, START)) {
        await engine.declare(table, schema);
        if (sql !== undefined) await engine.query(sql);
      }
      await engine.seal();
      const rows = async (text: string) =>
        (await engine.run(compile(text, { names: catalogOf(after) }), { now: START })).rows;
      const expected = RULE.replace('| project', `| where not((${GIT}) or (${CODE}))\n| project`);
      expect(await rows(after.deployed.text)).toEqual(await rows(expected));
    } finally {
      engine.close();
    }
  });

  it('are refused where a watchlist cannot hold them, and where there are none', () => {
    const pattern = detection('pattern', [`RemoteUrl startswith "git"`]);
    expect(() => renderExceptions(readDetection(pattern), SENTINEL)).toThrow(/allowlist\.yaml:3:.*only `=~` and `in~`/);
    const defender = detection('defender', [CODE], 'defender-xdr');
    expect(() => renderExceptions(readDetection(defender), builtInCatalog('defender-xdr'))).toThrow(/of Sentinel/);
  });
});

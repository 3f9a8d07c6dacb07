import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Events } from '../../harness/detection/tests-schema.js';
import { type Answer, Engine } from '../../harness/engine/index.js';
import { compile, plan } from '../../harness/kql/index.js';
import { parseDatetime } from '../../harness/kql/values/datetime.js';
import { answerEvents } from '../../harness/measure/unit-tests.js';
import { differences } from '../../harness/mutate/differences.js';
import { mutantsOf } from '../../harness/mutate/mutants.js';
import { sameAnswer } from '../../harness/mutate/same-answer.js';
import { builtInCatalog } from '../../harness/tables/catalog.js';
import { type RowRule, rowRule } from '../../harness/trace/row-rule.js';

const CATALOG = builtInCatalog('defender-xdr');
const NOW = parseDatetime('2026-03-02T12:00:00Z') ?? 0n;

const URLS = ['', 'pastebin.com', 'https://gist.github.com/x', 'notpastebin.com', 'PASTEBIN.COM/raw', 'a.b.example'];
const NAMES = ['', 'cmd.exe', 'CMD.exe', 'chrome.exe'];
const PORTS = [null, 80, 81, 443];

/** Every combination of some values, missing ones among them, each event with a name of its own. */
const EVENTS: Events = {
  DeviceNetworkEvents: URLS.flatMap((RemoteUrl) =>
    NAMES.flatMap((InitiatingProcessFileName) =>
      PORTS.map((RemotePort, i) => ({
        DeviceName: `${RemoteUrl} ${InitiatingProcessFileName} ${RemotePort}`,
        RemoteUrl,
        InitiatingProcessFileName,
        RemotePort,
        Timestamp: i === 0 ? '2026-03-01T12:00:00Z' : '2026-03-02T11:00:00Z',
      })),
    ),
  ),
};

/** Rules that look at one row at a time, with nulls, negations, patterns, branches and columns that stand for others. */
const RULES = [
  `DeviceNetworkEvents
   | where Timestamp > ago(24h)
   | where RemoteUrl has_any ("pastebin.com", "gist.github.com") and not(RemotePort == 80)
   | where InitiatingProcessFileName in~ ("cmd.exe") or InitiatingProcessFileName !in ("chrome.exe", "")
   | extend Plain = RemotePort in (80, 81), Kind = case(RemotePort > 80, "high", RemotePort <= 80, "low", "none")
   | project DeviceName, Plain, Kind`,
  `let Port = 80;
   DeviceNetworkEvents
   | extend Name = tolower(InitiatingProcessFileName), High = RemotePort > Port
   | where High or Name =~ "cmd.exe" and RemoteUrl matches regex @"(?i)^paste|github"
   | where RemotePort !between (100 .. 500) or isempty(Name)
   | project-rename Url = RemoteUrl
   | sort by Url asc`,
];

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.open({ threads: 1 });
});
afterAll(() => engine.close());

const answer = (text: string): Promise<Answer> =>
  answerEvents(engine, compile(text, { names: CATALOG }), CATALOG, EVENTS, NOW);

it.each(RULES)('all mutants at once part from their rule just where each does when it is run: %#', async (text) => {
  const rule = rowRule(plan(text, { names: CATALOG }).plan);
  if (rule === undefined) throw new Error('The rule looks at several rows.');
  const found = mutantsOf(text, CATALOG);
  const rows = found.map((mutant) => rowRule(plan(mutant.text, { names: CATALOG }).plan));
  expect(rows).not.toContain(undefined);
  const before = await answer(text);
  const at = await differences(rule, rows as RowRule[], engine, { names: CATALOG }, { now: NOW });
  expect(at.filter((difference) => difference !== undefined).length).toBeGreaterThan(found.length / 3);
  for (const [index, mutant] of found.entries()) {
    const after = await answer(mutant.text);
    const difference = at[index];
    const parts = !sameAnswer(before, after);
    expect(difference !== undefined, `${mutant.edit.does} at ${mutant.from.line}:${mutant.from.column}`).toBe(parts);
    const net = difference === undefined ? 0 : difference.gained - difference.lost;
    expect(net, mutant.edit.does).toBe(after.rows.length - before.rows.length);
  }
});

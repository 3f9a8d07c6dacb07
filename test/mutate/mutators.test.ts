import { describe, expect, it } from 'vitest';
import { plan } from '../../harness/kql/index.js';
import { mutantsOf } from '../../harness/mutate/mutants.js';
import { mutators } from '../../harness/mutate/mutators/index.js';
import { builtInCatalog } from '../../harness/tables/catalog.js';

const CATALOG = builtInCatalog('defender-xdr');

/** What stands in the rule after each change of a mutator, the stretch around it alone. */
function made(mutator: string, text: string): string[] {
  return mutantsOf(text, CATALOG)
    .filter((mutant) => mutant.mutator === mutator)
    .map((mutant) => mutant.text.replace(/^DeviceNetworkEvents \| where /, ''));
}

const where = (condition: string): string => `DeviceNetworkEvents | where ${condition}`;

describe('mutators', () => {
  it('drop each entry of a list, and leave an empty list where there was one', () => {
    expect(made('drop-entry', where('RemoteUrl in ("a", "b", "c")'))).toEqual([
      'RemoteUrl in ("b", "c")',
      'RemoteUrl in ("a", "c")',
      'RemoteUrl in ("a", "b")',
    ]);
    expect(made('drop-entry', where('RemoteUrl has_any ("a")'))).toEqual(['RemoteUrl has_any (dynamic([]))']);
    expect(made('drop-entry', `let L = dynamic(["a"]); ${where('RemoteUrl in (L)')}`)).toEqual([
      `let L = dynamic([]); ${where('RemoteUrl in (L)')}`,
    ]);
  });

  it('widen the entries of a list of terms, and none of a list of whole values that ignores case', () => {
    expect(made('alter-entry', where('RemoteUrl has_any ("gist.github.com", "paste")'))).toEqual([
      'RemoteUrl has_any ("github.com", "paste")',
    ]);
    expect(made('alter-entry', where('RemoteUrl in~ ("gist.github.com")'))).toEqual([]);
    expect(made('alter-entry', where('RemoteUrl in ("cmd.exe")'))).toEqual(['RemoteUrl in ("CMD.EXE")']);
    expect(made('alter-entry', `let L = dynamic(["a.b"]); ${where('RemoteUrl has_any (L)')}`)).toEqual([
      `let L = dynamic(["b"]); ${where('RemoteUrl has_any (L)')}`,
    ]);
  });

  it('add the empty text to a list of texts', () => {
    expect(made('add-entry', where('RemoteUrl in ("a", "b")'))).toEqual(['RemoteUrl in ("", "a", "b")']);
    expect(made('add-entry', where('RemotePort in (80, 443)'))).toEqual([]);
  });

  it('drop, negate and swap clauses', () => {
    const rule = where('RemotePort > 80 and (RemoteUrl has "a" or isempty(RemoteUrl))');
    expect(made('drop-clause', rule)).toEqual([
      '(RemoteUrl has "a" or isempty(RemoteUrl))',
      'RemotePort > 80',
      'RemotePort > 80 and (isempty(RemoteUrl))',
      'RemotePort > 80 and (RemoteUrl has "a")',
    ]);
    expect(made('negate-clause', rule)).toEqual([
      'not(RemotePort > 80) and (RemoteUrl has "a" or isempty(RemoteUrl))',
      'RemotePort > 80 and (RemoteUrl has "a" or not(isempty(RemoteUrl)))',
    ]);
    expect(made('swap-logic', rule)).toEqual([
      'RemotePort > 80 or (RemoteUrl has "a" or isempty(RemoteUrl))',
      'RemotePort > 80 and (RemoteUrl has "a" and isempty(RemoteUrl))',
    ]);
    expect(made('drop-where', 'DeviceNetworkEvents | where RemotePort > 80 | project RemoteUrl')).toEqual([
      'DeviceNetworkEvents  | project RemoteUrl',
    ]);
  });

  it('drop each clause of a chain by itself', () => {
    expect(made('drop-clause', where('RemotePort > 1 and RemotePort > 2 and RemotePort > 3'))).toEqual([
      'RemotePort > 2 and RemotePort > 3',
      'RemotePort > 1 and RemotePort > 3',
      'RemotePort > 1 and RemotePort > 2',
    ]);
  });

  it.each([
    ['change-match', 'RemoteUrl has "a"', ['RemoteUrl contains "a"']],
    ['change-match', 'RemoteUrl contains "a"', ['RemoteUrl has "a"']],
    ['change-match', 'RemoteUrl has_any ("a", "b")', ['RemoteUrl has_all ("a", "b")']],
    ['change-case', 'RemoteUrl == "a"', ['RemoteUrl =~ "a"']],
    ['change-case', 'RemotePort == 80', []],
    ['change-case', 'RemoteUrl !in~ ("a")', ['RemoteUrl !in ("a")']],
    ['flip-operator', 'RemoteUrl in ("a")', ['RemoteUrl !in ("a")']],
    ['flip-operator', 'RemoteUrl !has "a"', ['RemoteUrl has "a"']],
    ['flip-operator', 'RemotePort between (1 .. 9)', ['RemotePort !between (1 .. 9)']],
    ['shift-boundary', 'RemotePort >= 80', ['RemotePort > 80']],
    ['shift-threshold', 'RemotePort > 80', ['RemotePort > 81', 'RemotePort > 79']],
    ['shift-window', 'Timestamp > ago(24h)', ['Timestamp > ago(48h)', 'Timestamp > ago(12h)']],
    ['shift-window', 'Timestamp > ago(7d)', ['Timestamp > ago(14d)', 'Timestamp > ago((7d / 2))']],
    [
      'widen-pattern',
      'RemoteUrl matches regex @"^ab+\\b$"',
      ['@"ab+\\b$"', '@"^ab+\\b"', '@"^ab+$"', '@"^ab*\\b$"'].map((pattern) => `RemoteUrl matches regex ${pattern}`),
    ],
    [
      'narrow-pattern',
      'RemoteUrl matches regex "(?i)a|b"',
      ['"(?i)^(?:a|b)"', '"(?i)(?:a|b)$"', '"(?i)b"', '"(?i)a"', '"a|b"'].map(
        (pattern) => `RemoteUrl matches regex ${pattern}`,
      ),
    ],
  ])('%s of %s', (mutator, condition, expected) => {
    expect(made(mutator, where(condition))).toEqual(expected);
  });

  it('change groups, bins, joins and branches', () => {
    const grouped = 'DeviceNetworkEvents | summarize count() by DeviceName, bin(Timestamp, 1h)';
    expect(made('drop-summarize-key', grouped)).toEqual([
      'DeviceNetworkEvents | summarize count() by bin(Timestamp, 1h)',
      'DeviceNetworkEvents | summarize count() by DeviceName',
    ]);
    expect(made('shift-bin', grouped)).toEqual([
      'DeviceNetworkEvents | summarize count() by DeviceName, bin(Timestamp, 2h)',
      'DeviceNetworkEvents | summarize count() by DeviceName, bin(Timestamp, (1h / 2))',
    ]);
    expect(made('shift-window', grouped)).toEqual([]);
    const joined = 'DeviceNetworkEvents | join kind=inner (DeviceProcessEvents) on DeviceId, DeviceName';
    expect(made('change-join', joined)).toEqual([
      joined.replace('inner', 'innerunique'),
      joined.replace('inner', 'leftouter'),
    ]);
    expect(made('change-join', joined.replace(' kind=inner', ''))).toEqual([
      joined,
      joined.replace('inner', 'leftouter'),
    ]);
    expect(made('drop-join-key', joined)).toEqual([
      joined.replace('DeviceId, ', ''),
      joined.replace(', DeviceName', ''),
    ]);
    expect(made('swap-branches', 'print x = iff(1 > 2, "a", "b")')).toEqual(['print x = iff(1 > 2, "b", "a")']);
  });

  it('have names of their own and say what they do', () => {
    expect(new Set(mutators.map(({ name }) => name)).size).toBe(mutators.length);
    for (const { about } of mutators) expect(about).not.toBe('');
  });

  it('make rules that bind, each with its place and the step that it is in', () => {
    const text = `let Sites = dynamic(["a.example", "b.example"]);
DeviceNetworkEvents
| where Timestamp > ago(1d) and RemoteUrl has_any (Sites)
| where not(isempty(DeviceName)) or RemotePort in (80, 443)
| extend Kind = case(RemotePort == 80, "plain", RemotePort == 443, "tls", "other")
| summarize n = count() by DeviceName, Kind
| where n > 3`;
    const found = mutantsOf(text, CATALOG);
    expect(found.length).toBeGreaterThan(30);
    for (const mutant of found) {
      expect(() => plan(mutant.text, { names: CATALOG }), mutant.edit.does).not.toThrow();
      expect(mutant.text).not.toBe(text);
    }
    expect(found.find(({ mutator }) => mutator === 'shift-threshold')).toMatchObject({
      edit: { does: 'makes 81 of 80' },
      from: { line: 5, column: 36 },
      clause: 'extend Kind = case(RemotePort == 80, "plain", RemotePort == 443, "tls", "other")',
    });
  });
});

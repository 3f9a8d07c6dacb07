import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalLists } from '../../harness/detection/lists.js';
import { compile } from '../../harness/kql/index.js';
import { builtInCatalog } from '../../harness/tables/catalog.js';

const CATALOG = builtInCatalog('defender-xdr');
const RULE = `let Sites = dynamic(["a.example", 'b.example',
  @"c.example"]);
DeviceNetworkEvents
| where RemoteUrl has_any (Sites) or RemoteUrl has_any ("d.example", "e.example")
| where InitiatingProcessFileName !in~ ("x.exe") and RemotePort in (443, 80)`;

describe('literalLists', () => {
  it('finds the lists of strings with the places of their entries', () => {
    const { lists } = literalLists(RULE, CATALOG);
    expect(
      lists.map(({ name, entries }) => [name, entries.map(({ value, line, column }) => `${value} ${line}:${column}`)]),
    ).toEqual([
      ['Sites', ['a.example 1:22', 'b.example 1:35', 'c.example 2:3']],
      ['RemoteUrl has_any', ['d.example 4:57', 'e.example 4:70']],
      ['InitiatingProcessFileName !in~', ['x.exe 5:41']],
    ]);
  });

  it('gives a rule that compiles, whichever entries are kept', () => {
    const { lists } = literalLists(RULE, CATALOG);
    for (const list of lists) {
      fc.assert(
        fc.property(fc.subarray([...list.entries]), (kept) => {
          const text = list.keeping(kept);
          expect(() => compile(text, { names: CATALOG })).not.toThrow();
          const again = literalLists(text, CATALOG).lists.find(({ name }) => name === list.name);
          expect(again?.entries.map(({ value }) => value) ?? []).toEqual(kept.map(({ value }) => value));
        }),
        { numRuns: 10 },
      );
    }
  });

  it('tells lists that are used alike by their lines', () => {
    const text = 'DeviceEvents\n| where FileName in ("a")\n| where FileName in ("b")';
    expect(literalLists(text, CATALOG).lists.map(({ name }) => name)).toEqual([
      'FileName in (line 2)',
      'FileName in (line 3)',
    ]);
  });

  it('knows rules that look at one row at a time', () => {
    const rowByRow = (text: string): boolean => literalLists(text, CATALOG).rowByRow;
    expect(rowByRow(RULE)).toBe(true);
    expect(rowByRow(`${RULE} | extend A = 1 | project A | sort by A`)).toBe(true);
    expect(rowByRow(`${RULE} | summarize count() by DeviceName`)).toBe(false);
    expect(rowByRow(`${RULE} | top 5 by Timestamp`)).toBe(false);
    expect(rowByRow('DeviceEvents | serialize | extend P = prev(DeviceName)')).toBe(false);
    expect(rowByRow('DeviceEvents | where DeviceId in ((DeviceInfo | project DeviceId))')).toBe(false);
    expect(rowByRow('let T = DeviceEvents | where ActionType == "x"; T | where FileName == "a"')).toBe(true);
    expect(rowByRow('let T = DeviceEvents | project DeviceId; T | where DeviceId in (T)')).toBe(false);
    expect(rowByRow('let F = () { DeviceEvents }; F() | where DeviceName == "a"')).toBe(false);
    expect(rowByRow('let Lower = (text: string) { tolower(text) }; DeviceEvents | where Lower(FileName) == "a"')).toBe(
      true,
    );
  });
});

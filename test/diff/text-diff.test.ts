import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { piecesOf } from '../../harness/diff/pieces.js';
import { diffTexts, type TextChange, type TextDiff } from '../../harness/diff/text-diff.js';
import { CATALOG } from '../measure/world.js';

function diff(base: string, head: string): TextDiff {
  return diffTexts(piecesOf(base, CATALOG), piecesOf(head, CATALOG));
}

const told = ({ changes }: TextDiff): string[] =>
  changes.map(({ list, removed, added }) => `${list === undefined ? '' : `${list}: `}${removed} → ${added}`);

const words = (text: string): string => text.replace(/\/\/.*/g, '').replace(/\s+/g, '');

const BASE = `let Sites = dynamic(["pastebin.com", "github.com"]); // places to read from
DeviceNetworkEvents
| where RemoteUrl has_any (Sites)
| where InitiatingProcessFileName !in~ ("chrome.exe", "msedge.exe")
| project Timestamp, RemoteUrl`;

describe('diffTexts', () => {
  it('finds nothing in spaces, comments and the order of entries', () => {
    const head = BASE.replace('"pastebin.com", "github.com"', '"github.com",\n  "pastebin.com"').replace(
      ' // places',
      '\n// sites',
    );
    expect(diff(BASE, head).changes).toEqual([]);
  });

  it('names every entry that a list gained or lost, at its place', () => {
    const found = diff(BASE, BASE.replace('"github.com"', '"t.me", "rentry.co"').replace('"chrome.exe", ', ''));
    expect(told(found)).toEqual([
      'Sites: "github.com" → ',
      'Sites:  → "t.me"',
      'Sites:  → "rentry.co"',
      'InitiatingProcessFileName !in~: "chrome.exe" → ',
    ]);
    expect(found.changes[1]).toMatchObject({ side: 'head', place: { line: 1, column: 38 } });
  });

  it('takes an inserted operator from its bar on', () => {
    const found = diff(BASE, BASE.replace('| where Init', '| where RemotePort == 443\n| where Init'));
    expect(told(found)).toEqual([' → | where RemotePort == 443']);
    expect(found.changes[0]?.clause).toBe('| where RemotePort == 443');
  });

  it('takes conditions one by one', () => {
    const with_ = (more: string): string => BASE.replace('(Sites)\n', `(Sites)${more}\n`);
    const found = diff(with_(' and RemotePort == 443'), with_(' and RemotePort == 80 and DeviceName != ""'));
    expect(told(found)).toEqual(['443 → 80', ' → and DeviceName != ""']);
    expect(found.changes[0]?.clause).toBe('RemotePort == 80');
  });

  it('writes every version between two texts', () => {
    const head = BASE.replace('"github.com"', '"t.me"').replace('| project', '| where RemotePort == 443\n| project');
    const found = diff(BASE, head);
    const version = (...made: TextChange[]): string => words(found.version(new Set(made)));
    expect(version()).toBe(words(BASE));
    expect(version(...found.changes)).toBe(words(head));
    const [gone, come, operator] = found.changes;
    if (gone === undefined || come === undefined || operator === undefined) throw new Error('three changes');
    expect(version(come)).toBe(words(BASE.replace('"github.com"', '"github.com", "t.me"')));
    expect(version(gone, operator)).toBe(words(head.replace(', "t.me"', '')));
  });

  it('empties a list in parentheses in a way that the language has', () => {
    const base = 'DeviceEvents | where DeviceName in ("a")';
    const found = diff(base, 'DeviceEvents | where DeviceName in ("b")');
    expect(found.version(new Set(found.changes.slice(0, 1)))).toBe('DeviceEvents | where DeviceName in (dynamic([]))');
  });

  it('keeps apart what did not stand next to each other', () => {
    const found = diff('T|where(a)', 'T|where not(a)');
    expect(found.version(new Set(found.changes))).toBe('T|where not (a)');
  });

  it('turns any rule into any other, and leaves it as it is without a change', () => {
    const item = fc.constantFrom('"a"', '"b"', "'c'", '@"d"');
    const list = fc.uniqueArray(item, { minLength: 1 }).map((entries) => `RemoteUrl has_any (${entries.join(', ')})`);
    const test = fc.oneof(
      list,
      fc.constantFrom('RemotePort == 443', 'DeviceName != ""', '(RemotePort > 1 or RemotePort < 0)'),
    );
    const where = fc
      .array(test, { minLength: 1, maxLength: 3 })
      .chain((tests) => fc.constantFrom(' and ', ' or ').map((by) => `| where ${tests.join(by)}`));
    const rule = fc.array(where, { maxLength: 3 }).map((operators) => ['DeviceNetworkEvents', ...operators].join('\n'));
    const told = (text: string): string =>
      piecesOf(text, CATALOG)
        .pieces.map(({ text, list }) =>
          list === undefined
            ? text
            : list.entries
                .map((entry) => entry.written)
                .sort()
                .join(),
        )
        .join(' ');
    fc.assert(
      fc.property(rule, rule, (base, head) => {
        const found = diff(base, head);
        expect(told(found.version(new Set()))).toBe(told(base));
        expect(told(found.version(new Set(found.changes)))).toBe(told(head));
      }),
      { numRuns: 60 },
    );
  });
});

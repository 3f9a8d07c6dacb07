import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { implies } from '../../harness/check/semantics.js';
import { judge, places, removeFolder } from './support.js';

afterAll(removeFolder);

/** A rule of one condition, on line 1 from column 29. */
const where = (condition: string) => `DeviceNetworkEvents | where ${condition}`;
const found = (code: string, condition: string) => judge(where(condition)).filter((finding) => finding.code === code);

describe('covered-entry', () => {
  test.each([
    [
      'has_any: a whole term inside another entry',
      'RemoteUrl has_any ("api.twitter.com", "twitter.com")',
      'api.twitter.com',
    ],
    ['has_any: in whatever case', 'RemoteUrl has_any ("Paste.ee", "x.paste.EE")', 'x.paste.EE'],
    ['has_all: the weaker demand', 'ProcessCommandLine has_all ("-enc", "enc")', 'enc'],
    ['in: the same text again', 'ActionType in ("A", "B", "A")', 'A'],
    ['in~: the same text in another case', 'ActionType in~ ("curl.exe", "CURL.EXE")', 'CURL.EXE'],
    ['!in~: as in~', 'ActionType !in~ ("curl.exe", "CURL.EXE")', 'CURL.EXE'],
    ['contains, chained with or', 'RemoteUrl contains "paste" or RemoteUrl contains "pastebin"', 'pastebin'],
    ['startswith, chained with or', 'RemoteUrl startswith "http" or (RemoteUrl startswith "https")', 'https'],
    ['endswith, chained with or', 'RemoteUrl endswith ".com" or RemoteUrl endswith "x.com"', 'x.com'],
    ['has, chained with or', 'RemoteUrl has "a.b.c" or RemoteUrl has "b"', 'a.b.c'],
    ['!contains, chained with and', 'RemoteUrl !contains "ab" and RemoteUrl !contains "a"', 'ab'],
    ['==, chained with or', 'ActionType == "A" or ActionType == "A"', 'A'],
  ])('%s', (_, condition, entry) => {
    const table = condition.startsWith('Process') ? 'DeviceProcessEvents' : 'DeviceNetworkEvents';
    const findings = judge(`${table} | where ${condition}`).filter(({ code }) => code === 'covered-entry');
    expect(findings.map(({ remedy }) => remedy)).toEqual([`Remove '${entry}'.`]);
    expect(findings[0]).toMatchObject({ severity: 'warning', line: 1, length: entry.length + 2 });
  });

  test.each([
    ['has_any: part of a term only', 'RemoteUrl has_any ("raw.githubusercontent.com", "github.com")'],
    ['has_any: an underscore may or may not part terms', 'RemoteUrl has_any ("a_b", "b")'],
    ['in: other case is another text', 'ActionType in ("a", "A")'],
    ['in: a part is another text', 'ActionType in ("twitter.com", "api.twitter.com")'],
    ['contains, chained with and: both are demanded', 'RemoteUrl contains "a" and RemoteUrl contains "ab"'],
    ['contains over two columns', 'RemoteUrl contains "a" or DeviceName contains "ab"'],
    ['two operators', 'RemoteUrl contains "ab" or RemoteUrl has "a"'],
    ['startswith in the middle', 'RemoteUrl startswith "a" or RemoteUrl startswith "ba"'],
  ])('not: %s', (_, condition) => {
    expect(found('covered-entry', condition)).toEqual([]);
  });

  test('of a variable, at its place in the let', () => {
    const text =
      'let Sites = dynamic([\n  "t.me",\n  "web.t.me"]);\nDeviceNetworkEvents | where RemoteUrl has_any (Sites)';
    expect(places(judge(text), 'covered-entry')).toEqual(['covered-entry 3:3']);
  });

  test('of a variable only as all of its uses allow', () => {
    const list = 'let Names = dynamic(["a.b", "b"]); DeviceNetworkEvents | where RemoteUrl has_any (Names)';
    expect(places(judge(list), 'covered-entry')).toHaveLength(1);
    expect(places(judge(`${list} or RemoteUrl in (Names)`), 'covered-entry')).toEqual([]);
    expect(places(judge(`${list} | extend N = array_length(Names)`), 'covered-entry')).toEqual([]);
  });

  test('has implies has exactly where the terms stand side by side', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,3}$/);
    const words = fc.array(word, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(words, words, (narrow, wide) => {
        const inside = narrow.some((_, i) => wide.every((each, j) => narrow[i + j] === each));
        expect(implies('has', narrow.join('.'), wide.join('.'))).toBe(inside);
      }),
    );
  });
});

describe('matches-everything', () => {
  test.each([
    'RemoteUrl has_any ("a", "")',
    'RemoteUrl contains ""',
    'RemoteUrl !has ""',
    'RemoteUrl startswith ""',
    'RemoteUrl has_all ("")',
  ])('%s', (condition) => {
    expect(found('matches-everything', condition)).toMatchObject([{ severity: 'error', length: 2 }]);
  });

  test.each(['RemoteUrl in ("a", "")', 'RemoteUrl == ""', 'RemoteUrl has_all ("a", "")', 'RemoteUrl has " "'])(
    'not: %s',
    (condition) => {
      expect(found('matches-everything', condition)).toEqual([]);
    },
  );
});

describe('never-matches', () => {
  test.each([
    ['tolower(RemoteUrl) == "PasteBin.com"', "Write 'pastebin.com'."],
    ['tolower(RemoteUrl) in ("a", "B")', "Write 'b'."],
    ['tolower(RemoteUrl) !in ("a", "B")', "Write 'b'."],
    ['toupper(DeviceName) has_cs "srv"', "Write 'SRV'."],
    [
      'tostring(parse_url(RemoteUrl).Host) has "github.com/raw"',
      'Write the host alone, or compare with the whole URL.',
    ],
  ])('%s', (condition, remedy) => {
    expect(found('never-matches', condition)).toMatchObject([{ severity: 'warning', remedy }]);
  });

  test('through a column that holds the lower case', () => {
    const text = 'DeviceNetworkEvents | extend Url = tolower(RemoteUrl) | where Url contains_cs "Paste"';
    expect(places(judge(text), 'never-matches')).toEqual(['never-matches 1:79']);
  });

  test.each([
    'tolower(RemoteUrl) =~ "PasteBin.com"',
    'tolower(RemoteUrl) has "PasteBin"',
    'RemoteUrl == "PasteBin.com"',
    'tolower(RemoteUrl) in ("a", "b")',
    'tostring(parse_url(RemoteUrl).Path) has "a/b"',
  ])('not: %s', (condition) => {
    expect(found('never-matches', condition)).toEqual([]);
  });
});

describe('joined-strings', () => {
  test('in a list it is an error, at the literal that lacks its comma', () => {
    const text =
      'let Sites = dynamic([\n  "a.com"\n  "b.com", "c.com"]);\nDeviceNetworkEvents | where RemoteUrl has_any (Sites)';
    expect(judge(text).filter(({ code }) => code === 'joined-strings')).toMatchObject([
      { severity: 'error', line: 3, column: 3, length: 7, message: "KQL joins these 2 literals to 'a.comb.com'." },
    ]);
    expect(found('joined-strings', 'ActionType in ("a" "b")')).toHaveLength(1);
  });

  test('elsewhere it may be meant', () => {
    expect(found('joined-strings', 'RemoteUrl == "a" "b"')).toMatchObject([{ severity: 'warning' }]);
  });

  test('not: literals with commas', () => {
    expect(found('joined-strings', 'ActionType in ("a", "b")')).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleOf } from '../../harness/evade/sample.js';
import { wordsOf } from '../../harness/evade/words.js';
import { plan } from '../../harness/kql/index.js';
import { builtInCatalog } from '../../harness/tables/catalog.js';

const names = builtInCatalog('defender-xdr');
const words = (where: string) => wordsOf(plan(`DeviceNetworkEvents\n| where ${where}`, { names }).plan);

describe('the programs that a rule leaves out', () => {
  it('are those of a list, of a comparison and of an or that they fail', () => {
    expect(words('InitiatingProcessFileName !in~ ("chrome.exe", "svchost.exe")').disguises).toEqual([
      { image: 'chrome.exe' },
      { image: 'svchost.exe' },
    ]);
    expect(words('InitiatingProcessFileName !~ "git.exe"').disguises).toEqual([{ image: 'git.exe' }]);
    const or = 'InitiatingProcessFileName =~ "cmd.exe" or InitiatingProcessFileName !in~ ("cmd.exe", "teams.exe")';
    expect(words(or).disguises).toEqual([{ image: 'teams.exe' }]);
  });

  it('are told by all fields that an exception asks for together', () => {
    const exception = `not(InitiatingProcessFolderPath startswith @"c:\\program files\\acme\\"
      and InitiatingProcessFileName =~ "acme.exe" and InitiatingProcessVersionInfoCompanyName == "Acme Ltd."
      and InitiatingProcessCommandLine has "--update" and InitiatingProcessParentFileName =~ "services.exe"
      and RemoteUrl =~ "github.com")`;
    expect(words(exception).disguises).toEqual([
      {
        image: 'acme.exe',
        folder: 'c:\\program files\\acme',
        commandLine: '--update',
        parent: 'services.exe',
        company: 'Acme Ltd.',
      },
    ]);
  });

  it('are found through computed columns, functions of case and patterns', () => {
    const rule = `DeviceNetworkEvents
| extend Program = tolower(InitiatingProcessFileName)
| extend IsHarmless = Program == "git.exe"
| where not(IsHarmless)
| where not(InitiatingProcessFolderPath matches regex @"(?i)^c:\\\\tools\\\\[0-9]+\\\\sync\\.exe$")`;
    expect(wordsOf(plan(rule, { names }).plan).disguises).toEqual(
      expect.arrayContaining([{ image: 'git.exe' }, { folder: 'c:\\tools\\0', image: 'sync.exe' }]),
    );
  });

  it('are those that were started, of a rule about starts', () => {
    const rule = `DeviceProcessEvents
| where not(FileName =~ "rundll32.exe" and ProcessCommandLine has "printui.dll" and InitiatingProcessFileName =~ "spoolsv.exe")`;
    expect(wordsOf(plan(rule, { names }).plan).disguises).toEqual([
      { image: 'rundll32.exe', commandLine: 'printui.dll', parent: 'spoolsv.exe' },
    ]);
  });

  it('are none where the rule leaves nothing out, or asks what no text can be', () => {
    expect(words('RemoteUrl has "pastebin.com"').disguises).toEqual([]);
    const impossible = 'not(InitiatingProcessFileName =~ "a.exe" and InitiatingProcessFileName =~ "b.exe")';
    expect(words(impossible).disguises).toEqual([]);
    // A text that a scenario would take for something to fill in is no name of a file here.
    expect(words('InitiatingProcessFileName !~ "{word}.exe"').disguises).toEqual([]);
  });
});

describe('what a rule of a stranger asks of a program', () => {
  it('is checked in time, whatever its pattern', () => {
    const text = `${'a'.repeat(60)}!`;
    const rule = `not(InitiatingProcessFileName contains "${text}" and InitiatingProcessFileName matches regex "^(a+)+$")`;
    const began = performance.now();
    expect(words(rule).disguises).toEqual([]);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('is tried with some beginnings and ends, not with all', () => {
    const tests = Array.from({ length: 150 }, (_, i) =>
      ['startswith', 'endswith'].map((operator) => `InitiatingProcessCommandLine ${operator} "a${i}"`),
    ).flat();
    const began = performance.now();
    expect(words(`not(${tests.join(' and ')})`).disguises).toEqual([]);
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});

describe('how long a rule waits', () => {
  it('is the longest time under a day that it puts events together in', () => {
    const rule = `DeviceNetworkEvents
| where Timestamp > ago(12h)
| join kind=inner (DeviceNetworkEvents | project DeviceId, Later = Timestamp) on DeviceId
| where Later between (Timestamp .. (Timestamp + 10m))`;
    expect(wordsOf(plan(rule, { names }).plan).window).toBe(600);
  });

  it('is nothing for a rule that looks at single events', () => {
    expect(words('Timestamp > ago(1h)').window).toBeUndefined();
  });
});

describe('a sample of a pattern', () => {
  it('matches it', () => {
    for (const pattern of ['^a[0-9]{3}\\.exe$', 'x(y|z)+\\\\w', '(?:one|two) \\d+', '[^\\\\]+\\\\end', 'a.c?d*']) {
      expect(sampleOf(pattern)).toMatch(new RegExp(pattern));
    }
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ maxLength: 40 }), (pattern) => typeof (sampleOf(pattern) ?? '') === 'string'));
  });
});

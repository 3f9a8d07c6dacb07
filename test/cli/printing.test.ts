import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { reportFault } from '../../harness/cli/program.js';
import { progress } from '../../harness/cli/progress.js';
import { ADVICE_FORMATS, renderAdvice } from '../../reports/advice/render.js';
import { DIFF_FORMATS, diffReport } from '../../reports/diff.js';
import { renderEvasion } from '../../reports/evade.js';
import { GUIDE_FORMATS, renderGuides } from '../../reports/guide/render.js';
import { MUTATION_FORMATS, renderMutation } from '../../reports/mutation/render.js';
import { REPORT_FORMATS, render } from '../../reports/render.js';
import { renderTuning, TUNING_FORMATS } from '../../reports/tuning/render.js';
import { hostileText, obeyed } from '../hostile.js';
import { sampleAdvice, sampleEvasion, sampleGuide, sampleMutation, sampleTuning } from '../reports/companions.js';
import { sampleComparison } from '../reports/diff-fixture.js';
import { sampleMeasurement } from '../reports/fixture.js';
import { assay } from './run.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-printing-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const RULE = `DeviceNetworkEvents
| where RemoteUrl has 'x'
| project Timestamp, DeviceId, ReportId, RemoteUrl`;

/** A detection of which some files or keys are an attacker's. */
function detection(changed: {
  title?: string;
  rule?: string;
  keys?: object;
  tests?: object;
  allowlist?: object;
}): string {
  const { title = 'a', rule = RULE, keys = {}, tests, allowlist } = changed;
  const claims = { techniques: ['T1102.001'], roles: ['lookup'] };
  const all = { id: 'd', title, environment: 'defender-xdr', claims, ...keys };
  rmSync(join(folder, 'd'), { recursive: true, force: true });
  file('d/rule.kql', rule);
  if (tests !== undefined) file('d/tests.yaml', JSON.stringify(tests));
  if (allowlist !== undefined) file('d/allowlist.yaml', JSON.stringify(allowlist));
  return dirname(file('d/detection.yaml', JSON.stringify(all)));
}

const alike = (name: string): object => ({
  tests: [
    { name, events: { DeviceNetworkEvents: [{ RemoteUrl: name }] }, expect: { rows: [{ RemoteUrl: `${name}!` }] } },
  ],
});

const excused = (text: string): object => ({
  exceptions: [{ condition: 'RemoteUrl == "y"', reason: text, owner: text, expiry: '2099-01-01' }],
});

/** Of a rule that must be refused: nothing is played. */
const REFUSED = { expects: { refused: { code: 'KS142', line: 1, column: 29 } } };

/** A name in brackets, as KQL has it. */
const named = (text: string): string => `['${text.replaceAll(/[\\']/g, '\\$&').replaceAll(/[\r\n]/g, '\\n')}']`;

/** Where a text of an attacker gets in, as the command line that meets it. */
const WAYS_IN: Readonly<Record<string, (text: string) => readonly string[]>> = {
  'a command': (text) => [text],
  'a flag': (text) => ['check', `--${text}`],
  'the value of a flag': (text) => ['test', '--hosts', text],
  'a choice of a flag': (text) => ['query', 'print 1', '--environment', text],
  'a format': (text) => ['test', '--format', text],
  'a path': (text) => ['check', join(folder, 'none', text)],
  'the name of a folder': (text) => ['test', `${folder}/none/${text}`],
  'the name of a query file': (text) => ['query', `${text}.kql`],
  'a query': (text) => ['query', text],
  'a table that there is not': (text) => ['query', `${named(text)} | take 1`],
  'the name of a column of a query': (text) => ['query', `print ${named(text)} = 1`],
  'a function that there is not': (text) => ['query', `print ${named(text)}()`],
  'a value of a query': (text) => ['query', `print ${JSON.stringify(text)}, dynamic({"a": ${JSON.stringify(text)}})`],
  'the name of a table': (text) => ['query', 'print 1', '--data', `${text}=[{"a":"b"}]`],
  'a column of data': (text) => ['query', 'T', '--data', `T=${JSON.stringify([{ [text]: text }])}`],
  'data that is no JSON': (text) => ['query', 'T', '--data', `T=[${text}`],
  'a heading of a CSV file': (text) => ['query', 'T', '--data', `T=${file('a.csv', `"${text}","${text}"\n1,2\n`)}`],
  'rows that are left out': (text) => {
    const rows = ['{"Timestamp":"2026-01-01"}', JSON.stringify({ Timestamp: text }), `{"${text}`].join('\n');
    return ['query', 'DeviceNetworkEvents', '--data', `DeviceNetworkEvents=${file('a.ndjson', rows)}`];
  },
  'a batch of queries': (text) => [
    'query',
    '--batch',
    file('b.jsonl', `${JSON.stringify({ id: text, query: text })}\n${text}`),
  ],
  'a source that there is not': (text) => ['query', `_GetWatchlist(${JSON.stringify(text)})`],
  'the key of a source': (text) => ['query', 'print 1', '--source', `${text}=[{"a":1}]`],
  'a time': (text) => ['query', 'print 1', '--now', text],
  'a key of a file': (text) => ['test', detection({ keys: { [text]: text } })],
  'a value of a file': (text) => ['mutate', detection({ keys: { environment: text } })],
  'a title': (text) => ['test', detection({ title: text, rule: 'DeviceNetworkEvents | where a', keys: REFUSED })],
  'the id of a detection': (text) => ['tune', detection({ keys: { id: text } })],
  'a rule': (text) => ['check', detection({ rule: `DeviceNetworkEvents | where ${named(text)} == 1` })],
  'a rule that is refused': (text) => ['test', detection({ rule: `DeviceNetworkEvents | where ${text}` })],
  'the name of a test that mutants fail': (text) => ['mutate', detection({ tests: alike(text) })],
  'a table of a test': (text) => [
    'test',
    detection({ tests: { tests: [{ name: 'a', events: { [text]: [{}] }, expect: { alerts: 0 } }] } }),
  ],
  'an exception': (text) => ['allowlist', 'show', detection({ allowlist: excused(text) })],
  'an exception that is judged': (text) => ['check', detection({ allowlist: excused(text) })],
  'a key of an exception': (text) => ['allowlist', 'render', detection({ allowlist: { exceptions: [{ [text]: 1 }] } })],
  'an event to explain': (text) => ['explain', detection({}), '--event', file('e.yaml', JSON.stringify({ [text]: 1 }))],
  'a scenario': (text) => ['simulate', '--check', file('s.yaml', JSON.stringify({ id: text, [text]: text }))],
  'a workload': (text) => ['simulate', '--describe', '--workload', text],
  'a measurement': (text) => ['report', file('m.json', JSON.stringify(titled(text)))],
  'no measurement': (text) => ['report', file('m.json', JSON.stringify({ version: 1, [text]: text }))],
  'a rule to import': (text) => [
    'import',
    file('i.yaml', JSON.stringify({ id: text, name: text, kind: text, query: text, [text]: text })),
    '--dry-run',
    '--into',
    folder,
  ],
  'an export to anonymize': (text) => ['anonymize', file('x.ndjson', `{"a":1}\n${text}\n`), '--out', join(folder, 'x')],
  'a schema': (text) => ['schemas', text],
  'the id of a new detection': (text) => ['new', 'detection', text, '--into', join(folder, 'new')],
  'a revision': (text) => ['diff', text, '--in', detection({})],
  'what to evade': (text) => ['evade', detection({}), '--scenario', text, '--hosts', '1'],
};

/** A measurement whose names are an attacker's. */
function titled(text: string): ReturnType<typeof sampleMeasurement> {
  const measurement = sampleMeasurement();
  const [first, second] = measurement.detections;
  if (first === undefined || second === undefined) throw new Error('The sample has two detections.');
  const tests = [{ name: text, status: 'failed', message: text } as const];
  const scenarios = second.scenarios.map((scenario) => ({ ...scenario, id: text, title: text }));
  const rule = { ...first.rule, file: text };
  return {
    ...measurement,
    detections: [
      { ...first, title: text, rule },
      { ...second, id: text, title: text, tests, scenarios },
    ],
  };
}

/** Texts that a rule, a detection or a scenario gives, wherever they are in a result. */
const GIVEN = [
  'title',
  'reason',
  'condition',
  'message',
  'value',
  'source',
  'replacement',
  'does',
  'test',
  'difference',
];

/** A result whose texts are an attacker's. */
function renamed<T>(result: T, text: string): T {
  const json = JSON.stringify(result, (key, value) =>
    GIVEN.includes(key) && typeof value === 'string' ? text : value,
  );
  return JSON.parse(json) as T;
}

/** Flags may be no text with a NUL, nor may names of files: the system takes neither. */
const givenText = hostileText.map((text) => text.replaceAll('\0', '\u0001'));

describe('what is printed holds nothing that is obeyed', () => {
  for (const [way, commandOf] of Object.entries(WAYS_IN)) {
    it(`whatever stands as ${way}`, async () => {
      await fc.assert(
        fc.asyncProperty(givenText, fc.boolean(), async (text, json) => {
          const args = [...commandOf(text), ...(json ? ['--json'] : [])];
          const { stdout, stderr } = await assay(...args);
          expect(stdout + stderr).not.toBe('');
          expect([...obeyed(stdout), ...obeyed(stderr)]).toEqual([]);
          // Where one text ends and the next begins is no line of both.
          for (const text of [stdout, stderr]) expect(text === '' || text.endsWith('\n')).toBe(true);
        }),
        {
          numRuns: 8,
          examples: [
            ['\n::error::x\u001b[31m##[add-path]x', false],
            [' ::add-mask::a', true],
          ],
        },
      );
    });
  }

  it('in no format of a report, with colours or without', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, fc.constantFrom(...REPORT_FORMATS), fc.boolean(), async (text, format, color) => {
        const report = await render(format, titled(text), { color, width: 100 });
        // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape begins with one
        expect(obeyed(report.replace(/\u001b\[(1|2|22|31|32|33|39)m/g, ''))).toEqual([]);
      }),
    );
  });

  it('in no format of what other commands found', async () => {
    const options = { color: false, width: 100 };
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const reports = [
          ...DIFF_FORMATS.map((format) => diffReport(format, renamed(sampleComparison(), text), options)),
          ...MUTATION_FORMATS.map((format) =>
            renderMutation(format, [renamed(sampleMutation(), text)], { ...options, version: '1', atLeast: 1 }),
          ),
          ...TUNING_FORMATS.map((format) => renderTuning(format, [renamed(sampleTuning(), text)], options)),
          ...ADVICE_FORMATS.map((format) => renderAdvice(format, [renamed(sampleAdvice(), text)], options)),
          ...GUIDE_FORMATS.map((format) => renderGuides(format, [renamed(sampleGuide(), text)])),
          ...(['terminal', 'markdown', 'json'] as const).map((format) =>
            renderEvasion(format, renamed(sampleEvasion(), text), options),
          ),
        ];
        for (const report of await Promise.all(reports)) expect(obeyed(report)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('in no colour that a text of others asks for', async () => {
    const report = await render('terminal', titled('\u001b[31mred\u001b[0m'), { color: true, width: 100 });
    expect(report).toContain('\\u001b[31mred');
    expect(report).not.toContain('\u001b[31mred');
    // All other codes are ours, and whole, also where a table breaks or cuts a text.
    for (const width of [60, 100, 140]) {
      const coloured = await render('terminal', titled('red'), { color: true, width });
      expect(coloured).not.toContain('\\u001b');
      expect(stripVTControlCharacters(coloured)).not.toContain('\u001b');
    }
  });

  it('in what progress shows, and in a fault of Assay', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown: string[] = [];
        progress({ isTTY: true, columns: 80, write: (line) => shown.push(line) }).stage(text, 0.5);
        expect(obeyed(shown.join('').replace('\r\u001b[2K', ''))).toEqual([]);
        const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
        expect(reportFault(new Error(text))).toBe(70);
        expect(obeyed(stderr.mock.calls.join(''))).toEqual([]);
        stderr.mockRestore();
      }),
    );
  });

  it('in GitHub Actions but for the commands that mark findings, a line each', async () => {
    vi.stubEnv('GITHUB_ACTIONS', 'true');
    vi.stubEnv('GITHUB_STEP_SUMMARY', '');
    await fc
      .assert(
        // A rule with NUL is no text, and so has no place for a finding.
        fc.asyncProperty(
          hostileText.filter((text) => !text.includes('\0')),
          async (text) => {
            const { stderr } = await assay(
              'test',
              detection({ rule: `DeviceNetworkEvents | where ${named(text)} == 1` }),
            );
            const lines = stderr.split('\n');
            const meant = lines.filter((line) =>
              /^::error file=[^:]*,line=\d+,col=\d+,title=Assay%3A \w+::[^:]/.test(line),
            );
            expect(meant.length).toBeGreaterThan(0);
            expect(obeyed(lines.filter((line) => !meant.includes(line)).join('\n'))).toEqual([]);
            expect(obeyed(meant.map((line) => line.slice(2)).join('\n'))).toEqual([]);
          },
        ),
        { numRuns: 20 },
      )
      .finally(() => vi.unstubAllEnvs());
  });
});

describe('a process', () => {
  it('prints warnings and faults that nobody catches in the same way', async () => {
    // What Node would print is met once Assay listens.
    const preload = `process.on('newListener', (event) => event === 'warning' && setImmediate(() => {
      process.emitWarning('\\n::error::\\u001b[31mw');
      setImmediate(() => { throw new Error('\\n::error::\\u001b[31mf'); });
    }));`;
    const imports = ['--import', `data:text/javascript,${encodeURIComponent(preload)}`, '--import', 'tsx'];
    const child = spawn(process.execPath, [...imports, 'harness/cli/main.ts', 'query', 'print 1']);
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const [code] = await once(child, 'close');
    expect(stderr).toContain('\\u003a:error::\\u001b[31mw');
    expect(stderr).toContain('\\u003a:error::\\u001b[31mf');
    expect(obeyed(stderr)).toEqual([]);
    expect(code).toBe(70);
  });
});

describe('a query', () => {
  it('may be longer than a name of a file', async () => {
    const { code, stdout } = await assay('query', `print a = "${'a'.repeat(300)}", b = 1`);
    expect(code).toBe(0);
    expect(stdout).toContain('aaa');
  });
});

describe('a message that quotes', () => {
  const long = 'secret '.repeat(500).trim();
  const WAYS = {
    'a key': () => ['test', detection({ keys: { [long]: 1 } })],
    'a value': () => ['test', detection({ keys: { environment: `x' ${long}` } })],
    'a time of a test': () => [
      'test',
      detection({ tests: { tests: [{ name: 'a', now: long, events: {}, expect: { alerts: 0 } }] } }),
    ],
    'a cell of a test': () => [
      'test',
      detection({
        tests: {
          tests: [
            { name: 'a', events: { DeviceNetworkEvents: [{ RemotePort: { [long]: long } }] }, expect: { alerts: 0 } },
          ],
        },
      }),
    ],
    'a table of a query': () => ['query', named(long)],
    'a column of a query': () => ['query', `DeviceNetworkEvents | where ${named(long)} == 1`, '--json'],
    'an argument': () => ['query', 'print 1', '--environment', long],
    'a limit': () => ['query', 'print 1', '--timeout', long],
    'a cell of a file': () => [
      'query',
      'DeviceNetworkEvents',
      '--data',
      `DeviceNetworkEvents=[{"Timestamp":"${long}"}]`,
    ],
  } as const satisfies Readonly<Record<string, () => readonly string[]>>;
  for (const [what, commandOf] of Object.entries(WAYS)) {
    it(`shows an excerpt of ${what}`, async () => {
      const { stderr } = await assay(...commandOf());
      expect(stderr).toContain('secret');
      expect(stderr.match(/secret/g)?.length).toBeLessThan(40);
    });
  }
});

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../harness/evidence/result.js';
import type { DetectionMeasurement, Measurement } from '../../harness/measure/measurement.js';
import { NO_COMPANIONS } from '../../reports/companions.js';
import { diffPage } from '../../reports/html/diff.js';
import { highlighted } from '../../reports/html/kql.js';
import { escaped, html, jsonMarkup } from '../../reports/html/markup.js';
import { htmlReport } from '../../reports/html/report.js';
import { verdictOf } from '../../reports/html/verdict.js';
import { sampleAdvice, sampleEvasion, sampleGuide, sampleMutation, sampleTuning } from './companions.js';
import { sampleComparison } from './diff-fixture.js';
import { sampleMeasurement } from './fixture.js';

/** The sample's second detection with a rule to show, changed as asked. */
function loud(change: Partial<DetectionMeasurement> = {}): DetectionMeasurement {
  const [, second] = sampleMeasurement().detections;
  if (second === undefined) throw new Error('The sample has two detections.');
  const text =
    'let Domains = dynamic([\n  "github.com",      "`|</code><script>"]);\nDeviceNetworkEvents | where RemoteUrl has_any (Domains)';
  return { ...second, rule: { ...second.rule, source: { text, line: 1, column: 1 } }, ...change };
}

function measured(...detections: DetectionMeasurement[]): Measurement {
  return { ...sampleMeasurement(), detections };
}

describe('the HTML report', () => {
  it('answers first whether the rule ships, and why not', () => {
    const page = htmlReport(measured(loud()));
    expect(page).toContain('<h1>loud: does not ship</h1>');
    const answer = page.indexOf('class="answer stays"');
    expect(answer).toBeGreaterThan(0);
    expect(answer).toBeLessThan(page.indexOf('class="figures"'));
    expect(page).toContain('Gate scenario git-client: is 800, must be at most 500');
  });

  it('counts the answers of several detections', () => {
    expect(htmlReport(sampleMeasurement())).toContain(
      '<h1>0 of 2 detections ship, 1 does not, 1 refused as stated</h1>',
    );
  });

  it('asks for nothing: its policy names its own script and style by digest', () => {
    const page = htmlReport(measured(loud()));
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    for (const [kind, tag] of [
      ['style-src', 'style'],
      ['script-src', 'script'],
    ] as const) {
      const content = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)?.[1] ?? '';
      const digest = createHash('sha256').update(content).digest('base64');
      expect(policy).toContain(`${kind} 'sha256-${digest}'`);
    }
    expect(page.match(/<[^>]*( style| on\w+|src)=/g)).toBeNull();
    expect(page).not.toMatch(/url\(|@import/);
  });

  it('marks the entries of the rule at their place by what they bring', () => {
    const page = htmlReport(measured(loud()));
    expect(page).toMatch(
      /<mark class="useful" title="Alone it brings 10 true alerts and 790 false\.">[^\n]*&quot;github\.com&quot;/,
    );
  });

  it('shows refusals below their line, in the lines of the file', () => {
    const [refused] = sampleMeasurement().detections;
    if (refused === undefined) throw new Error('The sample has two detections.');
    const source = { text: 'T\n| where User == 1', line: 2, column: 3 };
    const page = htmlReport(measured({ ...refused, rule: { ...refused.rule, source } }));
    expect(page).toMatch(/<li id="d0-L3" value="3">.*<mark class="wrong".*User.*KS142/);
  });

  it('carries alerts as distinct values, each once', () => {
    const row = {
      verdict: 'false',
      scenario: 'git-client',
      host: 'ws-1',
      events: 1,
      event: '7',
      row: ['git.exe'],
    } as const;
    const evidence: Evidence = {
      alerts: { columns: ['Process'], rows: [row, row, row] },
      activities: [],
      explanations: [],
    };
    const page = htmlReport(measured(loud()), new Map([['loud', evidence]]));
    const data = /<script type="application\/json" id="grids">(.*)<\/script>/.exec(page)?.[1] ?? '';
    expect(JSON.parse(data)).toMatchObject({
      d0: { columns: [{}, {}, {}, {}, {}, { title: 'Process', distinct: ['git.exe'], index: [0, 0, 0] }] },
    });
  });

  it('shows mistakes that no test notices below their line, and marks where they are', () => {
    const companions = { ...NO_COMPANIONS, mutation: new Map([['loud', sampleMutation()]]) };
    const page = htmlReport(measured(loud()), new Map(), companions);
    expect(page).toMatch(/<li id="d0-L3"[^\n]*<mark class="untested"[^\n]*1 mistake here would pass every test/);
    expect(page).toContain('matches &lt;b&gt;anywhere&lt;/b&gt;: 0 alerts by the rule, 1 by the mutant');
    expect(page).toContain('Mutation: 50% of 2 mistakes fail a test; 1 other changes nothing that was tried.');
    expect(page).not.toContain('<script>alert');
  });

  it('draws what exceptions bring and cost, and lists them', () => {
    const companions = { ...NO_COMPANIONS, tuning: new Map([['loud', sampleTuning()]]) };
    const page = htmlReport(measured(loud()), new Map(), companions);
    expect(page).toContain(
      'go from 800 (267 to 2,400) to 90 (30 to 270) a day per 1,000 hosts, and 1 of 30 caught attacks is lost.',
    );
    expect(page).toMatch(/<svg role="img" aria-label="What each more exception brings and costs"/);
    expect(page).toContain('program files\\\\&lt;git&gt;');
  });

  it('shows which attacks changes hide, and how robust the clauses are', () => {
    const companions = { ...NO_COMPANIONS, evasion: new Map([['loud', sampleEvasion()]]) };
    const page = htmlReport(measured(loud()), new Map(), companions);
    expect(page).toContain('50% (9.5% to 91%) of 2 pairs that were caught before still are.');
    expect(page).toMatch(/<td class="cell missed" data-key="0">○<span class="spoken">0 of 5 caught<\/span><\/td>/);
    expect(page).toContain('other &lt;service&gt;');
  });

  it('tells what to change in the lists, what that brings, and what they lack', () => {
    const companions = { ...NO_COMPANIONS, advice: new Map([['loud', sampleAdvice()]]) };
    const page = htmlReport(measured(loud()), new Map(), companions);
    expect(page).toContain('<dd>150 false alerts a day per 1,000 hosts, 30 attacks of 6 procedures caught</dd>');
    expect(page).toMatch(/<span class="tag noisy">drop<\/span>[^\n]*&lt;i&gt;sharepoint\.com&lt;\/i&gt;/);
    expect(page).toMatch(/paste\.example[^\n]*Reads &lt;another&gt; paste \(5\)/);
  });

  it('tells what its alerts look like, and where to look first', () => {
    const companions = { ...NO_COMPANIONS, guide: new Map([['loud', sampleGuide()]]) };
    const page = htmlReport(measured(loud()), new Map(), companions);
    expect(page).toContain('What its alerts look like');
    expect(page).toMatch(
      /<td>a shell asked<\/td><td[^>]*>90%<\/td><td[^>]*>10%<\/td><td>InitiatingProcessFileName<\/td>/,
    );
    expect(page).toContain(
      '<dt>Looks most like the everyday</dt><dd><code>git-client</code> (40% alike): here a shell asked</dd>',
    );
    expect(page).toContain('<li>Reads &lt;another&gt; paste: 5 activities</li>');
    expect(page).not.toContain('<script>alert');
  });

  it('tells which shares and rates the range of a scenario follows from', () => {
    const rates = (mid: number): { low: number; mid: number; high: number } => ({ low: mid / 2, mid, high: mid * 2 });
    const estimate = { share: rates(20), rows: rates(10), rowsPerDayPer1000Hosts: rates(2000) };
    const scenarios = loud().scenarios.map((scenario) =>
      scenario.label === 'benign' ? { ...scenario, estimate } : scenario,
    );
    const page = htmlReport(measured(loud({ scenarios })));
    expect(page).toContain(
      '20% (10% to 40%) of the hosts that could have it, each with 10 (5 to 20) rows a day, make 2,000 (1,000 to 4,000) rows a day per 1,000 hosts, and each of these 0.4 alerts',
    );
    expect(page).toContain('How each range follows from shares and rates');
  });

  it('is the same for the same measurement', () => {
    expect(htmlReport(measured(loud()))).toBe(htmlReport(measured(loud())));
  });

  it('lets no name out of its place', () => {
    const tags = (page: string): string[] => page.match(/<[^>]*>/g)?.map((tag) => tag.replace(/"[^"]*"/g, '""')) ?? [];
    const named = (text: string): string =>
      htmlReport(
        measured(
          loud({
            title: text,
            scenarios: loud().scenarios.map((scenario) => ({ ...scenario, title: text, procedure: text })),
            literals: [
              { list: text, entry: text, line: 9, column: 1, all: { true: 1, false: 2 }, only: { true: 1, false: 2 } },
            ],
            gates: [{ name: text, demand: text, actual: null, passed: false, message: text }],
          }),
        ),
      );
    // Charts cut names by their length, so that all have the same one.
    const plain = tags(named('xxxxxxxxxx'));
    const sign = fc.constantFrom(...`<>"'&/=\`x-{}${'\u2028'}`);
    fc.assert(
      fc.property(fc.array(sign, { minLength: 10, maxLength: 10 }), (signs) => {
        expect(tags(named(signs.join('')))).toEqual(plain);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the page of a comparison', () => {
  it('answers first, then tells what each change, scenario and entry gained and lost', () => {
    const page = diffPage(sampleComparison());
    expect(page).toContain('<h1>');
    expect(page.indexOf('class="answer stays"')).toBeLessThan(page.indexOf('class="figures"'));
    expect(page).toContain('<b>75% → 80%</b>');
    expect(page).toContain('column RemoteIPType vanished (was string)');
    expect(page).toMatch(/<del><code>[^<]*github\.com/);
    expect(page).toMatch(/Git client<small>git-client<\/small>[\s\S]*700 → 0 of 9,000/);
    expect(page).toMatch(/<svg role="img" aria-label="Alerts gained, less those lost, by scenario"/);
  });

  it('asks for nothing, and lets no name out of its place', () => {
    const page = diffPage(sampleComparison());
    expect(page).toContain("default-src 'none'");
    expect(page.match(/<[^>]*( style| on\w+|src)=/g)).toBeNull();
    expect(page).not.toMatch(/<img|<script>alert/);
  });

  it('gives the reason alone where a figure cannot be compared', () => {
    const [first] = sampleComparison().detections;
    if (first === undefined) throw new Error('The sample has a detection.');
    const unmeasured = { unmeasured: 'the older rule does not run' };
    const perDay = { before: unmeasured, after: first.alertsPerDayPer1000Hosts.after, difference: unmeasured };
    const page = diffPage({ ...sampleComparison(), detections: [{ ...first, alertsPerDayPer1000Hosts: perDay }] });
    expect(page).toContain('<b>– → 100</b><span>the older rule does not run</span>');
  });

  it('says so where nothing changed', () => {
    const page = diffPage({ ...sampleComparison(), status: 'passed', detections: [] });
    expect(page).toContain('<p>No detection changed.</p>');
    expect(page).toContain('1 detection unchanged: quiet-one.');
  });
});

describe('the verdict', () => {
  it('says what a yes rests on', () => {
    const passing = loud({ status: 'passed', tests: [], gates: [], baseline: { status: 'same', differences: [] } });
    expect(verdictOf(passing)).toEqual({
      answer: 'ships',
      words: 'Ships',
      reasons: ['No test says what it must do.', 'No gate demands anything of its figures.'],
    });
  });
});

describe('markup', () => {
  it('escapes every value that is no markup', () => {
    expect(html`<p title="${'"'}">${'<b>'}${html`<i>${1}</i>`}${undefined}${['a', '&']}</p>`.text).toBe(
      '<p title="&quot;">&lt;b&gt;<i>1</i>a&amp;</p>',
    );
  });

  it('leaves no character that HTML acts upon, and none that is unseen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        expect(escaped(text).replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toMatch(/[&<>"'\u0000-\u0008\u202e]/);
      }),
    );
  });

  it('keeps data within its element', () => {
    const hostile = { name: '</script><script>alert(1)</script>' };
    expect(jsonMarkup(hostile).text).not.toContain('<');
    expect(JSON.parse(jsonMarkup(hostile).text)).toEqual(hostile);
  });
});

describe('highlighting', () => {
  it('keeps every character of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const lines = highlighted(text).map((line) => line.map((token) => token.text).join(''));
        expect(lines.join('\n')).toBe(text.replaceAll('\r\n', '\n'));
      }),
    );
  });

  it('tells keywords, strings and comments apart', () => {
    const kinds = new Map(
      highlighted('// note\nT | where x == "a"')
        .flat()
        .map(({ text, kind }) => [text, kind]),
    );
    expect(kinds.get('where')).toBe('token-keyword');
    expect(kinds.get('"a"')).toMatch(/^token-string/);
    expect(kinds.get('// note')).toBe('token-comment');
  });
});

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import type { Log } from 'sarif';
import { describe, expect, it } from 'vitest';
import { diffReport } from '../../reports/diff.js';
import { annotations, githubAnnotations } from '../../reports/github.js';
import { mutationSarif } from '../../reports/mutation/sarif.js';
import { sarifLog, sarifReport } from '../../reports/sarif.js';
import { sampleMutation } from './companions.js';
import { sampleComparison } from './diff-fixture.js';
import { sampleMeasurement } from './fixture.js';

const official = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
// It is written in draft 4's way of naming itself and says draft 7.
const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(official, 'utf8')) as Record<string, unknown>;
const valid = ajv.compile(schema);

function checked(text: string): Log {
  const log = JSON.parse(text) as Log;
  valid(log);
  expect(valid.errors).toBeNull();
  return log;
}

describe('the SARIF report', () => {
  it('holds every reason to fail, as the official schema wants it', () => {
    const log = checked(sarifReport(sampleMeasurement()));
    const results = log.runs[0]?.results ?? [];
    expect(results.map(({ ruleId, level }) => `${ruleId} ${level}`)).toEqual([
      'KS142 note',
      'failed-test error',
      'failed-gate error',
      'regression error',
    ]);
    expect(results[0]?.locations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'refused-as-stated/rule.kql', uriBaseId: '%SRCROOT%' },
      region: { startLine: 3, startColumn: 11 },
    });
  });

  it('is valid whatever a finding says', () => {
    const text = fc.string({ unit: 'binary' });
    const finding = fc.record({
      code: text,
      severity: fc.constantFrom('error' as const, 'warning' as const, 'information' as const),
      file: text,
      line: fc.nat(9),
      column: fc.nat(9),
      length: fc.nat(9),
      message: text,
      remedy: text,
    });
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 4 }), (findings) => {
        checked(sarifLog(findings, '0.1.0', {}));
      }),
    );
  });

  it('calls a finding the same one when only its line moves', () => {
    const finding = { code: 'x', severity: 'error', file: 'rule.kql', column: 1, message: 'wrong' } as const;
    const [first, second] = [3, 9].map((line) => checked(sarifLog([{ ...finding, line }], '0.1.0', {})));
    const print = (log?: Log): unknown => log?.runs[0]?.results?.[0]?.partialFingerprints;
    expect(print(first)).toEqual(print(second));
  });
});

describe('SARIF of other commands', () => {
  const told = (log: Log): string[] =>
    (log.runs[0]?.results ?? []).map(({ ruleId, level, locations, message }) => {
      const place = locations?.[0]?.physicalLocation;
      return `${place?.artifactLocation?.uri}:${place?.region?.startLine ?? 0} ${level} ${ruleId}: ${message.text}`;
    });

  it('tells what a change lost, at its place in the newer rule', async () => {
    const log = checked(await diffReport('sarif', sampleComparison(), { color: false, width: 100 }));
    expect(told(log)).toMatchInlineSnapshot(`
      [
        "detections/paste-lookup/rule.kql:0 error breach: paste-lookup: 3 true alerts lost.",
        "detections/paste-lookup/rule.kql:0 warning lost-attacks: paste-lookup: − "github.com" in Sites: lost 3 true, 700 false.",
        "detections/paste-lookup/rule.kql:0 warning contract: paste-lookup: column RemoteIPType vanished (was string).
      See to playbooks, dashboards and rules that use it.",
        "detections/paste-lookup/rule.kql:0 warning contract: paste-lookup: entity mapping Host HostName: DeviceName → Computer.
      See to playbooks, dashboards and rules that use it.",
      ]
    `);
  });

  it('tells which mistakes no test would notice, and where', () => {
    const log = checked(mutationSarif([sampleMutation()], '0.1.0'));
    expect(told(log)).toMatchInlineSnapshot(`
      [
        "loud/rule.kql:3 warning untested: No test fails when a mistake here matches <b>anywhere</b>: 0 alerts by the rule, 1 by the mutant.",
        "loud/rule.kql:3 note undecided: No event that was tried shows a difference when a mistake here changes its case.",
      ]
    `);
  });
});

describe('annotations of GitHub', () => {
  it('are a command for each finding', () => {
    expect(githubAnnotations(sampleMeasurement()).trimEnd().split('\n')).toEqual([
      "::notice file=refused-as-stated/rule.kql,line=3,col=11,title=Assay%3A KS142::The name 'User' does not refer to any known column. The detection states this.%0ADid you mean 'UserName'?",
      "::error file=loud/rule.kql,title=Assay%3A failed-test::Test 'ignores | browsers%0A# heading' of loud fails: expected no alert, got 1.",
      '::error file=loud/rule.kql,title=Assay%3A failed-gate::Gate scenario git-client of loud is 800, must be at most 500.',
      '::error file=loud/rule.kql,title=Assay%3A regression::loud: recall fell from 90%25 to 75%25.%0AAccept it with `assay test --update-baseline`, or mend the rule.',
    ]);
  });

  it('stay one line and one command, whatever they quote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = annotations([
          { code: text, severity: 'error', file: text, line: 1, column: 1, message: text, remedy: text },
        ]);
        expect(written.match(/\n/g)).toHaveLength(1);
        const [properties = ''] = written.slice('::error '.length).split('::');
        expect(properties.split(',').map((part) => part.split('=')[0])).toEqual(['file', 'line', 'col', 'title']);
      }),
    );
  });
});

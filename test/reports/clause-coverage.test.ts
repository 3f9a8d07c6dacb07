import { expect, it } from 'vitest';
import type { CoveredPart } from '../../harness/coverage/result.js';
import { clauseCoverage } from '../../reports/clause-coverage.js';

const part = (
  kind: CoveredPart['kind'],
  text: string,
  [tests, malicious, benign]: readonly [number, number, number],
  finding?: string,
): CoveredPart => {
  const decided = { tests, malicious, benign };
  const at = { line: 2, column: 3, endLine: 2, endColumn: 9 };
  return { kind, text, site: text, ...at, held: decided, decided, ...(finding !== undefined && { finding }) };
};

it('tells of every clause what it decided, and of every entry whom it hit', () => {
  const parts = [
    part('clause', 'RemoteUrl has_any (Sites)', [4, 1200, 30]),
    part('entry', '"a.example"', [1, 700, 0]),
    part('entry', '"b.example"', [1, 500, 20]),
    part('entry', '"c.example"', [2, 0, 10]),
    part('entry', '"d.example"', [1, 0, 0]),
    part('entry', '"e.example"', [0, 3, 0]),
    part('entry', '"x.a.example"', [0, 0, 0], 'wherever it holds, so does "a.example"'),
    part('clause', 'FileName in~ (Shells)', [0, 0, 0], 'it holds for no event'),
    part('entry', '"cmd.exe"', [0, 0, 0], 'it holds for no event'),
  ];
  const coverage = { parts, covered: 5, constants: [{ column: 'IsShell', value: 'false' }] };
  expect(clauseCoverage(coverage, 'rule.kql', (_, text) => text, 80)).toBe(`
  Coverage  5 of 9 clauses, entries and branches of rule.kql decide something in the tests
            of the other 4, 1 decides something in the workload
  events that each decided                               tests     true    false
  2:3 RemoteUrl has_any (Sites)                              4    1,200       30
    hit by true and false: "b.example"
    hit by true alone: "a.example", "e.example"
    hit by false alone: "c.example"
    hit by tests alone: "d.example"
    hit by none: "x.a.example"
  2:3 FileName in~ (Shells)                                  0        0        0
  ○ 2:3 "x.a.example": wherever it holds, so does "a.example"
  ○ 2:3 FileName in~ (Shells): it holds for no event
  ○ 2:3 "e.example": decides something in the workload, and nothing in the tests
  ○ IsShell is false in every row`);
});

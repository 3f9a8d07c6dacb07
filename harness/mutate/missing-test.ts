import { dump } from 'js-yaml';
import type { Detection } from '../detection/detection.js';
import type { Row, TestCase } from '../detection/tests-schema.js';
import type { Answer } from '../engine/index.js';
import { writtenCell } from '../measure/cells.js';
import { alertsOf } from '../measure/expectation.js';
import { TEST_CLOCK } from '../measure/unit-tests.js';
import type { Mutant } from './mutants.js';
import type { Witness } from './result.js';
import type { Start } from './starts.js';

/**
 * The test that a mutant shows to be missing: an event on which it parts from the rule, with what the rule does now. A
 * person has to say whether that is right, so the name only says what was found.
 */
export function missingTest(
  detection: Detection,
  { edit, from }: Mutant,
  { events, now }: Start,
  rule: Answer,
  mutant: Answer,
): Witness {
  const { grouping, deployed } = detection;
  const [alerts, others] = [rule, mutant].map((answer) => alertsOf(answer, grouping, deployed.trigger));
  const differing = alerts === others ? differingRows(rule, mutant) : undefined;
  const test: TestCase = {
    name: `line ${deployed.placeInFile(from).line}: a mutant that ${edit.does}`,
    todo: true,
    ...(now !== TEST_CLOCK && { now }),
    events,
    expect: differing === undefined ? { alerts: alerts ?? 0 } : { rows: differing },
  };
  const difference =
    differing === undefined
      ? `${counted(alerts ?? 0)} by the rule, ${others ?? 0} by the mutant`
      : 'the rule returns other columns than the mutant';
  return { difference, test: dump([test], { lineWidth: 116 }) };
}

/** The rows of the rule, with the columns in which an answer of the mutant differs. */
function differingRows(rule: Answer, mutant: Answer): Row[] | undefined {
  if (rule.rows.length !== mutant.rows.length) return undefined;
  const written = (answer: Answer): Row[] =>
    answer.rows.map((row) =>
      Object.fromEntries(answer.columns.map(({ name, type }, i) => [name, writtenCell(row[i] ?? null, type)])),
    );
  const [is, other] = [written(rule), written(mutant)];
  const differing = rule.columns
    .map(({ name }) => name)
    .filter((name) => is.some((row, i) => JSON.stringify(row[name]) !== JSON.stringify(other[i]?.[name])));
  if (differing.length === 0) return undefined;
  return is.map((row) => Object.fromEntries(differing.map((name) => [name, row[name] ?? null])));
}

function counted(alerts: number): string {
  return `${alerts} alert${alerts === 1 ? '' : 's'}`;
}

import type { Comparison, DetectionComparison, RuleChange } from '../harness/diff/result.js';
import type { Printable } from '../harness/files/printable.js';
import { breaksOthers, changeEffect, changeLine, contractLine } from './diff-words.js';
import type { ReportFinding } from './findings.js';
import { remedyOf } from './refusals.js';
import { sarifLog } from './sarif.js';

const TITLES = {
  breach: 'A change of the detection goes beyond a limit.',
  'lost-attacks': 'A change of the rule loses events of attacks.',
  'gained-noise': 'A change of the rule gains events of everyday activity.',
  contract: 'Something that others may depend on has changed.',
} as const;

/** What a change does to detections as SARIF 2.1.0, at its place in the newer rule. */
export function diffSarif(comparison: Comparison): Printable {
  return sarifLog(diffFindings(comparison), comparison.versions.assay, TITLES, 'diff');
}

/** In order of detections; what only the older rule has is told of the newer file as a whole. */
export function diffFindings({ detections }: Comparison): ReportFinding[] {
  return detections.flatMap((detection) => {
    const { id, head, base, contract, changes, breaches } = detection;
    const file = head?.file ?? withoutRevision(base?.file ?? id);
    const whole = { file, line: 0, column: 0 };
    return [
      ...(head?.refused ?? []).map(
        (found): ReportFinding => ({
          ...{
            code: found.code,
            severity: 'error',
            file,
            line: found.line,
            column: found.column,
            message: found.message,
          },
          ...remedyOf(found),
        }),
      ),
      ...breaches.map(
        ({ message }): ReportFinding => ({
          code: 'breach',
          severity: 'error',
          ...whole,
          message: `${id}: ${message}.`,
        }),
      ),
      ...('unmeasured' in changes ? [] : changes.flatMap((change) => changeFinding(change, detection, file))),
      ...contract.filter(breaksOthers).map(
        (change): ReportFinding => ({
          code: 'contract',
          severity: 'warning',
          ...whole,
          message: `${id}: ${contractLine(change)}.`,
          remedy: 'See to playbooks, dashboards and rules that use it.',
        }),
      ),
    ];
  });
}

function changeFinding(change: RuleChange, { id }: DetectionComparison, file: string): ReportFinding[] {
  const { events, side, line, column } = change;
  if ('unmeasured' in events) return [];
  const code = events.lost.true > 0 ? 'lost-attacks' : events.gained.false > 0 ? 'gained-noise' : undefined;
  if (code === undefined) return [];
  const place = side === 'head' ? { line, column } : { line: 0, column: 0 };
  const message = `${id}: ${changeLine(change)}: ${changeEffect(change)}.`;
  return [{ code, severity: code === 'lost-attacks' ? 'warning' : 'information', file, ...place, message }];
}

/** `main:detections/a/rule.kql` names a file of a revision. */
function withoutRevision(file: string): string {
  return file.replace(/^[^/\\:]{2,}:/, '');
}

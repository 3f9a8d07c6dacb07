import { createHash } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactLocation, Location, Log, ReportingDescriptor, Result } from 'sarif';
import { jsonText, type Printable, visible } from '../harness/files/printable.js';
import type { Measurement } from '../harness/measure/measurement.js';
import { FINDING_TITLES, findingsOf, type ReportFinding } from './findings.js';

const LEVELS = { error: 'error', warning: 'warning', information: 'note' } as const;

/** Everything that a measurement holds against its detections, as SARIF 2.1.0. */
export function sarifReport(measurement: Measurement): Printable {
  return sarifLog(findingsOf(measurement), measurement.versions.assay, FINDING_TITLES);
}

/**
 * Findings as a SARIF 2.1.0 log, for code scanning. Files that are named relatively are so from the root of the
 * repository.
 *
 * @param version of Assay
 * @param titles what a code is about, in a sentence
 * @param of the command whose findings they are: code scanning keeps those of each apart
 */
export function sarifLog(
  findings: readonly ReportFinding[],
  version: string,
  titles: Readonly<Record<string, string>>,
  of: 'test' | 'check' | 'diff' = 'test',
): Printable {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  const rules = codes.map((code): ReportingDescriptor => {
    const title = Object.hasOwn(titles, code) ? titles[code] : undefined;
    return { id: code, ...(title !== undefined && { shortDescription: { text: visible(title) } }) };
  });
  const log: Log = {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: { driver: { name: 'Assay', version, rules } },
        automationDetails: { id: `assay/${of}/` },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => result(finding, codes.indexOf(finding.code))),
      },
    ],
  };
  return jsonText(log, 2);
}

function result(finding: ReportFinding, ruleIndex: number): Result {
  const { code, severity, message, remedy, file } = finding;
  const text = remedy === undefined ? message : `${message}\n${remedy}`;
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: visible(text) },
    locations: [location(finding)],
    // Lines move; a finding is the same one while it says the same of the same file.
    partialFingerprints: {
      'assay/v1': createHash('sha256')
        .update(JSON.stringify([code, file, message]))
        .digest('hex'),
    },
  };
}

/** A file as SARIF names it. */
export function artifactLocation(file: string): ArtifactLocation {
  if (isAbsolute(file)) return { uri: pathToFileURL(file).href };
  return { uri: file.toWellFormed().split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}

function location({ file, line, column, length }: ReportFinding): Location {
  const artifact = artifactLocation(file);
  if (line === 0) return { physicalLocation: { artifactLocation: artifact } };
  const end = length === undefined || length === 0 || column === 0 ? {} : { endColumn: column + length };
  const region = { startLine: line, ...(column > 0 && { startColumn: column }), ...end };
  return { physicalLocation: { artifactLocation: artifact, region } };
}

import { isUnmeasured, type TelemetryResult, type WorkloadResult } from '../harness/measure/measurement.js';
import { count, number } from './figures.js';
import { oneLine } from './text.js';

type File = TelemetryResult['files'][number];

const BESIDE = {
  all: 'beside the simulated ones',
  attacks: 'with simulated attacks and no other simulated events',
  nothing: 'with no simulated events',
} as const;

/** Lines of labels, or columns, that are listed; there may be thousands. */
const LISTED = 8;

/** What is not as usual about the events that a detection was measured over: a name and a sentence a row. */
export function workloadFacts({
  sensorOff = [],
  telemetry,
}: Pick<WorkloadResult, 'sensorOff' | 'telemetry'>): [string, string][] {
  return [
    ...(sensorOff.length === 0 ? [] : [['Sensor', `without ${sensorOff.join(', ')}`] as [string, string]]),
    ...(telemetry === undefined ? [] : telemetryFacts(telemetry)),
  ];
}

function telemetryFacts(telemetry: TelemetryResult): [string, string][] {
  const { events, exposure, labels, simulated, files } = telemetry;
  const watched = isUnmeasured(exposure)
    ? `exposure unmeasured: ${exposure.unmeasured}`
    : `${count(exposure.hosts, 'host')} over ${count(Math.round(exposure.days * 100) / 100, 'day')}`;
  const rows: [string, string][] = [
    [
      'Own events',
      `${number(events.malicious)} malicious and ${number(events.benign)} benign, ${BESIDE[simulated]}; ${watched}`,
    ],
    ...files.map((file): [string, string] => ['Own file', fileFact(file)]),
  ];
  rows.push(...ownLabelFacts(telemetry));
  if (labels !== undefined) {
    const idle = labels.unmatched.length;
    const lines = `${idle === 1 ? 'line' : 'lines'} ${listed(labels.unmatched.map(String))}`;
    const unmatched =
      idle === 0 ? '' : `; ${number(idle)} of them ${idle === 1 ? 'labels' : 'label'} no event (${lines})`;
    rows.push(['Labels', `${labels.file}: ${count(labels.entries, 'label')}${unmatched}; SHA-256 ${short(labels)}`]);
  }
  return rows;
}

/** What events that are not simulated here say of themselves. */
function ownLabelFacts({ files, activities = [] }: TelemetryResult): [string, string][] {
  if (!files.some(({ labelled }) => labelled)) return [];
  const techniques =
    activities.length === 0
      ? 'no file of activities lies beside them, so that none has a technique and recall is not counted'
      : activities.map((each) => `${each.file}: ${count(each.entries, 'activity', 'activities')}`).join('; ');
  return [['Own labels', `the events name their scenario and label; ${techniques}`]];
}

function fileFact(file: File): string {
  const parts = [`${file.file}: ${count(file.rows, 'row')} of ${file.table}`];
  const [first] = file.bad;
  if (file.badRows > 0 && first !== undefined) {
    const column = first.column === undefined ? '' : `, column ${first.column}`;
    parts.push(
      `${count(file.badRows, 'bad row')} left out, the first on line ${first.line}${column}: ${oneLine(first.reason).replace(/\.$/, '')}`,
    );
  }
  if (file.absent.length > 0) parts.push(`the rule names ${listed(file.absent)}, empty for want of a column`);
  if (file.leftOut.length > 0) parts.push(`not read: ${listed(file.leftOut)}`);
  for (const { table, rows } of file.elsewhere ?? []) {
    parts.push(`${count(rows, 'row')} of ${table} not read, which the product does not have`);
  }
  parts.push(`SHA-256 ${short(file)}`);
  return parts.join('; ');
}

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return more > 0 ? `${names.slice(0, LISTED).join(', ')} and ${number(more)} more` : names.join(', ');
}

function short({ sha256 }: { readonly sha256: string }): string {
  return sha256.slice(0, 12);
}

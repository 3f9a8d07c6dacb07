import type { Evidence } from '../../harness/evidence/result.js';
import { isUnmeasured, type Measurement } from '../../harness/measure/measurement.js';
import { type Companions, NO_COMPANIONS } from '../companions.js';
import { count, percent, range } from '../figures.js';
import { detectionSection } from './detection.js';
import { gridOf } from './evidence.js';
import { html, type Markup } from './markup.js';
import { page } from './page.js';
import { verdictOf } from './verdict.js';

/**
 * The measurement as one file that opens from disk: it asks for nothing, and its policy allows no script or style but
 * its own.
 *
 * @param evidence alerts and activities by the id of their detection; without it the report shows figures alone
 * @param companions what other commands found about the same detections
 */
export function htmlReport(
  measurement: Measurement,
  evidence: ReadonlyMap<string, Evidence> = new Map(),
  companions: Companions = NO_COMPANIONS,
): string {
  const { detections, versions } = measurement;
  const grids = Object.fromEntries(
    detections.flatMap(({ id }, i) => {
      const known = evidence.get(id);
      return known === undefined ? [] : [[anchorOf(i), gridOf(known, anchorOf(i))]];
    }),
  );
  return page({
    title: titleOf(measurement),
    main: html`${overview(measurement)}
${detections.map((detection, i) => detectionSection(detection, anchorOf(i), companions, evidence.get(detection.id)))}`,
    foot: `Assay ${versions.assay}, DuckDB ${versions.duckdb}, Kusto parser ${versions.kusto}. Intervals are 95%. Alerts a day rest on the estimated rates of benign scenarios; a workload is a model, not your organisation.`,
    grids,
  });
}

function anchorOf(index: number): string {
  return `d${index}`;
}

function titleOf({ detections }: Measurement): string {
  const [only] = detections;
  if (only !== undefined && detections.length === 1) return `${only.id}: ${verdictOf(only).words.toLowerCase()}`;
  const ships = detections.filter((detection) => verdictOf(detection).answer === 'ships').length;
  const held = detections.filter((detection) => verdictOf(detection).answer === 'held').length;
  const stays = detections.length - ships - held;
  return [
    `${ships} of ${count(detections.length, 'detection')} ${ships === 1 ? 'ships' : 'ship'}`,
    ...(stays > 0 ? [`${stays} ${stays === 1 ? 'does' : 'do'} not`] : []),
    ...(held > 0 ? [`${held} refused as stated`] : []),
  ].join(', ');
}

/** Several detections at a glance. */
function overview({ detections }: Measurement): Markup | undefined {
  if (detections.length === 1) return undefined;
  const rows = detections.map((detection, i) => {
    const { answer, words } = verdictOf(detection);
    const { recall, alertsPerDayPer1000Hosts: rates } = detection;
    return html`<tr><td><span class="tag ${answer}">${words}</span></td><td><a href="#${anchorOf(i)}">${detection.id}</a></td><td class="number">${
      isUnmeasured(recall) ? '–' : percent(recall.estimate)
    }</td><td class="number">${isUnmeasured(rates) ? '–' : range(rates)}</td></tr>`;
  });
  return html`<nav class="overview scroll" aria-label="Detections" tabindex="0"><table><thead><tr><th scope="col">Answer</th><th scope="col">Detection</th><th scope="col" class="number">Recall</th><th scope="col" class="number">False alerts a day per 1,000 hosts</th></tr></thead><tbody>${rows}</tbody></table></nav>`;
}

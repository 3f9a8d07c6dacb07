import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Evidence } from '../../harness/evidence/result.js';
import { isUnmeasured, type Measurement } from '../../harness/measure/measurement.js';
import { type Companions, NO_COMPANIONS } from '../companions.js';
import { count, percent, range } from '../figures.js';
import { detectionSection } from './detection.js';
import { gridOf } from './evidence.js';
import { html, jsonMarkup, Markup } from './markup.js';
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
  const style = asset('report.css');
  const script = asset('report.js');
  const { detections, versions } = measurement;
  const grids = Object.fromEntries(
    detections.flatMap(({ id }, i) => {
      const known = evidence.get(id);
      return known === undefined ? [] : [[anchorOf(i), gridOf(known, anchorOf(i))]];
    }),
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Assay: ${titleOf(measurement)}</title>
<style>${Markup.of(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header><p class="brand">Assay</p><h1>${titleOf(measurement)}</h1></header>
<main id="main">
${overview(measurement)}
${detections.map((detection, i) => detectionSection(detection, anchorOf(i), companions, evidence.get(detection.id)))}
</main>
<footer><p>Assay ${versions.assay}, DuckDB ${versions.duckdb}, Kusto parser ${versions.kusto}. Intervals are 95%. Alerts a day rest on the estimated rates of benign scenarios; a workload is a model, not your organisation.</p></footer>
<dialog id="details" aria-label="Details"><form method="dialog"><button class="close" aria-label="Close">×</button></form><div class="body"></div></dialog>
<script type="application/json" id="grids">${jsonMarkup(grids)}</script>
<script>${Markup.of(script)}</script>
</body>
</html>
`;
  return page.text;
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

function asset(name: string): string {
  return readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
}

/** The policy names what may run by its digest. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

import { dump } from 'js-yaml';
import type { Measurement } from '../harness/measure/measurement.js';
import { percent } from './figures.js';
import { techniqueName } from './technique-names.js';
import { type TechniqueCoverage, techniquesOf } from './techniques.js';
import { oneLine } from './text.js';

/**
 * DeTT&CT's technique administration (file version 1.2), with a detection score for each technique that is claimed.
 * Visibility is a matter of data sources, which a measurement knows nothing of, so it is left unscored.
 */
export function dettectAdministration(measurement: Measurement): string {
  const date = measurement.detections.find(({ workload }) => workload !== undefined)?.workload?.end.slice(0, 10);
  const techniques = techniquesOf(measurement).map((coverage) => ({
    technique_id: coverage.technique,
    technique_name: techniqueName(coverage.technique),
    detection: [
      {
        applicable_to: ['all'],
        location: coverage.detections.map(({ id }) => `Assay: ${oneLine(id)}`),
        comment: '',
        score_logbook: [{ date: coverage.recall === undefined ? null : (date ?? null), ...scored(coverage) }],
      },
    ],
    visibility: [
      {
        applicable_to: ['all'],
        comment: '',
        score_logbook: [{ date: null, score: 0, comment: '', auto_generated: true }],
      },
    ],
  }));
  const file = { version: 1.2, file_type: 'technique-administration', name: 'assay', platform: ['all'], techniques };
  return dump(file, { lineWidth: -1 });
}

/** From which share of attacks caught on each score of DeTT&CT is given. The bounds are ours: it states none. */
const SCORES: readonly (readonly [share: number, score: number])[] = [
  [0.9, 5],
  [0.75, 4],
  [0.5, 3],
  [0.25, 2],
  [Number.MIN_VALUE, 1],
];

function scored({ recall }: TechniqueCoverage): { readonly score: number; readonly comment: string } {
  if (recall === undefined) return { score: -1, comment: 'Tagged, but not tested.' };
  const score = SCORES.find(([share]) => recall >= share)?.[1] ?? -1;
  return { score, comment: `${percent(recall)} of simulated attacks caught.` };
}

import { jsonText, type Printable } from '../harness/files/printable.js';
import { isUnmeasured, type Measurement } from '../harness/measure/measurement.js';
import { type Companions, NO_COMPANIONS } from './companions.js';
import { percent, proportion } from './figures.js';
import { type Caught, type TechniqueCoverage, techniquesOf } from './techniques.js';
import { oneLine } from './text.js';

/** Tagged or claimed by a detection, but no attack of it was measured: neither good nor bad. */
const UNTESTED = '#9e9ac8';

/**
 * A layer of the ATT&CK Navigator in which the score of a technique is its measured recall, in percent.
 * Form: "ATT&CK Navigator Layer File Format Definition", version 4.5.
 */
export function navigatorLayer(measurement: Measurement, companions: Companions = NO_COMPANIONS): Printable {
  const { versions, detections } = measurement;
  const layer = {
    name: 'Measured recall',
    versions: { navigator: '5.1.0', layer: '4.5' },
    domain: 'enterprise-attack',
    description: `Share of simulated attacks that raised an alert, by Assay ${versions.assay}; of several detections the best one counts.`,
    sorting: 3,
    layout: { layout: 'side', showID: true, expandedSubtechniques: 'annotated' },
    techniques: techniquesOf(measurement).map((coverage) => technique(coverage, companions)),
    gradient: { colors: ['#ff6666', '#ffe766', '#8ec843'], minValue: 0, maxValue: 100 },
    legendItems: [{ label: 'tagged, but not tested', color: UNTESTED }],
    metadata: detections.map(({ id, status }) => ({ name: oneLine(id), value: status })),
  };
  return jsonText(layer, 2);
}

function technique(
  { technique: id, recall, detections, procedures }: TechniqueCoverage,
  { mutation, evasion }: Companions,
): object {
  const caught = [
    ...detections.map((each) => ({ name: `detection ${oneLine(each.id)}`, value: words(each) })),
    ...detections.flatMap(({ id: name }) => {
      const score = mutation.get(name)?.score;
      const resistance = evasion.get(name)?.stillDetected;
      return [
        ...(typeof score === 'number' ? [{ name: `mutation score of ${oneLine(name)}`, value: percent(score) }] : []),
        ...(resistance === undefined || isUnmeasured(resistance)
          ? []
          : [{ name: `evasion resistance of ${oneLine(name)}`, value: proportion(resistance) }]),
      ];
    }),
    ...[...procedures].map(([name, each]) => ({ name: `procedure ${oneLine(name)}`, value: words(each) })),
  ];
  return {
    techniqueID: id,
    ...(recall === undefined
      ? { color: UNTESTED, comment: 'Tagged, but no attack of it was measured.' }
      : { score: Math.round(recall * 1000) / 10, comment: `${percent(recall)} of attacks caught.` }),
    metadata: caught,
    showSubtechniques: true,
  };
}

function words({ detected, activities }: Caught): string {
  return activities === 0 ? 'not tested' : `${detected} of ${activities} caught`;
}

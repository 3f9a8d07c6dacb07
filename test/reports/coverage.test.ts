import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../harness/measure/measurement.js';
import { NO_COMPANIONS } from '../../reports/companions.js';
import { dettectAdministration } from '../../reports/dettect.js';
import { navigatorLayer } from '../../reports/navigator.js';
import { techniquesOf } from '../../reports/techniques.js';
import { sampleEvasion, sampleMutation } from './companions.js';
import { sampleMeasurement } from './fixture.js';

/** The sample, whose rules are tagged with one more technique, that no attack is played of. */
function withUntested(): Measurement {
  const measurement = sampleMeasurement();
  const detections = measurement.detections.map((detection) => ({
    ...detection,
    rule: { ...detection.rule, techniques: ['T1090'] },
  }));
  return { ...measurement, detections };
}

describe('coverage of techniques', () => {
  it('is what the best detection that claims one catches of it', () => {
    expect(techniquesOf(withUntested()).map(({ technique, recall }) => [technique, recall])).toEqual([
      ['T1090', undefined],
      ['T1102.001', 0.75],
    ]);
  });

  it('of a technique holds that of its sub-techniques', () => {
    const measurement = sampleMeasurement();
    const detections = measurement.detections.map((detection) => ({
      ...detection,
      claims: { ...detection.claims, techniques: ['T1102'] },
    }));
    expect(techniquesOf({ ...measurement, detections }).map(({ technique, recall }) => [technique, recall])).toEqual([
      ['T1102', 0.75],
      ['T1102.001', 0.75],
    ]);
  });
});

describe('the Navigator layer', () => {
  const layer = JSON.parse(navigatorLayer(withUntested()));

  it('is of version 4.5 and scores a technique by its recall', () => {
    expect(layer).toMatchObject({ domain: 'enterprise-attack', versions: { layer: '4.5' } });
    expect(layer.techniques[1]).toMatchObject({ techniqueID: 'T1102.001', score: 75 });
  });

  it('lists procedures with what was caught of each', () => {
    expect(layer.techniques[1].metadata).toEqual([
      { name: 'detection refused-as-stated', value: 'not tested' },
      { name: 'detection loud', value: '30 of 40 caught' },
      { name: 'procedure S0000', value: '0 of 10 caught' },
      { name: 'procedure lookup-by-shell', value: '30 of 30 caught' },
    ]);
  });

  it('tells how well a detection is tested and how hard it is to get around, where that was measured', () => {
    const companions = {
      ...NO_COMPANIONS,
      ...NO_COMPANIONS,
      mutation: new Map([['loud', sampleMutation()]]),
      evasion: new Map([['loud', sampleEvasion()]]),
    };
    expect(JSON.parse(navigatorLayer(withUntested(), companions)).techniques[1].metadata).toEqual(
      expect.arrayContaining([
        { name: 'mutation score of loud', value: '50%' },
        { name: 'evasion resistance of loud', value: '50% (9.5% to 91%)' },
      ]),
    );
  });

  it('gives what is tagged and untested a colour of its own and no score', () => {
    const [untested] = layer.techniques;
    expect(untested).toMatchObject({ techniqueID: 'T1090', color: layer.legendItems[0].color });
    expect(untested).not.toHaveProperty('score');
  });
});

describe('the DeTT&CT administration', () => {
  it('scores detections, and leaves untested ones unscored', () => {
    expect(load(dettectAdministration(withUntested()))).toMatchObject({
      version: 1.2,
      file_type: 'technique-administration',
      techniques: [
        { technique_id: 'T1090', technique_name: 'Proxy', detection: [{ score_logbook: [{ date: null, score: -1 }] }] },
        {
          technique_id: 'T1102.001',
          technique_name: 'Dead Drop Resolver',
          detection: [
            {
              location: ['Assay: refused-as-stated', 'Assay: loud'],
              score_logbook: [{ date: '2026-01-13', score: 4 }],
            },
          ],
        },
      ],
    });
  });
});

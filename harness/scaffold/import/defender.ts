import { defenderSchema } from '../../detection/rule-schemas.js';
import { type Bag, type Imported, isBag, techniquesAmong, textOf, textsOf } from './imported.js';
import { ruleFile } from './rule-file.js';

/** A custom detection as the security API of Microsoft Graph gives it. */
export function fromCustomDetection(from: string, rule: Bag): Imported {
  const name = textOf(rule['displayName']);
  const where = name === undefined ? from : `${from} (${name})`;
  if (name === undefined) return { from: where, why: "it has no 'displayName'" };
  const file = ruleFile(rule, defenderSchema, []);
  if ('why' in file) return { from: where, why: file.why };
  const action = isBag(rule['detectionAction']) ? rule['detectionAction'] : {};
  const template = isBag(action['alertTemplate']) ? action['alertTemplate'] : {};
  const techniques = techniquesAmong(textsOf(template['mitreTechniques']));
  return { from: where, name, kind: 'defender', techniques, ...file };
}

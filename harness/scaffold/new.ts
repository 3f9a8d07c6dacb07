import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';
import { tacticsOf } from '../check/attack.js';
import type { Environment } from '../tables/schema.js';
import { templateFiles } from './template.js';

export interface NewDetection {
  readonly id: string;
  readonly title: string;
  readonly environment: Environment;
  readonly technique: string;
}

/** The files of a detection by path below its folder. */
export function detectionFiles(folder: string, detection: NewDetection): Map<string, string> {
  const { id, title, environment, technique } = detection;
  return templateFiles(`detection-${environment}`, {
    id,
    title: oneLine(title),
    technique,
    schemas: schemasFrom(folder),
    ...(environment === 'sentinel' && {
      guid: guidOf(`detection ${id}`),
      tactics: (tacticsOf(technique) ?? []).join(', '),
    }),
  });
}

export interface NewScenario {
  readonly id: string;
  readonly title: string;
  readonly label: 'malicious' | 'benign';
  readonly technique: string;
}

/** The text of a scenario file. */
export function scenarioText(folder: string, { label, title, ...values }: NewScenario): string {
  const text = templateFiles('scenario', { ...values, title: oneLine(title), schemas: schemasFrom(folder) }).get(
    `${label}.yaml`,
  );
  if (text === undefined) throw new Error(`There is no template of a ${label} scenario.`);
  return text;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** `schemas` of the working directory, as a file in the folder names it. */
function schemasFrom(folder: string): string {
  return relative(folder, 'schemas').split(sep).join('/');
}

/** A GUID that the same text always gives, in the form of version 8 (RFC 9562). */
export function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(18, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

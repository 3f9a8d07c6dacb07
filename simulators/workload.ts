import { dirname } from 'node:path';
import { z } from 'zod';
import { boundedInt } from '../harness/files/bounded.js';
import { pathNamed } from '../harness/files/inside.js';
import { readYaml, readYamlDocument } from '../harness/files/yaml.js';
import { shipped } from './organisation.js';
import { RATES } from './scenario.js';
import { sensorSchema } from './sensor.js';

const selection = z.strictObject({
  /** Scenario ids or categories; all when absent. */
  only: z.array(z.string()).min(1).optional(),
  without: z.array(z.string()).default([]),
});

/** What an organisation would see: hosts, calendar, scenarios with their rates, and a seed. */
export const workloadSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string().min(1),
  /** Name of an organisation that ships with the project, or a path, from this file, to a file of one's own. */
  organisation: z.string().min(1),
  /** Overrides the organisation's number. */
  hosts: boundedInt('hosts', 1).optional(),
  days: boundedInt('days', 1).default(1),
  /** The first day, in UTC. */
  start: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .default('2026-03-02'),
  seed: z.int().min(0).default(1),
  rates: z.enum(RATES).default('mid'),
  /** Activities of each malicious scenario. It does not depend on the number of hosts: recall needs its units. */
  runs: z.int().min(0).max(10_000).default(5),
  malicious: selection.prefault({}),
  benign: selection.prefault({}),
  sensor: sensorSchema.prefault({}),
});
export type Workload = z.output<typeof workloadSchema>;

/**
 * The workload of a name (one that ships with the project) or of a path to a YAML file.
 *
 * @throws FileError when there is none, or it does not fit the schema
 */
export function loadWorkload(nameOrPath: string): Workload {
  if (/\.ya?ml$/.test(nameOrPath)) {
    const document = readYamlDocument(nameOrPath, workloadSchema);
    const { organisation } = document.value;
    if (!/\.ya?ml$/.test(organisation)) return document.value;
    const place = { file: nameOrPath, ...document.placeOf(['organisation']) };
    return { ...document.value, organisation: pathNamed(organisation, dirname(nameOrPath), place) };
  }
  return readYaml(shipped('workload', nameOrPath), workloadSchema);
}

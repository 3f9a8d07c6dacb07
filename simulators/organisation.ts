import { basename, join } from 'node:path';
import { z } from 'zod';
import { boundedInt } from '../harness/files/bounded.js';
import { didYouMean } from '../harness/files/nearest.js';
import { entriesOf } from '../harness/files/walk.js';
import { FileError, readYamlDocument } from '../harness/files/yaml.js';
import { contentFolder } from './folder.js';
import { scenarioIds } from './load.js';
import { HOST_ROLES, type HostRole } from './scenario.js';

const percent = z.number().min(0).max(100);
const roleShares = z.strictObject(
  Object.fromEntries(HOST_ROLES.map((role) => [role, percent.default(0)])) as Record<
    HostRole,
    z.ZodDefault<typeof percent>
  >,
);

const site = z.strictObject({
  name: z.string().regex(/^[a-z]{2,6}$/, 'a site is named by 2 to 6 small letters'),
  /** Minutes that local time is ahead of UTC. */
  utcOffset: z.int().min(-720).max(840),
  share: percent,
  /** The first two octets of its network: `10.20`. */
  network: z.string().regex(/^(10\.\d{1,3}|172\.(1[6-9]|2\d|3[01])|192\.168)$/),
});

/** An organisation: what a person edits to resemble their own. */
export const organisationSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string().min(1),
  hosts: boundedInt('hosts', 1),
  /** Percent of hosts by role; together 100. */
  roles: roleShares.refine(
    (shares) => Math.abs(sum(Object.values(shares)) - 100) < 0.01,
    'The shares must add up to 100.',
  ),
  sites: z
    .array(site)
    .min(1)
    .refine((sites) => Math.abs(sum(sites.map((each) => each.share)) - 100) < 0.01, 'The shares must add up to 100.'),
  /** Name in `*.sharepoint.com`, and of the Windows domain. */
  tenant: z.string().regex(/^[a-z][a-z0-9]{2,19}$/),
  /** DNS suffix of the hosts; one that is reserved for examples. */
  domain: z.string().regex(/\.(example|test|invalid)$|^example\.(com|net|org)$|\.example\.(com|net|org)$/),
  calendar: z.strictObject({
    /** Days off, 0 for Monday to 6 for Sunday. */
    weekend: z.array(z.int().min(0).max(6)).default([5, 6]),
    /** Percent of a working day's doings that people do on a day off. */
    weekendActivity: percent.default(6),
  }),
  /** Share of hosts that have a scenario, in percent, where it is known better than the scenario's own estimate. */
  shares: z.record(z.string(), percent).default({}),
});
export type Organisation = z.output<typeof organisationSchema>;

/**
 * The estate that scenarios' shares are stated for: about 900 workstations, a tenth of them developers', and 100
 * servers and the like, in percent.
 */
export const REFERENCE_ROLES: Readonly<Record<HostRole, number>> = {
  office: 74,
  developer: 11,
  kiosk: 2,
  mac: 3,
  server: 5.5,
  linux: 2,
  'build-agent': 1,
  'jump-host': 1,
  'security-scanner': 0.5,
};

/**
 * The organisation of a name (one that ships with the project) or of a path to a YAML file.
 *
 * @param others ids of scenarios besides those that ship with the project
 * @throws FileError when there is none, it does not fit the schema, or it has a share of a scenario that there is not
 */
export function loadOrganisation(nameOrPath: string, others: readonly string[] = []): Organisation {
  if (/\.ya?ml$/.test(nameOrPath)) return readOrganisation(nameOrPath, others);
  return readOrganisation(shipped('organisation', nameOrPath), others);
}

function readOrganisation(path: string, others: readonly string[]): Organisation {
  const document = readYamlDocument(path, organisationSchema);
  const known = new Set([...scenarioIds(), ...others]);
  const problems = Object.keys(document.value.shares)
    .filter((id) => !known.has(id))
    .map((id) => {
      const suggestion = didYouMean(id, known);
      const message = `There is no scenario '${id}' to have a share.`;
      return { file: path, ...document.placeOfKey(['shares', id]), message, ...(suggestion && { suggestion }) };
    });
  if (problems.length > 0) throw new FileError(problems);
  return document.value;
}

/**
 * The path of a workload or an organisation that ships with the project.
 *
 * @throws FileError for a name that none of them has
 */
export function shipped(kind: 'workload' | 'organisation', name: string): string {
  const folder = join(contentFolder(), `${kind}s`);
  const known = entriesOf(folder)
    .filter((entry) => entry.name.endsWith('.yaml'))
    .map((entry) => basename(entry.name, '.yaml'));
  if (known.includes(name)) return join(folder, `${name}.yaml`);
  const suggestion = didYouMean(name, known);
  const message = `There is no ${kind} '${name}'; the project has ${known.join(', ')}. Name one, or a path to a YAML file.`;
  throw new FileError([{ file: name, line: 0, column: 0, message, ...(suggestion && { suggestion }) }]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

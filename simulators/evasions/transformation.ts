import { basename, join } from 'node:path';
import { z } from 'zod';
import { FileError, readYaml, readYamlDocument } from '../../harness/files/yaml.js';
import { contentFolder } from '../folder.js';
import { yamlFiles } from '../load.js';
import { HIDING, sourceSchema } from '../scenario.js';

/**
 * What an evasion costs the attacker, from the cheapest on: `edit`, one text in what is sent is another; `adapt`, a little
 * code changes, and another program or process does part of the work; `build`, new code or infrastructure is needed;
 * `privilege`, something must be won on the host first; `chance`, nothing to do, and nothing that can be relied on.
 */
export const COSTS = ['edit', 'adapt', 'build', 'privilege', 'chance'] as const;
export type Cost = (typeof COSTS)[number];

/** What part of an attack is changed: two changes of one part do not go together. Applied in this order. */
export const PARTS = ['destination', 'program', 'helper', 'timing', 'url', 'sensor'] as const;
export type Part = (typeof PARTS)[number];

const text = z.string().min(1);

/** A program that is used in place of the attacker's own. `{url}` in the command line is what it fetches. */
const program = z.strictObject({
  image: text,
  folder: text.optional(),
  commandLine: text,
  version: z
    .strictObject({
      company: z.string().default(''),
      product: z.string().default(''),
      description: z.string().default(''),
      original: z.string().optional(),
    })
    .optional(),
});
export type KnownProgram = z.output<typeof program>;

const programs = z.array(program).min(1);

/** In what a program can look like another. */
export const RESPECTS = ['name', 'folder', 'command-line', 'parent', 'version'] as const;
export type Respect = (typeof RESPECTS)[number];

/** How attacks are changed, with what this needs to know. */
const change = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('other-service') }),
  z.strictObject({ kind: z.literal('other-host') }),
  z.strictObject({ kind: z.literal('shortener'), hosts: z.array(text).min(1) }),
  /** `{host}` is the host that is fetched, `{dashed}` the same with dashes for dots. */
  z.strictObject({ kind: z.literal('fetch-proxy'), hosts: z.array(text).min(1) }),
  z.strictObject({ kind: z.literal('raw-address') }),
  /** As a program that the rule leaves out: in which respects; in all, of those that the rule knows by several. */
  z.strictObject({
    kind: z.literal('disguise'),
    as: z.union([z.array(z.enum(RESPECTS)).min(1), z.literal('all')]),
  }),
  /** Into a program that runs anyway: one of these, the client of the service, or one that the rule leaves out. */
  z.strictObject({
    kind: z.literal('inject'),
    into: z.union([z.array(text).min(1), z.enum(['client', 'excluded'])]),
  }),
  z.strictObject({ kind: z.literal('interpreter'), programs }),
  z.strictObject({ kind: z.literal('side-load'), programs, libraries: z.array(text).min(1) }),
  /** Another program makes the lookup. */
  z.strictObject({ kind: z.literal('proxy'), programs, service: z.boolean().default(false) }),
  z.strictObject({ kind: z.literal('split'), child: z.boolean() }),
  z.strictObject({ kind: z.literal('slower') }),
  z.strictObject({ kind: z.literal('url'), form: z.enum(['case', 'trailing-dot', 'port', 'userinfo', 'encoding']) }),
  /** So many connections before the lookup, of which so many are played, evenly spread. */
  z.strictObject({ kind: z.literal('flood'), connections: z.int().min(1), played: z.int().min(1) }),
  z.strictObject({ kind: z.literal('sensor'), hides: z.enum(['url', 'version', 'all-but-counts', 'everything']) }),
]);
export type Change = z.output<typeof change>;

/** One transformation file: a way in which attackers change what they do so that a rule no longer sees it. */
export const transformationSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: text,
  /** What the attacker does, in a sentence or two. */
  does: text,
  sources: z.array(sourceSchema).min(1),
  cost: z.strictObject({ level: z.enum(COSTS), why: text }),
  /** What must be so for it to work. */
  requires: z.array(text).default([]),
  /** Which scenarios it makes sense for, in words; those that it is meant for when not all. */
  applies: z.strictObject({ to: text, hiding: z.array(z.enum(HIDING)).min(1).optional() }),
  part: z.enum(PARTS),
  change,
});
export type Transformation = z.output<typeof transformationSchema>;

const servicesSchema = z.strictObject({
  /** By name: hosts that lead to the same content, and programs that are the service's own client. */
  services: z.record(
    text,
    z.strictObject({
      names: z.array(text).min(1),
      hosts: z.array(text).min(1),
      client: z.array(text).min(1).optional(),
    }),
  ),
});
export type Service = z.output<typeof servicesSchema>['services'][string];

/** The folder of the transformations that ship with the project. */
export function evasionFolder(): string {
  return join(contentFolder(), 'evasions', 'transformations');
}

/**
 * The transformations that ship with the project, in the order of their cost.
 *
 * @throws FileError when a file does not fit the schema, or its id is not its name
 */
export function loadTransformations(folder = evasionFolder()): Transformation[] {
  const found = yamlFiles(folder).map((file) => {
    const { value, placeOf } = readYamlDocument(file, transformationSchema);
    const name = basename(file).replace(/\.ya?ml$/, '');
    if (value.id !== name)
      throw new FileError([{ file, ...placeOf(['id']), message: `The id must be the file's name, '${name}'.` }]);
    return value;
  });
  return found.sort((a, b) => COSTS.indexOf(a.cost.level) - COSTS.indexOf(b.cost.level) || (a.id < b.id ? -1 : 1));
}

/** Which hosts lead to one service. */
export function loadServiceHosts(file = join(contentFolder(), 'evasions', 'services.yaml')): Service[] {
  return Object.values(readYaml(file, servicesSchema).services);
}

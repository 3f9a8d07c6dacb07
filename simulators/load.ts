import { basename, join } from 'node:path';
import { kindAt } from '../harness/files/inside.js';
import { didYouMean } from '../harness/files/nearest.js';
import { own } from '../harness/files/own.js';
import { fault, MISSING } from '../harness/files/system.js';
import { foldersFrom } from '../harness/files/walk.js';
import { FileError, type FileProblem, readYamlDocument, type YamlDocument } from '../harness/files/yaml.js';
import { type Catalogue, loadCatalogue } from './catalogue.js';
import { contentFolder } from './folder.js';
import { placeholderProblem } from './patterns.js';
import { keyOf } from './random.js';
import { type Scenario, scenarioSchema } from './scenario.js';

/** The folder of the scenarios that ship with the project. */
export function scenarioFolder(): string {
  return join(contentFolder(), 'scenarios');
}

/**
 * Every scenario of a file, or of a folder and the folders in it, ordered by id.
 *
 * @throws FileError naming every mistake in every file: what does not fit the schema, an id that is not the file's name
 *   or is taken, an unknown placeholder, a program that neither the file nor the catalogue places in a folder
 */
export function loadScenarios(path = scenarioFolder(), catalogue = loadCatalogue()): Scenario[] {
  const problems: FileProblem[] = [];
  const scenarios = new Map<string, Scenario>();
  const files = yamlFiles(path);
  for (const file of files) {
    try {
      const document = readYamlDocument(file, scenarioSchema);
      problems.push(...problemsOf(document, catalogue));
      const { id } = document.value;
      if (scenarios.has(id)) problems.push(at(document, ['id'], `Another scenario has the id '${id}'.`));
      scenarios.set(id, document.value);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (files.length === 0) {
    problems.push({ file: path, line: 0, column: 0, message: 'The folder holds no scenario (*.yaml).' });
  }
  if (problems.length > 0) throw new FileError(problems);
  return [...scenarios.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The ids of the scenarios that ship with the project, which are the names of their files. */
export function scenarioIds(): string[] {
  return yamlFiles(scenarioFolder()).map(idOf);
}

function idOf(file: string): string {
  return basename(file).replace(/\.ya?ml$/, '');
}

/** The YAML files of a folder and the folders in it, in the order of their paths; a file's own path. */
export function yamlFiles(path: string): string[] {
  const kind = kindAt(path);
  if (kind === undefined) throw fault(path, MISSING);
  if (kind !== 'folder') return [path];
  return [...foldersFrom(path)]
    .flatMap(({ folder, entries }) =>
      entries
        .filter((entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name))
        .map(({ name }) => join(folder, name)),
    )
    .sort();
}

/** The number that keeps a scenario's activities apart from those of all others. */
export function scenarioNumber(id: string): number {
  return keyOf('scenario', id) >>> 8;
}

function problemsOf(document: YamlDocument<Scenario>, catalogue: Catalogue): FileProblem[] {
  const scenario = document.value;
  const problems: FileProblem[] = [];
  const name = idOf(document.file);
  if (name !== scenario.id) problems.push(at(document, ['id'], `The id must be the file's name, '${name}'.`));
  const declared = [...Object.keys(scenario.vary), ...ORGANISATION_NAMES];
  for (const [path, text] of texts(scenario)) {
    const problem = placeholderProblem(text, declared);
    if (problem !== undefined) problems.push(at(document, path, problem));
  }
  scenario.process.forEach((node, index) => {
    const varied = /^\{([\w-]+)\}$/.exec(node.image)?.[1];
    const images = varied === undefined ? [node.image] : (own(scenario.vary, varied) ?? [node.image]);
    for (const image of images) {
      if (node.folder !== undefined || catalogue.binary(image) !== undefined) continue;
      const message = `The catalogue does not know '${image}'; say in which 'folder' it lies.`;
      const suggestion = didYouMean(image, catalogue.images());
      problems.push({
        ...at(document, ['process', index, 'image'], message),
        ...(suggestion !== undefined && { suggestion }),
      });
    }
  });
  for (const [index, contact] of (scenario.label === 'benign' ? scenario.contacts : scenario.steps).entries()) {
    if (contact.hosts !== undefined || contact.address !== undefined) continue;
    if ('action' in contact && contact.action === 'ListeningConnectionCreated') continue;
    const list = scenario.label === 'benign' ? 'contacts' : 'steps';
    problems.push(at(document, [list, index], `A connection goes to 'hosts' or to an 'address'; neither is given.`));
  }
  if (scenario.label === 'benign' && scenario.lives === 'connection' && scenario.repeats > 0) {
    problems.push(at(document, ['repeats'], 'A process that lives for one connection repeats none.'));
  }
  if (scenario.label === 'malicious' && scenario.cadence.kind !== 'once' && scenario.cadence.every === undefined) {
    problems.push(at(document, ['cadence'], `A cadence of kind '${scenario.cadence.kind}' needs 'every', in seconds.`));
  }
  // Of a malicious scenario the steps are judged one by one, by their role.
  const fields = [
    ...Object.keys(scenario),
    ...(scenario.label === 'malicious' ? scenario.steps.map((step) => step.role) : []),
  ];
  for (const field of Object.keys(scenario.evidence)) {
    if (fields.includes(field)) continue;
    const suggestion = didYouMean(field, fields);
    problems.push({
      ...at(document, ['evidence', field], `There is no field '${field}' to be sourced or assumed.`),
      ...(suggestion && { suggestion }),
    });
  }
  return problems;
}

/** Names that every scenario may use: what they stand for is the organisation's. */
export const ORGANISATION_NAMES = ['tenant', 'domain', 'network'] as const;

function at(document: YamlDocument<Scenario>, path: readonly PropertyKey[], message: string): FileProblem {
  return { file: document.file, ...document.placeOf(path), message };
}

/** Every text that may hold placeholders, with its path. */
function* texts(value: unknown, path: readonly PropertyKey[] = []): Generator<[readonly PropertyKey[], string]> {
  if (typeof value === 'string') {
    if (!PROSE.has(String(path[0]))) yield [path, value];
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* texts(item, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* texts(item, [...path, key]);
  }
}

const PROSE = new Set(['title', 'summary', 'sources', 'id']);

import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { jsonText, printable } from '../files/printable.js';
import { ENVIRONMENTS, type Environment } from '../tables/schema.js';
import { writeErr, writeOut } from './console.js';
import { UsageError } from './exit.js';

const ID = /^[a-z0-9][a-z0-9-]*$/;

/** `assay init`: a detections repository that works. */
export function initCommand(): Command {
  return new Command('init')
    .description(
      'Makes a detections repository that works: a rule, its tests, a workload, CI, and schemas for editors.',
    )
    .argument('[folder]', 'where', '.')
    .option('--json', 'print the files as JSON')
    .addHelpText('after', '\nExample:\n  assay init my-detections')
    .action(async (folder: string, { json }: { json?: boolean }) => {
      const { repositoryFiles } = await import('../scaffold/init.js');
      const { writeNew } = await import('../scaffold/write.js');
      refuseFile(folder);
      const files = repositoryFiles();
      const taken = [...files.keys()].filter((name) => existsSync(join(folder, name)));
      if (taken.length > 0) throw new UsageError(alreadyThere(folder, taken));
      tell(writeNew(folder, files), json, `Next: ${folder === '.' ? '' : `cd ${folder} && `}assay test`);
    });
}

interface DetectionFlags {
  readonly title?: string;
  readonly environment: Environment;
  readonly technique: string;
  readonly into: string;
  readonly json?: boolean;
}

interface ScenarioFlags {
  readonly title?: string;
  readonly label: 'malicious' | 'benign';
  readonly technique: string;
  readonly into: string;
  readonly json?: boolean;
}

/** `assay new detection|scenario`: one more, from a template. */
export function newCommand(): Command {
  const detection = new Command('detection')
    .description('Makes a detection: a rule, what it claims, and tests to begin with.')
    .argument('<id>', 'its name and that of its folder, such as script-reads-paste', id)
    .option('--title <text>', 'what people call it')
    .addOption(new Option('--environment <name>', 'where it runs').choices(ENVIRONMENTS).default('defender-xdr'))
    .option('--technique <id>', 'the ATT&CK technique that it claims', technique, 'T1102.001')
    .option('--into <folder>', 'where its folder goes', 'detections')
    .option('--json', 'print the files as JSON')
    .addHelpText('after', '\nExample:\n  assay new detection script-reads-paste --environment sentinel')
    .action(async (name: string, { title, environment, technique: claimed, into, json }: DetectionFlags) => {
      const { detectionFiles } = await import('../scaffold/new.js');
      const { writeNew } = await import('../scaffold/write.js');
      const folder = join(into, name);
      const files = detectionFiles(folder, { id: name, title: title ?? titled(name), environment, technique: claimed });
      tell(writeNew(folder, files), json, `Next: assay test ${folder}`);
    });
  const scenario = new Command('scenario')
    .description('Makes a scenario, from which events are made.')
    .argument('<id>', 'its name and that of its file, such as backup-client', id)
    .option('--title <text>', 'what happens, in a sentence')
    .addOption(new Option('--label <label>', 'which it is').choices(['malicious', 'benign']).default('benign'))
    .option('--technique <id>', 'the ATT&CK technique of a malicious one', technique, 'T1102.001')
    .option('--into <folder>', 'where its file goes', 'scenarios')
    .option('--json', 'print the files as JSON')
    .addHelpText('after', '\nExample:\n  assay new scenario backup-client --label benign')
    .action(async (name: string, { title, label, technique: of, into, json }: ScenarioFlags) => {
      const { scenarioText } = await import('../scaffold/new.js');
      const { writeNew } = await import('../scaffold/write.js');
      const text = scenarioText(into, { id: name, title: title ?? titled(name), label, technique: of });
      const [file = ''] = writeNew(into, new Map([[`${name}.yaml`, text]]));
      tell([file], json, `Next: assay simulate --check ${file}`);
    });
  return new Command('new')
    .description('Makes one more detection or scenario from a template.')
    .addCommand(detection)
    .addCommand(scenario);
}

/** `assay schemas`: JSON schemas of the file formats, for editors. */
export function schemasCommand(): Command {
  return new Command('schemas')
    .description('Gives the JSON schemas of all file formats, so that editors complete and check them.')
    .argument('[name]', 'one of them; all where it is left out')
    .option('--out <folder>', 'write them into this folder, over those that are there')
    .option('--json', 'print them as JSON, by name')
    .addHelpText('after', '\nExample:\n  assay schemas --out schemas')
    .action(async (name: string | undefined, { out, json }: { out?: string; json?: boolean }) => {
      const { jsonSchemas, schemaFiles } = await import('../scaffold/schemas.js');
      const schemas = jsonSchemas();
      const schema = name === undefined ? undefined : schemas.get(name);
      if (name !== undefined && schema === undefined) {
        const { didYouMean } = await import('../files/nearest.js');
        const hint = didYouMean(name, schemas.keys()) ?? `Choose from ${[...schemas.keys()].join(', ')}.`;
        throw new UsageError(`There is no schema '${name}'. ${hint}`);
      }
      if (out !== undefined) {
        const { makeFolder, writeWhole } = await import('../files/output.js');
        makeFolder(out);
        const all = schemaFiles(out);
        const files = name === undefined ? all : new Map([...all].filter(([path]) => basename(path, '.json') === name));
        for (const [path, text] of files) writeWhole(path, text);
        return tell([...files.keys()], json);
      }
      if (schema !== undefined) writeOut(jsonText(schema, 2));
      else if (json === true) writeOut(jsonText(Object.fromEntries(schemas), 2));
      else writeOut(printable([...schemas.keys()].join('\n')));
    });
}

/** @throws UsageError for a path that is a file and should be a folder */
function refuseFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    throw new UsageError(`${path}: This is a file; name a folder, which may be new.`);
}

function alreadyThere(folder: string, taken: readonly string[]): string {
  const named = taken.slice(0, 3).map((name) => join(folder, name));
  const more = taken.length > named.length ? ` and ${taken.length - named.length} more` : '';
  const lines = [
    `${named.join(', ')}${more}: already there; nothing was written.`,
    'Name an empty folder: `assay init my-detections`. In a repository that is begun, `assay new detection NAME` adds a',
    'detection, and `assay schemas --out schemas` writes the schemas anew.',
  ];
  return lines.join('\n');
}

function tell(files: readonly string[], json: boolean | undefined, next?: string): void {
  if (json === true) writeOut(jsonText({ files }));
  else {
    writeOut(printable(files.join('\n')));
    if (next !== undefined) writeErr(printable(next));
  }
}

function titled(name: string): string {
  const words = basename(name).replaceAll('-', ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

function id(text: string): string {
  if (ID.test(text)) return text;
  throw new InvalidArgumentError('An id is of small letters, digits and hyphens, such as script-reads-paste.');
}

export function technique(text: string): string {
  if (/^T\d{4}(\.\d{3})?$/.test(text)) return text;
  throw new InvalidArgumentError('A technique is written T1102 or T1102.001.');
}

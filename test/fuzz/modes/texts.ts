/** YAML and JSON files that are read through a schema, and those that have a reader of their own. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { z } from 'zod';
import { allowlistSchema } from '../../../harness/detection/allowlist-schema.js';
import { detectionSchema } from '../../../harness/detection/detection-schema.js';
import { readRule } from '../../../harness/detection/rule.js';
import { testsSchema } from '../../../harness/detection/tests-schema.js';
import { FileError } from '../../../harness/files/errors.js';
import { readYamlDocument } from '../../../harness/files/yaml.js';
import { readBaseline } from '../../../harness/measure/baseline.js';
import { readRules } from '../../../harness/scaffold/import/read.js';
import { readCatalog } from '../../../harness/tables/catalog.js';
import { readLabels } from '../../../harness/tables/telemetry/labels.js';
import { organisationSchema } from '../../../simulators/organisation.js';
import { scenarioSchema } from '../../../simulators/scenario.js';
import { workloadSchema } from '../../../simulators/workload.js';
import { mutated } from '../mutated.js';
import { ended, type Mode, shown } from './mode.js';

/** A kind of file: sound ones, and how they are read. */
interface Kind {
  readonly name: string;
  readonly seeds: readonly string[];
  read(path: string): unknown;
}

function filesBelow(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Files of this project that are short enough to be changed often. */
function seedsOf(folder: string, pattern: RegExp, longest = 6_000): string[] {
  const texts = filesBelow(folder, pattern).map((file) => readFileSync(file, 'utf8'));
  return texts.filter((text) => text.length <= longest).slice(0, 60);
}

function yaml(name: string, schema: z.ZodType, seeds: readonly string[]): Kind {
  return {
    name,
    seeds,
    read: (path) => {
      const document = readYamlDocument(path, schema);
      document.placeOf(['tests', 0, 'expect']);
      return document.value;
    },
  };
}

const ALLOWLIST = `exceptions:
  - id: updater
    where: InitiatingProcessFileName =~ "updater.exe" and RemoteUrl endswith ".example.com"
    reason: The updater of a maker whose name is known
    owner: robin@corp.example
    reviewed: 2026-03-02
    expires: 2027-03-02
`;
const WORKLOADS = [
  'id: small\ntitle: A few hosts\norganisation: office\nhosts: 20\ndays: 2\nstart: 2026-03-02\nseed: 7\nrates: low\n',
];

const YAML_KINDS: readonly Kind[] = [
  yaml('detection', detectionSchema, seedsOf('detections', /^detection\.yaml$/)),
  yaml('tests', testsSchema, [
    ...seedsOf('detections', /^tests\.yaml$/, 40_000),
    ...seedsOf('harness/scaffold/template', /^tests\.yaml$/),
  ]),
  yaml('allowlist', allowlistSchema, [ALLOWLIST, ...seedsOf('detections', /^allowlist\.yaml$/, 40_000)]),
  yaml('scenario', scenarioSchema, seedsOf('simulators/scenarios', /\.yaml$/)),
  yaml('workload', workloadSchema, [...WORKLOADS, ...seedsOf('simulators/workloads', /\.yaml$/)]),
  yaml('organisation', organisationSchema, seedsOf('simulators/organisations', /\.yaml$/)),
  { name: 'rule', seeds: seedsOf('detections', /^rule\.yaml$/, 40_000), read: (path) => readRule(path) },
];

const ARM = JSON.stringify({
  resources: [
    {
      type: 'Microsoft.SecurityInsights/alertRules',
      kind: 'Scheduled',
      properties: {
        displayName: 'A shell reads a paste',
        severity: 'Medium',
        query: 'DeviceNetworkEvents | where RemoteUrl has "paste"',
        queryFrequency: 'PT1H',
        queryPeriod: 'PT1H',
        triggerOperator: 'GreaterThan',
        triggerThreshold: 0,
        tactics: ['CommandAndControl'],
        techniques: ['T1102'],
      },
    },
  ],
});
const CUSTOM = JSON.stringify({
  id: '7',
  displayName: 'A shell reads a paste',
  queryCondition: { queryText: 'DeviceNetworkEvents | where RemoteUrl has "paste"' },
  schedule: { period: '1H' },
  detectionAction: { alertTemplate: { title: 'x', severity: 'medium', mitreTechniques: ['T1102'] } },
});
const LABELS = [
  '- scenario: red-team\n  technique: T1102.001\n  host: pc-7\n  from: 2026-03-02T10:00:00Z\n  match: { ReportId: 17 }\n',
  'ReportId,DeviceId,scenario\n17,abc,red-team\n18,abd,red-team\n',
];
const CATALOG = JSON.stringify({
  sentinel: { MyApp_CL: { TimeGenerated: 'datetime', Message: 'string', Size_d: 'real' } },
  functions: {
    Owners: { parameters: [{ name: 'key', type: 'string', optional: true }], columns: { Owner: 'string' } },
  },
});

/** @throws FileError where a rule cannot be carried over, so that the reason is looked at as any message */
function importedFrom(path: string): void {
  const problems = readRules([path]).flatMap((rule) =>
    'why' in rule ? [{ file: rule.from, line: 0, column: 0, message: rule.why }] : [],
  );
  if (problems.length > 0) throw new FileError(problems);
}

const OTHER_KINDS: readonly Kind[] = [
  {
    name: 'import',
    seeds: [ARM, CUSTOM, ...seedsOf('detections', /^rule\.yaml$/, 40_000)],
    read: importedFrom,
  },
  { name: 'baseline', seeds: seedsOf('detections', /^baseline\.json$/, 400_000).slice(0, 2), read: readBaseline },
  { name: 'labels', seeds: LABELS, read: readLabels },
  { name: 'schemas', seeds: [CATALOG], read: (path) => readCatalog(path, 'sentinel') },
];

function modeOf(
  name: string,
  what: string,
  kinds: readonly Kind[],
  ending: (kind: Kind, seed: string) => string,
): Mode {
  return {
    name,
    what,
    open: () => {
      const folder = mkdtempSync(join(tmpdir(), 'assay-fuzz-'));
      return Promise.resolve({
        judge: (random) => {
          const kind = random.pick(kinds);
          const seed = random.pick(kind.seeds);
          const bytes = mutated(random, seed, [random.pick(kind.seeds)]);
          const path = join(folder, `${kind.name}${ending(kind, seed)}`);
          writeFileSync(path, bytes);
          const input = `${basename(path)} ${shown(bytes)}`;
          try {
            kind.read(path);
            return Promise.resolve({ end: `${kind.name} read`, input });
          } catch (error) {
            const verdict = ended(error, input);
            return Promise.resolve({ ...verdict, end: `${kind.name} ${verdict.end}` });
          }
        },
        close: () => rmSync(folder, { recursive: true, force: true }),
      });
    },
  };
}

export const YAML = modeOf(
  'yaml',
  'YAML files of a detection, its workload and its scenarios',
  YAML_KINDS,
  () => '.yaml',
);
export const TEXTS: readonly Mode[] = OTHER_KINDS.map((kind) =>
  modeOf(kind.name, `files that ${kind.name} reads`, [kind], (_, seed) => {
    if (/^[{[]/.test(seed)) return '.json';
    return /^\w+,/.test(seed) ? '.csv' : '.yaml';
  }),
);

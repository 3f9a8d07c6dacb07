import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { load } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonSchemas } from '../../harness/scaffold/schemas.js';
import { assay } from './run.js';

const HERE = process.cwd();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-scaffold-'));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(HERE);
  rmSync(folder, { recursive: true });
});

describe('assay init', () => {
  it('makes a repository that checks, tests and holds its gates', async () => {
    expect((await assay('init')).code).toBe(0);
    expect((await assay('check')).stdout).toBe('1 rule checked: nothing found.\n');
    const { code, stdout } = await assay('test', '--hosts', '20');
    expect(stdout).toContain('Tests         2 passed, 1 known gap');
    expect(code).toBe(0);
  }, 120_000);

  it('writes nothing where one of its files is already', async () => {
    writeFileSync('README.md', 'mine');
    const { code, stderr } = await assay('init');
    expect(code).toBe(3);
    expect(stderr).toContain('README.md: already there; nothing was written.\nName an empty folder');
    expect(() => readFileSync('package.json')).toThrow();
  });
});

describe('assay new', () => {
  for (const environment of ['defender-xdr', 'sentinel']) {
    it(`detection makes one of ${environment} that checks and passes its tests`, async () => {
      const title = 'Reads: a "list" of #1';
      const made = await assay('new', 'detection', 'reads-a-list', '--environment', environment, '--title', title);
      expect(made.code).toBe(0);
      expect((await assay('check', 'detections')).stdout).toBe('1 rule checked: nothing found.\n');
      const { stdout } = await assay('test', 'detections', '--hosts', '20', '--json');
      expect(JSON.parse(stdout).detections[0]).toMatchObject({
        title,
        tests: [{ status: 'passed' }, { status: 'passed' }],
      });
    }, 120_000);
  }

  for (const label of ['malicious', 'benign']) {
    it(`scenario makes a ${label} one that is valid`, async () => {
      await assay('new', 'scenario', 'reads-a-list', '--label', label);
      expect(await assay('simulate', '--check', 'scenarios/reads-a-list.yaml')).toMatchObject({ code: 0 });
    });
  }

  it('refuses a name that is no id', async () => {
    const { code, stderr } = await assay('new', 'detection', '../Up');
    expect(code).toBe(3);
    expect(stderr).toContain('An id is of small letters');
  });
});

describe('assay schemas', () => {
  /** Holds YAML files against the schema of a name. */
  function fitting(): (name: string, file: string) => void {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    const schemas = jsonSchemas();
    const compiled = new Map([...schemas].map(([name, schema]) => [name, ajv.compile(schema)]));
    return (name, file) => {
      const validate = compiled.get(name);
      validate?.(load(readFileSync(file, 'utf8')));
      expect(validate?.errors, file).toBeNull();
    };
  }
  const below = (root: string, end: string): string[] =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(end))
      .map((file) => join(root, file));

  it('agree with the files that ship with the project', () => {
    const fits = fitting();
    const shipped: [name: string, folder: string, end: string][] = [
      ['detection', 'detections', 'detection.yaml'],
      ['tests', 'detections', 'tests.yaml'],
      ['allowlist', 'detections', 'allowlist.yaml'],
      ['measurement', 'detections', 'baseline.json'],
      ['scenario', 'simulators/scenarios', '.yaml'],
      ['workload', 'simulators/workloads', '.yaml'],
      ['organisation', 'simulators/organisations', '.yaml'],
    ];
    for (const [name, folder, end] of shipped) for (const file of below(join(HERE, folder), end)) fits(name, file);
  });

  it('agree with what a new repository holds, whose files name them for editors', async () => {
    await assay('init');
    await assay('new', 'detection', 'reads-a-list', '--environment', 'sentinel');
    await assay('new', 'scenario', 'backup-client');
    const fits = fitting();
    const named = below('.', '.yaml').flatMap((file) => {
      const schema = /^# yaml-language-server: \$schema=(.*)/.exec(readFileSync(file, 'utf8'))?.[1];
      return schema === undefined ? [] : [[file, join(file, '..', schema)] as const];
    });
    expect(named.map(([file]) => file).sort()).toEqual([
      'detections/reads-a-list/detection.yaml',
      'detections/reads-a-list/rule.yaml',
      'detections/reads-a-list/tests.yaml',
      'detections/script-reads-paste/detection.yaml',
      'detections/script-reads-paste/tests.yaml',
      'scenarios/backup-client.yaml',
      'workloads/office.yaml',
    ]);
    for (const [file, schema] of named) {
      readFileSync(schema);
      fits(basename(schema, '.json'), file);
    }
    const settings = JSON.parse(readFileSync('.vscode/settings.json', 'utf8')) as { 'yaml.schemas': object };
    for (const schema of Object.keys(settings['yaml.schemas'])) readFileSync(schema);
  });

  it('refuse what Assay refuses: an unknown key', () => {
    const validate = new Ajv2020({ strict: false }).compile(jsonSchemas().get('workload') ?? {});
    const workload = load(readFileSync(join(HERE, 'simulators/workloads/small-office.yaml'), 'utf8'));
    expect(validate({ ...(workload as object), host: 3 })).toBe(false);
  });

  it('name the nearest one for a mistyped name', async () => {
    const { code, stderr } = await assay('schemas', 'detecton');
    expect(code).toBe(3);
    expect(stderr).toMatch(/detection/);
  });
});

describe('assay import', () => {
  const rules = {
    'sentinel.yaml': `id: 11111111-2222-8333-8444-555555555555
name: Script reads a paste
kind: Scheduled
severity: Medium
queryFrequency: 1h
queryPeriod: 1h
triggerOperator: gt
triggerThreshold: 0
tactics: [CommandAndControl]
relevantTechniques: [T1102]
query: |
  DeviceNetworkEvents
  | where RemoteUrl has "pastebin.com"
entityMappings:
  - entityType: Host
    fieldMappings: [{ identifier: FullName, columnName: DeviceName }]
houseRule: keep an eye on it
`,
    'template.json': JSON.stringify({
      resources: [
        {
          type: 'Microsoft.OperationalInsights/workspaces/providers/alertRules',
          name: "[concat(parameters('workspace'),'/Microsoft.SecurityInsights/11111111-2222-8333-8444-666666666666')]",
          kind: 'Scheduled',
          properties: {
            displayName: 'Many failed lookups',
            severity: 'Low',
            query: 'DeviceNetworkEvents\r\n| where ActionType == "ConnectionFailed"',
            queryFrequency: 'PT1H',
            queryPeriod: 'PT1H',
            triggerOperator: 'GreaterThan',
            triggerThreshold: 5,
            tactics: ['CommandAndControl'],
            techniques: ['T1102'],
            alertRuleTemplateName: null,
            templateVersion: '1.0.2',
            customField: 1,
          },
        },
        { type: 'Microsoft.SecurityInsights/alertRules', kind: 'Fusion', properties: { displayName: 'Fusion' } },
      ],
    }),
    'custom.json': JSON.stringify({
      value: [
        {
          '@odata.type': '#microsoft.graph.security.detectionRule',
          id: '7',
          displayName: 'Odd tool',
          isEnabled: true,
          createdBy: 'robin@corp.example',
          queryCondition: { queryText: 'DeviceProcessEvents | where FileName == "odd.exe"' },
          schedule: { period: '1H' },
          detectionAction: {
            alertTemplate: { title: 'Odd tool', severity: 'low', category: 'Execution', mitreTechniques: [] },
          },
        },
      ],
    }),
    'notes.yaml': 'just: notes\n',
  };

  beforeEach(() => {
    mkdirSync('old');
    for (const [name, text] of Object.entries(rules)) writeFileSync(join('old', name), text);
  });

  it('carries rules over and tells what it could not', async () => {
    const { code, stdout } = await assay('import', 'old', '--json');
    expect(code).toBe(1);
    const outcomes = JSON.parse(stdout).rules as { from: string; folder?: string; refused?: string; notes: string[] }[];
    const of = (from: string): (typeof outcomes)[number] | undefined => outcomes.find((each) => each.from === from);
    expect(of('old/sentinel.yaml')?.notes[0]).toBe("'houseRule' is left out: rules here have no such field.");
    expect(of('old/template.json (Many failed lookups)')).toMatchObject({ folder: 'detections/many-failed-lookups' });
    expect(of('old/template.json (Fusion)')?.refused).toBe('a rule of kind Fusion has no query of its own');
    expect(of('old/custom.json (Odd tool)')?.refused).toMatch(/names no ATT&CK technique/);
    expect(of('old/notes.yaml')?.refused).toMatch(/^it holds no rule of a known form: no Sentinel rule/);
  });

  it('gives detections that can be read, at once', async () => {
    await assay('import', 'old', '--technique', 'T1102.001');
    const { stdout } = await assay('check', '--json');
    expect(JSON.parse(stdout).rules).toEqual([
      { file: 'detections/many-failed-lookups/rule.yaml', environment: 'sentinel', binds: true },
      { file: 'detections/odd-tool/rule.yaml', environment: 'defender-xdr', binds: true },
      { file: 'detections/script-reads-a-paste/rule.yaml', environment: 'sentinel', binds: true },
    ]);
    expect(load(readFileSync('detections/many-failed-lookups/rule.yaml', 'utf8'))).toMatchObject({
      id: '11111111-2222-8333-8444-666666666666',
      version: '1.0.2',
      triggerOperator: 'gt',
      query: 'DeviceNetworkEvents\n| where ActionType == "ConnectionFailed"',
    });
  });

  it('refuses what only a deployment can work out', async () => {
    const template = JSON.parse(rules['template.json']);
    template.resources[0].properties.query = "[parameters('query')]";
    writeFileSync('old/template.json', JSON.stringify(template));
    const { stdout } = await assay('import', 'old/template.json', '--dry-run');
    expect(stdout).toContain("'properties.query' is an expression that only a deployment can work out");
  });

  it('gives rules of one name ids of their own', async () => {
    cpSync('old/sentinel.yaml', 'old/twin.yaml');
    const { stdout } = await assay('import', 'old/sentinel.yaml', 'old/twin.yaml', '--dry-run');
    expect(stdout).toContain('detections/script-reads-a-paste  from');
    expect(stdout).toContain('detections/script-reads-a-paste-2  from');
  });
});

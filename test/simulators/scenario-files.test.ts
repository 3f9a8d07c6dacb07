import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FileError } from '../../harness/files/yaml.js';
import { loadScenarios } from '../../simulators/load.js';
import { loadOrganisation } from '../../simulators/organisation.js';
import { loadOutOfReach } from '../../simulators/out-of-reach.js';
import { CATEGORIES, HIDING, type Scenario } from '../../simulators/scenario.js';
import { loadWorkload } from '../../simulators/workload.js';

describe('the scenarios that ship with the project', () => {
  let scenarios: Scenario[];
  beforeAll(() => {
    scenarios = loadScenarios();
  });

  it('cover every documented Windows procedure, every way of hiding and every family of look-alikes', () => {
    const malicious = scenarios.filter((scenario) => scenario.label === 'malicious');
    const benign = scenarios.filter((scenario) => scenario.label === 'benign');
    expect(malicious.filter(({ technique }) => technique === 'T1102.001').length).toBeGreaterThanOrEqual(65);
    expect(new Set(malicious.map(({ hiding }) => hiding))).toEqual(new Set(HIDING));
    expect(new Set(benign.map(({ category }) => category))).toEqual(new Set(CATEGORIES));
    expect(benign.filter(({ category }) => category !== 'background').length).toBeGreaterThanOrEqual(114);
  });

  it('play each ATT&CK procedure once, and none that is out of reach', () => {
    const procedures = scenarios.flatMap((scenario) => (scenario.label === 'malicious' ? [scenario.procedure] : []));
    expect(new Set(procedures).size).toBe(procedures.length);
    for (const { id } of loadOutOfReach()) expect(procedures).not.toContain(id);
  });

  it('say where their claims come from, and which of them are assumed', () => {
    for (const scenario of scenarios) {
      expect(scenario.sources.length, scenario.id).toBeGreaterThan(0);
      const fields = scenario.label === 'malicious' ? ['lookup', 'process', 'cadence'] : ['process', 'share', 'rows'];
      for (const field of fields) expect(Object.keys(scenario.evidence), scenario.id).toContain(field);
    }
  });

  it('come with organisations and workloads that fit', () => {
    for (const name of ['enterprise', 'software-company', 'small-office']) {
      expect(loadOrganisation(loadWorkload(name).organisation).id).toBe(name);
    }
    expect(() => loadWorkload('enterprize')).toThrow(/There is no workload 'enterprize'.*Did you mean 'enterprise'\?/);
  });
});

const GOOD = `id: mine
title: Mine
label: benign
category: background
summary: Mine.
sources:
  - { name: me, checked: estimate }
evidence: { rows: assumed }
on: [office]
share: { low: 1, mid: 2, high: 3 }
rows: { low: 1, mid: 2, high: 3 }
when: business
lives: burst
process:
  - { image: powershell.exe }
contacts:
  - { hosts: [github.com] }
`;

/** The problems of a scenario file with this text. */
function problems(text: string, name = 'mine.yaml'): string[] {
  const file = join(mkdtempSync(join(tmpdir(), 'assay-')), name);
  writeFileSync(file, text);
  try {
    loadScenarios(file);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return error.message.replaceAll(file, name).split('\n');
  }
  return [];
}

describe('a scenario file with a mistake', () => {
  it('is good without one', () => {
    expect(problems(GOOD)).toEqual([]);
  });

  it.each([
    [
      'an unknown key',
      GOOD.replace('within', 'x').replace('when:', 'whne:'),
      /mine\.yaml:12:1: Unknown key 'whne'; expected 'id', .*Did you mean 'when'\?/,
    ],
    ['a wrong role', GOOD.replace('[office]', '[ofice]'), /mine\.yaml:9:6: .* found 'ofice'\. Did you mean 'office'\?/],
    ['rates that fall', GOOD.replace('low: 1, mid: 2, high: 3', 'low: 9, mid: 2, high: 3'), /:10:8: 'share': low, mid/],
    ['another name', GOOD.replace('id: mine', 'id: yours'), /:1:5: The id must be the file's name, 'mine'/],
    [
      'a placeholder',
      GOOD.replace('github.com', "'{tennant}.com'"),
      /:17:15: Unknown placeholder '\{tennant\}'\. Did you mean 'tenant'\?/,
    ],
    [
      'an unplaced program',
      GOOD.replace('powershell.exe', 'mine.exe'),
      /:15:14: The catalogue does not know 'mine\.exe'/,
    ],
    ['a URL as a host', GOOD.replace('github.com', 'https://github.com/x'), /:17:15: .* a host is a name alone/],
    ['a name as an address', GOOD.replace('hosts: [github.com]', 'address: github.com'), /:17:16: .* under 'hosts'/],
    ['a contact with nobody', GOOD.replace('hosts: [github.com]', 'port: 22'), /:17:5: A connection goes to 'hosts'/],
    [
      'evidence of nothing',
      GOOD.replace('{ rows: assumed }', '{ row: assumed }'),
      /:8:18: There is no field 'row'.*Did you mean 'rows'\?/,
    ],
  ])('names %s with its place', (_, text, expected) => {
    expect(problems(text).join('\n')).toMatch(expected);
  });

  it('names all of them at once', () => {
    expect(problems(GOOD.replace('[office]', '[x]').replace('business', 'never')).length).toBe(2);
  });

  it('is told apart from a folder without scenarios', () => {
    expect(() => loadScenarios(mkdtempSync(join(tmpdir(), 'assay-')))).toThrow(/holds no scenario/);
    expect(() => loadScenarios('/nowhere')).toThrow(/There is no such file or folder/);
  });
});

/** The support matrix claims what runs, and nothing else. */
import { describe, expect, it } from 'vitest';
import { aggregates } from '../../harness/kql/aggregates/index.js';
import { scalarFunctions } from '../../harness/kql/functions/index.js';
import { type SupportKind, support, supportMarkdown, supportText } from '../../harness/kql/support.js';
import { languageNames } from '../../harness/kql/syntax.js';
import { assay } from '../cli/run.js';
import { query, refusal } from './query.js';

const matrix = support();

function names(kind: SupportKind): string[] {
  return matrix.supported.filter((group) => group.kind === kind).flatMap((group) => group.names);
}

function refusedNames(kind: SupportKind): string[] {
  return matrix.refused.filter((entry) => entry.kind === kind).map((entry) => entry.name);
}

describe('the support matrix', () => {
  it('names every function and aggregate of the registry that a query can call, once', () => {
    const language = languageNames();
    for (const [name, { refuses }] of scalarFunctions)
      expect(refuses === undefined ? names('function') : refusedNames('function')).toContain(name);
    for (const name of aggregates.keys()) {
      expect(names('aggregate').includes(name)).toBe(language.aggregates.includes(name));
    }
    for (const kind of ['function', 'aggregate', 'operator', 'plugin', 'statement'] as const) {
      expect(names(kind)).toHaveLength(new Set(names(kind)).size);
    }
  });

  it('claims nothing that it also refuses, and leaves nothing of the language out', () => {
    const language = languageNames();
    for (const kind of ['function', 'aggregate', 'plugin', 'operator', 'statement'] as const) {
      expect(refusedNames(kind).filter((name) => names(kind).includes(name))).toEqual([]);
    }
    const functions = new Set([...names('function'), ...names('aggregate'), ...refusedNames('function')]);
    expect(language.functions.filter((name) => !name.startsWith('__') && !functions.has(name))).toEqual([]);
    const plugins = new Set([...names('plugin'), ...refusedNames('plugin')]);
    expect(language.plugins.filter((name) => !plugins.has(name))).toEqual([]);
  });

  it.each(matrix.refused.filter(({ kind }) => kind === 'aggregate'))(
    'refuses the aggregate $name',
    async ({ name }) => {
      const { code } = await refusal(`print x = 1 | summarize ${name}(x)`);
      expect(code).toMatch(/^(unsupported-|KS|parser-failure)/);
    },
  );

  it.each(matrix.refused.filter(({ kind, name }) => kind === 'plugin' && !name.includes('_request')))(
    'refuses the plugin $name',
    async ({ name }) => {
      expect((await refusal(`print x = 1 | evaluate ${name}(x)`)).code).toMatch(/^(unsupported-|KS|parser-failure)/);
    },
  );

  it('refuses by the code of its kind, at the place of the name', async () => {
    expect(await refusal('print x = 1\n| extend y = rand()')).toMatchObject({
      code: 'unsupported-function',
      line: 2,
      column: 14,
    });
    expect(await refusal('print x = 1 | consume')).toMatchObject({ code: 'unsupported-operator', column: 15 });
    expect(await refusal('alias database d = cluster("c").database("d"); print 1')).toMatchObject({ line: 1 });
  });

  it('runs the statements that it claims', async () => {
    expect(names('statement')).toEqual(['declare pattern', 'declare query_parameters', 'let', 'set']);
    const text = 'set notruncation; declare query_parameters(p: long = 1); let q = 2; print p + q';
    expect((await query(text)).rows).toEqual([[3]]);
  });

  it('reads as text and as Markdown', () => {
    expect(supportText(matrix)).toMatch(/^statements \(4\)\n {2}declare pattern/);
    expect(supportMarkdown(matrix)).toContain('| aggregates');
    for (const line of supportText(matrix).split('\n')) expect(line.length).toBeLessThanOrEqual(130);
  });

  it('is what the command line prints', async () => {
    const json = await assay('query', '--support', '--json');
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(json.stdout)).toEqual(matrix);
    expect((await assay('query', '--support')).stdout).toBe(supportText(matrix));
    expect((await assay('query', '--support', 'markdown')).stdout).toBe(supportMarkdown(matrix));
    expect((await assay('query', '--support', 'xml')).code).toBe(3);
  });
});

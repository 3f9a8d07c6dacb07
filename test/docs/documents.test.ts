import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { detectionSchema } from '../../harness/detection/detection-schema.js';
import { testsSchema } from '../../harness/detection/tests-schema.js';
import { scenarioSchema } from '../../simulators/scenario.js';
import { words } from './commands.js';
import { commands, documents, generated } from './documents.js';

const DOCUMENTS = documents();
const text = (file: string): string => readFileSync(file, 'utf8');

describe('the documents', () => {
  for (const file of DOCUMENTS) {
    it(`${file} shows what the commands in it write (if not: npm run docs)`, async () => {
      expect(await generated(file)).toBe(text(file));
    }, 300_000);
  }

  it('name commands and flags that there are', async () => {
    const known = await commands();
    for (const file of DOCUMENTS) {
      for (const line of commandsIn(text(file))) {
        const given = words(line).slice(1);
        const command = known.find(({ path }) => path.every((name, i) => given[i] === name));
        expect(command, `${file}: ${line}`).toBeDefined();
        for (const flag of given.filter((word) => word.startsWith('--')))
          expect([...(command?.flags ?? []), '--help'], `${file}: ${line}`).toContain(flag.replace(/=.*/, ''));
      }
    }
  });

  it('name scripts that there are', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    for (const file of DOCUMENTS) {
      for (const [, name = ''] of text(file).matchAll(
        /npm (?:run (?:--silent )?)?(test|start|(?<=run (?:--silent )?)[\w:]+)/g,
      ))
        expect(Object.keys(scripts), file).toContain(name);
    }
  });

  it('show files that can be read', () => {
    let shown = 0;
    for (const file of DOCUMENTS) {
      for (const [, yaml = ''] of text(file).matchAll(/^```yaml\n([\s\S]*?)^```/gm)) {
        const value = load(yaml) as Record<string, unknown>;
        const schema = schemaOf(value);
        if (schema === undefined) continue;
        expect(schema.safeParse(value).error?.issues, `${file}: ${yaml.slice(0, 60)}`).toBeUndefined();
        shown += 1;
      }
    }
    expect(shown).toBeGreaterThan(3);
  });

  it('link to files that there are', () => {
    for (const file of DOCUMENTS) {
      for (const [, target = ''] of text(file).matchAll(/\]\(((?!https?:)[^)#]+)\)/g))
        expect(
          () => readFileSync(new URL(target, `file://${process.cwd()}/${file}`)),
          `${file}: ${target}`,
        ).not.toThrow();
    }
  });
});

/** Commands of Assay in code: between backticks, or on a line of a block. */
function commandsIn(markdown: string): string[] {
  const inline = [...markdown.matchAll(/`(assay [a-z][^`\n]*)`/g)].map(([, line = '']) => line);
  const blocks = [...markdown.matchAll(/^(?:\$ )?(assay [a-z].*)$/gm)].map(([, line = '']) => line);
  return [...inline, ...blocks];
}

/** The schema of what a block of YAML shows, where it is a file that people write for a detection or a scenario. */
function schemaOf(value: object): z.ZodType | undefined {
  if ('tests' in value) return testsSchema;
  if ('claims' in value) return detectionSchema;
  return 'label' in value && 'summary' in value ? scenarioSchema : undefined;
}

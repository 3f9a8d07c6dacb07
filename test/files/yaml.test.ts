import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FileError, type FileProblem, parseYaml, readYaml } from '../../harness/files/yaml.js';

const schema = z.strictObject({
  id: z.string(),
  label: z.enum(['malicious', 'benign']),
  rates: z.strictObject({ low: z.number().min(0), mid: z.number() }).optional(),
  hosts: z.array(z.strictObject({ name: z.string(), port: z.int().max(65535).optional() })).min(1),
  note: z.union([z.string(), z.strictObject({ text: z.string(), by: z.string() })]).optional(),
});

function problems(text: string): readonly FileProblem[] {
  try {
    parseYaml(text, 'x.yaml', schema);
  } catch (error) {
    if (error instanceof FileError) return error.problems;
    throw error;
  }
  return [];
}

const good = 'id: a\nlabel: benign\nhosts:\n  - name: x.example\n';

describe('a YAML file that passes', () => {
  it('gives the value as the schema types it', () => {
    expect(parseYaml(good, 'x.yaml', schema).value).toEqual({
      id: 'a',
      label: 'benign',
      hosts: [{ name: 'x.example' }],
    });
  });

  it('knows where each value and each key stands', () => {
    const document = parseYaml(`${good}  - name: "y"\n    port: 80\n`, 'x.yaml', schema);
    expect(document.placeOf(['hosts', 1, 'port'])).toEqual({ line: 6, column: 11 });
    expect(document.placeOfKey(['hosts', 1, 'port'])).toEqual({ line: 6, column: 5 });
    expect(document.placeOf(['hosts', 1, 'name'])).toEqual({ line: 5, column: 11 });
    expect(document.placeOf(['hosts', 1, 'absent'])).toEqual({ line: 5, column: 5 });
  });

  it('places a literal block at its first character', () => {
    const document = parseYaml('query: |\n    T\n    | take 1\n', 'r.yaml', z.strictObject({ query: z.string() }));
    expect(document.value.query).toBe('T\n| take 1\n');
    expect(document.placeOf(['query'])).toEqual({ line: 2, column: 5 });
  });

  it('reads dates, yes and no as the text they are', () => {
    const texts = parseYaml('- 2024-05-01\n- yes\n- no\n', 'x.yaml', z.array(z.string()));
    expect(texts.value).toEqual(['2024-05-01', 'yes', 'no']);
  });
});

describe('a YAML file that fails', () => {
  it('names an unknown key, its place, and the key that was meant', () => {
    expect(problems(`${good}ratse: {}\n`)).toEqual([
      {
        file: 'x.yaml',
        line: 5,
        column: 1,
        message: "Unknown key 'ratse'; expected 'id', 'label', 'rates', 'hosts' or 'note'.",
        suggestion: "Did you mean 'rates'?",
      },
    ]);
  });

  it('names an unknown key deep inside a list', () => {
    expect(problems('id: a\nlabel: benign\nhosts:\n  - name: x\n    prot: 1\n')).toEqual([
      {
        file: 'x.yaml',
        line: 5,
        column: 5,
        message: "Unknown key 'prot' in 'hosts[0]'; expected 'name' or 'port'.",
        suggestion: "Did you mean 'port'?",
      },
    ]);
  });

  it('suggests the nearest value of a fixed set', () => {
    const [problem] = problems(good.replace('benign', 'benin'));
    expect(problem).toMatchObject({
      line: 2,
      column: 8,
      message: "'label' must be 'malicious' or 'benign', found 'benin'.",
      suggestion: "Did you mean 'benign'?",
    });
  });

  it('says what was expected and what was found', () => {
    expect(
      problems('id: 7\nlabel: benign\nhosts: []\nrates: {low: -1}\n').map((p) => [p.line, p.column, p.message]),
    ).toEqual([
      [1, 5, "'id' must be text, found 7."],
      [4, 14, "'rates.low' must be at least 0, found -1."],
      [4, 8, "'rates.mid' is missing; expected a number."],
      [3, 8, "'hosts' must hold at least 1 entries."],
    ]);
  });

  it('judges a union by the alternative that fits best', () => {
    const [problem] = problems(`${good}note: {text: t, bye: me}\n`);
    expect(problem?.line).toBe(5);
    expect(problem?.message).toContain("'note.by' is missing");
  });

  it('names what decides between alternatives, and the keys of the one that holds', () => {
    const animals = z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('hound'), barks: z.boolean() }),
      z.strictObject({ kind: z.literal('cat'), lives: z.int() }),
    ]);
    expect(() => parseYaml('kind: huond\n', 'x.yaml', animals)).toThrow(
      "x.yaml:1:7: 'kind' must be 'hound' or 'cat', found 'huond'. Did you mean 'hound'?",
    );
    expect(() => parseYaml('barks: true\n', 'x.yaml', animals)).toThrow(
      "'kind' is missing; expected 'hound' or 'cat'.",
    );
    expect(() => parseYaml('kind: cat\nlives: 9\nbarks: true\n', 'x.yaml', animals)).toThrow(
      "x.yaml:3:1: Unknown key 'barks'; expected 'kind' or 'lives'.",
    );
  });

  it('places broken YAML and duplicate keys', () => {
    expect(problems('a: [1\nb: 2\n')[0]).toMatchObject({ line: 2, column: 1 });
    expect(problems('id: a\nid: b\n')[0]).toMatchObject({
      line: 2,
      column: 1,
      message: 'The YAML is broken: duplicated mapping key.',
    });
  });

  it('names the keys of a mapping for which something else stands, and forms in words', () => {
    expect(problems(`${good}rates: 0.5\n`)[0]).toMatchObject({
      line: 5,
      column: 8,
      message: "'rates' must be a mapping, found 0.5.",
      suggestion: "Its keys are 'low' and 'mid'.",
    });
    const formed = z.strictObject({
      technique: z.string().regex(/^T\d{4}(\.\d{3})?$/),
      site: z.string().regex(/^[a-z]+$/, 'small letters alone'),
    });
    expect(() => parseYaml('technique: T1102.1\nsite: A1\n', 'x.yaml', formed)).toThrow(
      "x.yaml:1:12: 'technique' must be an ATT&CK technique, such as T1102 or T1102.001, found 'T1102.1'.\n" +
        "x.yaml:2:7: 'site' must be text as follows: small letters alone, found 'A1'.",
    );
  });

  it('refuses an empty file, several documents, and a file that is not there', () => {
    expect(problems('# nothing\n')[0]?.message).toBe('The file is empty; expected one YAML document.');
    expect(problems('a: 1\n---\nb: 1\n')[0]?.message).toMatch(/^Expected one YAML document, found 2/);
    expect(() => readYaml('/nowhere/x.yaml', schema)).toThrow('/nowhere/x.yaml: There is no such file or folder.');
  });

  it('prints file, line and column as editors recognise them', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'assay-')), 'x.yaml');
    writeFileSync(file, good.replace('id: a', 'di: a'));
    expect(() => readYaml(file, schema)).toThrow(`${file}:1:1: Unknown key 'di'`);
  });
});

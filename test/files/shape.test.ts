import fc from 'fast-check';
import { dump } from 'js-yaml';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FileError } from '../../harness/files/errors.js';
import { parseJson } from '../../harness/files/json.js';
import { placeAt, placesIn } from '../../harness/files/places.js';
import { parseYaml } from '../../harness/files/yaml.js';

const anything = z.json();

afterEach(() => {
  delete process.env['ASSAY_LIMITS'];
});

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof FileError) return error.message;
    throw error;
  }
  return 'it was read';
}

const yaml = (text: string) => refusal(() => parseYaml(text, 'x.yaml', anything));
const json = (text: string) => refusal(() => parseJson(text, 'x.json'));

describe('YAML that is hostile', () => {
  it('has aliases that come to too much', () => {
    const doubled = Array.from({ length: 40 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}, *a${i - 1}`}]`);
    expect(yaml(doubled.join('\n'))).toMatch(
      /^x\.yaml:\d+:\d+: The values come to too many here\. The limit is 1,000,000; set ASSAY_LIMITS=yaml-values=… /,
    );
  });

  it.each([
    ['&a [*a]', /^x\.yaml:1:5: '\*a' stands for what it is in itself\./],
    ['a: &x\n  b: { c: *x }\n', /^x\.yaml:2:11: '\*x' stands for/],
    ['a: &x [1]\nb: &y [*x, *y]\n', /^x\.yaml:2:12: '\*y' stands for/],
  ])('holds itself: %j', (text, message) => {
    expect(yaml(text)).toMatch(message);
  });

  it('lies deep, written or by aliases', () => {
    expect(yaml('['.repeat(100_000))).toMatch(/The values lie too deep in each other here\. The limit is 100;/);
    expect(yaml(`${'['.repeat(100)}${']'.repeat(100)}`)).toBe('it was read');
    const chain = Array.from({ length: 120 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}`}]`);
    expect(yaml(chain.join('\n'))).toMatch(/^x\.yaml:100:\d+: The values lie too deep/);
  });

  it('has aliases that are fine', () => {
    const { value } = parseYaml('a: &x { b: 1 }\nc: *x\nd: &x [2]\ne: [*x, *x]\n', 'x.yaml', anything);
    expect(value).toEqual({ a: { b: 1 }, c: { b: 1 }, d: [2], e: [[2], [2]] });
  });

  it.each([
    'a:\n  __proto__: { polluted: 1 }\n',
    'a:\n  "__proto__": 1\n',
    'a:\n  "\\x5f_proto__": 1\n',
    'a:\n  ? __proto__\n  : 1\n',
  ])('has a key that objects cannot hold: %j', (text) => {
    expect(yaml(text)).toMatch(/^x\.yaml:2:\d+: A key cannot be called '__proto__'/);
  });

  it('may say __proto__ as a value', () => {
    expect(yaml('a: __proto__\nb: [__proto__]\n')).toBe('it was read');
  });

  it('holds half a character', () => {
    expect(yaml('a: 1\nb: "x\\ud800y"\n')).toMatch(/^x\.yaml:2:\d+: This text holds half of a character/);
    expect(yaml('"\\udc00": 1\n')).toMatch(/half of a character/);
    expect(yaml('a: "\\ud83d\\ude00"\n')).toBe('it was read');
  });

  it('has more problems than anyone reads', () => {
    const many = `${'- x\n'.repeat(5000)}`;
    const message = refusal(() => parseYaml(many, 'x.yaml', z.array(z.int())));
    expect(message.split('\n')).toHaveLength(101);
    expect(message).toMatch(/x\.yaml:101:3: 4900 more problems begin here\.$/);
  });

  it('has more keys than anyone meant', () => {
    const many = Array.from({ length: 5000 }, (_, i) => `k${i}: 1`).join('\n');
    const message = refusal(() => parseYaml(many, 'x.yaml', z.strictObject({})));
    expect(message.split('\n')).toHaveLength(101);
    expect(message).toMatch(/x\.yaml:101:1: 4900 more unknown keys begin here\.$/);
  });

  it('is too large', () => {
    expect(yaml(`a: ${'b'.repeat(9 * 1024 ** 2)}`)).toMatch(/^x\.yaml: The YAML is too large .* The limit is 8MB;/);
  });

  it('is read whatever it holds, or refused by name', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = dump(value);
        expect(yaml(text)).toMatch(/^it was read$|A key cannot be called|half of a character/);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'[]{}&*a:-? \n"\'|>!%#,x') }), (text) => {
        expect(typeof yaml(text)).toBe('string');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('JSON that is hostile', () => {
  it('lies deep', () => {
    expect(json('['.repeat(1_000_000))).toMatch(/^x\.json:1:101: The values lie too deep .* The limit is 100;/);
    expect(json(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`)).toBe('it was read');
    process.env['ASSAY_LIMITS'] = 'json-depth=3';
    expect(json('[[["[[[[\\"[["]]]')).toBe('it was read');
    expect(json('[[[[]]]]')).toMatch(/^x\.json:1:4: /);
  });

  it('has a key that objects cannot hold, or half a character', () => {
    expect(json('{\n "a": { "__proto__": 1 } }')).toMatch(/^x\.json:2:9: A key cannot be called '__proto__'/);
    expect(json('["\\ud800"]')).toMatch(/^x\.json:1:3: This text holds half/);
  });

  it('is broken, and says where', () => {
    expect(json('{\n "a": 1,}')).toMatch(/^x\.json:2:\d+: The JSON is broken: Expected double-quoted property name\.$/);
    expect(json('{"a": nope}')).toMatch(/^x\.json: The JSON is broken: Unexpected token 'o'\.$/);
    expect(json('[1')).toMatch(/^x\.json:1:3: The JSON is broken/);
    expect(json('')).toMatch(/^x\.json:1:1: The JSON is broken/);
  });
});

it('places of a text are those that counting gives', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r') }), fc.nat(), (text, at) => {
      const offset = at % (text.length + 1);
      const before = text.slice(0, offset).split('\n');
      const counted = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
      expect(placesIn(text)(offset)).toEqual(counted);
      expect(placeAt(text, offset)).toEqual(counted);
    }),
  );
});

import { dump } from 'js-yaml';
import type { z } from 'zod';
import { dotted, problemWords } from '../../files/problems.js';
import { type Bag, isBag } from './imported.js';

export interface RuleFile {
  readonly text: string;
  readonly lost: readonly string[];
}

/**
 * A rule as the text of a `rule.yaml`: what the schema does not know is left out and named.
 *
 * @returns why there is none, where what remains does not fit either
 */
export function ruleFile(rule: Bag, schema: z.ZodType, lost: readonly string[]): RuleFile | { readonly why: string } {
  const left: string[] = [...lost];
  let known: Bag = rule;
  // Each round takes out unknown keys; those below them may be found only then.
  for (let round = 0; round < 20; round++) {
    const result = schema.safeParse(known, { reportInput: true });
    if (result.success) return { text: written(known), lost: left };
    const strays = result.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [],
    );
    if (strays.length === 0) {
      return { why: problemWords(result.error, schema, known).join('; ') };
    }
    for (const path of strays) {
      known = without(known, path) as Bag;
      left.push(`'${dotted(path)}' is left out: rules here have no such field.`);
    }
  }
  return { why: 'its fields do not fit' };
}

/** A query in a block of its own lines, so that a place in it is a place in the file. */
function written(rule: Bag): string {
  const tidy = JSON.parse(
    JSON.stringify(rule, (_, value: unknown) => (typeof value === 'string' ? lines(value) : value)),
  );
  return dump(tidy, { lineWidth: -1 });
}

/** Tabs in front and spaces behind are kept; carriage returns are not, since a block of YAML cannot hold them. */
function lines(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
}

function without(value: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  if (key === undefined) return value;
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? without(item, rest) : item));
  if (!isBag(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      if (name !== key) return [[name, inner]];
      return rest.length === 0 ? [] : [[name, without(inner, rest)]];
    }),
  );
}

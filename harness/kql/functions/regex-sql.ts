/** SQL of regular expressions: on RE2 where that gives the engine's answer, in TypeScript on Rust's library otherwise. */
import { once } from './once.js';
import { planRegex, type Re2Plan, rust } from './regex.js';
import type { Arg, EmitContext, HostFunction } from './registry.js';
import { occurs } from './terms.js';
import { constantText } from './text.js';

const regexTest: HostFunction = {
  name: 'regex_test',
  params: ['string', 'string'],
  returns: 'bool',
  run: (text: string, pattern: string) => rust(pattern)?.test(text) ?? false,
};

export const hosts: readonly HostFunction[] = [regexTest];

/**
 * SQL over a text and a pattern.
 *
 * @param native SQL over the text (SQL) and RE2's pattern (not SQL), or `undefined` when RE2 cannot do what is asked
 * @param host SQL over the text and the original pattern, both SQL
 * @throws Refusal when a constant pattern is not valid
 */
export function regexSql(
  text: Arg,
  pattern: Arg,
  native: (text: string, pattern: string, plan: Re2Plan) => string | undefined,
  host: (text: string, pattern: string) => string,
  context: EmitContext,
): string {
  const subject = context.convert(text, 'string');
  const known = constantText(pattern);
  if (known === undefined) return host(subject, context.convert(pattern, 'string'));
  const plan = planRegex(known);
  const original = context.literal(known, 'string');
  if (plan.pattern === undefined) return host(subject, original);
  const { pattern: re2, asciiOnly } = plan;
  if (native(subject, re2, plan) === undefined) return host(subject, original);
  context.regex(re2);
  return once([subject], (sql) => {
    const fast = native(sql, re2, plan) ?? host(sql, original);
    return asciiOnly ? `CASE WHEN strlen(${sql}) = length(${sql}) THEN ${fast} ELSE ${host(sql, original)} END` : fast;
  });
}

/** SQL of `text matches regex pattern`. */
export function matchesRegex(text: Arg, pattern: Arg, context: EmitContext): string {
  return regexSql(
    text,
    pattern,
    (sql, re2) => occurs(sql, re2, context),
    (sql, original) => context.host(regexTest, [sql, original]),
    context,
  );
}

/** The operators of the language, by the text that stands for them. */
import { hosts as compareHosts, operators as comparisons } from './compare.js';
import { hosts as memberHosts, operators as memberships } from './membership.js';
import { matchesRegex } from './regex-sql.js';
import { type Arg, type EmitContext, type HostFunction, type ScalarFunction, sqlFunction } from './registry.js';
import { containsText, fold, foldedLiteral, hasCase, hasTerm, type TermEdge, termHosts } from './terms.js';
import { constantText, need } from './text.js';

type TextTest = (text: Arg, needle: Arg, caseSensitive: boolean, context: EmitContext) => string;

export const operators: readonly ScalarFunction[] = [
  ...comparisons,
  ...memberships,
  ...negatable('=~', '!~', (text, needle, context) => compareText(equalText, text, needle, false, context)),
  ...family('has', term('whole')),
  ...family('hasprefix', term('prefix')),
  ...family('hassuffix', term('suffix')),
  ...family('contains', (...args) => compareText(contains, ...args)),
  ...family('startswith', (...args) => compareText(startsWith, ...args)),
  ...family('endswith', (...args) => compareText(endsWith, ...args)),
  sqlFunction('string', 'matches regex', ([text, pattern], _type, context) =>
    matchesRegex(need(text), need(pattern), context),
  ),
];

export const hosts: readonly HostFunction[] = [...compareHosts, ...memberHosts, ...Object.values(termHosts)];

/** An operator, its negation, and both in their case-sensitive forms. */
function family(name: string, test: TextTest): ScalarFunction[] {
  return [
    ...negatable(name, `!${name}`, (text, needle, context) => test(text, needle, false, context), [`not${name}`]),
    ...negatable(
      `${name}_cs`,
      `!${name}_cs`,
      (text, needle, context) => test(text, needle, true, context),
      [`not${name}cs`],
      [`${name}cs`],
    ),
  ];
}

function negatable(
  name: string,
  negation: string,
  emit: (text: Arg, needle: Arg, context: EmitContext) => string,
  negationAliases: readonly string[] = [],
  aliases: readonly string[] = [],
): ScalarFunction[] {
  return [
    sqlFunction('string', name, ([text, needle], _type, context) => emit(need(text), need(needle), context), aliases),
    sqlFunction(
      'string',
      negation,
      ([text, needle], _type, context) => `(NOT ${emit(need(text), need(needle), context)})`,
      negationAliases,
    ),
  ];
}

function term(edge: TermEdge): TextTest {
  return (text, needle, caseSensitive, context) => {
    const subject = context.convert(text, 'string');
    const known = constantText(needle);
    if (known !== undefined) return hasTerm(subject, known, { caseSensitive, edge }, context);
    const sought = context.convert(needle, 'string');
    return context.host(termHosts[edge], [fold(subject, caseSensitive), fold(sought, caseSensitive)]);
  };
}

function compareText(
  test: (text: string, needle: string) => string,
  text: Arg,
  needle: Arg,
  caseSensitive: boolean,
  context: EmitContext,
): string {
  const subject = context.convert(text, 'string');
  const known = constantText(needle);
  if (known === undefined) {
    return test(fold(subject, caseSensitive), fold(context.convert(needle, 'string'), caseSensitive));
  }
  if (test === contains) return containsText(subject, known, caseSensitive, context);
  return test(fold(subject, caseSensitive || !hasCase(known)), foldedLiteral(known, caseSensitive, context));
}

function equalText(text: string, needle: string): string {
  return `(${text} = ${needle})`;
}

function contains(text: string, needle: string): string {
  return `contains(${text}, ${needle})`;
}

function startsWith(text: string, needle: string): string {
  return `starts_with(${text}, ${needle})`;
}

function endsWith(text: string, needle: string): string {
  return `ends_with(${text}, ${needle})`;
}

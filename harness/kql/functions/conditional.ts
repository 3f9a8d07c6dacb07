/** Choosing between values. A null condition counts as false; an empty string counts as missing only in `coalesce`. */
import { Refusal, refusalText } from '../errors.js';
import type { KqlType } from '../types.js';
import { coerce } from './calls.js';
import { type Arg, type EmitContext, type ScalarFunction, sqlFunction } from './registry.js';

export const functions: readonly ScalarFunction[] = [
  sqlFunction('conditional', 'iff', choose, ['iif']),
  sqlFunction('conditional', 'case', choose),
  sqlFunction('conditional', 'coalesce', coalesce),
  sqlFunction('conditional', 'assert', assertion),
  sqlFunction(
    'conditional',
    'not',
    (args, _type, context) => `(NOT ${args.map((arg) => coerce(arg, 'bool', context))})`,
  ),
  sqlFunction('conditional', 'isnull', (args) =>
    only(args, (arg) => (arg.type === 'string' ? 'false' : `(${arg.sql} IS NULL)`)),
  ),
  sqlFunction(
    'conditional',
    'isnotnull',
    (args) => only(args, (arg) => (arg.type === 'string' ? 'true' : `(${arg.sql} IS NOT NULL)`)),
    ['notnull'],
  ),
  sqlFunction('conditional', 'min_of', (args, type, context) => extreme('least', args, type, context)),
  sqlFunction('conditional', 'max_of', (args, type, context) => extreme('greatest', args, type, context)),
];

/** True; where the condition does not hold, the query fails with the message. */
function assertion([condition, message]: readonly Arg[], _type: KqlType, context: EmitContext): string {
  if (!condition || typeof message?.constant !== 'string')
    throw new Refusal('unsupported-argument', 'The message of assert() must be a constant text.');
  const failure = refusalText({
    code: 'evaluation-error',
    message: `assert() failed with message: ${message.constant}`,
  });
  return `CASE WHEN ${coerce(condition, 'bool', context)} THEN true ELSE error(${context.literal(failure, 'string')}) END`;
}

/** Pairs of condition and value, then the value when no condition holds. */
function choose(args: readonly Arg[], type: KqlType, context: EmitContext): string {
  if (args.length < 3 || args.length % 2 === 0) throw new Error('Pairs and one more value were expected.');
  const branches: string[] = [];
  for (const [i, arg] of args.entries()) {
    if (i === args.length - 1) branches.push(`ELSE ${coerce(arg, type, context)}`);
    else if (i % 2 === 0) branches.push(`WHEN ${coerce(arg, 'bool', context)}`);
    else branches.push(`THEN ${coerce(arg, type, context)}`);
  }
  return `CASE ${branches.join(' ')} END`;
}

function coalesce(args: readonly Arg[], type: KqlType, context: EmitContext): string {
  const values = args.map((arg) => coerce(arg, type, context));
  if (type !== 'string') return `coalesce(${values.join(', ')})`;
  return `coalesce(${values.map((value) => `nullif(${value}, '')`).join(', ')}, '')`;
}

/** Nulls are passed over. DuckDB sorts NaN above all numbers, while in KQL it wins in both directions. */
function extreme(pick: 'least' | 'greatest', args: readonly Arg[], type: KqlType, context: EmitContext): string {
  const values = args.map((arg) => coerce(arg, type, context));
  const picked = `${pick}(${values.join(', ')})`;
  if (type !== 'real' || pick === 'greatest') return picked;
  return `CASE WHEN isnan(greatest(${values.join(', ')})) THEN 'NaN'::DOUBLE ELSE ${picked} END`;
}

function only(args: readonly Arg[], emit: (arg: Arg) => string): string {
  const [arg] = args;
  if (args.length !== 1 || arg === undefined) throw new Error('One argument was expected.');
  return emit(arg);
}

/** Calls of host functions that take dynamic values, or have arguments that may be left out. */
import type { KqlType } from '../types.js';
import { embed } from './conversion.js';
import type { Arg, EmitContext, Family, HostFunction, ScalarFunction, Value } from './registry.js';

/** SQL of an argument as a value of a type. A scalar becomes the dynamic value that holds it; text is not parsed. */
export function coerce(arg: Arg, type: KqlType, context: EmitContext): string {
  if (arg.type === type) return arg.sql;
  return type === 'dynamic' ? embed(arg, context) : context.convert(arg, type);
}

/**
 * A function that is one host call, its arguments coerced to the declared types and its result to the binder's type.
 *
 * @param defaults values of the last parameters where a call leaves them out
 */
export function hostCall(
  family: Family,
  host: HostFunction,
  defaults: readonly Value[] = [],
  aliases?: readonly string[],
): ScalarFunction {
  return {
    name: host.name,
    ...(aliases ? { aliases } : {}),
    family,
    emit: (args, type, context) => {
      const sql = context.host(host, operands(host, args, defaults, context));
      return coerce({ sql, type: host.returns, constant: undefined }, type, context);
    },
  };
}

function operands(
  host: HostFunction,
  args: readonly Arg[],
  defaults: readonly Value[],
  context: EmitContext,
): string[] {
  const given = args.map((arg, i) => {
    const type = host.params[i] ?? host.variadic;
    if (type === undefined) throw new Error(`${host.name} takes at most ${host.params.length} arguments`);
    return coerce(arg, type, context);
  });
  const required = host.params.length - defaults.length;
  const left = host.params.slice(given.length).map((type, i) => {
    const value = defaults[given.length + i - required];
    if (value === undefined) throw new Error(`${host.name} takes at least ${required} arguments`);
    return context.literal(value, type);
  });
  return [...given, ...left];
}

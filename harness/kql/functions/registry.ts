/**
 * How a KQL function is defined. One definition is either SQL (a template over its arguments) or a host function
 * (TypeScript that DuckDB calls back), or chooses between both by what its arguments are. The support matrix, the
 * binder and the engine all read this registry, so that none can claim what the others lack.
 *
 * Files in this folder import neither the parser nor DuckDB: a compiled rule from the cache starts without them.
 */
import type { KqlType } from '../types.js';
import type { Dynamic } from '../values/dynamic.js';

/** A KQL value in TypeScript: `int`, `long`, `datetime`, `timespan` are bigint (ticks for the latter two). */
export type Value = boolean | bigint | number | string | Dynamic | null;

/** An argument of a call, already compiled. */
export interface Arg {
  /** SQL of the argument, self-contained: safe to put anywhere an expression may stand. */
  readonly sql: string;
  readonly type: KqlType;
  /** Set when the value is known at compile time (`null` is a known null; `undefined` is not known). */
  readonly constant: Value | undefined;
  /** Whether it is made of constants alone, and so computed before the query runs. */
  readonly fixed?: boolean;
}

/** TypeScript that DuckDB calls for each row. Must be pure: the result is remembered by argument. */
export interface HostFunction {
  /** Name in SQL is `kql_<name>`; unique over the project. */
  readonly name: string;
  readonly params: readonly KqlType[];
  /** Type of any further arguments. */
  readonly variadic?: KqlType;
  readonly returns: KqlType;
  /** By default a NULL argument gives the null of the return type (`''` for string) without a call. */
  readonly handlesNull?: boolean;
  /** Characters that one call takes of what a batch of rows may have together; those of its result by default. */
  takes?(...args: never[]): number;
  /** Arguments arrive decoded by their type; returns a value of `returns`, or null. */
  run(...args: never[]): Value;
}

/** What an emitting function may use. */
export interface EmitContext {
  /** SQL of a call of a host function, whose use is thereby recorded. Arguments must be SQL of the declared types. */
  host(fn: HostFunction, args: readonly string[]): string;
  /** SQL of an argument converted to a type as KQL's `to<type>()` converts it. */
  convert(arg: Arg, to: KqlType): string;
  /** SQL of a quoted literal. The only way a value gets into SQL. */
  literal(value: Value, type: KqlType): string;
  /** Throws unless RE2 can run the pattern; records it so that the engine verifies it before the run. */
  regex(pattern: string): void;
  /** SQL of the run's clock, in ticks. */
  readonly now: string;
}

export interface ScalarFunction {
  readonly name: string;
  /** Other names that the language accepts for the same function. */
  readonly aliases?: readonly string[];
  readonly family: Family;
  /** Why valid calls are refused, for a function that knows invalid ones alone: it does not count as supported. */
  readonly refuses?: string;
  /**
   * SQL of a call. `type` is the type that the binder gives the call; the SQL must have that type's representation.
   * Throws `Refusal` for what is not supported.
   */
  emit(args: readonly Arg[], type: KqlType, context: EmitContext): string;
}

export interface AggregateFunction {
  readonly name: string;
  readonly aliases?: readonly string[];
  /**
   * SQL of an aggregate over a group. `order` is SQL for inside an ordered aggregate (`k1 DESC NULLS LAST, …`), or
   * empty when the input has no order. Must give KQL's value for an empty group too.
   */
  emit(args: readonly Arg[], type: KqlType, order: string, context: EmitContext): string;
}

export type Family =
  | 'comparison'
  | 'conditional'
  | 'string'
  | 'number'
  | 'conversion'
  | 'datetime'
  | 'dynamic'
  | 'network'
  | 'parsing'
  | 'hash'
  | 'series'
  | 'geo'
  | 'units';

/** A function that is one host call: its arguments are converted to the declared types. */
export function hostFunction(family: Family, host: HostFunction, aliases?: readonly string[]): ScalarFunction {
  return {
    name: host.name,
    ...(aliases ? { aliases } : {}),
    family,
    emit: (args, _type, context) =>
      context.host(
        host,
        args.map((arg, i) => {
          const to = host.params[i] ?? host.variadic;
          if (to === undefined) throw new Error(`${host.name} takes at most ${host.params.length} arguments`);
          return context.convert(arg, to);
        }),
      ),
  };
}

/** A function that is a SQL template over its arguments' SQL. */
export function sqlFunction(
  family: Family,
  name: string,
  template: (args: readonly Arg[], type: KqlType, context: EmitContext) => string,
  aliases?: readonly string[],
): ScalarFunction {
  return { name, ...(aliases ? { aliases } : {}), family, emit: template };
}

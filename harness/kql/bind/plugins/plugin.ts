/// <reference types="@kusto/language-service-next" />
import type { Plan } from '../../plan/plan.js';
import type { Expression } from '../../syntax.js';
import type { NamedType } from '../../types.js';
import type { Binder } from '../binder.js';
import type { Scope } from '../scope.js';

/** A use of a plugin: `evaluate name(arguments) : (schema)`. */
export interface PluginCall {
  readonly node: Kusto.Language.Syntax.FunctionCallExpression;
  readonly input: Plan;
  /** The scope of the arguments: the row of the input. */
  readonly scope: Scope;
  /** Arguments by position. */
  readonly positional: readonly Expression[];
  /** Arguments by name. */
  readonly named: ReadonlyMap<string, Expression>;
  /** The schema that the text gives behind the call. */
  readonly schema: readonly NamedType[] | null;
  /** The output's columns as the parser's binder sees them. */
  readonly output: readonly NamedType[];
}

export interface Plugin {
  readonly name: string;
  bind(binder: Binder, call: PluginCall): Plan;
}

/** A constant string argument, by name or by position. */
export function textArgument(binder: Binder, call: PluginCall, name: string, position: number): string | undefined {
  const node = call.named.get(name) ?? call.positional[position];
  if (!node) return undefined;
  const expr = binder.expression(node, call.scope);
  if (expr.kind === 'literal' && typeof expr.value === 'string') return expr.value;
  return binder.refuse(node, 'unsupported-argument', `The argument '${name}' must be a constant string.`);
}

/** A constant truth value, by name or by position. */
export function flagArgument(binder: Binder, call: PluginCall, name: string, position: number): boolean {
  const node = call.named.get(name) ?? call.positional[position];
  if (!node) return false;
  const expr = binder.expression(node, call.scope);
  if (expr.kind === 'literal' && typeof expr.value === 'boolean') return expr.value;
  return binder.refuse(node, 'unsupported-argument', `The argument '${name}' must be true or false.`);
}

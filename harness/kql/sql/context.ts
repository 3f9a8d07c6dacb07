import { convert } from '../functions/conversion.js';
import type { Arg, EmitContext, HostFunction, Value } from '../functions/registry.js';
import type { Span } from '../plan/plan.js';
import type { KqlType } from '../types.js';
import { literal } from './literal.js';

/** Emits SQL and remembers what the engine has to provide for it: host functions, and patterns to verify. */
export class SqlContext implements EmitContext {
  readonly hosts = new Set<string>();
  readonly patterns = new Set<string>();
  /** Where the text calls each host function first. */
  readonly places = new Map<string, Span>();
  /** Where the text has what SQL is being made of. */
  span: Span | undefined;
  /** Whether the SQL reads the clock. */
  usesNow = false;

  /** A prepared-statement parameter, so that one compiled rule serves every clock. */
  get now(): string {
    this.usesNow = true;
    return '$now::BIGINT';
  }

  host(fn: HostFunction, args: readonly string[]): string {
    this.hosts.add(fn.name);
    if (this.span && !this.places.has(fn.name)) this.places.set(fn.name, this.span);
    return `kql_${fn.name}(${args.join(', ')})`;
  }

  convert(arg: Arg, to: KqlType): string {
    return convert(arg, to, this);
  }

  literal(value: Value, type: KqlType): string {
    return literal(value, type);
  }

  regex(pattern: string): void {
    this.patterns.add(pattern);
  }
}

/** Runs one function of the registry over literal arguments, on a real DuckDB. */
import { DuckDBDecimalValue, DuckDBInstance } from '@duckdb/node-api';
import { registerHost } from '../../harness/engine/host.js';
import type { HostFunction, ScalarFunction, Value } from '../../harness/kql/functions/registry.js';
import { SqlContext } from '../../harness/kql/sql/context.js';
import type { KqlType } from '../../harness/kql/types.js';
import { DUCKDB_TYPE } from '../../harness/kql/types.js';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const registered = new Set<string>();

/** Registers each host function as the SQL asks for it. */
export class TestContext extends SqlContext {
  override host(fn: HostFunction, args: readonly string[]): string {
    if (!registered.has(fn.name)) registerHost(connection, fn);
    registered.add(fn.name);
    return super.host(fn, args);
  }
}

export interface Given {
  readonly value: Value;
  readonly type: KqlType;
  /** For an argument that the function needs to know at compile time. */
  readonly fixed?: true;
}

/** An argument that stays a constant. */
export function fixed(value: Value, type: KqlType = typeOf(value)): Given {
  return { value, type, fixed: true };
}

/** An argument of a test: its type is what TypeScript's says, unless given. */
export function arg(value: Value, type: KqlType = typeOf(value)): Given {
  return { value, type };
}

/** Calls functions of a family by name or alias, through {@link evaluate}. */
export function caller(functions: readonly ScalarFunction[]) {
  return (name: string, args: readonly Given[], type: KqlType = 'dynamic'): Promise<unknown> => {
    const fn = functions.find((known) => known.name === name || known.aliases?.includes(name));
    if (!fn) throw new Error(`no function ${name}`);
    return evaluate(fn, args, type);
  };
}

/**
 * What DuckDB answers for a call; dynamic results as JSON text.
 *
 * Runs it twice: over constants, and over columns whose values the compiler does not know. Both must agree.
 */
export async function evaluate(fn: ScalarFunction, given: readonly Given[], type: KqlType): Promise<unknown> {
  const known = new TestContext();
  const constant = await answer(
    fn.emit(
      given.map((item) => ({ ...item, sql: known.literal(item.value, item.type), constant: item.value })),
      type,
      known,
    ),
  );
  const unknown = new TestContext();
  const columns = given.map(
    (item, i) => `(${unknown.literal(item.value, item.type)})::${DUCKDB_TYPE[item.type]} AS c${i}`,
  );
  const call = fn.emit(
    given.map((item, i) =>
      item.fixed
        ? { sql: unknown.literal(item.value, item.type), type: item.type, constant: item.value }
        : { sql: `c${i}`, type: item.type, constant: undefined },
    ),
    type,
    unknown,
  );
  const column = await answer(call, `FROM (SELECT ${['1 AS c', ...columns].join(', ')})`);
  if (JSON.stringify(json(constant)) !== JSON.stringify(json(column))) {
    throw new Error(`${fn.name} gives ${json(constant)} for constants and ${json(column)} for columns`);
  }
  return constant;
}

/** What DuckDB answers for an expression. */
export async function answer(sql: string, from = ''): Promise<unknown> {
  const reader = await connection.runAndReadAll(`SELECT ${sql} ${from}`);
  return reader.getRows()[0]?.[0];
}

function json(value: unknown): unknown {
  const printed = typeof value === 'bigint' || typeof value === 'number' || value instanceof DuckDBDecimalValue;
  return printed ? String(value) : value;
}

function typeOf(value: Value): KqlType {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'long';
    case 'number':
      return 'real';
    case 'string':
      return 'string';
    default:
      return 'dynamic';
  }
}

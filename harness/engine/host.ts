import {
  BIGINT,
  BOOLEAN,
  DECIMAL,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDecimalValue,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import { Refusal, refusalText } from '../kql/errors.js';
import type { HostFunction, Value } from '../kql/functions/registry.js';
import type { Bound, KqlType } from '../kql/types.js';
import { type Dynamic, parseDynamic, printDynamic } from '../kql/values/dynamic.js';
import type { Watch } from './watch.js';

const DECIMAL_SCALE = 18;

const TYPES: Readonly<Record<KqlType, DuckDBType>> = {
  bool: BOOLEAN,
  int: INTEGER,
  long: BIGINT,
  real: DOUBLE,
  decimal: DECIMAL(38, DECIMAL_SCALE),
  string: VARCHAR,
  datetime: BIGINT,
  timespan: BIGINT,
  guid: VARCHAR,
  dynamic: VARCHAR,
};

/** Longest arguments and longest result, in characters, that are remembered, so that what is remembered stays small. */
const REMEMBERED_LENGTH = 1_024;

/** How many results of one host function are remembered; rule columns repeat few values over many rows. */
const REMEMBERED = 65_536;

/** What host functions ask of the engine that calls them, on the thread of the program, where no timer can stop them. */
export interface Caller {
  /** Who looks after the query that runs. */
  readonly watch: Watch | undefined;
  /** Most characters that one call for a batch of rows may give: they are held outside of what DuckDB counts. */
  readonly batch: Bound;
}

const ALONE: Caller = { watch: undefined, batch: { most: Number.POSITIVE_INFINITY, raise: '' } };

/** Makes a host function callable from SQL as `kql_<name>` on this connection's database. */
export function registerHost(connection: DuckDBConnection, fn: HostFunction, caller: Caller = ALONE): void {
  const run = refusing(fn.name, fn.run as (...args: Value[]) => Value, caller);
  const takes = fn.takes as ((...args: Value[]) => number) | undefined;
  const absent: DuckDBValue = fn.returns === 'string' ? '' : null;
  let remembered = new Map<string, DuckDBValue>();

  connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: `kql_${fn.name}`,
      parameterTypes: fn.params.map((type) => TYPES[type]),
      ...(fn.variadic ? { varArgsType: TYPES[fn.variadic] } : {}),
      returnType: TYPES[fn.returns],
      specialHandling: true,
      mainFunction: (_info, input, output) => {
        const width = input.columnCount;
        const columns = Array.from({ length: width }, (_, i) => input.getColumnVector(i));
        const types = columns.map((_, i) => fn.params[i] ?? fn.variadic ?? 'string');
        let length = 0;
        for (let row = 0; row < input.rowCount; row++) {
          const raw = columns.map((column) => column.getItem(row));
          if (!fn.handlesNull && raw.includes(null)) {
            output.setItem(row, absent);
            continue;
          }
          const key =
            width === 1
              ? String(raw[0])
              : raw.map((item) => (item === null ? '-' : `${String(item).length}:${item}`)).join('');
          let result = raw.includes(null) && width === 1 ? undefined : remembered.get(key);
          if (result === undefined) {
            result = encode(run(...raw.map((item, i) => decode(item, types[i] as KqlType))), fn.returns);
            if (remembered.size >= REMEMBERED) remembered = new Map();
            const size = key.length + lengthOf(result);
            if (size <= REMEMBERED_LENGTH && !(width === 1 && raw[0] === null)) remembered.set(key, result);
          }
          length += takes ? takes(...raw.map((item, i) => decode(item, types[i] as KqlType))) : lengthOf(result);
          if (length > caller.batch.most) throw new Error(refusalText(tooLong(caller)));
          output.setItem(row, result);
        }
        output.flush();
      },
    }),
  );
}

function tooLong({ batch }: Caller): Refusal {
  const message = 'The query makes texts that are too long together for its memory.';
  return new Refusal('resource-limit', `${message} ${batch.raise}`);
}

function lengthOf(value: DuckDBValue): number {
  return typeof value === 'string' ? value.length : 0;
}

/** A function that stops in time, and whose refusals reach whoever reads DuckDB's message. */
function refusing(name: string, run: (...args: Value[]) => Value, caller: Caller): (...args: Value[]) => Value {
  return (...args) => {
    try {
      caller.watch?.check();
      return run(...args);
    } catch (error) {
      if (error instanceof Refusal) throw new Error(refusalText(error, name));
      if (error instanceof RangeError && /string length/i.test(error.message))
        throw new Error(refusalText(tooLong(caller), name));
      throw error;
    }
  };
}

function decode(item: DuckDBValue, type: KqlType): Value {
  if (item === null) return type === 'string' ? '' : null;
  switch (type) {
    case 'int':
      return BigInt(item as number);
    case 'dynamic': {
      const value = parsed(item as string);
      if (value === undefined) throw new Error(`A dynamic value is not JSON: ${(item as string).slice(0, 80)}`);
      return value;
    }
    case 'decimal':
      return (item as DuckDBDecimalValue).toString();
    default:
      return item as Value;
  }
}

/** Where a value is too deep, a message that is found again in that of DuckDB. */
function parsed(text: string): Dynamic | undefined {
  try {
    return parseDynamic(text, true);
  } catch (error) {
    throw error instanceof Refusal ? new Error(refusalText(error)) : error;
  }
}

function encode(value: Value, type: KqlType): DuckDBValue {
  if (value === null || value === undefined) return type === 'string' ? '' : null;
  switch (type) {
    case 'int':
      return Number(BigInt.asIntN(32, value as bigint));
    case 'long':
    case 'datetime':
    case 'timespan':
      return BigInt.asIntN(64, value as bigint);
    case 'dynamic':
      return printDynamic(value as Dynamic);
    case 'string':
    case 'guid':
      return (value as string).toWellFormed();
    case 'decimal':
      return decimal(value as string);
    default:
      return value as DuckDBValue;
  }
}

function decimal(text: string): DuckDBDecimalValue {
  const [whole = '0', fraction = ''] = text.split('.');
  const digits = fraction.padEnd(DECIMAL_SCALE, '0').slice(0, DECIMAL_SCALE);
  return new DuckDBDecimalValue(BigInt(`${whole}${digits}`), 38, DECIMAL_SCALE);
}

/** Texts that grow without end are measured before they are made: DuckDB makes those of a whole batch in one go. */
import type { Expr } from '../plan/plan.js';
import { once } from './once.js';
import type { Arg, EmitContext, HostFunction } from './registry.js';
import { MOST_REPEATED } from './sequences.js';

/** Shorter results are not measured, in bytes. */
const SHORT = 65_536;

/** Asks for room for a text of so many bytes; the engine refuses a batch of rows that asks for too much together. */
const room: HostFunction = {
  name: 'room',
  // By chance, so that DuckDB asks for each row: what is the same in all takes its room in all.
  params: ['long', 'real'],
  returns: 'bool',
  takes: (bytes: bigint) => Number(bytes),
  run: () => true,
};

export const hosts: readonly HostFunction[] = [room];

/** SQL of a call that makes a long text only where there is room for it. */
export function measured(
  { fn, type }: Extract<Expr, { readonly kind: 'call' }>,
  args: readonly Arg[],
  context: EmitContext,
): string {
  const open = args.filter((arg) => arg.constant === undefined);
  return once(
    open.map(({ sql }) => sql),
    (...names) => {
      const named = args.map((arg) =>
        arg.constant === undefined ? { ...arg, sql: names[open.indexOf(arg)] ?? arg.sql } : arg,
      );
      const bytes = `least(${sizeOf(fn.name, named)}, 1e15)::BIGINT`;
      const fits = `${bytes} <= ${SHORT} OR ${context.host(room, [bytes, 'random()'])}`;
      return `CASE WHEN ${fits} THEN ${fn.emit(named, type, context)} END`;
    },
  );
}

/** SQL of how long the result may be at most, in bytes, as a real. */
function sizeOf(name: string, args: readonly Arg[]): string {
  const [a = '0', b = '0', c = '0'] = args.map(({ sql, type }) =>
    type === 'string' || type === 'dynamic' ? `coalesce(strlen((${sql})::VARCHAR), 0)::DOUBLE` : '64::DOUBLE',
  );
  switch (name) {
    case 'replace_string':
      return `${a} * greatest(1, ${c} / greatest(1, ${b}))`;
    case 'replace_regex':
      return `(${a} + 1) * (${c} + 1)`;
    case 'replace':
      return `(${c} + 1) * (${b} + 1)`;
    case 'strcat_delim':
    case 'strcat_array':
      return `${sum(args)} + ${a} * ${args.length} + ${a} * ${b}`;
    case 'repeat':
      return repeated(`(${a} + 1) * greatest(0, ${args[1]?.sql ?? '0'})::DOUBLE`);
    default:
      return sum(args);
  }
}

/** A longer array than may be is not made. */
function repeated(size: string): string {
  return `(CASE WHEN ${size} > ${MOST_REPEATED} THEN 0 ELSE ${size} END)`;
}

function sum(args: readonly Arg[]): string {
  const sizes = args.map(({ sql, type }) =>
    type === 'string' || type === 'dynamic' ? `coalesce(strlen((${sql})::VARCHAR), 0)::DOUBLE` : '64::DOUBLE',
  );
  return `(${['64::DOUBLE', ...sizes].join(' + ')})`;
}

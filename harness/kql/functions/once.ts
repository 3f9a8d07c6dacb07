/** Longer SQL is not repeated: nested calls that each repeat an argument would grow without bound. */
const REPEATABLE = 600;

/**
 * SQL of an expression that names its arguments more than once.
 *
 * Short arguments are repeated, which DuckDB optimizes best; long ones are bound to a lambda's variable. The body may
 * hold no other SQL that is not constant: DuckDB refuses a subquery inside a lambda.
 */
export function once(args: readonly string[], body: (...names: string[]) => string): string {
  if (args.every((arg) => arg.length <= REPEATABLE)) return body(...args);
  const fields = args.map((arg, i) => `a${i}: ${arg}`).join(', ');
  return `list_transform([{${fields}}], lambda once: ${body(...args.map((_, i) => `once.a${i}`))})[1]`;
}

import type { KqlType } from '../../kql/types.js';
import { fromText, kindOf } from './convert.js';

/** Types that a column may turn out to have, the most telling first; text is what remains. */
const CANDIDATES = ['bool', 'long', 'real', 'datetime', 'dynamic'] as const;

/** SQL aggregates over the values of a text column, each true when all values are of one candidate type. */
export function textVotes(text: string): string[] {
  const votes: Readonly<Record<(typeof CANDIDATES)[number], string>> = {
    bool: `lower(${text}) IN ('true', 'false')`,
    long: `regexp_full_match(${text}, '-?(0|[1-9][0-9]*)') AND TRY_CAST(${text} AS BIGINT) IS NOT NULL`,
    real: `regexp_full_match(${text}, '-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?')`,
    datetime: `length(${text}) > 10 AND ${fromText(text, 'datetime')} IS NOT NULL`,
    dynamic: `substr(${text}, 1, 1) IN ('{', '[') AND json_valid(${text})`,
  };
  return CANDIDATES.map((type) => `bool_and(coalesce(${votes[type]}, false)) FILTER (${text} <> '')`);
}

/** The same over a column of JSON values. One object or array makes the column dynamic. */
export function jsonVotes(json: string): string[] {
  const text = `(${json} ->> '$')`;
  const type = `json_type(${json})`;
  const present = `FILTER (${json} IS NOT NULL AND ${text} <> '')`;
  const all = (condition: string): string => `bool_and(coalesce(${condition}, false)) ${present}`;
  const votes: Readonly<Record<(typeof CANDIDATES)[number], string>> = {
    bool: all(`${type} = 'BOOLEAN'`),
    long: all(`${type} IN ('BIGINT', 'UBIGINT') AND TRY_CAST(${text} AS BIGINT) IS NOT NULL`),
    real: all(`${type} IN ('BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT', 'DOUBLE')`),
    datetime: all(`${type} = 'VARCHAR' AND length(${text}) > 10 AND ${fromText(text, 'datetime')} IS NOT NULL`),
    dynamic: `bool_or(${type} IN ('OBJECT', 'ARRAY')) ${present}`,
  };
  return CANDIDATES.map((candidate) => votes[candidate]);
}

/** The types that the votes of several columns amount to. A column without any value is text. */
export function elected(votes: readonly unknown[]): KqlType[] {
  const types: KqlType[] = [];
  for (let at = 0; at < votes.length; at += CANDIDATES.length) {
    types.push(CANDIDATES.find((_, candidate) => votes[at + candidate] === true) ?? 'string');
  }
  return types;
}

/** The KQL type nearest to a DuckDB type; nothing when it has none. */
export function nativeType(duckdbType: string): KqlType | undefined {
  switch (kindOf(duckdbType)) {
    case 'text':
      return 'string';
    case 'json':
    case 'nested':
      return 'dynamic';
    case 'bool':
      return 'bool';
    case 'integer':
      return /^(U?(TINY|SMALL)INT|INTEGER)$/.test(duckdbType) ? 'int' : 'long';
    case 'float':
      return 'real';
    case 'decimal':
      return 'decimal';
    case 'instant':
      return 'datetime';
    case 'span':
      return 'timespan';
    case 'uuid':
      return 'guid';
    case 'other':
      return undefined;
  }
}

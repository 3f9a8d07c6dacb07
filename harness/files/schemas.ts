import { z } from 'zod';
import { own } from './own.js';

/**
 * The names that a mapping at `path` may hold, over all alternatives of the schema.
 *
 * @param document what was read: where a key decides which alternative holds (`label: benign`), it is asked
 */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[], document: unknown): string[] {
  const schemas = schemasAt(schema, path, document);
  return [...new Set(schemas.flatMap((inner) => (inner instanceof z.ZodObject ? Object.keys(inner.shape) : [])))];
}

/** The fixed values that stand at `path` in the alternatives of the schema: what decides between them. */
export function literalsAt(schema: z.ZodType, path: readonly PropertyKey[], document: unknown): string[] {
  const literals = schemasAt(schema, path, document).flatMap((inner) => {
    if (inner instanceof z.ZodLiteral) return [...inner.values];
    return inner instanceof z.ZodEnum ? inner.options : [];
  });
  return [...new Set(literals.map(String))];
}

function schemasAt(schema: z.ZodType, path: readonly PropertyKey[], document: unknown): z.core.$ZodType[] {
  let value = document;
  let schemas: z.core.$ZodType[] = unwrap(schema, value);
  for (const key of path) {
    value = valueAt(value, key);
    schemas = schemas.flatMap((inner) => childOf(inner, key)).flatMap((inner) => unwrap(inner, value));
  }
  return schemas;
}

function childOf(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) {
    const child: z.core.$ZodType | undefined = own(schema.shape, String(key));
    return child === undefined ? [] : [child];
  }
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  if (schema instanceof z.ZodTuple) {
    const child: z.core.$ZodType | undefined = schema.def.items[Number(key)];
    return child === undefined ? [] : [child];
  }
  return [];
}

/** The schemas that remain when optionals, defaults, pipes and unions are opened. */
function unwrap(schema: z.core.$ZodType, value: unknown): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return unwrap(schema.def.innerType, value);
  }
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodReadonly) return unwrap(schema.def.innerType, value);
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.in, value);
  if (schema instanceof z.ZodLazy) return unwrap(schema.def.getter(), value);
  if (schema instanceof z.ZodDiscriminatedUnion)
    return decided(schema, value).flatMap((option) => unwrap(option, value));
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => unwrap(option, value));
  return [schema];
}

/** The alternative that the value's own key decides for; all where it decides for none. */
function decided(schema: z.ZodDiscriminatedUnion, value: unknown): readonly z.core.$ZodType[] {
  const { discriminator } = schema.def;
  const chosen = schema.options.filter((option) => {
    const [kind] = childOf(option, discriminator);
    return kind !== undefined && z.safeParse(kind, valueAt(value, discriminator)).success;
  });
  return chosen.length > 0 ? chosen : schema.options;
}

function valueAt(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? own(value as Record<string, unknown>, String(key)) : undefined;
}

/** What a mapping of a file itself holds under a key: `constructor` may be the name of a column, and is in every object. */
export function own<T>(mapping: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

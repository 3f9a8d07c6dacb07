import type { Diagnostic } from '../kql/errors.js';

/** What to do about what the parser, the binder or the compiler says. */
export function remedyFor({ code, suggestion }: Diagnostic): string {
  if (suggestion !== undefined) return `Did you mean '${suggestion}'?`;
  return code.startsWith('unsupported-')
    ? 'Write it with what runs: `assay query --support` lists it.'
    : 'Change the query here.';
}

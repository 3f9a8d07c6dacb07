import type { Mutator } from '../mutator.js';
import { otherOperators } from './operators.js';

const BOUNDARIES: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };

export const shiftBoundary: Mutator = {
  name: 'shift-boundary',
  about: 'takes the boundary of a comparison in or out: > and >=',
  edits: (node) => otherOperators(node, ({ name }) => [BOUNDARIES[name] ?? []].flat()),
};

import { distance } from 'fastest-levenshtein';

/**
 * The candidate that a person most likely meant, compared without regard to case: the one with the fewest edits, or
 * failing that the shortest one that contains the name (`AccountName`: `InitiatingProcessAccountName`).
 *
 * @returns nothing when every candidate is too far off to be a slip
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const cost = costOf(wanted, candidate.toLowerCase());
    if (cost < bestCost) {
      best = candidate;
      bestCost = cost;
    }
  }
  return best;
}

/** `Did you mean 'x'?`, or nothing when no candidate is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? undefined : `Did you mean '${nearest}'?`;
}

/** Any slip of the fingers costs less than any containment; what is neither costs infinity. */
function costOf(name: string, candidate: string): number {
  const edits = distance(name, candidate);
  const length = Math.max(name.length, candidate.length);
  // Two edits: exchanged letters are the commonest slip, and count twice.
  if (edits <= Math.max(length > 3 ? 2 : 1, Math.floor(length / 3))) return edits;
  return name.length > 3 && candidate.includes(name) ? 1000 + candidate.length : Number.POSITIVE_INFINITY;
}

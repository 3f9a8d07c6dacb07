import { didYouMean } from '../../files/nearest.js';
import { ENTERPRISE_TACTICS, isOfAnotherMatrix, OTHER_TACTICS, tacticsOf } from '../attack.js';
import type { Check, Seen, Subject } from '../finding.js';

interface Stated {
  readonly tactics: readonly { readonly name: string; readonly at: Seen['at'] }[];
  readonly techniques: readonly { readonly id: string; readonly at: Seen['at'] }[];
}

/** What a rule's file, and the detection's, say of ATT&CK. */
function statedBy({ rule, claims }: Subject): Stated {
  const claimed = (claims?.techniques ?? []).map((id, claim) => ({ id, at: { claim } }));
  if (rule.kind === 'sentinel') {
    const { value } = rule.document;
    const lists = ['relevantTechniques', 'techniques', 'subTechniques'] as const;
    return {
      tactics: (value.tactics ?? []).map((name, i) => ({ name, at: { path: ['tactics', i] } })),
      techniques: [
        ...lists.flatMap((key) => (value[key] ?? []).map((id, i) => ({ id, at: { path: [key, i] } }))),
        ...claimed,
      ],
    };
  }
  if (rule.kind === 'defender') {
    const { category, mitreTechniques } = rule.document.value.detectionAction.alertTemplate;
    const path = ['detectionAction', 'alertTemplate'];
    // A category may also be one outside ATT&CK, such as Malware.
    const known = ENTERPRISE_TACTICS.includes(category);
    return {
      tactics: known ? [{ name: category, at: { path: [...path, 'category'] } }] : [],
      techniques: [
        ...(mitreTechniques ?? []).map((id, i) => ({ id, at: { path: [...path, 'mitreTechniques', i] } })),
        ...claimed,
      ],
    };
  }
  return { tactics: [], techniques: claimed };
}

export const unknownTechnique: Check = {
  code: 'unknown-technique',
  severity: 'warning',
  title: 'A technique is one of ATT&CK Enterprise.',
  *run(subject) {
    for (const { id, at } of statedBy(subject).techniques) {
      if (tacticsOf(id) !== undefined || isOfAnotherMatrix(id)) continue;
      yield {
        at,
        message: `ATT&CK Enterprise has no technique ${id}.`,
        remedy: 'Look for the technique that took its place.',
      };
    }
  },
};

export const unknownTactic: Check = {
  code: 'unknown-tactic',
  severity: 'error',
  title: 'A tactic is one that Sentinel knows.',
  *run(subject) {
    const names = [...ENTERPRISE_TACTICS, ...OTHER_TACTICS];
    for (const { name, at } of statedBy(subject).tactics) {
      if (names.includes(name)) continue;
      yield {
        at,
        message: `'${name}' is no tactic.`,
        remedy: didYouMean(name, names) ?? `Write one of ${names.join(', ')}.`,
      };
    }
  },
};

export const unfitTactic: Check = {
  code: 'unfit-tactic',
  severity: 'error',
  title: 'Each technique serves one of the tactics that the rule states.',
  *run(subject) {
    const { tactics, techniques } = statedBy(subject);
    const stated = tactics.map(({ name }) => name);
    if (!stated.some((name) => ENTERPRISE_TACTICS.includes(name))) return;
    for (const { id, at } of techniques) {
      const served = 'claim' in at ? undefined : tacticsOf(id);
      if (served === undefined || served.some((tactic) => stated.includes(tactic))) continue;
      yield {
        at,
        message: `${id} serves ${served.join(', ')}, and the rule states ${stated.join(', ')}.`,
        remedy: `Add ${served.length === 1 ? served[0] : 'one of these'} to the tactics, or remove ${id}.`,
      };
    }
  },
};

import { basename } from 'node:path';
import { gradeOf } from '../../exceptions/grade.js';
import { exceptionsOf, faultsOf } from '../../exceptions/render.js';
import { isThere } from '../../files/inside.js';
import { readTextFile } from '../../files/text.js';
import type { Check, Seen, Subject } from '../finding.js';

/** The exceptions of a rule that can be read; nothing where some cannot, which is a finding of its own. */
function readable({ detection }: Subject) {
  if (detection === undefined || faultsOf(detection.files, detection.names).length > 0) return undefined;
  return exceptionsOf(detection.files, detection.names);
}

export const brokenException: Check = {
  code: 'exception-unreadable',
  severity: 'error',
  title: 'An exception that is no condition over the rows of the rule, or has no place in it.',
  *run({ detection }: Subject): Iterable<Seen> {
    if (detection === undefined) return;
    for (const { message, exception } of faultsOf(detection.files, detection.names)) {
      yield {
        at: exception === undefined ? { start: 0, length: 0 } : { exception, key: 'condition' },
        message,
        remedy: 'Change it so that it is one condition over the columns that the rows have.',
      };
    }
  },
};

export const staleBlock: Check = {
  code: 'exceptions-not-rendered',
  severity: 'error',
  title: 'A rule whose block of exceptions is not what allowlist.yaml says.',
  *run(subject: Subject): Iterable<Seen> {
    const found = readable(subject);
    const { text } = subject.bound;
    if (found === undefined) return;
    const { watchlist } = found;
    if (watchlist !== undefined && (!isThere(watchlist.file) || readTextFile(watchlist.file) !== watchlist.csv)) {
      yield {
        at: { exception: 0 },
        message: `The watchlist in ${basename(watchlist.file)} does not hold the exceptions of allowlist.yaml.`,
        remedy: "Run 'assay allowlist render', commit the file, and upload it to the workspace.",
      };
    }
    if (found.text === text) return;
    yield {
      at: { start: Math.min(found.place.offset, text.length), length: 0 },
      message: 'The exceptions in the rule are not those of allowlist.yaml: what is deployed is not what was reviewed.',
      remedy: "Run 'assay allowlist render' and commit the rule.",
    };
  },
};

export const expiredException: Check = {
  code: 'exception-expired',
  severity: 'warning',
  title: 'An exception whose last day has passed.',
  *run({ detection, today }: Subject): Iterable<Seen> {
    for (const [exception, { expiry, owner }] of (detection?.files.allowlist.exceptions ?? []).entries()) {
      if (expiry >= today) continue;
      yield {
        at: { exception, key: 'expiry' },
        message: `The exception held until ${expiry} and is still in the rule.`,
        remedy: `Remove it and render anew, or have ${owner} review it and give it a later day.`,
      };
    }
  },
};

export const openException: Check = {
  code: 'exception-open',
  severity: 'warning',
  title: 'An exception that any program can meet.',
  *run(subject: Subject): Iterable<Seen> {
    for (const [exception, { clause }] of (readable(subject)?.conditions ?? []).entries()) {
      const { grade, way } = gradeOf(clause);
      if (grade !== 'E') continue;
      yield {
        at: { exception, key: 'condition' },
        message: `Grade E: what is hidden by it needs nothing but ${way}.`,
        remedy:
          'Add a test of a field that an attacker does not control, such as a folder that only administrators write to.',
      };
    }
  },
};

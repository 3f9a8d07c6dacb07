/**
 * What a custom detection of Defender XDR must return.
 * Source: Microsoft Learn, "Create and manage custom detections rules" (required columns, continuous frequency).
 */
import { isNode } from '../../kql/syntax.js';
import type { Check, Stretch, Subject } from '../finding.js';
import { calledName, descendants, type Element, pipelineOf, stretch, tablesOf, textOf } from '../tree.js';

/** Columns that say who is affected: a device, a user or a mailbox. */
const IMPACTED = [
  ...['DeviceId', 'DeviceName', 'RemoteDeviceName', 'RecipientEmailAddress', 'SenderFromAddress'],
  ...['SenderMailFromAddress', 'RecipientObjectId', 'AccountObjectId', 'AccountSid', 'AccountUpn'],
  ...['InitiatingProcessAccountSid', 'InitiatingProcessAccountUpn', 'InitiatingProcessAccountObjectId'],
];

/** Tables that a continuous rule may read. */
const CONTINUOUS: ReadonlySet<string> = new Set([
  ...['AlertEvidence', 'CloudAppEvents', 'DeviceEvents', 'DeviceFileCertificateInfo', 'DeviceFileEvents'],
  ...['DeviceImageLoadEvents', 'DeviceLogonEvents', 'DeviceNetworkEvents', 'DeviceNetworkInfo', 'DeviceInfo'],
  ...['DeviceProcessEvents', 'DeviceRegistryEvents', 'EmailAttachmentInfo', 'EmailEvents', 'EmailPostDeliveryEvents'],
  ...['EmailUrlInfo', 'IdentityDirectoryEvents', 'IdentityLogonEvents', 'IdentityQueryEvents', 'UrlClickEvents'],
]);

export const defenderColumns: Check = {
  code: 'defender-columns',
  severity: 'error',
  title:
    'A custom detection returns the columns that identify the event: Timestamp, ReportId, and DeviceId of a device.',
  *run(subject) {
    const { environment, columns } = subject;
    if (environment !== 'defender-xdr' || columns === undefined) return;
    const returned = new Map(columns.map(({ name, type }) => [name, type]));
    for (const name of identifying(subject)) {
      if (returned.has(name)) continue;
      const lost = whereLost(subject, name);
      yield {
        at: lost.at,
        message: `A custom detection must return ${name}, which identifies the event; this rule ${lost.drops ? 'drops it here' : 'does not have it'}.`,
        remedy: lost.drops ? `Keep ${name} in the result.` : `Return ${name} of the event that the alert is about.`,
      };
    }
    const time = returned.get('Timestamp');
    if (time !== undefined && time !== 'datetime') {
      yield {
        at: whereLost(subject, 'Timestamp').at,
        message: `Timestamp must be the event's datetime, and is ${time} here.`,
        remedy: 'Return the Timestamp of the event unchanged.',
      };
    }
  },
};

/** A rule that reads other tables as well may alert on an event of those, which have no device. */
function identifying(subject: Subject): readonly string[] {
  const tables = [...tablesOf(subject.bound, subject.tables).keys()];
  const device = tables.length > 0 && tables.every((table) => table.startsWith('Device'));
  return device ? ['Timestamp', 'DeviceId', 'ReportId'] : ['Timestamp', 'ReportId'];
}

/** The last operator that has the column and does not pass it on; else the beginning of the answer. */
function whereLost({ bound }: Subject, name: string): { readonly at: Stretch; readonly drops: boolean } {
  const pipeline = pipelineOf(bound);
  if (pipeline === undefined) return { at: { start: 0, length: bound.text.length }, drops: false };
  const has = (columns: readonly { readonly name: string }[]) => columns.some((column) => column.name === name);
  const step = pipeline.steps.findLast(({ input, output }) => has(input) && !has(output));
  if (step !== undefined) return { at: step.keyword, drops: true };
  return { at: stretch(pipeline.source), drops: false };
}

export const defenderAsset: Check = {
  code: 'defender-asset',
  severity: 'error',
  title: 'A custom detection returns a column that says which device, user or mailbox is affected.',
  *run(subject) {
    const { environment, columns } = subject;
    if (environment !== 'defender-xdr' || columns === undefined) return;
    if (columns.some(({ name }) => IMPACTED.includes(name))) return;
    yield {
      at: whereLost(subject, 'DeviceId').at,
      message: 'A custom detection must return the impacted asset, and this rule returns no column that names one.',
      remedy: `Return one of ${IMPACTED.join(', ')}.`,
    };
  },
};

export const defenderOneEvent: Check = {
  code: 'defender-one-event',
  severity: 'warning',
  title: 'Timestamp, ReportId and DeviceId that a summarize returns are of one and the same event.',
  *run(subject) {
    if (subject.environment !== 'defender-xdr') return;
    const wanted = identifying(subject);
    for (const { operator, keyword, output } of pipelineOf(subject.bound)?.steps ?? []) {
      if (!isNode(operator, 'SummarizeOperator')) continue;
      const present = wanted.filter((name) => output.some((column) => column.name === name));
      if (present.length < 2) continue;
      const keys = operator.ByClause === null ? [] : namesIn(operator.ByClause);
      const loose = present.filter((name) => !keys.includes(name));
      const together = rowPicks(operator).some((pick) =>
        loose.every((name) => pick.includes(name) || pick.includes('*')),
      );
      if (loose.length === 0 || together || (loose.length === 1 && loose[0] === 'DeviceId')) continue;
      yield {
        at: keyword,
        message: `${loose.join(' and ')} may come from different events here, and then the alert points to none.`,
        remedy: `Take them from one event: arg_max(Timestamp, ${wanted.filter((name) => name !== 'Timestamp').join(', ')}).`,
      };
    }
  },
};

/** The names that each `arg_max`, `arg_min` and `take_any` takes from one row. */
function rowPicks(operator: Element): string[][] {
  return [...descendants(operator)]
    .filter((element) => /^(arg_max|arg_min|take_any)$/.test(calledName(element) ?? ''))
    .map(namesIn);
}

function namesIn(element: Element): string[] {
  const all = [...descendants(element)];
  const names = all.flatMap((part) => (isNode(part, 'NameReference') ? [part.SimpleName ?? ''] : []));
  return all.some((part) => isNode(part, 'StarExpression')) ? [...names, '*'] : names;
}

export const defenderContinuous: Check = {
  code: 'defender-continuous',
  severity: 'error',
  title:
    'A continuous (NRT) custom detection reads one supported table, without join, union, externaldata or comments.',
  *run(subject) {
    const { rule, bound } = subject;
    if (rule.kind !== 'defender' || rule.document.value.schedule.period !== '0') return;
    const tables = [...tablesOf(bound, subject.tables)];
    const remedy = 'Change the rule, or give it a period of 1H or more.';
    for (const [name, place] of tables.slice(1)) {
      yield { at: stretch(place), message: `A continuous rule reads one table; ${name} is a further one.`, remedy };
    }
    for (const [name, place] of tables) {
      if (CONTINUOUS.has(name)) continue;
      yield { at: stretch(place), message: `A continuous rule cannot read ${name}.`, remedy };
    }
    for (const element of descendants(bound.block)) {
      if (
        isNode(element, 'JoinOperator') ||
        isNode(element, 'UnionOperator') ||
        isNode(element, 'ExternalDataExpression')
      ) {
        const keyword = element.GetChild(0) ?? element;
        yield { at: stretch(keyword), message: `A continuous rule cannot use ${textOf(bound, keyword)}.`, remedy };
      }
    }
    const comment = commentIn(bound.block);
    if (comment !== undefined) {
      yield { at: comment, message: 'A continuous rule holds no comments.', remedy: 'Remove the comments.' };
    }
  },
};

/** The first comment: what stands before a token and is more than blanks. */
function commentIn(block: Element): Stretch | undefined {
  for (const element of descendants(block)) {
    if (element.ChildCount > 0) continue;
    const trivia = (element as Kusto.Language.Syntax.SyntaxToken).Trivia ?? '';
    const at = trivia.indexOf('//');
    if (at < 0) continue;
    const start = element.TextStart - trivia.length + at;
    return { start, length: trivia.slice(at).split(/[\r\n]/)[0]?.length ?? 2 };
  }
  return undefined;
}

const SEVERITIES = ['informational', 'low', 'medium', 'high'];

export const defenderAlert: Check = {
  code: 'defender-alert',
  severity: 'error',
  title: 'The alert of a custom detection has a severity that Defender knows and says which column holds the asset.',
  *run({ rule, columns }) {
    if (rule.kind !== 'defender') return;
    const { severity, impactedAssets } = rule.document.value.detectionAction.alertTemplate;
    const path = ['detectionAction', 'alertTemplate'];
    if (!SEVERITIES.includes(severity.toLowerCase())) {
      yield {
        at: { path: [...path, 'severity'] },
        message: `'${severity}' is no severity of an alert.`,
        remedy: `Write one of ${SEVERITIES.join(', ')}.`,
      };
    }
    for (const [i, { identifier }] of (impactedAssets ?? []).entries()) {
      if (columns === undefined || columns.some(({ name }) => name.toLowerCase() === identifier.toLowerCase()))
        continue;
      yield {
        at: { path: [...path, 'impactedAssets', i, 'identifier'] },
        message: `The rule returns no column '${identifier}'.`,
        remedy: 'Name a column that the rule returns, or return this one.',
      };
    }
  },
};

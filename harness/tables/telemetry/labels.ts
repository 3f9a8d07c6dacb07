import { createHash } from 'node:crypto';
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { FileError } from '../../files/errors.js';
import { problemWords } from '../../files/problems.js';
import { unfitText } from '../../files/shape.js';
import { readTextFile } from '../../files/text.js';
import { parseYaml } from '../../files/yaml.js';
import { parseDatetime } from '../../kql/values/datetime.js';
import { fileError } from '../readers/text.js';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const instant = z
  .string()
  .refine((text) => parseDatetime(text) !== null, 'expected a time such as 2026-03-02T10:00:00Z');

const label = z
  .strictObject({
    /** What the events are of; those of one name are counted together. */
    scenario: z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'a scenario is named by letters, digits, dots and dashes'),
    label: z.enum(['malicious', 'benign']).default('malicious'),
    title: z.string().min(1).optional(),
    /** Events of one value are of one activity; without it those of one host are. */
    activity: z.union([z.string().min(1), z.int()]).optional(),
    /** Without a technique no detection claims to catch it: it counts for precision, not for recall. */
    technique: z
      .string()
      .regex(/^T\d{4}(\.\d{3})?$/, 'expected an ATT&CK technique such as T1102.001')
      .optional(),
    procedure: z.string().min(1).optional(),
    role: z.enum(['lookup', 'callback', 'setup', 'background']).optional(),
    /** The events meant: all that is said must hold. */
    table: z.string().optional(),
    file: z.string().optional(),
    /** `DeviceName`, with or without its domain, `DeviceId` or `Computer`; in any case. */
    host: z.string().min(1).optional(),
    from: instant.optional(),
    /** Not part of the time that is meant. */
    to: instant.optional(),
    /** Columns and the value, or one of the values, that they hold. */
    match: z.record(z.string(), z.union([scalar, z.array(scalar).min(1)])).optional(),
  })
  .refine(
    ({ file, host, from, to, match }) => [file, host, from, to, match].some((said) => said !== undefined),
    'Say which events are meant: by file, host, from, to or match.',
  );

const labelsSchema = z.union([z.array(label), z.strictObject({ labels: z.array(label) })]);

/** The scenario of events that no label means. */
export const OWN_SCENARIO = 'own-events';

/** A label as its file has it. */
export type Label = z.output<typeof label>;

/** A label file. */
export interface LabelFile {
  readonly file: string;
  readonly sha256: string;
  readonly labels: readonly Label[];
  /** The line of the file on which a label begins. */
  lineOf(index: number): number;
}

/** The keys of a label that are no column of a table; a CSV file has both as columns. */
const KEYS: readonly string[] = Object.keys(label.shape).filter((key) => key !== 'match');

/**
 * Reads a label file: YAML or JSON (a list of labels, perhaps under the key `labels`), or CSV with the keys of a label,
 * and columns of tables, as its header. Empty cells say nothing.
 *
 * @throws FileError naming each mistake with its line
 */
export function readLabels(path: string): LabelFile {
  const text = readTextFile(path).replace(/^\uFEFF/, '');
  const sha256 = createHash('sha256').update(text).digest('hex');
  const read = /\.csv$/i.test(path) ? fromCsv(path, text) : fromYaml(path, text);
  refuseBoth(path, read);
  return { file: path, sha256, ...read };
}

type Read = Pick<LabelFile, 'labels' | 'lineOf'>;

/** Events of a scenario are counted together, so that it cannot be both. */
function refuseBoth(path: string, { labels, lineOf }: Read): void {
  const seen = new Map<string, Label['label']>([[OWN_SCENARIO, 'benign']]);
  for (const [index, { scenario, label }] of labels.entries()) {
    const before = seen.get(scenario) ?? label;
    seen.set(scenario, before);
    if (before === label) continue;
    const message = `The scenario '${scenario}' cannot be ${label}: elsewhere it is ${before}. Give it another name.`;
    throw fileError(path, message, { line: lineOf(index), column: 1 });
  }
}

function fromYaml(path: string, text: string): Read {
  const document = parseYaml(text, path, labelsSchema);
  const inKey = !Array.isArray(document.value);
  const labels = Array.isArray(document.value) ? document.value : document.value.labels;
  return {
    labels,
    lineOf: (index) => document.placeOf(inKey ? ['labels', index] : [index]).line,
  };
}

function fromCsv(path: string, text: string): Read {
  let records: { readonly record: Readonly<Record<string, string>>; readonly info: { readonly lines: number } }[];
  try {
    records = parse(text, {
      columns: (names: string[]) => {
        const unfit = names.map((name) => unfitText(name, true)).find((each) => each !== undefined);
        if (unfit !== undefined) throw fileError(path, unfit, { line: 1, column: 1 });
        return names;
      },
      info: true,
      skip_empty_lines: true,
      bom: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
    throw fileError(path, `The CSV is broken: ${error.message}.`, { line, column: 1 });
  }
  const labels = records.map(({ record, info }) => {
    const said = Object.entries(record).filter(([, value]) => value !== '');
    const columns = said.filter(([key]) => !KEYS.includes(key));
    const written = {
      ...Object.fromEntries(said.filter(([key]) => KEYS.includes(key))),
      ...(columns.length > 0 && { match: Object.fromEntries(columns) }),
    };
    const parsed = label.safeParse(written);
    if (parsed.success) return parsed.data;
    throw new FileError(
      problemWords(parsed.error, label, written).map((words) => ({
        file: path,
        line: info.lines,
        column: 1,
        message: words.endsWith('?') ? words : `${words}.`,
      })),
    );
  });
  return { labels, lineOf: (index) => records[index]?.info.lines ?? 0 };
}

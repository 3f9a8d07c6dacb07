import type { z } from 'zod';
import type { Companions } from '../../reports/companions.js';
import { adviceSchema } from '../advise/result.js';
import { evasionSchema } from '../evade/result.js';
import { FileError } from '../files/errors.js';
import { readJson } from '../files/json.js';
import { guideSchema } from '../guide/result.js';
import { mutationSchema } from '../mutate/result.js';
import { tuningSchema } from '../tune/result.js';

/** What a document holds, by a field that no other has. */
const KINDS = {
  mutation: { mark: 'mutants', schema: mutationSchema, command: 'mutate' },
  tuning: { mark: 'curve', schema: tuningSchema, command: 'tune' },
  evasion: { mark: 'pairs', schema: evasionSchema, command: 'evade' },
  advice: { mark: 'additions', schema: adviceSchema, command: 'advise' },
  guide: { mark: 'silent', schema: guideSchema, command: 'guide' },
} as const;

type Kind = keyof typeof KINDS;

/** The commands whose results can be shown beside a measurement, for a person. */
export const COMPANIONS = '`assay mutate`, `assay tune`, `assay evade`, `assay advise` or `assay guide`';
type Found = { readonly [K in Kind]: Map<string, z.infer<(typeof KINDS)[K]['schema']>> };

/** A detection, and which text of its rule is measured. */
export interface Subject {
  readonly id: string;
  readonly rule: { readonly sha256: string };
}

/**
 * What other commands wrote as JSON about detections.
 *
 * @throws FileError for a file of another kind, or one about another text of a rule
 */
export function readCompanions(files: readonly string[], about: readonly Subject[]): Companions {
  const found: Found = {
    mutation: new Map(),
    tuning: new Map(),
    evasion: new Map(),
    advice: new Map(),
    guide: new Map(),
  };
  for (const file of files) {
    const results = resultsIn(readJson(file));
    if (results.length === 0) throw fault(file, `It holds no result of ${COMPANIONS}.`);
    for (const result of results) add(found, file, result, about);
  }
  return found;
}

function add(found: Found, file: string, result: Result, about: readonly Subject[]): void {
  const kind = kindOf(result);
  if (kind === undefined) return;
  const { schema, command } = KINDS[kind];
  const parsed = schema.safeParse(result);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const what = issue === undefined ? '' : `: '${issue.path.join('.')}': ${issue.message}`;
    throw fault(file, `It is not as this version of \`assay ${command}\` writes it${what}`);
  }
  const { detection: id } = parsed.data;
  const detection = about.find((each) => each.id === id);
  // What is about detections that are not shown has no place.
  if (detection === undefined) return;
  if (parsed.data.rule.sha256 !== detection.rule.sha256) {
    throw fault(file, `It is about another text of the rule of ${id}. Run \`assay ${command}\` again.`);
  }
  (found[kind] as Map<string, unknown>).set(id, parsed.data);
}

type Result = Readonly<Record<string, unknown>> & { readonly detection: string };

/** The command that wrote a document of results; nothing for any other document. */
export function commandBehind(document: unknown): string | undefined {
  const [first] = resultsIn(document);
  const kind = first === undefined ? undefined : kindOf(first);
  return kind === undefined ? undefined : KINDS[kind].command;
}

/** The results in a document: itself, or those of a list in it. */
function resultsIn(document: unknown): Result[] {
  if (Array.isArray(document)) return document.flatMap(resultsIn);
  if (typeof document !== 'object' || document === null) return [];
  if (isResult(document)) return kindOf(document) === undefined ? [] : [document];
  return Object.values(document).flatMap((value) => (Array.isArray(value) ? value.flatMap(resultsIn) : []));
}

function isResult(value: object): value is Result {
  return 'detection' in value && typeof value.detection === 'string';
}

function kindOf(result: object): Kind | undefined {
  return (Object.keys(KINDS) as Kind[]).find((kind) => KINDS[kind].mark in result);
}

function fault(file: string, message: string): FileError {
  return new FileError([{ file, line: 0, column: 0, message }]);
}

import { z } from 'zod';
import { playedOverSchema } from '../tune/played-over.js';

/** What alerts of a rule look like, by where they come from. Reports read this document and nothing else. */

/** Raised whenever a reader of the older document would misread the newer one. */
export const GUIDE_VERSION = 1;

const count = z.int().min(0);
const text = z.string().min(1);
const share = z.number().min(0).max(1);

/** Of how many alerts something is true. */
const value = z.strictObject({ value: z.string(), alerts: count });

const values = z.strictObject({
  /** The most frequent ones. */
  first: z.array(value),
  /** How many others there are. */
  others: count,
});

const sign = z.strictObject({
  id: text,
  /** What is so of an alert that has it. */
  says: text,
  /** Where a person sees whether it is so. */
  look: text,
  /** Share of alerts that have it: of those from attacks and of those from everyday activities; nothing where there are none. */
  ofAttacks: share.optional(),
  ofEveryday: share.optional(),
  /** Bits that seeing it tells of which of the two an alert is, were both as likely. */
  tells: share.optional(),
});

const scenario = z.strictObject({
  id: text,
  title: text,
  label: z.enum(['malicious', 'benign']),
  technique: z.string().optional(),
  procedure: z.string().optional(),
  activities: count,
  detected: count,
  alerts: z.int().min(1),
  /** What each column of the answer holds, of those that the rule works out itself. */
  answers: z.array(z.strictObject({ column: text, values })),
  /** What the events behind its alerts hold, by what it says of them. */
  facts: z.array(z.strictObject({ fact: text, column: text, values })),
  /** Where the events behind its alerts lead, by what they are in their activity. */
  places: z.array(z.strictObject({ role: text, values })),
  /** Ids of the signs that at least half of its alerts have. */
  signs: z.array(text),
  /** The scenario of the other label that looks most like it, and what tells the two apart. */
  lookAlike: z
    .strictObject({
      scenario: text,
      title: text,
      /** Share of signs and values that both have. */
      alike: share,
      differs: z.array(z.strictObject({ sign: text, here: z.boolean() })),
    })
    .optional(),
});

export const guideSchema = z.strictObject({
  version: z.literal(GUIDE_VERSION),
  detection: text,
  title: text,
  /** Of the KQL text. */
  rule: z.strictObject({ sha256: text }),
  workload: playedOverSchema,
  alerts: z.strictObject({ true: count, false: count }),
  /** What to look at, that which tells most first. */
  signs: z.array(sign),
  /** Attacks, then everyday activities: those with most alerts first. */
  scenarios: z.array(scenario),
  /** Claimed attacks that raise no alert. */
  silent: z.array(z.strictObject({ id: text, title: text, activities: count })),
});

export type Guide = z.infer<typeof guideSchema>;
export type GuideScenario = Guide['scenarios'][number];
export type GuideSign = Guide['signs'][number];
export type Values = z.infer<typeof values>;

/** The file that stands beside a rule. */
export const GUIDE_FILE = 'guide.md';

const markSchema = z.strictObject({
  rule: z.string(),
  workload: z.string(),
  alerts: z.strictObject({ true: z.int(), false: z.int() }),
});

/** What a guide was made from: the rule's text, the workload's events, and the alerts that they make. */
export type GuideMark = z.infer<typeof markSchema>;

const START = '<!-- assay guide ';
const END = ' -->';

/** The comment at the head of a guide that says what it was made from. */
export function guideMark({ rule, workload, alerts }: Guide): string {
  const mark: GuideMark = { rule: rule.sha256, workload: workload.digest, alerts };
  return `${START}${JSON.stringify(mark)}${END}`;
}

/** What a guide says that it was made from; nothing where it says nothing that can be read. */
export function readMark(guide: string): GuideMark | undefined {
  const [line = ''] = guide.split(/\r?\n/, 1);
  if (!line.startsWith(START) || !line.endsWith(END)) return undefined;
  try {
    return markSchema.safeParse(JSON.parse(line.slice(START.length, -END.length))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

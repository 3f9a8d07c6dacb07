import { z } from 'zod';
import { rowSchema as row, sourcesSchema } from './sources.js';

/** Events by table; a column that is not named holds nothing. */
export const eventsSchema = z.record(z.string(), z.array(row));

/** A row as tests write it. */
const writtenRow = z
  .object({
    /** Samples whose columns the row has too, unless it names them itself; of several the last counts. */
    like: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
    /** One row for each of the values of a column; for each combination, where there are several columns. */
    each: z.record(z.string(), z.array(z.json()).min(1)).optional(),
  })
  .catchall(z.json());

const sample = writtenRow.refine(({ each }) => each === undefined, {
  message: "a sample is one row: 'each' is for tests",
});

const count = z.int().min(0);

const expectation = z
  .strictObject({
    alerts: z.union([count, z.strictObject({ atLeast: count.optional(), atMost: count.optional() })]).optional(),
    /** As many rows as the rule returns, in any order; the named columns of each must match. */
    rows: z.array(writtenRow).optional(),
  })
  .refine(exactlyOneOf('alerts', 'rows'), { message: "expected either 'alerts' or 'rows'" });

const test = z
  .strictObject({
    name: z.string().min(1),
    events: z.record(z.string(), z.array(writtenRow)).optional(),
    /** The id of a scenario, of which one activity is played. */
    scenario: z.string().min(1).optional(),
    /** The rule's clock, ISO 8601. */
    now: z.string().optional(),
    expect: expectation,
    /** A known gap: listed, and no failure while it fails. */
    todo: z.boolean().optional(),
  })
  .refine(exactlyOneOf('events', 'scenario'), { message: "expected either 'events' or 'scenario'" });

/** `tests.yaml`: events, or the name of a scenario, and what the rule must make of them; and what it takes from elsewhere. */
export const testsSchema = z.strictObject({
  sources: sourcesSchema.optional(),
  /** Columns that rows of tests begin with, by the name under which `like` takes them. */
  samples: z.record(z.string().min(1), sample).optional(),
  tests: z.array(test).superRefine((tests, context) => {
    const seen = new Set<string>();
    for (const [index, { name }] of tests.entries()) {
      if (seen.size < seen.add(name).size) continue;
      context.addIssue({ code: 'custom', path: [index, 'name'], message: `another test is called '${name}' too` });
    }
  }),
});

export type Row = z.infer<typeof row>;
export type Events = z.infer<typeof eventsSchema>;
export type WrittenRow = z.infer<typeof writtenRow>;
export type WrittenTest = z.infer<typeof test>;
/** A test with all its rows spelled out. */
export interface TestCase extends Omit<WrittenTest, 'events' | 'expect'> {
  readonly events?: Events;
  readonly expect: Expectation;
}
export interface Expectation extends Omit<WrittenTest['expect'], 'rows'> {
  readonly rows?: readonly Row[];
}

function exactlyOneOf<K extends string>(first: K, second: K): (value: { [key in K]?: unknown }) => boolean {
  return (value) => (value[first] === undefined) !== (value[second] === undefined);
}

import { z } from 'zod';
import { rowSchema as row, sourcesSchema } from './sources.js';

/** Events by table; a column that is not named holds nothing. */
export const eventsSchema = z.record(z.string(), z.array(row));

const count = z.int().min(0);

const expectation = z
  .strictObject({
    alerts: z.union([count, z.strictObject({ atLeast: count.optional(), atMost: count.optional() })]).optional(),
    /** As many rows as the rule returns, in any order; the named columns of each must match. */
    rows: z.array(row).optional(),
  })
  .refine(exactlyOneOf('alerts', 'rows'), { message: "expected either 'alerts' or 'rows'" });

const test = z
  .strictObject({
    name: z.string().min(1),
    events: eventsSchema.optional(),
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
  tests: z.array(test).superRefine((tests, context) => {
    for (const [index, { name }] of tests.entries()) {
      if (tests.findIndex((other) => other.name === name) === index) continue;
      context.addIssue({ code: 'custom', path: [index, 'name'], message: `another test is called '${name}' too` });
    }
  }),
});

export type Row = z.infer<typeof row>;
export type Events = z.infer<typeof eventsSchema>;
export type Expectation = z.infer<typeof expectation>;
export type TestCase = z.infer<typeof test>;

function exactlyOneOf<K extends string>(first: K, second: K): (value: { [key in K]?: unknown }) => boolean {
  return (value) => (value[first] === undefined) !== (value[second] === undefined);
}

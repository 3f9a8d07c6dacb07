import type {} from 'vitest';
import { readDetection } from './detection/detection.js';
import { readRule, type Trigger } from './detection/rule.js';
import type { Events, Row } from './detection/tests-schema.js';
import { type Answer, Engine } from './engine/index.js';
import { kindAt } from './files/inside.js';
import { didYouMean } from './files/nearest.js';
import { type Printable, printable } from './files/printable.js';
import type { Compiled } from './kql/index.js';
import { parseDatetime } from './kql/values/datetime.js';
import { catalogOf } from './measure/catalog.js';
import { rowShortfall, triggers } from './measure/expectation.js';
import { answerEvents, TEST_CLOCK } from './measure/unit-tests.js';
import { compileTraced } from './measure/world.js';
import { builtInCatalog, type Catalog } from './tables/catalog.js';
import { ENVIRONMENTS, type Environment } from './tables/schema.js';

export type { Events, Row } from './detection/tests-schema.js';

/** A compiled rule that matchers take as what they judge. */
export interface RuleUnderTest {
  readonly name: string;
  readonly compiled: Compiled;
  readonly catalog: Catalog;
  /** What `now()` gives, in ticks. */
  readonly now: bigint;
  /** Ticks before `now` from which on the rule sees events; all when absent. */
  readonly lookback?: bigint;
  readonly trigger?: Trigger;
}

export interface RuleOptions {
  /** By default the detection's own, or Defender XDR. */
  readonly environment?: Environment;
  /** What `now()` gives, ISO 8601; noon of 2 March 2026 by default. */
  readonly now?: string;
}

/**
 * A rule from a detection's folder, or from a `.kql` or `.yaml` file.
 *
 * @throws FileError when the files cannot be used
 * @throws KqlError when the rule does not parse, bind or translate
 */
export function rule(path: string, options: RuleOptions = {}): RuleUnderTest {
  const detection = kindAt(path) === 'folder' ? readDetection(path) : undefined;
  const deployed = detection?.deployed ?? readRule(path);
  const lookback = detection?.runs.lookback ?? deployed.schedule?.lookback;
  const environment = known(options.environment ?? detection?.environment ?? 'defender-xdr');
  return {
    ...underTest(deployed.text, catalogOf({ environment, sources: detection?.sources ?? [] }), options),
    name: path,
    ...(lookback !== undefined && { lookback }),
    ...(deployed.trigger !== undefined && { trigger: deployed.trigger }),
  };
}

/**
 * A rule from KQL text.
 *
 * @throws KqlError when the text does not parse, bind or translate
 */
export function kql(text: string, options: RuleOptions = {}): RuleUnderTest {
  return underTest(text, builtInCatalog(known(options.environment ?? 'defender-xdr')), options);
}

function known(environment: Environment): Environment {
  if (ENVIRONMENTS.includes(environment)) return environment;
  throw new RangeError([`There is no environment '${environment}'.`, didYouMean(environment, ENVIRONMENTS)].join(' '));
}

function underTest(text: string, catalog: Catalog, options: RuleOptions): RuleUnderTest {
  const now = parseDatetime(options.now ?? TEST_CLOCK);
  if (now === null) throw new RangeError(`'${options.now}' is no time such as ${TEST_CLOCK}.`);
  return { name: 'the rule', compiled: compileTraced(text, catalog), catalog, now };
}

interface Verdict {
  readonly pass: boolean;
  message(): Printable;
}

/** What `expect.extend` takes; see the interface `RuleMatchers` for what each demands. */
export const matchers = {
  async toDetect(received: RuleUnderTest, events: Events): Promise<Verdict> {
    const { detected, missed } = await traced(received, events);
    return {
      pass: missed.length === 0 && detected.length > 0,
      message: () =>
        printable(
          missed.length > 0
            ? `expected ${received.name} to detect every event, but no alert came from ${missed.join(', ')}`
            : `expected ${received.name} not to detect every event, but it does: ${detected.join(', ') || 'there is none'}`,
        ),
    };
  },

  async toIgnore(received: RuleUnderTest, events: Events): Promise<Verdict> {
    const { detected } = await traced(received, events);
    return {
      pass: detected.length === 0,
      message: () =>
        printable(
          detected.length > 0
            ? `expected ${received.name} to ignore every event, but an alert came from ${detected.join(', ')}`
            : `expected ${received.name} not to ignore every event, but no alert came`,
        ),
    };
  },

  async toReturnRows(received: RuleUnderTest, events: Events, rows: readonly Row[]): Promise<Verdict> {
    const lacking = rowShortfall(rows, await answerOf(received, events));
    return {
      pass: lacking === undefined,
      message: () =>
        printable(
          lacking === undefined ? `expected ${received.name} not to return these rows` : `${received.name}: ${lacking}`,
        ),
    };
  },
};

/** What the matchers demand of a rule. */
export interface RuleMatchers {
  /** Every one of these events is behind an alert. */
  toDetect(events: Events): Promise<void>;
  /** None of these events is behind an alert. */
  toIgnore(events: Events): Promise<void>;
  /** As many rows come back, in any order, and the named columns of each match. */
  toReturnRows(events: Events, rows: readonly Row[]): Promise<void>;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the declaration that is merged with says so
  interface Matchers<T = any> extends RuleMatchers {}
}

/** The given events by name (`DeviceNetworkEvents[0]`), parted by whether an alert came from them. */
async function traced(received: RuleUnderTest, events: Events): Promise<{ detected: string[]; missed: string[] }> {
  if (received.compiled.lineage === 'none') throw new Error(`The rows of ${received.name} come from no event.`);
  const { lineage, rows } = await answerOf(received, events);
  const ids = new Set((triggers(rows.length, received.trigger) ? (lineage ?? []) : []).flat());
  // Events are numbered from 1 over all tables, in the order in which they are given.
  const names = Object.entries(events).flatMap(([table, list]) => list.map((_, index) => `${table}[${index}]`));
  const isDetected = (index: number): boolean => ids.has(BigInt(index + 1));
  return {
    detected: names.filter((_, index) => isDetected(index)),
    missed: names.filter((_, index) => !isDetected(index)),
  };
}

let turn: Promise<unknown> = Promise.resolve();
let shared: Promise<Engine> | undefined;

/** One engine serves a whole test file; assertions that run side by side take turns with its tables. */
function answerOf(received: RuleUnderTest, events: Events): Promise<Answer> {
  shared ??= sealedEngine();
  const engine = shared;
  const answer = turn.then(async () =>
    answerEvents(await engine, received.compiled, received.catalog, events, received.now, received.lookback),
  );
  turn = answer.catch(() => undefined);
  return answer;
}

async function sealedEngine(): Promise<Engine> {
  const engine = await Engine.open();
  await engine.seal();
  return engine;
}

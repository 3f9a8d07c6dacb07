import type { KqlError } from '../kql/errors.js';
import { type PlacedRule, ruleErrors } from './output.js';

/** A rule that does not parse, bind or run, with all that is wrong with it at its place in its file. */
export class RuleFault extends Error {
  constructor(error: KqlError, rule: PlacedRule) {
    super(ruleErrors(error, rule).trimEnd(), { cause: error });
    this.name = 'RuleFault';
  }
}

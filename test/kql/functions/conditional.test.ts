import { describe, expect, it } from 'vitest';
import { functions } from '../../../harness/kql/functions/conditional.js';
import type { KqlType } from '../../../harness/kql/types.js';
import { refusal, rows } from '../query.js';
import { arg, caller, type Given } from '../support.js';

const call = caller(functions);

const nullBool = arg(null, 'bool');
const nullLong = arg(null, 'long');
const nothing = arg(null, 'dynamic');

describe('choosing', () => {
  it.each<[string, Given[], KqlType, unknown]>([
    ['iff', [arg(true), arg('yes'), arg('no')], 'string', 'yes'],
    ['iif', [nullBool, arg('yes'), arg('no')], 'string', 'no'],
    ['iff', [arg(false), arg(1n), arg(2.5)], 'real', 2.5],
    ['iff', [arg(true), arg('[1]'), arg([], 'dynamic')], 'dynamic', '"[1]"'],
    ['case', [nullBool, arg(1n), arg(true), arg(2n), arg(3n)], 'long', 2n],
    ['case', [arg(false), arg(1n), nullLong], 'long', null],
  ])('%s(%#)', async (name, args, type, expected) => expect(await call(name, args, type)).toBe(expected));
});

describe('nulls', () => {
  it.each<[string, Given[], KqlType, unknown]>([
    ['coalesce', [arg(''), arg(''), arg('a')], 'string', 'a'],
    ['coalesce', [arg(''), arg('')], 'string', ''],
    ['coalesce', [nullLong, arg(0n), arg(1n)], 'long', 0n],
    ['coalesce', [nothing, arg(0n, 'dynamic')], 'dynamic', '0'],
    ['isnull', [arg('')], 'bool', false],
    ['isnotnull', [arg('')], 'bool', true],
    ['isnull', [nullLong], 'bool', true],
    ['notnull', [nothing], 'bool', false],
    ['isnull', [arg(NaN)], 'bool', false],
    ['not', [nullBool], 'bool', null],
    ['not', [arg(false)], 'bool', true],
  ])('%s(%#)', async (name, args, type, expected) => expect(await call(name, args, type)).toBe(expected));
});

describe('extremes', () => {
  it.each<[string, Given[], KqlType, unknown]>([
    ['max_of', [arg(1n), nullLong, arg(3n)], 'long', 3n],
    ['min_of', [nullLong, nullLong], 'long', null],
    ['min_of', [arg(1n), arg(0.5)], 'real', 0.5],
    ['max_of', [arg(NaN), arg(1)], 'real', NaN],
    ['min_of', [arg(1), arg(NaN)], 'real', NaN],
    ['min_of', [arg(1), arg(null, 'real')], 'real', 1],
    ['max_of', [arg('a'), arg('B')], 'string', 'a'],
  ])('%s(%#)', async (name, args, type, expected) => expect(await call(name, args, type)).toBe(expected));
});

describe('assert', () => {
  const check =
    'let longer = (text: string, n: long) { assert(n > 0, "n must be positive") and strlen(text) > n }; ' +
    'datatable(s: string) ["123", "4567"] | where longer(s, ';

  it('lets a query pass whose condition holds, and fails one with its message', async () => {
    expect(await rows(`${check} 3)`)).toEqual([['4567']]);
    expect(await refusal(`${check} long(-1))`)).toMatchObject({
      code: 'evaluation-error',
      message: 'assert() failed with message: n must be positive',
    });
  });
});

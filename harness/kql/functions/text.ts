/** Arguments of string functions as text. */
import type { Dynamic } from '../values/dynamic.js';
import { isArray, printDynamic } from '../values/dynamic.js';
import { withEngineDigits } from '../values/real-digits.js';
import type { Arg } from './registry.js';

/** A dynamic value as `tostring()` prints it. */
export function textOf(value: Dynamic): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : withEngineDigits(printDynamic(value));
}

/** The texts of a list's items; a null stands for none. What is no list stands for itself. */
export function textsOf(list: Dynamic): string[] {
  return (isArray(list) ? list : [list]).filter((item) => item !== null).map(textOf);
}

/** The texts that an argument stands for, an array standing for its items; `undefined` when not known at compile time. */
export function constantTexts(arg: Arg): string[] | undefined {
  const { constant, type } = arg;
  if (constant === undefined) return undefined;
  if (constant === null) return type === 'string' ? [''] : [];
  if (type === 'string' || type === 'guid') return [String(constant)];
  if (type === 'int' || type === 'long') return [String(constant)];
  if (type === 'dynamic') return textsOf(constant);
  return undefined;
}

/** The text of an argument known at compile time. */
export function constantText(arg: Arg | undefined): string | undefined {
  if (!arg) return undefined;
  const texts = arg.type === 'dynamic' && isArray(arg.constant ?? null) ? undefined : constantTexts(arg);
  return texts === undefined ? undefined : (texts[0] ?? '');
}

/** An argument that the binder guarantees. */
export function need(arg: Arg | undefined): Arg {
  if (!arg) throw new Error('A call lacks an argument.');
  return arg;
}

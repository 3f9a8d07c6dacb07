import { InvalidArgumentError } from 'commander';
import { didYouMean } from '../files/nearest.js';

/** Reads a whole number of a flag, from `least` on. */
export function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} on.`);
    }
    return value;
  };
}

/** Reads a share of a flag, from 0 to 1 or in percent. */
export function share(text: string): number {
  const [, digits = '', percent] = /^(\d*\.?\d+)(%?)$/.exec(text.trim()) ?? [];
  const value = Number(digits) / (percent === '%' ? 100 : 1);
  if (digits === '' || value > 1) throw new InvalidArgumentError('Expected a share from 0 to 1, such as 0.95 or 95%.');
  return value;
}

/** Reads a number of a flag that is not negative. */
export function rate(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('Expected a number from 0 on.');
  return value;
}

/** Reads a value of a flag; `names` are those that it may be made of. */
export interface NamesParser<Name extends string> {
  (text: string, before?: readonly Name[]): Name[];
  readonly names: readonly Name[];
}

/** Reads names parted by commas, each one of those that are known, of all times that the flag is given. */
export function namesAmong<Name extends string>(what: string, known: readonly Name[]): NamesParser<Name> {
  const nameOf = (part: string): Name => {
    const name = part.trim();
    const found = known.find((each) => each === name);
    if (found !== undefined) return found;
    const hint = didYouMean(name, known) ?? `There are ${known.join(', ')}.`;
    throw new InvalidArgumentError(`There is no ${what} '${name}'. ${hint}`);
  };
  const parse = (text: string, before: readonly Name[] = []): Name[] => [...before, ...text.split(',').map(nameOf)];
  return Object.assign(parse, { names: known });
}

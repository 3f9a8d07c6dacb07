import { type Dynamic, isBag } from '../values/dynamic.js';
import type { HostFunction } from './registry.js';

/** The keys of a bag with the KQL type of each value, as JSON text: `[["a","long"],["b",null]]`. */
export const bagShape: HostFunction = {
  name: 'bag_shape',
  params: ['dynamic'],
  returns: 'string',
  run: (value: Dynamic) =>
    isBag(value) ? JSON.stringify([...value].map(([key, item]) => [key, typeOfItem(item)])) : '[]',
};

function typeOfItem(item: Dynamic): string | null {
  if (item === null) return null;
  switch (typeof item) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'long';
    case 'number':
      return 'real';
    case 'string':
      return 'string';
    default:
      return 'dynamic';
  }
}

export const hosts: readonly HostFunction[] = [bagShape];

/** All functions over places and shapes on the earth. */
import type { Dynamic } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import * as cells from './geo-cells.js';
import * as combine from './geo-combine.js';
import * as edits from './geo-edits.js';
import { wkt } from './geo-libraries.js';
import * as measures from './geo-measures.js';
import type { HostFunction, ScalarFunction } from './registry.js';

/** GeoJSON of a geometry in Well-Known Text; null for any other text. */
const fromWkt: HostFunction = {
  name: 'geo_from_wkt',
  params: ['string'],
  returns: 'dynamic',
  run: (text: string) => {
    try {
      return asDynamic(wkt().wktToGeoJSON(text));
    } catch (error) {
      // The library tells text that is not WKT by throwing, and has no other way.
      if (error instanceof Error) return null;
      throw error;
    }
  },
};

function asDynamic(value: unknown): Dynamic {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(asDynamic);
  if (typeof value !== 'object' || value === null) return null;
  return new Map(Object.entries(value).map(([key, item]) => [key, asDynamic(item)]));
}

export const functions: readonly ScalarFunction[] = [
  hostCall('geo', fromWkt),
  ...cells.functions,
  ...measures.functions,
  ...combine.functions,
  ...edits.functions,
];

export const hosts: readonly HostFunction[] = [
  fromWkt,
  ...cells.hosts,
  ...measures.hosts,
  ...combine.hosts,
  ...edits.hosts,
];

/**
 * Shapes made of others: with more points, with fewer, or wider. Invalid shapes and sizes give null, as does what is
 * smaller than the tolerance that it is simplified by. The points of anything else are the cloud's own choice: such calls
 * are refused while the query runs.
 */
import type { s2 as S2 } from 's2js';
import { Refusal } from '../errors.js';
import { type Dynamic, isArray, isBag } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import { linesOf, metres, place, polygonsOf } from './geo-shapes.js';
import type { HostFunction, ScalarFunction } from './registry.js';

/** In metres. */
const DENSIFY = { least: 0.1, most: 10_000, usual: 10 };
const SIMPLIFY = { most: 7_800_000, usual: 10 };

const densifyLine = densify('geo_line_densify', linesOf);
const densifyPolygon = densify('geo_polygon_densify', polygonsOf);

function densify(name: string, valid: (of: Dynamic) => unknown): HostFunction {
  return {
    name,
    params: ['dynamic', 'real', 'bool'],
    returns: 'dynamic',
    run: (of: Dynamic, tolerance: number) => {
      if (!isBag(of) || !(tolerance >= DENSIFY.least && tolerance <= DENSIFY.most)) return null;
      refuseBeyondTheMap(of.get('coordinates') ?? null, name);
      return valid(of) ? undocumented(name, 'the points between') : null;
    },
  };
}

/** What the cloud makes of such longitudes is not what is documented of invalid shapes. */
function refuseBeyondTheMap(coordinates: Dynamic, name: string): void {
  if (!isArray(coordinates)) return;
  const [longitude] = coordinates;
  const isPosition = typeof longitude === 'bigint' || typeof longitude === 'number';
  if (isPosition && Math.abs(Number(longitude)) > 180) undocumented(name, 'longitudes beyond 180 degrees');
  if (!isPosition) for (const part of coordinates) refuseBeyondTheMap(part, name);
}

const simplifyLine = simplify('geo_line_simplify', (of) => linesOf(of)?.map((line) => line.points));
const simplifyPolygon = simplify('geo_polygon_simplify', (of) => polygonsOf(of)?.map(verticesOf));
const simplifyPolygons = simplify('geo_simplify_polygons_array', (of) => {
  if (!isArray(of)) return undefined;
  const all = of.map((one) => polygonsOf(one)?.map(verticesOf));
  return all.includes(undefined) ? undefined : all.flatMap((one) => one ?? []);
});

function verticesOf(polygon: S2.Polygon): readonly S2.Point[] {
  return polygon.loops.flatMap((loop) => loop.vertices);
}

/** No two vertices of what is simplified are nearer than the tolerance: a shape smaller than that vanishes. */
function simplify(name: string, parts: (of: Dynamic) => readonly (readonly S2.Point[])[] | undefined): HostFunction {
  return {
    name,
    params: ['dynamic', 'real'],
    returns: 'dynamic',
    run: (of: Dynamic, tolerance: number) => {
      const points = parts(of);
      if (!points || !(tolerance >= 0 && tolerance <= SIMPLIFY.most)) return null;
      if (points.every((part) => isWithin(part, tolerance))) return null;
      return undocumented(name, 'which vertices are left');
    },
  };
}

/** Points of which the distance to the first is compared first: few shapes need the comparison of all. */
function isWithin(points: readonly S2.Point[], size: number): boolean {
  const [first] = points;
  if (!first || points.some((point) => metres(first, point) >= size)) return false;
  return points.every((a, i) => points.slice(i + 1).every((b) => metres(a, b) < size));
}

const bufferPoint: HostFunction = {
  name: 'geo_point_buffer',
  params: ['real', 'real', 'real', 'real'],
  returns: 'dynamic',
  run: (longitude: number, latitude: number, radius: number) =>
    place(longitude, latitude) && radius > 0 ? undocumented('geo_point_buffer', CIRCLE) : null,
};
const bufferLine = buffer('geo_line_buffer', linesOf);
const bufferPolygon = buffer('geo_polygon_buffer', polygonsOf);

const CIRCLE = 'which points stand for a circle';

function buffer(name: string, valid: (of: Dynamic) => unknown): HostFunction {
  return {
    name,
    params: ['dynamic', 'real', 'real'],
    returns: 'dynamic',
    run: (of: Dynamic, radius: number) => (valid(of) && radius > 0 ? undocumented(name, CIRCLE) : null),
  };
}

function undocumented(name: string, what: string): never {
  throw new Refusal('unsupported-argument', `${name}() is not documented to the digit: ${what}.`);
}

const TOLERANCE = 0.1;

const REFUSES = 'the points of its result are the choice of the cloud, and not documented; invalid arguments give null';

export const functions: readonly ScalarFunction[] = [
  hostCall('geo', densifyLine, [DENSIFY.usual, false]),
  hostCall('geo', densifyPolygon, [DENSIFY.usual, false]),
  ...[simplifyLine, simplifyPolygon, simplifyPolygons].map((fn) => hostCall('geo', fn, [SIMPLIFY.usual])),
  ...[bufferPoint, bufferLine, bufferPolygon].map((fn) => hostCall('geo', fn, [TOLERANCE])),
].map((fn) => ({ ...fn, refuses: REFUSES }));

export const hosts: readonly HostFunction[] = [
  densifyLine,
  densifyPolygon,
  simplifyLine,
  simplifyPolygon,
  simplifyPolygons,
  bufferPoint,
  bufferLine,
  bufferPolygon,
];

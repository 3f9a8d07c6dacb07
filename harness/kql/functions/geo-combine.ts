/** Shapes made of shapes: intersections and unions. A shape that is not valid gives null. */
import type { s2 as S2 } from 's2js';
import { Refusal } from '../errors.js';
import { type Dynamic, isArray } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import { s2 } from './geo-libraries.js';
import { inside, meetings, rings } from './geo-overlay.js';
import { boundaryOf, degrees, linesOf, pointShape, polygonsOf, shape } from './geo-shapes.js';
import type { HostFunction, ScalarFunction } from './registry.js';

const NOTHING: Dynamic = new Map<string, Dynamic>([
  ['type', 'GeometryCollection'],
  ['geometries', []],
]);

const twoLines: HostFunction = {
  name: 'geo_intersection_2lines',
  params: ['dynamic', 'dynamic'],
  returns: 'dynamic',
  run: (a: Dynamic, b: Dynamic) => {
    const [first, second] = [linesOf(a), linesOf(b)];
    if (!first || !second) return null;
    const [line, other] = [single('geo_intersection_2lines', first), single('geo_intersection_2lines', second)];
    if (line.equal(other)) return shape('LineString', line.points.map(degrees));
    return places('geo_intersection_2lines', meetings(line, other));
  },
};

const lineWithPolygon: HostFunction = {
  name: 'geo_intersection_line_with_polygon',
  params: ['dynamic', 'dynamic'],
  returns: 'dynamic',
  run: (a: Dynamic, b: Dynamic) => {
    const [lines, polygons] = [linesOf(a), polygonsOf(b)];
    if (!lines || !polygons) return null;
    const name = 'geo_intersection_line_with_polygon';
    const parts = inside(single(name, lines), [single(name, polygons)]).map((part) => part.map(degrees));
    const [only] = parts;
    if (only === undefined) return NOTHING;
    return parts.length === 1 ? shape('LineString', only) : shape('MultiLineString', parts);
  },
};

const twoPolygons: HostFunction = {
  name: 'geo_intersection_2polygons',
  params: ['dynamic', 'dynamic'],
  returns: 'dynamic',
  run: (a: Dynamic, b: Dynamic) => {
    const [first, second] = [polygonsOf(a), polygonsOf(b)];
    if (!first || !second) return null;
    const name = 'geo_intersection_2polygons';
    const [polygon, other] = [single(name, first), single(name, second)];
    if (polygon.intersects(other)) return ringShape(name, rings('intersection', [polygon, other]));
    const [ring, facing] = [single(name, boundaryOf([polygon])), single(name, boundaryOf([other]))];
    return places(name, meetings(ring, facing));
  },
};

const unionPolygons: HostFunction = {
  name: 'geo_union_polygons_array',
  params: ['dynamic'],
  returns: 'dynamic',
  run: (array: Dynamic) => {
    if (!isArray(array) || array.length === 0) return null;
    const polygons: S2.Polygon[] = [];
    for (const item of array) {
      const found = polygonsOf(item);
      if (!found) return null;
      polygons.push(...found);
    }
    return ringShape('geo_union_polygons_array', rings('union', [unionOf(polygons)]));
  },
};

/** The service joins the two with the fewest vertices until one is left, which decides where rings start. */
function unionOf(polygons: readonly S2.Polygon[]): S2.Polygon {
  const [first, second, ...rest] = polygons.toSorted((a, b) => a.numVertices - b.numVertices);
  if (first === undefined) throw new Error('The union of nothing has no shape.');
  if (second === undefined) return first;
  const loops = rings('union', [first, second]).map((ring) => new (s2().Loop)([...ring]));
  return unionOf([...rest, new (s2().Polygon)(loops)]);
}

function ringShape(name: string, found: readonly (readonly S2.Point[])[]): Dynamic {
  const ring = single(name, found);
  return shape('Polygon', [[...ring, ...ring.slice(0, 1)].map(degrees)]);
}

function places(name: string, points: readonly S2.Point[]): Dynamic {
  return points.length === 0 ? NOTHING : pointShape(single(name, points));
}

/** Of several parts the service's order is not known. */
function single<T>(name: string, items: readonly T[]): T {
  const [item] = items;
  if (item === undefined || items.length > 1) {
    throw new Refusal('unsupported-argument', `${name} of or with ${items.length} parts is not supported.`);
  }
  return item;
}

export const hosts: readonly HostFunction[] = [twoLines, lineWithPolygon, twoPolygons, unionPolygons];

export const functions: readonly ScalarFunction[] = hosts.map((host) => hostCall('geo', host));

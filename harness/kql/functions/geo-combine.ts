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

const unionLines: HostFunction = {
  name: 'geo_union_lines_array',
  params: ['dynamic'],
  returns: 'dynamic',
  run: (array: Dynamic) => {
    if (!isArray(array) || array.length === 0) return null;
    const lines: S2.Polyline[] = [];
    for (const item of array) {
      const found = linesOf(item);
      if (!found) return null;
      lines.push(...found);
    }
    return shape('LineString', joined(lines).map(degrees));
  },
};

/** Lines that share edges or continue each other, as one line. */
function joined(lines: readonly S2.Polyline[]): readonly S2.Point[] {
  const key = (point: S2.Point): string => `${point.x} ${point.y} ${point.z}`;
  const next = new Map<string, S2.Point>();
  const entered = new Set<string>();
  for (const [i, line] of lines.entries()) {
    for (const other of lines.slice(i + 1)) {
      const shared = new Set(line.points.map(key));
      if (!meetings(line, other).every((point) => shared.has(key(point)))) throw branching();
    }
    for (const [j, point] of line.points.slice(1).entries()) {
      const from = key(line.points[j] as S2.Point);
      const known = next.get(from);
      if (known && !known.equals(point)) throw branching();
      if (!known && entered.has(key(point))) throw branching();
      next.set(from, point);
      entered.add(key(point));
    }
  }
  const starts = lines.flatMap((line) => line.points.slice(0, 1)).filter((point) => !entered.has(key(point)));
  const path = [single('geo_union_lines_array', [...new Map(starts.map((point) => [key(point), point])).values()])];
  for (let at = path[0]; at; at = next.get(key(at))) if (at !== path[0]) path.push(at);
  return path;
}

function branching(): Refusal {
  return new Refusal('unsupported-argument', 'geo_union_lines_array of lines that branch or cross is not supported.');
}

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

export const hosts: readonly HostFunction[] = [twoLines, lineWithPolygon, twoPolygons, unionPolygons, unionLines];

export const functions: readonly ScalarFunction[] = hosts.map((host) => hostCall('geo', host));

/**
 * Shapes on the sphere, read from GeoJSON and checked. Points are longitude, then latitude, in degrees. Every edge is
 * the shortest way over the sphere, and the earth is a sphere of {@link EARTH_RADIUS}.
 */
import type { s2 as S2 } from 's2js';
import { type Dynamic, isArray, isBag } from '../values/dynamic.js';
import { s2 } from './geo-libraries.js';

/** Metres, as the S2 library has it. */
export const EARTH_RADIUS = 6_371_010;

/** Rings up to this length are checked for crossing themselves, which takes a product of edges. */
const CHECKED_EDGES = 2_000;

export const DEGREE = Math.PI / 180;

/** The place, or nothing outside -180..180 and -90..90 degrees. */
export function place(longitude: number, latitude: number): S2.Point | undefined {
  if (!(Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90)) return undefined;
  return s2().Point.fromLatLng(s2().LatLng.fromDegrees(latitude, longitude));
}

/** The lines of a `LineString` or `MultiLineString`; nothing for anything else, and when one of them is no line. */
export function linesOf(shape: Dynamic): readonly S2.Polyline[] | undefined {
  const [type, coordinates] = parts(shape);
  if (type === 'LineString') return all([coordinates], lineOf);
  return type === 'MultiLineString' ? all(coordinates, lineOf) : undefined;
}

/** The polygons of a `Polygon` or `MultiPolygon`; nothing for anything else, and when one of them is not valid. */
export function polygonsOf(shape: Dynamic): readonly S2.Polygon[] | undefined {
  const [type, coordinates] = parts(shape);
  if (type === 'Polygon') return all([coordinates], polygonOf);
  return type === 'MultiPolygon' ? all(coordinates, polygonOf) : undefined;
}

/** The boundary of polygons as closed lines. */
export function boundaryOf(polygons: readonly S2.Polygon[]): readonly S2.Polyline[] {
  return polygons.flatMap((polygon) =>
    polygon.loops.map((loop) => new (s2().Polyline)([...loop.vertices, loop.vertex(0)])),
  );
}

/** GeoJSON of a point on the sphere. */
export function pointShape(point: S2.Point): Dynamic {
  return shape('Point', degrees(point));
}

/** Longitude and latitude of a point. */
export function degrees(point: S2.Point): [longitude: number, latitude: number] {
  return [s2().LatLng.longitude(point) / DEGREE, s2().LatLng.latitude(point) / DEGREE];
}

export function shape(type: string, coordinates: Dynamic): Dynamic {
  return new Map<string, Dynamic>([
    ['type', type],
    ['coordinates', coordinates],
  ]);
}

/** Metres between two points. */
export function metres(a: S2.Point, b: S2.Point): number {
  return a.distance(b) * EARTH_RADIUS;
}

function parts(value: Dynamic): readonly [Dynamic, Dynamic] {
  return isBag(value) ? [value.get('type') ?? null, value.get('coordinates') ?? null] : [null, null];
}

/** Every item made by the maker; nothing when there are no items or one cannot be made. */
function all<T>(items: Dynamic, make: (item: Dynamic) => T | undefined): readonly T[] | undefined {
  if (!isArray(items) || items.length === 0) return undefined;
  const made: T[] = [];
  for (const item of items) {
    const one = make(item);
    if (one === undefined) return undefined;
    made.push(one);
  }
  return made;
}

function positionOf(value: Dynamic): S2.Point | undefined {
  if (!isArray(value) || value.length < 2) return undefined;
  const [longitude, latitude] = value.map((item) =>
    typeof item === 'bigint' || typeof item === 'number' ? Number(item) : NaN,
  );
  return place(longitude ?? NaN, latitude ?? NaN);
}

/** At least two points, neighbours neither the same nor opposite. */
function lineOf(coordinates: Dynamic): S2.Polyline | undefined {
  const points = all(coordinates, positionOf);
  if (!points || points.length < 2) return undefined;
  const line = new (s2().Polyline)([...points]);
  return line.validate() === null ? line : undefined;
}

/** A shell and its holes. Which way a ring turns does not matter: it is the smaller of the two areas that it bounds. */
function polygonOf(coordinates: Dynamic): S2.Polygon | undefined {
  const loops = all(coordinates, loopOf);
  if (!loops) return undefined;
  const polygon = new (s2().Polygon)([...loops]);
  return polygon.validate() === null ? polygon : undefined;
}

/** At least three different points and the first again, without crossing itself. */
function loopOf(coordinates: Dynamic): S2.Loop | undefined {
  const points = all(coordinates, positionOf);
  const [first, last] = [points?.[0], points?.at(-1)];
  if (!points || !first || !last || points.length < 4 || !first.equals(last)) return undefined;
  const ring = points.slice(0, -1);
  if (new Set(ring.map((point) => `${point.x} ${point.y} ${point.z}`)).size < ring.length) return undefined;
  const loop = new (s2().Loop)([...ring]);
  if (loop.findValidationErrorNoIndex() !== null || crossesItself(ring)) return undefined;
  loop.normalize();
  return loop;
}

function crossesItself(ring: readonly S2.Point[]): boolean {
  const size = ring.length;
  if (size > CHECKED_EDGES) return false;
  const at = (i: number): S2.Point => ring[i % size] as S2.Point;
  for (let i = 0; i < size; i++) {
    for (let j = i + 2; j < size; j++) {
      if ((j + 1) % size !== i && cross(at(i), at(i + 1), at(j), at(j + 1))) return true;
    }
  }
  return false;
}

/** Whether two edges cross at a point inside both. */
export function cross(a: S2.Point, b: S2.Point, c: S2.Point, d: S2.Point): boolean {
  const [ab, cd] = [a.vector.cross(b.vector), c.vector.cross(d.vector)];
  const [acb, bda] = [-ab.dot(c.vector), ab.dot(d.vector)];
  if (acb * bda <= 0) return false;
  const [cbd, dac] = [-cd.dot(b.vector), cd.dot(a.vector)];
  return acb * cbd > 0 && acb * dac > 0;
}

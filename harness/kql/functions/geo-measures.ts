/** Distances in metres, angles in radians, areas in square metres. A shape that is not valid gives null. */
import type { s2 as S2 } from 's2js';
import { Refusal } from '../errors.js';
import type { Dynamic } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import { s2 } from './geo-libraries.js';
import { meetings, united } from './geo-overlay.js';
import { boundaryOf, DEGREE, EARTH_RADIUS, linesOf, metres, place, pointShape, polygonsOf } from './geo-shapes.js';
import type { HostFunction, ScalarFunction, Value } from './registry.js';

type Lines = readonly S2.Polyline[];
type Polygons = readonly S2.Polygon[];

const distance: HostFunction = {
  name: 'geo_distance_2points',
  params: ['real', 'real', 'real', 'real'],
  returns: 'real',
  run: (longitude1: number, latitude1: number, longitude2: number, latitude2: number) => {
    const [a, b] = [place(longitude1, latitude1), place(longitude2, latitude2)];
    return a && b ? metres(a, b) : null;
  },
};

const inCircle: HostFunction = {
  name: 'geo_point_in_circle',
  params: ['real', 'real', 'real', 'real', 'real'],
  returns: 'bool',
  run: (longitude: number, latitude: number, centerLongitude: number, centerLatitude: number, radius: number) => {
    const [point, center] = [place(longitude, latitude), place(centerLongitude, centerLatitude)];
    return point && center && radius >= 0 ? metres(point, center) <= radius : null;
  },
};

/** From north, clockwise. */
const azimuth: HostFunction = {
  name: 'geo_azimuth',
  params: ['real', 'real', 'real', 'real'],
  returns: 'real',
  run: (longitude1: number, latitude1: number, longitude2: number, latitude2: number) =>
    bearing([longitude1, latitude1], [longitude2, latitude2]),
};

/** From the way back to the first point, clockwise to the way on to the third. */
const angle: HostFunction = {
  name: 'geo_angle',
  params: ['real', 'real', 'real', 'real', 'real', 'real'],
  returns: 'real',
  run: (
    longitude1: number,
    latitude1: number,
    longitude2: number,
    latitude2: number,
    longitude3: number,
    latitude3: number,
  ) => {
    const [back, on] = [
      bearing([longitude2, latitude2], [longitude1, latitude1]),
      bearing([longitude2, latitude2], [longitude3, latitude3]),
    ];
    return back === null || on === null ? null : turn(on - back);
  },
};

type Degrees = readonly [longitude: number, latitude: number];

/** Null between points that are the same or opposite, where every direction is as good. */
function bearing(from: Degrees, to: Degrees): number | null {
  const [a, b] = [place(...from), place(...to)];
  if (!a || !b || a.vector.cross(b.vector).norm() < 1e-15) return null;
  const [latitude1, latitude2, around] = [from[1] * DEGREE, to[1] * DEGREE, (to[0] - from[0]) * DEGREE];
  const east = Math.sin(around) * Math.cos(latitude2);
  const north =
    Math.cos(latitude1) * Math.sin(latitude2) - Math.sin(latitude1) * Math.cos(latitude2) * Math.cos(around);
  return turn(Math.atan2(east, north));
}

function turn(radians: number): number {
  return radians < 0 ? radians + 2 * Math.PI : radians;
}

const distanceToLine = fromPoint('geo_distance_point_to_line', 'real', linesOf, (point, lines) =>
  metres(point, nearest(point, lines)),
);
const closestOnLine = fromPoint('geo_closest_point_on_line', 'dynamic', linesOf, (point, lines) =>
  pointShape(nearest(point, lines)),
);
const distanceToPolygon = fromPoint('geo_distance_point_to_polygon', 'real', polygonsOf, (point, polygons) =>
  inside(point, polygons) ? 0 : metres(point, nearest(point, boundaryOf(polygons))),
);
const closestOnPolygon = fromPoint('geo_closest_point_on_polygon', 'dynamic', polygonsOf, (point, polygons) =>
  pointShape(inside(point, polygons) ? point : nearest(point, boundaryOf(polygons))),
);
const inPolygon = fromPoint('geo_point_in_polygon', 'bool', polygonsOf, inside);

function inside(point: S2.Point, polygons: Polygons): boolean {
  return polygons.some((polygon) => polygon.containsPoint(point));
}

function nearest(point: S2.Point, lines: Lines): S2.Point {
  const found = lines.map((line) => line.project(point)[0]);
  return found.reduce((best, next) => (next.distance(point) < best.distance(point) ? next : best));
}

const lineLength = ofShape('geo_line_length', 'real', linesOf, lengthOf);
const perimeter = ofShape('geo_polygon_perimeter', 'real', polygonsOf, (polygons) =>
  lengthOf(boundaryOf(united(polygons))),
);
const area = ofShape('geo_polygon_area', 'real', polygonsOf, (polygons) =>
  united(polygons).reduce((total, polygon) => total + polygon.area() * EARTH_RADIUS ** 2, 0),
);
const lineCentroid = ofShape('geo_line_centroid', 'dynamic', linesOf, (lines) =>
  middle(lines.map((line) => line.centroid())),
);
const polygonCentroid = ofShape('geo_polygon_centroid', 'dynamic', polygonsOf, (polygons) =>
  middle(united(polygons).map((polygon) => polygon.centroid())),
);

function lengthOf(lines: Lines): number {
  return lines.reduce((total, line) => total + line.length() * EARTH_RADIUS, 0);
}

/** Centroids come weighted by length or area. */
function middle(weighted: readonly S2.Point[]): Dynamic {
  const sum = weighted.map((point) => point.vector).reduce((total, vector) => total.add(vector));
  return sum.norm() === 0 ? null : pointShape(s2().Point.fromVector(sum.normalize()));
}

/** The place at a share of the length of a line. */
const interpolate: HostFunction = {
  name: 'geo_line_interpolate_point',
  params: ['dynamic', 'real'],
  returns: 'dynamic',
  run: (line: Dynamic, fraction: number) => {
    const lines = linesOf(line);
    if (!lines || !(fraction >= 0 && fraction <= 1)) return null;
    return pointShape(only('geo_line_interpolate_point', lines).interpolate(fraction)[0]);
  },
};

/** The share of the length of a line at which it comes nearest to a place. */
const locate: HostFunction = {
  name: 'geo_line_locate_point',
  params: ['dynamic', 'real', 'real'],
  returns: 'real',
  run: (line: Dynamic, longitude: number, latitude: number) => {
    const [lines, point] = [linesOf(line), place(longitude, latitude)];
    if (!lines || !point) return null;
    const path = only('geo_line_locate_point', lines);
    return path.uninterpolate(...path.project(point));
  },
};

function only(name: string, lines: Lines): S2.Polyline {
  const [line] = lines;
  if (lines.length > 1 || !line) {
    throw new Refusal('unsupported-argument', `${name} of a MultiLineString is not supported.`);
  }
  return line;
}

const linesMeet = ofShapes('geo_intersects_2lines', linesOf, linesOf, (a, b) =>
  a.some((line) => b.some((other) => meet(line, other))),
);
const lineMeetsPolygon = ofShapes('geo_intersects_line_with_polygon', linesOf, polygonsOf, (lines, polygons) => {
  const boundary = boundaryOf(polygons);
  return lines.some(
    (line) => line.points.some((point) => inside(point, polygons)) || boundary.some((ring) => meet(line, ring)),
  );
});
const polygonsMeet = ofShapes('geo_intersects_2polygons', polygonsOf, polygonsOf, (a, b) =>
  a.some((polygon) => b.some((other) => polygon.intersects(other) || touch(polygon, other))),
);

function touch(a: S2.Polygon, b: S2.Polygon): boolean {
  return boundaryOf([a]).some((ring) => boundaryOf([b]).some((other) => meet(ring, other)));
}

function meet(a: S2.Polyline, b: S2.Polyline): boolean {
  return meetings(a, b).length > 0;
}

function fromPoint<T>(
  name: string,
  returns: 'real' | 'bool' | 'dynamic',
  read: (shape: Dynamic) => T | undefined,
  run: (point: S2.Point, shape: T) => Value,
): HostFunction {
  return {
    name,
    params: ['real', 'real', 'dynamic'],
    returns,
    run: (longitude: number, latitude: number, value: Dynamic) => {
      const [point, found] = [place(longitude, latitude), read(value)];
      return point && found ? run(point, found) : null;
    },
  };
}

function ofShape<T>(
  name: string,
  returns: 'real' | 'dynamic',
  read: (shape: Dynamic) => T | undefined,
  run: (shape: T) => Value,
): HostFunction {
  return {
    name,
    params: ['dynamic'],
    returns,
    run: (value: Dynamic) => {
      const found = read(value);
      return found ? run(found) : null;
    },
  };
}

function ofShapes<A, B>(
  name: string,
  readFirst: (shape: Dynamic) => A | undefined,
  readSecond: (shape: Dynamic) => B | undefined,
  run: (first: A, second: B) => boolean,
): HostFunction {
  return {
    name,
    params: ['dynamic', 'dynamic'],
    returns: 'bool',
    run: (a: Dynamic, b: Dynamic) => {
      const [first, second] = [readFirst(a), readSecond(b)];
      return first && second ? run(first, second) : null;
    },
  };
}

export const hosts: readonly HostFunction[] = [
  distance,
  inCircle,
  azimuth,
  angle,
  distanceToLine,
  closestOnLine,
  distanceToPolygon,
  closestOnPolygon,
  inPolygon,
  lineLength,
  perimeter,
  area,
  lineCentroid,
  polygonCentroid,
  interpolate,
  locate,
  linesMeet,
  lineMeetsPolygon,
  polygonsMeet,
];

export const functions: readonly ScalarFunction[] = hosts.map((host) => hostCall('geo', host));

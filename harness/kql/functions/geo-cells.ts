/** Grids over the earth: geohash, H3 and S2. A place or cell that is none gives an empty string or null. */
import type { s2 as S2 } from 's2js';
import type { Dynamic } from '../values/dynamic.js';
import { hostCall } from './calls.js';
import { geohash, h3, s2 } from './geo-libraries.js';
import { degrees, EARTH_RADIUS, place, pointShape, polygonsOf, shape } from './geo-shapes.js';
import type { HostFunction, ScalarFunction } from './registry.js';

/** Results with more cells than this are null. */
const MOST_CELLS = 65_536;
const GEOHASH = /^[0-9b-hjkmnp-z]{1,18}$/;

const pointToGeohash = ofPlace('geo_point_to_geohash', (longitude, latitude, length) =>
  length >= 1 && length <= 18 ? geohash().encode(latitude, longitude, length) : '',
);

const geohashToPoint = ofCell('geo_geohash_to_central_point', isGeohash, (cell) => {
  const { longitude, latitude } = geohash().decode(cell);
  return shape('Point', [longitude, latitude]);
});

const geohashToPolygon = ofCell('geo_geohash_to_polygon', isGeohash, (cell) => {
  const [south, west, north, east] = geohash().decode_bbox(cell);
  return shape('Polygon', [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ]);
});

const geohashNeighbors = ofCell('geo_geohash_neighbors', isGeohash, (cell) => geohash().neighbors(cell));

const pointToH3 = ofPlace('geo_point_to_h3cell', (longitude, latitude, resolution) =>
  resolution >= 0 && resolution <= 15 ? h3().latLngToCell(latitude, longitude, resolution) : '',
);

const h3ToPoint = ofCell('geo_h3cell_to_central_point', isH3, (cell) => {
  const [latitude, longitude] = h3().cellToLatLng(cell);
  return shape('Point', [longitude, latitude]);
});

const h3ToPolygon = ofCell('geo_h3cell_to_polygon', isH3, (cell) =>
  shape('Polygon', [h3().cellToBoundary(cell, true)]),
);

const h3Neighbors = ofCell('geo_h3cell_neighbors', isH3, (cell) => h3().gridDiskDistances(cell, 1)[1] ?? null);

const h3Level: HostFunction = {
  name: 'geo_h3cell_level',
  params: ['string'],
  returns: 'int',
  run: (cell: string) => (isH3(cell) ? BigInt(h3().getResolution(cell)) : null),
};

/** The next coarser level unless one is given. */
const h3Parent: HostFunction = {
  name: 'geo_h3cell_parent',
  params: ['string', 'long'],
  returns: 'string',
  handlesNull: true,
  run: (cell: string, level: bigint | null) => {
    if (!isH3(cell)) return '';
    const to = level === null ? h3().getResolution(cell) - 1 : Number(level);
    return to >= 0 && to <= h3().getResolution(cell) ? h3().cellToParent(cell, to) : '';
  },
};

/** The next finer level unless one is given, which may be five finer at most. */
const h3Children: HostFunction = {
  name: 'geo_h3cell_children',
  params: ['string', 'long'],
  returns: 'dynamic',
  handlesNull: true,
  run: (cell: string, level: bigint | null) => {
    if (!isH3(cell)) return null;
    const from = h3().getResolution(cell);
    const to = level === null ? from + 1 : Number(level);
    return to > from && to <= Math.min(15, from + 5) ? h3().cellToChildren(cell, to) : null;
  },
};

/** The cells at each distance from 0 to the given one, which may be 142 at most. */
const h3Rings: HostFunction = {
  name: 'geo_h3cell_rings',
  params: ['string', 'long'],
  returns: 'dynamic',
  run: (cell: string, distance: bigint) =>
    isH3(cell) && distance >= 0n && distance <= 142n ? h3().gridDiskDistances(cell, Number(distance)) : null,
};

/** The cells whose centres lie in the polygon. */
const polygonToH3: HostFunction = {
  name: 'geo_polygon_to_h3cells',
  params: ['dynamic', 'long'],
  returns: 'dynamic',
  run: (polygon: Dynamic, resolution: bigint) => {
    const polygons = polygonsOf(polygon);
    if (!polygons || resolution < 0n || resolution > 15n) return null;
    const area = areaOf(polygons) * EARTH_RADIUS ** 2;
    if (area > MOST_CELLS * h3().getHexagonAreaAvg(Number(resolution), 'm2') * 4) return null;
    const cells = new Set(polygons.flatMap((one) => h3().polygonToCells(ringsOf(one), Number(resolution))));
    return cells.size <= MOST_CELLS ? [...cells] : null;
  },
};

const pointToS2 = ofPlace('geo_point_to_s2cell', (longitude, latitude, level) => {
  const point = place(longitude, latitude);
  if (!point || level < 0 || level > 30) return '';
  const { cellid } = s2();
  return cellid.toToken(cellid.parent(cellid.fromPoint(point), level));
});

const s2ToPoint = ofCell('geo_s2cell_to_central_point', isS2, (cell) =>
  pointShape(s2().cellid.point(s2().cellid.fromToken(cell))),
);

const s2ToPolygon = ofCell('geo_s2cell_to_polygon', isS2, (token) => {
  const cell = s2().Cell.fromCellID(s2().cellid.fromToken(token));
  return shape('Polygon', [[0, 1, 2, 3, 0].map((corner) => degrees(cell.vertex(corner)))]);
});

const s2Neighbors = ofCell('geo_s2cell_neighbors', isS2, (token) => {
  const { cellid } = s2();
  const cell = cellid.fromToken(token);
  return [...new Set(cellid.allNeighbors(cell, cellid.level(cell)).map(cellid.toToken))];
});

/** The cells of one level that together cover the polygon. */
const polygonToS2: HostFunction = {
  name: 'geo_polygon_to_s2cells',
  params: ['dynamic', 'long'],
  returns: 'dynamic',
  run: (polygon: Dynamic, level: bigint) => {
    const polygons = polygonsOf(polygon);
    if (!polygons || level < 0n || level > 30n) return null;
    const averageArea = (4 * Math.PI) / (6 * 4 ** Number(level));
    if (areaOf(polygons) > MOST_CELLS * averageArea * 2.2) return null;
    const coverer = new (s2().RegionCoverer)({
      minLevel: Number(level),
      maxLevel: Number(level),
      maxCells: MOST_CELLS,
    });
    const cells = new Set(polygons.flatMap((one) => [...coverer.covering(one)].map(s2().cellid.toToken)));
    return cells.size <= MOST_CELLS ? [...cells] : null;
  },
};

function ofPlace(name: string, run: (longitude: number, latitude: number, level: number) => string): HostFunction {
  return {
    name,
    params: ['real', 'real', 'long'],
    returns: 'string',
    run: (longitude: number, latitude: number, level: bigint) =>
      place(longitude, latitude) ? run(longitude, latitude, Number(level)) : '',
  };
}

function ofCell(name: string, valid: (cell: string) => boolean, run: (cell: string) => Dynamic): HostFunction {
  return { name, params: ['string'], returns: 'dynamic', run: (cell: string) => (valid(cell) ? run(cell) : null) };
}

function isGeohash(text: string): boolean {
  return GEOHASH.test(text);
}

function isH3(text: string): boolean {
  return h3().isValidCell(text);
}

function isS2(text: string): boolean {
  return /^[0-9a-f]{1,16}$/i.test(text) && s2().cellid.valid(s2().cellid.fromToken(text));
}

function areaOf(polygons: readonly S2.Polygon[]): number {
  return polygons.reduce((total, polygon) => total + polygon.area(), 0);
}

function ringsOf(polygon: S2.Polygon): number[][][] {
  return polygon.loops.map((loop) => loop.vertices.map((vertex) => [...degrees(vertex)].reverse()));
}

const plain = [
  geohashToPoint,
  geohashToPolygon,
  geohashNeighbors,
  h3ToPoint,
  h3ToPolygon,
  h3Neighbors,
  h3Level,
  h3Rings,
  s2ToPoint,
  s2ToPolygon,
  s2Neighbors,
];

export const functions: readonly ScalarFunction[] = [
  ...plain.map((host) => hostCall('geo', host)),
  hostCall('geo', pointToGeohash, [5n]),
  hostCall('geo', pointToH3, [6n]),
  hostCall('geo', pointToS2, [11n]),
  hostCall('geo', h3Parent, [null]),
  hostCall('geo', h3Children, [null]),
  hostCall('geo', polygonToH3, [6n]),
  hostCall('geo', polygonToS2, [11n]),
];

export const hosts: readonly HostFunction[] = [
  ...plain,
  pointToGeohash,
  pointToH3,
  pointToS2,
  h3Parent,
  h3Children,
  polygonToH3,
  polygonToS2,
];

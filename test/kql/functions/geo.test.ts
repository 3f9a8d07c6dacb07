import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functions } from '../../../harness/kql/functions/geo.js';
import { parseDynamic } from '../../../harness/kql/values/dynamic.js';
import { refusal, rows } from '../query.js';
import { arg, caller, type Given } from '../support.js';

function d(json: string): Given {
  return arg(parseDynamic(json) ?? null, 'dynamic');
}

const call = caller(functions);

const reals = (...values: number[]): Given[] => values.map((value) => arg(value));
const line = (...points: number[][]): Given => d(JSON.stringify({ type: 'LineString', coordinates: points }));
const polygon = (...rings: number[][][]): Given => d(JSON.stringify({ type: 'Polygon', coordinates: rings }));
const square = (from: number, to: number): number[][] => [
  [from, from],
  [to, from],
  [to, to],
  [from, to],
  [from, from],
];
/** Metres of a degree on the sphere. */
const DEGREE = (6_371_010 * Math.PI) / 180;

describe('distances and angles', () => {
  it.each<[string, Given[], number | null]>([
    ['geo_distance_2points', reals(0, 0, 1, 0), DEGREE],
    ['geo_distance_2points', reals(179, 0, -179, 0), 2 * DEGREE],
    ['geo_distance_2points', reals(0, 91, 0, 0), null],
    ['geo_distance_2points', reals(NaN, 0, 0, 0), null],
    ['geo_azimuth', reals(0, 0, 1, 0), Math.PI / 2],
    ['geo_azimuth', reals(0, 0, -1, 0), (3 * Math.PI) / 2],
    ['geo_azimuth', reals(5, 5, 5, 5), null],
    ['geo_angle', reals(0, 1, 0, 0, 1, 0), Math.PI / 2],
    ['geo_angle', reals(1, 0, 0, 0, 0, 1), (3 * Math.PI) / 2],
    ['geo_distance_point_to_line', [...reals(0, 1), line([-1, 0], [1, 0])], DEGREE],
    ['geo_distance_point_to_line', [...reals(0, 1), line([0, 0])], null],
    ['geo_distance_point_to_polygon', [...reals(5, 5), polygon(square(0, 10))], 0],
    ['geo_distance_point_to_polygon', [...reals(-1, 0), polygon(square(0, 10))], DEGREE],
    ['geo_line_length', [line([0, 0], [1, 0], [1, 1])], 2 * DEGREE],
    ['geo_line_locate_point', [line([0, 0], [4, 0]), ...reals(1, 1)], 0.25],
  ])('%s(%#)', async (name, args, expected) => {
    const result = await call(name, args, 'real');
    if (expected === null) expect(result).toBeNull();
    else expect(result as number).toBeCloseTo(expected, 6);
  });

  it('takes as long there as back', async () => {
    const longitude = fc.double({ min: -180, max: 180, noNaN: true });
    const latitude = fc.double({ min: -90, max: 90, noNaN: true });
    await fc.assert(
      fc.asyncProperty(longitude, latitude, longitude, latitude, async (x1, y1, x2, y2) => {
        const there = (await call('geo_distance_2points', reals(x1, y1, x2, y2), 'real')) as number;
        const back = (await call('geo_distance_2points', reals(x2, y2, x1, y1), 'real')) as number;
        expect(there).toBeCloseTo(back, 6);
        expect(there).toBeLessThanOrEqual(180 * DEGREE + 1);
      }),
      { numRuns: 30 },
    );
  });
});

describe('polygons', () => {
  it.each<[string, Given[], boolean | null]>([
    ['geo_point_in_polygon', [...reals(5, 5), polygon(square(0, 10))], true],
    ['geo_point_in_polygon', [...reals(5, 5), polygon(square(0, 10).reverse())], true],
    ['geo_point_in_polygon', [...reals(5, 5), polygon(square(0, 10), square(4, 6))], false],
    ['geo_point_in_polygon', [...reals(15, 5), polygon(square(0, 10))], false],
    [
      'geo_point_in_polygon',
      [
        ...reals(5, 5),
        polygon([
          [0, 0],
          [10, 10],
          [10, 0],
          [0, 10],
          [0, 0],
        ]),
      ],
      null,
    ],
    [
      'geo_point_in_polygon',
      [
        ...reals(5, 5),
        polygon([
          [0, 0],
          [1, 0],
          [0, 1],
        ]),
      ],
      null,
    ],
    ['geo_point_in_circle', reals(0, 1, 0, 0, 112_000), true],
    ['geo_point_in_circle', reals(0, 1, 0, 0, 111_000), false],
    ['geo_point_in_circle', reals(0, 1, 0, 0, -1), null],
    ['geo_intersects_2polygons', [polygon(square(0, 10)), polygon(square(5, 15))], true],
    ['geo_intersects_2polygons', [polygon(square(0, 10)), polygon(square(11, 15))], false],
    ['geo_intersects_2lines', [line([0, 0], [2, 2]), line([0, 2], [2, 0])], true],
    ['geo_intersects_2lines', [line([0, 0], [2, 2]), line([5, 0], [5, 5])], false],
    ['geo_intersects_line_with_polygon', [line([1, 1], [2, 2]), polygon(square(0, 10))], true],
    ['geo_intersects_2lines', [line([0, 0], [2, 2]), polygon(square(0, 10))], null],
  ])('%s(%#)', async (name, args, expected) => expect(await call(name, args, 'bool')).toBe(expected));

  it('measures a square', async () => {
    expect(await call('geo_polygon_perimeter', [polygon(square(0, 1))], 'real')).toBeCloseTo(3.99985 * DEGREE, -2);
    expect(await call('geo_polygon_area', [polygon(square(0, 1))], 'real')).toBeCloseTo(0.99995 * DEGREE ** 2, -7);
    expect(
      await call(
        'geo_polygon_area',
        [
          polygon([
            [0, 0],
            [1, 1],
            [1, 1],
            [0, 0],
          ]),
        ],
        'real',
      ),
    ).toBeNull();
  });

  it('measures polygons that overlap as one', async () => {
    const area = async (shape: Given): Promise<number> => (await call('geo_polygon_area', [shape], 'real')) as number;
    const squares = [square(0, 10), square(5, 15)];
    const both = d(JSON.stringify({ type: 'MultiPolygon', coordinates: squares.map((ring) => [ring]) }));
    const parts = squares.map((ring) => polygon(ring));
    const shared = d((await call('geo_intersection_2polygons', parts, 'dynamic')) as string);
    const array = d(JSON.stringify(squares.map((ring) => ({ type: 'Polygon', coordinates: [ring] }))));
    const union = d((await call('geo_union_polygons_array', [array], 'dynamic')) as string);
    const sum = (await Promise.all(parts.map(area))).reduce((total, one) => total + one, 0);
    expect((await area(both)) / (sum - (await area(shared)))).toBeCloseTo(1, 9);
    expect((await area(union)) / (await area(both))).toBeCloseTo(1, 9);
  });

  it('finds middles and nearest points', async () => {
    const near = (json: unknown): number[] => (JSON.parse(json as string) as { coordinates: number[] }).coordinates;
    expect(near(await call('geo_polygon_centroid', [polygon(square(-1, 1))], 'dynamic'))).toEqual([
      expect.closeTo(0, 9),
      expect.closeTo(0, 9),
    ]);
    expect(near(await call('geo_line_interpolate_point', [line([0, 0], [4, 0]), arg(0.25)], 'dynamic'))).toEqual([
      expect.closeTo(1, 9),
      expect.closeTo(0, 9),
    ]);
    expect(near(await call('geo_closest_point_on_line', [...reals(1, 1), line([0, 0], [4, 0])], 'dynamic'))).toEqual([
      expect.closeTo(1, 9),
      expect.closeTo(0, 9),
    ]);
  });
});

describe('intersections', () => {
  it.each<[string, Given[], string | null]>([
    [
      'geo_intersection_2lines',
      [line([0, 0], [1, 0]), line([3, 0], [4, 0])],
      '{"type":"GeometryCollection","geometries":[]}',
    ],
    ['geo_intersection_2lines', [line([0, 0], [1, 0]), line([3, 0])], null],
    [
      'geo_intersection_2polygons',
      [polygon(square(0, 2)), polygon(square(5, 6))],
      '{"type":"GeometryCollection","geometries":[]}',
    ],
    ['geo_union_polygons_array', [d('[]')], null],
  ])('%s(%#)', async (name, args, expected) => expect(await call(name, args, 'dynamic')).toBe(expected));

  it('joins lines that continue each other, and refuses those that branch', async () => {
    const union = (...lines: number[][][]): Promise<unknown> =>
      call(
        'geo_union_lines_array',
        [d(JSON.stringify(lines.map((coordinates) => ({ type: 'LineString', coordinates }))))],
        'dynamic',
      );
    const joined = JSON.parse(
      (await union(
        [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
        [
          [1, 0],
          [1, 1],
          [2, 2],
        ],
      )) as string,
    ) as { coordinates: number[][] };
    expect(joined.coordinates.map((point) => point.map((degree) => Math.round(degree)))).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 2],
    ]);
    await expect(
      union(
        [
          [0, 0],
          [1, 0],
        ],
        [
          [0, 0],
          [0, 1],
        ],
      ),
    ).rejects.toThrow(/branch/);
    await expect(
      union(
        [
          [1, 1],
          [2, 2],
        ],
        [
          [1, 2],
          [2, 1],
        ],
      ),
    ).rejects.toThrow(/branch/);
  });

  it('cuts a line at a polygon and its hole', async () => {
    const through = [line([-5, 5], [15, 5]), polygon(square(1, 10), square(4, 6))];
    const cut = JSON.parse((await call('geo_intersection_line_with_polygon', through, 'dynamic')) as string) as {
      type: string;
      coordinates: number[][][];
    };
    expect(cut.type).toBe('MultiLineString');
    expect(cut.coordinates.map((part) => part.map(([longitude]) => Math.round(longitude ?? NaN)))).toEqual([
      [1, 4],
      [6, 10],
    ]);
  });

  it('refuses boundaries that touch along the way', async () => {
    const neighbours = [
      polygon(square(0, 10)),
      polygon([
        [0, 0],
        [20, 0],
        [20, 20],
        [0, 0],
      ]),
    ];
    await expect(call('geo_intersection_2polygons', neighbours, 'dynamic')).rejects.toThrow(/touch/);
  });
});

describe('grids', () => {
  it.each<[string, Given[], string]>([
    ['geo_point_to_geohash', [...reals(10, 20), arg(6n)], 's5x1g8'],
    ['geo_point_to_geohash', [...reals(200, 20), arg(6n)], ''],
    ['geo_point_to_geohash', [...reals(10, 20), arg(19n)], ''],
    ['geo_point_to_h3cell', [...reals(10, 20), arg(16n)], ''],
    ['geo_h3cell_parent', [arg('862a1072fffffff'), arg(7n)], ''],
    ['geo_h3cell_parent', [arg('junk')], ''],
    ['geo_point_to_s2cell', [...reals(10, 20), arg(31n)], ''],
  ])('%s(%#)', async (name, args, expected) => expect(await call(name, args, 'string')).toBe(expected));

  it.each(['geo_point_to_geohash', 'geo_point_to_h3cell', 'geo_point_to_s2cell'])(
    '%s is the cell around the place',
    async (name) => {
      const center =
        { geo_point_to_geohash: 'geohash', geo_point_to_h3cell: 'h3cell', geo_point_to_s2cell: 's2cell' }[name] ?? '';
      const cell = (await call(name, reals(13.4, 52.5), 'string')) as string;
      const shape = JSON.parse((await call(`geo_${center}_to_polygon`, [arg(cell)], 'dynamic')) as string) as {
        coordinates: number[][][];
      };
      const around = polygon(...shape.coordinates);
      expect(await call('geo_point_in_polygon', [...reals(13.4, 52.5), around], 'bool')).toBe(true);
      const middle = JSON.parse((await call(`geo_${center}_to_central_point`, [arg(cell)], 'dynamic')) as string) as {
        coordinates: [number, number];
      };
      expect(await call(name, reals(...middle.coordinates), 'string')).toBe(cell);
      expect(await call(`geo_${center}_to_polygon`, [arg('!')], 'dynamic')).toBeNull();
    },
  );

  it('children have their parent', async () => {
    const children = JSON.parse(
      (await call('geo_h3cell_children', [arg('862a1072fffffff')], 'dynamic')) as string,
    ) as string[];
    expect(children).toHaveLength(7);
    for (const child of children)
      expect(await call('geo_h3cell_parent', [arg(child)], 'string')).toBe('862a1072fffffff');
    expect(await call('geo_h3cell_children', [arg('862a1072fffffff'), arg(12n)], 'dynamic')).toBeNull();
  });

  it('cells cover a polygon, unless they are too many', async () => {
    const cells = JSON.parse(
      (await call('geo_polygon_to_s2cells', [polygon(square(0, 1)), arg(8n)], 'dynamic')) as string,
    ) as string[];
    expect(cells).toContain(await call('geo_point_to_s2cell', [...reals(0.5, 0.5), arg(8n)], 'string'));
    expect(await call('geo_polygon_to_s2cells', [polygon(square(0, 10)), arg(30n)], 'dynamic')).toBeNull();
    expect(await call('geo_polygon_to_h3cells', [polygon(square(0, 10)), arg(15n)], 'dynamic')).toBeNull();
  });
});

describe('text', () => {
  it.each([
    ['LINESTRING (0 1, 2.5 3)', '{"type":"LineString","coordinates":[[0.0,1.0],[2.5,3.0]]}'],
    ['junk', null],
    ['', null],
  ])('geo_from_wkt %j', async (text, expected) =>
    expect(await call('geo_from_wkt', [arg(text)], 'dynamic')).toBe(expected),
  );
});

describe('shapes made of others', () => {
  const line = 'dynamic({"type":"LineString","coordinates":[[0,0],[0.01,0]]})';
  const triangle = 'dynamic({"type":"Polygon","coordinates":[[[0,0],[0.01,0],[0,0.01],[0,0]]]})';

  it.each([
    'geo_point_buffer(0, 0, 0)',
    'geo_point_buffer(0, 91, 10)',
    `geo_line_buffer(${line}, -1)`,
    `geo_polygon_buffer(${line}, 10)`,
    `geo_line_densify(${line}, 0)`,
    `geo_polygon_densify(${line})`,
    `geo_line_simplify(${triangle})`,
    // Smaller than what it is simplified by: nothing is left.
    `geo_line_simplify(${line}, 2000)`,
    `geo_polygon_simplify(${triangle}, 2000)`,
    `geo_polygon_simplify(${triangle}, -1)`,
    `geo_simplify_polygons_array(pack_array(${triangle}), 2000)`,
  ])('%s is null', async (text) => {
    expect(await rows(`print ${text}`)).toEqual([[null]]);
  });

  it.each([
    'geo_point_buffer(0, 0, 10)',
    `geo_line_buffer(${line}, 10)`,
    `geo_line_densify(${line})`,
    `geo_line_simplify(${line}, 10)`,
    `geo_polygon_simplify(${triangle})`,
  ])('%s is refused: its points are the choice of the cloud', async (text) => {
    expect(await refusal(`print x = ${text}`)).toMatchObject({ code: 'unsupported-argument', line: 1, column: 11 });
  });
});

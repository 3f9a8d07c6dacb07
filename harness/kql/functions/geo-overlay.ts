/**
 * Unions and intersections of shapes on the sphere whose boundaries properly cross. Boundaries that merely touch, or share
 * an edge, are refused: what comes out then depends on how the service snaps points.
 */
import type { s2 as S2 } from 's2js';
import { Refusal } from '../errors.js';
import { s2 } from './geo-libraries.js';
import { boundaryOf, cross } from './geo-shapes.js';

type Polygons = readonly S2.Polygon[];

/** A piece of an edge, which runs with the inside of its polygon on the left. */
interface Piece {
  readonly from: S2.Point;
  readonly to: S2.Point;
  /** The number of its edge, over all polygons in order. */
  readonly edge: number;
  /** Its place along the edge. */
  readonly at: number;
}

interface Edge {
  readonly polygon: number;
  readonly from: S2.Point;
  readonly to: S2.Point;
  /** Where edges of other polygons cross it; both edges hold the same point. */
  readonly crossings: S2.Point[];
}

/** Radians: some ten nanometres, which is what rounding may move a point by. */
export const TOUCHING = 2e-15;

/** Shapes with more pairs of edges than this are refused: nothing could stop the comparison. */
const MOST_PAIRS = 4_000_000;

/** The rings around what lies in any of the polygons, or in all of them; each starts where the service starts it. */
export function rings(of: 'union' | 'intersection', polygons: Polygons): readonly (readonly S2.Point[])[] {
  const edges = crossed(polygons);
  const pieces = edges.flatMap((edge, i) =>
    split(edge)
      .map(([from, to], at): Piece => ({ from, to, edge: i, at }))
      .filter(({ from, to }) => {
        const others = polygons.filter((_, polygon) => polygon !== edge.polygon);
        const within = (polygon: S2.Polygon): boolean => polygon.containsPoint(between(from, to));
        return of === 'union' ? !others.some(within) : others.every(within);
      }),
  );
  return traced(pieces);
}

/** The polygons as they are when they keep apart, else the polygon that they make together. */
export function united(polygons: Polygons): Polygons {
  const overlap = polygons.some((polygon, i) => polygons.slice(i + 1).some((other) => polygon.intersects(other)));
  if (!overlap) return polygons;
  const loops = rings('union', polygons).map((ring) => new (s2().Loop)([...ring]));
  for (const loop of loops) loop.normalize();
  return [new (s2().Polygon)(loops)];
}

/** The parts of a line that lie in any of the polygons. */
export function inside(line: S2.Polyline, polygons: Polygons): readonly (readonly S2.Point[])[] {
  const boundary = boundaryOf(polygons);
  for (const ring of boundary) refuseTouching(line, ring);
  const parts: S2.Point[][] = [];
  for (let i = 0; i < line.numEdges(); i++) {
    const { v0: from, v1: to } = line.edge(i);
    const crossings = boundary.flatMap((ring) => crossingsOf(from, to, ring));
    for (const [start, end] of split({ polygon: 0, from, to, crossings })) {
      if (!polygons.some((polygon) => polygon.containsPoint(between(start, end)))) continue;
      const last = parts.at(-1);
      if (last?.at(-1) === start) last.push(end);
      else parts.push([start, end]);
    }
  }
  return parts;
}

/** Where two lines cross or touch, each place once. */
export function meetings(a: S2.Polyline, b: S2.Polyline): readonly S2.Point[] {
  limit(a.numEdges(), b.numEdges());
  const found = [...a.points.filter((point) => on(b, point)), ...b.points.filter((point) => on(a, point))];
  for (let i = 0; i < a.numEdges(); i++) found.push(...crossingsOf(a.edge(i).v0, a.edge(i).v1, b));
  return found.filter((point, i) => found.findIndex((other) => other.distance(point) <= TOUCHING) === i);
}

/** Whether a place lies on a line. */
export function on(line: S2.Polyline, point: S2.Point): boolean {
  return line.project(point)[0].distance(point) <= TOUCHING;
}

export function limit(edges: number, others: number): void {
  if (edges * others <= MOST_PAIRS) return;
  throw new Refusal('resource-limit', `Shapes of ${edges} and ${others} edges are too long to compare.`);
}

function crossed(polygons: Polygons): readonly Edge[] {
  const edges = polygons.flatMap((polygon, index) =>
    polygon.loops.flatMap((loop) => {
      const ring = loop.vertices.map((_, i) => loop.orientedVertex(i));
      return ring.map(
        (from, i): Edge => ({ polygon: index, from, to: ring[(i + 1) % ring.length] ?? from, crossings: [] }),
      );
    }),
  );
  limit(edges.length, edges.length);
  for (const [i, polygon] of polygons.entries()) {
    for (const other of polygons.slice(i + 1)) {
      for (const ring of boundaryOf([polygon])) for (const facing of boundaryOf([other])) refuseTouching(ring, facing);
    }
  }
  for (const [i, edge] of edges.entries()) {
    for (const other of edges.slice(i + 1)) {
      if (edge.polygon === other.polygon || !cross(edge.from, edge.to, other.from, other.to)) continue;
      const point = crossing(edge.from, edge.to, other.from, other.to);
      edge.crossings.push(point);
      other.crossings.push(point);
    }
  }
  return edges;
}

function refuseTouching(a: S2.Polyline, b: S2.Polyline): void {
  limit(a.numEdges(), b.numEdges());
  if (a.points.some((point) => on(b, point)) || b.points.some((point) => on(a, point))) {
    throw new Refusal('unsupported-argument', 'Shapes whose boundaries touch without crossing are not supported.');
  }
}

function crossingsOf(from: S2.Point, to: S2.Point, line: S2.Polyline): S2.Point[] {
  const found: S2.Point[] = [];
  for (let i = 0; i < line.numEdges(); i++) {
    const { v0, v1 } = line.edge(i);
    if (cross(from, to, v0, v1)) found.push(crossing(from, to, v0, v1));
  }
  return found;
}

/** The edge from crossing to crossing. */
function split({ from, to, crossings }: Edge): readonly (readonly [S2.Point, S2.Point])[] {
  const stops = [from, ...crossings.toSorted((a, b) => from.distance(a) - from.distance(b)), to];
  return stops.slice(1).map((stop, i) => [stops[i] ?? from, stop]);
}

function traced(pieces: readonly Piece[]): readonly (readonly S2.Point[])[] {
  const next = new Map(pieces.map((piece) => [piece.from, piece]));
  const left = new Set(pieces);
  const found: S2.Point[][] = [];
  for (const first of pieces) {
    const ring: Piece[] = [];
    for (let piece: Piece | undefined = first; piece && left.delete(piece); piece = next.get(piece.to))
      ring.push(piece);
    if (ring.length > 0) found.push(started(ring));
  }
  return found;
}

/** The service ends a ring with its last edge, and with the last piece of that. */
function started(ring: readonly Piece[]): S2.Point[] {
  const last = ring.reduce((best, piece) =>
    piece.edge > best.edge || (piece.edge === best.edge && piece.at > best.at) ? piece : best,
  );
  const start = ring.indexOf(last) + 1;
  return [...ring.slice(start), ...ring.slice(0, start)].map((piece) => piece.from);
}

function between(a: S2.Point, b: S2.Point): S2.Point {
  return s2().Point.fromVector(a.vector.add(b.vector).normalize());
}

/** Where two edges that cross do so. */
function crossing(a: S2.Point, b: S2.Point, c: S2.Point, d: S2.Point): S2.Point {
  const [ab, cd] = [normal(a, b), normal(c, d)];
  const point = ab.cross(cd).normalize();
  return s2().Point.fromVector(point.dot(a.vector.add(b.vector)) < 0 ? point.mul(-1) : point);
}

/** The normal of an edge's great circle, exact for short edges too. */
function normal(a: S2.Point, b: S2.Point): S2.Point['vector'] {
  return a.vector.sub(b.vector).cross(a.vector.add(b.vector)).normalize();
}

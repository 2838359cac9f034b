// The plant's frame is x east, y north, z up; three's is x right, y up, z towards the viewer.
import type { Box, ScenePlace } from "./protocol";

export type Vec = readonly [number, number, number];

export interface Bounds {
  readonly min: Vec;
  readonly max: Vec;
}

export function toView([x, y, z]: Vec): Vec {
  return [x, z, -y];
}

/** A box of the plant along three's axes. */
export function boxInView({ x, y, z, w, d, h }: Box): Bounds {
  return { min: [x, z, -(y + d)], max: [x + w, z + h, -y] };
}

/** What stands on ``position`` with ``size`` (w, d, h) takes up, along three's axes. */
export function standing(position: Vec, [w, d, h]: Vec): Bounds {
  const [x, y, z] = toView(position);
  return { min: [x - w / 2, y, z - d / 2], max: [x + w / 2, y + h, z + d / 2] };
}

export function around(all: readonly Bounds[]): Bounds | null {
  if (all.length === 0) return null;
  const pick = (fold: (...values: number[]) => number, side: "min" | "max", axis: 0 | 1 | 2): number =>
    all.reduce((value, bounds) => fold(value, bounds[side][axis]), all[0]![side][axis]);
  return {
    min: [pick(Math.min, "min", 0), pick(Math.min, "min", 1), pick(Math.min, "min", 2)],
    max: [pick(Math.max, "max", 0), pick(Math.max, "max", 1), pick(Math.max, "max", 2)],
  };
}

/**
 * A connection drawn like a duct or a pipe: up from the top of one thing, across along both axes, down to the other.
 * ``lane`` keeps parallel runs apart. Points are along three's axes.
 */
export function duct(start: Bounds, end: Bounds, lane: number): Vec[] {
  const top = (bounds: Bounds): Vec => [
    (bounds.min[0] + bounds.max[0]) / 2,
    bounds.max[1],
    (bounds.min[2] + bounds.max[2]) / 2,
  ];
  const a = top(start);
  const b = top(end);
  const height = Math.max(a[1], b[1]) + 0.5 + (lane % 5) * 0.12;
  return [a, [a[0], height, a[2]], [b[0], height, a[2]], [b[0], height, b[2]], b];
}

/**
 * How far each floor is lifted so that one can look between the floors of a building: nothing for the lowest floor at or
 * above the ground, a storey more for each floor above it, the other way below ground.
 */
export function spread(places: readonly ScenePlace[], storey: number): Map<string, number> {
  const lifts = new Map<string, number>();
  const floors = places.filter((place) => place.kind === "Floor");
  for (const siblings of Map.groupBy(floors, (floor) => floor.parent).values()) {
    const sorted = siblings.toSorted((a, b) => a.box.z - b.box.z || a.id.localeCompare(b.id));
    const ground = Math.max(0, sorted.findIndex((floor) => floor.box.z >= 0));
    sorted.forEach((floor, index) => lifts.set(floor.id, (index - ground) * storey));
  }
  return lifts;
}

/** Shares of the view's width and height that are taken at its sides, by panels over it. */
export interface Covered {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** The axes of a camera, of length 1, and the tangents of half its angles. */
export interface Lens {
  readonly forward: Vec;
  readonly up: Vec;
  readonly right: Vec;
  readonly tall: number;
  readonly wide: number;
}

/**
 * Where a camera stands to see these boxes as large as they fit into what the panels leave free, and how far before it
 * their middle is.
 */
export function standpoint(boxes: readonly Bounds[], { forward, up, right, tall, wide }: Lens, covered: Covered): { eye: Vec; depth: number } {
  const corners = boxes.flatMap(({ min, max }) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((corner) => [0, 1, 2].map((axis) => ((corner >> axis) & 1 ? max : min)[axis]!) as unknown as Vec),
  );
  const depths = corners.map((corner) => dot(corner, forward));
  // A corner is seen when it is not further aside than its depth allows, on each of the two sides.
  const between = (axis: Vec, more: number, less: number): { depth: number; at(depth: number): number } => {
    const plus = corners.reduce((most, corner, i) => Math.max(most, dot(corner, axis) - more * depths[i]!), -Infinity);
    const minus = corners.reduce((most, corner, i) => Math.max(most, -dot(corner, axis) - less * depths[i]!), -Infinity);
    return { depth: -(plus + minus) / (more + less), at: (depth) => (plus + more * depth - minus - less * depth) / 2 };
  };
  const across = between(right, wide * (1 - 2 * covered.right), wide * (1 - 2 * covered.left));
  const upright = between(up, tall * (1 - 2 * covered.top), tall * (1 - 2 * covered.bottom));
  const depth = Math.min(across.depth, upright.depth);
  const [x, y] = [across.at(depth), upright.at(depth)];
  const eye = [0, 1, 2].map((axis) => right[axis]! * x + up[axis]! * y + forward[axis]! * depth) as unknown as Vec;
  const [nearest, farthest] = extremes(depths);
  return { eye, depth: (nearest + farthest) / 2 - depth };
}

function dot(a: Vec, b: Vec): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function extremes(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

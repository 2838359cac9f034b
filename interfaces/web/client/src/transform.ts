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

/** How far from the middle of a box a camera must be to see all its corners, looking along ``forward``; angles are radians. */
export function distance({ min, max }: Bounds, forward: Vec, up: Vec, right: Vec, tall: number, wide: number): number {
  const dot = (a: Vec, b: Vec): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  let far = 0;
  for (const corner of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const half = [0, 1, 2].map((axis) => ((max[axis]! - min[axis]!) / 2) * ((corner >> axis) & 1 ? 1 : -1)) as [number, number, number];
    const towards = -dot(half, forward);
    far = Math.max(far, towards + Math.abs(dot(half, up)) / Math.tan(tall / 2), towards + Math.abs(dot(half, right)) / Math.tan(wide / 2));
  }
  return far;
}

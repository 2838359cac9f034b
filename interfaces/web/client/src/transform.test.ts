import { expect, test } from "vitest";
import type { ScenePlace } from "./protocol";
import { around, boxInView, duct, spread, standing, standpoint, toView } from "./transform";

const floor = (id: string, parent: string, z: number): ScenePlace => ({
  id, name: id, kind: "Floor", parent, level: null, status: "unknown", readings: [], box: { x: 0, y: 0, z, w: 10, d: 8, h: 4 },
});

test("north is away from the viewer and up is up", () => {
  expect(toView([1, 2, 3])).toEqual([1, 3, -2]);
});

test("a box keeps its size in the view", () => {
  const { min, max } = boxInView({ x: 1, y: 2, z: 3, w: 4, d: 5, h: 6 });
  expect(max.map((side, axis) => side - min[axis]!)).toEqual([4, 6, 5]);
  expect(min).toEqual([1, 3, -7]);
});

test("equipment stands on the middle of its foot", () => {
  expect(standing([10, 20, 2], [4, 2, 3])).toEqual({ min: [8, 2, -21], max: [12, 5, -19] });
});

test("the bounds of nothing are nothing", () => {
  expect(around([])).toBeNull();
});

test("the bounds hold everything", () => {
  const all = around([standing([0, 0, 0], [2, 2, 2]), standing([10, -5, 1], [2, 2, 2])]);
  expect(all).toEqual({ min: [-1, 0, -1], max: [11, 3, 6] });
});

test("a duct rises, runs along both axes and falls", () => {
  const run = duct(standing([0, 0, 0], [1, 1, 1]), standing([5, 5, 3], [1, 1, 1]), 0);
  expect(run[0]).toEqual([0, 1, 0]);
  expect(run.at(-1)).toEqual([5, 4, -5]);
  for (const [index, point] of run.slice(1).entries()) {
    expect(point.filter((value, axis) => value !== run[index]![axis]).length).toBeLessThanOrEqual(1);
  }
});

test("parallel ducts lie at different heights", () => {
  const ends = [standing([0, 0, 0], [1, 1, 1]), standing([5, 5, 0], [1, 1, 1])] as const;
  expect(duct(...ends, 0)[1]![1]).not.toBe(duct(...ends, 1)[1]![1]);
});

test("floors above ground are lifted, a basement is lowered, the ground floor stays", () => {
  const lifts = spread([floor("b", "x", -5), floor("1", "x", 0), floor("2", "x", 4), floor("1y", "y", 0)], 3);
  expect(Object.fromEntries(lifts)).toEqual({ b: -3, 1: 0, 2: 3, "1y": 0 });
});

const lens = { forward: [0, 0, -1], up: [0, 1, 0], right: [1, 0, 0], tall: 1, wide: 1 } as const;
const free = { top: 0, right: 0, bottom: 0, left: 0 };

test("a camera stands where every corner is just seen", () => {
  const { eye, depth } = standpoint([{ min: [-4, -1, -2], max: [4, 1, 2] }], lens, free);
  eye.forEach((side, axis) => expect(side).toBeCloseTo([0, 0, 6][axis]!)); // the near face is 4 m to either side at 45°
  expect(depth).toBeCloseTo(6);
});

test("what is seen stands beside the panels", () => {
  const boxes = [{ min: [-4, -1, -2], max: [4, 1, 2] }, { min: [9, -3, -8], max: [10, 5, -6] }] as const;
  const { eye } = standpoint(boxes, lens, { ...free, left: 0.25, top: 0.1 });
  const across = boxes.flatMap(({ min, max }) => [min, max].flatMap(([x]) => [min, max].map(([, , z]) => (x - eye[0]) / (eye[2] - z))));
  const upright = boxes.flatMap(({ min, max }) => [min, max].flatMap(([, y]) => [min, max].map(([, , z]) => (y - eye[1]) / (eye[2] - z))));
  expect(Math.min(...across)).toBeCloseTo(-0.5); // a quarter of the width is covered
  expect(Math.max(...across)).toBeCloseTo(1);
  expect(Math.max(...upright)).toBeLessThanOrEqual(0.8);
  expect(Math.min(...upright)).toBeGreaterThanOrEqual(-1);
});

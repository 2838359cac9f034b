// Equipment in a few strokes. Every shape fills the unit box: x and z from -0.5 to 0.5, y from 0 (foot) to 1.
import {
  BoxGeometry,
  type BufferGeometry,
  ConeGeometry,
  CylinderGeometry,
  SphereGeometry,
} from "three";
import { mergeGeometries } from "three/addons/utils/BufferGeometryUtils.js";
import type { SceneAsset } from "./protocol";

type Shape = SceneAsset["shape"];
type Part = BufferGeometry;

const box = (w: number, h: number, d: number, x = 0, y = 0, z = 0): Part =>
  new BoxGeometry(w, h, d).translate(x, y + h / 2, z);
const upright = (radius: number, h: number, x = 0, y = 0, z = 0, top = radius): Part =>
  new CylinderGeometry(top, radius, h, 20).translate(x, y + h / 2, z);
const lying = (radius: number, length: number, x = 0, y = 0, z = 0): Part =>
  new CylinderGeometry(radius, radius, length, 20).rotateZ(Math.PI / 2).translate(x, y, z);
const facing = (radius: number, length: number, x = 0, y = 0, z = 0): Part =>
  new CylinderGeometry(radius, radius, length, 20).rotateX(Math.PI / 2).translate(x, y, z);

const DRAWINGS: Readonly<Record<Shape, () => Part[]>> = {
  box: () => [box(1, 1, 1)],
  // Casing in three sections on a base frame, with an intake hood and a duct on top.
  ahu: () => [
    box(1, 0.06, 0.9), box(0.34, 0.74, 0.96, -0.32, 0.08), box(0.3, 0.78, 1, 0.01, 0.08), box(0.32, 0.74, 0.96, 0.33, 0.08),
    box(0.05, 0.4, 0.7, -0.475, 0.3), box(0.2, 0.16, 0.5, 0.34, 0.84), box(0.16, 0.08, 0.4, -0.3, 0.82),
  ],
  // A casing with its fan wheels on top.
  rooftop_unit: () => [
    box(1, 0.06, 1), box(1, 0.74, 0.96, 0, 0.06), upright(0.2, 0.14, -0.24, 0.8), upright(0.2, 0.14, 0.24, 0.8), box(0.5, 0.2, 0.04, 0, 0.3, 0.48),
  ],
  chiller: () => [
    box(1, 0.1, 0.86), lying(0.2, 0.98, 0, 0.32, -0.22), lying(0.2, 0.98, 0, 0.32, 0.22),
    lying(0.18, 0.52, -0.08, 0.72, 0), box(0.2, 0.4, 0.3, 0.36, 0.55), upright(0.07, 0.3, -0.4, 0.5, 0.22),
  ],
  boiler: () => [
    box(0.9, 0.1, 0.8), lying(0.38, 0.86, 0.02, 0.47), box(0.12, 0.4, 0.4, -0.44, 0.2), upright(0.1, 0.34, 0.28, 0.66), box(0.2, 0.12, 0.3, -0.1, 0.82),
  ],
  tower: () => [
    box(1, 0.12, 1), box(0.92, 0.52, 0.92, 0, 0.12), box(1, 0.06, 1, 0, 0.64), upright(0.4, 0.28, 0, 0.7, 0, 0.34), upright(0.06, 0.04, 0, 0.96),
  ],
  pump: () => [
    box(0.96, 0.12, 0.6), facing(0.34, 0.34, 0.3, 0.5), lying(0.24, 0.55, -0.18, 0.5), lying(0.1, 0.2, -0.42, 0.5),
    upright(0.13, 0.36, 0.3, 0.64), box(0.2, 0.14, 0.2, -0.2, 0.72),
  ],
  fan: () => [box(0.9, 0.1, 0.8), facing(0.42, 0.7, 0, 0.54), box(0.42, 0.4, 0.56, 0.28, 0.56), facing(0.14, 0.98, 0, 0.54)],
  motor: () => [box(0.8, 0.12, 0.7), lying(0.36, 0.78, 0, 0.5), lying(0.08, 1, 0, 0.5), box(0.3, 0.14, 0.3, 0, 0.84)],
  vav: () => [box(0.62, 0.86, 0.94, 0.14, 0.07), lying(0.3, 0.4, -0.3, 0.5), box(0.16, 0.5, 0.1, 0.1, 0.25, 0.45), box(0.08, 0.6, 0.7, 0.46, 0.2)],
  fan_coil: () => [box(1, 0.8, 0.8, 0, 0.1), box(0.9, 0.14, 0.16, 0, 0.3, 0.42), box(0.3, 0.1, 0.5, -0.3, 0.9)],
  tank: () => [upright(0.44, 0.78, 0, 0.08), upright(0.44, 0.12, 0, 0.86, 0, 0.18), upright(0.5, 0.08)],
  valve: () => [
    new ConeGeometry(0.3, 0.5, 16).rotateZ(-Math.PI / 2).translate(-0.25, 0.34, 0),
    new ConeGeometry(0.3, 0.5, 16).rotateZ(Math.PI / 2).translate(0.25, 0.34, 0),
    upright(0.06, 0.4, 0, 0.34), upright(0.26, 0.16, 0, 0.74), lying(0.12, 1, 0, 0.34),
  ],
  damper: () => [box(0.08, 1, 1, -0.3), box(0.08, 1, 1, 0.3), ...[0.12, 0.37, 0.62, 0.87].map((y) => box(0.5, 0.05, 0.94, 0, y))],
  coil: () => [box(0.06, 1, 1, -0.47), box(0.06, 1, 1, 0.47), ...[0.08, 0.26, 0.44, 0.62, 0.8].map((y) => lying(0.07, 0.94, 0, y + 0.06))],
  filter: () => [box(0.3, 1, 1), ...[-0.3, 0, 0.3].map((z) => box(0.9, 0.9, 0.12, 0.04, 0.05, z))],
  heat_exchanger: () => [box(0.08, 1, 1, -0.46), box(0.08, 1, 1, 0.46), ...[-0.28, -0.14, 0, 0.14, 0.28].map((x) => box(0.08, 0.86, 0.86, x, 0.07)), lying(0.06, 1, 0, 0.06), lying(0.06, 1, 0, 0.94)],
  meter: () => [box(0.86, 0.9, 0.5, 0, 0.05, -0.2), facing(0.32, 0.3, 0, 0.55, 0.2), box(0.5, 0.12, 0.2, 0, 0.12, 0.12)],
  panel: () => [box(1, 0.06, 1), box(1, 0.92, 0.9, 0, 0.06), box(0.44, 0.8, 0.06, -0.25, 0.1, 0.46), box(0.44, 0.8, 0.06, 0.25, 0.1, 0.46)],
  transformer: () => [
    box(1, 0.1, 0.9), box(0.7, 0.62, 0.6, 0, 0.1), ...[-0.24, 0, 0.24].map((x) => upright(0.07, 0.26, x, 0.72)),
    ...[-0.42, -0.34, 0.34, 0.42].map((x) => box(0.04, 0.5, 0.56, x, 0.16)),
  ],
  generator: () => [box(1, 0.14, 0.9), box(0.66, 0.6, 0.74, -0.12, 0.14), lying(0.26, 0.34, 0.3, 0.48), upright(0.06, 0.26, -0.3, 0.74), box(0.06, 0.5, 0.7, -0.47, 0.2)],
  solar: () => [box(0.06, 0.5, 0.06, -0.35), box(0.06, 0.5, 0.06, 0.35), box(1, 0.06, 1.06).rotateX(0.42).translate(0, 0.55, 0)],
  pole: () => [upright(0.12, 0.1), upright(0.05, 0.78, 0, 0.05), new SphereGeometry(0.16, 16, 12).translate(0, 0.84, 0)],
  cylinder: () => [upright(0.5, 1)],
  sphere: () => [new SphereGeometry(0.5, 24, 16).translate(0, 0.5, 0)],
};

/** A shape in the unit box. */
export function drawing(shape: Shape): BufferGeometry {
  const parts = DRAWINGS[shape]().map((part) => part.toNonIndexed());
  const merged = mergeGeometries(parts);
  for (const part of parts) part.dispose();
  merged.computeBoundingBox();
  const { min, max } = merged.boundingBox!;
  return merged
    .translate(-(min.x + max.x) / 2, -min.y, -(min.z + max.z) / 2)
    .scale(1 / (max.x - min.x), 1 / (max.y - min.y), 1 / (max.z - min.z));
}

export const SHAPES = Object.keys(DRAWINGS) as readonly Shape[];

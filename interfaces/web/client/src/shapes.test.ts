import { expect, test } from "vitest";
import { drawing, SHAPES } from "./shapes";

test.each(SHAPES)("%s fills the unit box", (shape) => {
  const geometry = drawing(shape);
  geometry.computeBoundingBox();
  const { min, max } = geometry.boundingBox!;
  expect(min.toArray()).toEqual([-0.5, 0, -0.5].map((side) => expect.closeTo(side, 5)));
  expect(max.toArray()).toEqual([0.5, 1, 0.5].map((side) => expect.closeTo(side, 5)));
});

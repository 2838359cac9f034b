import { Color } from "three";
import { expect, test } from "vitest";
import { HIGHLIGHT, medium, SIGNS, STATUSES, worst } from "./palette";

const lightness = (hex: string): number => {
  const { r, g, b } = new Color(hex); // linear
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

// What a person without cones for red (Viénot 1999) sees, in linear light.
const withoutRed = (hex: string): number[] => {
  const { r, g, b } = new Color(hex);
  return [0.11238 * r + 0.88762 * g, 0.11238 * r + 0.88762 * g, 0.00401 * r - 0.00401 * g + b];
};

test("each state has a colour, a sign and a word of its own", () => {
  for (const part of ["color", "sign", "word"] as const) {
    expect(new Set(STATUSES.map((status) => SIGNS[status][part])).size).toBe(STATUSES.length);
  }
});

test("normal, warning and alarm stay apart without red vision", () => {
  const seen = (["normal", "warning", "alarm"] as const).map((status) => withoutRed(SIGNS[status].color));
  for (const [i, a] of seen.entries()) {
    for (const b of seen.slice(i + 1)) expect(Math.hypot(...a.map((value, k) => value - b[k]!))).toBeGreaterThan(0.2);
  }
});

test("white text on the alarm colour has a contrast of at least 4.5", () => {
  expect(1.05 / (lightness(SIGNS.alarm.color) + 0.05)).toBeGreaterThanOrEqual(4.5);
});

test("the highlight is no state's colour", () => {
  expect(STATUSES.map((status) => SIGNS[status].color)).not.toContain(HIGHLIGHT);
});

test.each([
  ["chilled water", "Chilled water"],
  ["hot water", "Hot water"],
  ["condenser water", "Condenser water"],
  ["Air", "Air"],
  ["electricity", "Electricity"],
  ["domestic water", "Water"],
  [null, "Other"],
  ["light", "Other"],
])("%s is drawn as %s", (name, word) => {
  expect(medium(name).word).toBe(word);
});

test("the worst state wins", () => {
  expect(worst(["normal", "warning", "unknown"])).toBe("warning");
  expect(worst([])).toBe("unknown");
});

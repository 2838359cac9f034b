import { expect, test } from "vitest";
import { ago, matching } from "./panels";
import type { SceneAsset } from "./protocol";

const asset = (id: string, over: Partial<SceneAsset> = {}): SceneAsset => ({
  id, name: id.toUpperCase(), class: "VAV", shape: "vav", whole: null, place: "Room 1", floor: null, position: [0, 0, 0],
  size: [1, 1, 1], status: "normal", critical: false, readings: [], ...over,
});

test("the list shows what the words ask for, the worst first, then by number", () => {
  const assets = [asset("vav-10"), asset("vav-9"), asset("vav-2", { status: "alarm" }), asset("ahu-1", { class: "AHU" })];
  expect(matching(assets, new Map(), "vav").map(({ id }) => id)).toEqual(["vav-2", "vav-9", "vav-10"]);
});

test("the list follows the live states", () => {
  const found = matching([asset("a"), asset("b")], new Map([["b", "warning"]]), "");
  expect(found.map(({ id }) => id)).toEqual(["b", "a"]);
  expect(matching([asset("a"), asset("b")], new Map([["b", "warning"]]), "warning").map(({ id }) => id)).toEqual(["b"]);
});

test.each([
  [5_000, "5 s ago"],
  [185_000, "3 min ago"],
  [7_300_000, "2 h ago"],
  [300_000_000, "3 days ago"],
  [-4_000, "0 s ago"],
])("%i ms is %s", (age, words) => {
  expect(ago(0, age)).toBe(words);
});

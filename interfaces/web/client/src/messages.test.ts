import { expect, test } from "vitest";
import { parseLive, parsePage } from "./messages";

test("a highlight is understood", () => {
  expect(parseLive('{"type":"highlight","ids":["a"],"focus":null}')).toEqual({ type: "highlight", ids: ["a"], focus: null });
});

test("a state is understood", () => {
  const state = { type: "state", at: 1, changed: [], points_per_second: 2, alarms: 0, newest: null, away: [] };
  expect(parseLive(JSON.stringify(state))).toEqual(state);
});

test.each(["", "null", "[]", "nonsense", '{"type":"highlight","ids":[1]}', '{"type":"state"}', '{"type":"other"}'])(
  "%s is not believed",
  (text) => {
    expect(parseLive(text)).toBeNull();
  },
);

test("the page may set the theme and the focus, nothing else", () => {
  expect(parsePage({ type: "theme", dark: true })).toEqual({ type: "theme", dark: true });
  expect(parsePage({ type: "focus", id: "ahu-1" })).toEqual({ type: "focus", id: "ahu-1" });
  expect(parsePage({ type: "theme", dark: "yes" })).toBeNull();
  expect(parsePage({ type: "run", code: "x" })).toBeNull();
  expect(parsePage("theme")).toBeNull();
});

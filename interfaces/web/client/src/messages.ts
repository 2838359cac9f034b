// What arrives from outside is checked before it is believed.
import type { AwayStore, LiveMessage } from "./protocol";

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

/** A message of the server, or null for anything else. */
export function parseLive(text: string): LiveMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  if (value.type === "reload") return { type: "reload" };
  if (value.type === "highlight" && isTexts(value.ids)) {
    return { type: "highlight", ids: value.ids, focus: typeof value.focus === "string" ? value.focus : null };
  }
  const isState = value.type === "state" && Array.isArray(value.changed) && typeof value.at === "number";
  return isState ? (value as unknown as LiveMessage) : null;
}

/** What the page around the view may tell it. */
export type FromPage = { readonly type: "theme"; readonly dark: boolean } | { readonly type: "focus"; readonly id: string };

export function parsePage(value: unknown): FromPage | null {
  if (!isObject(value)) return null;
  if (value.type === "theme" && typeof value.dark === "boolean") return { type: "theme", dark: value.dark };
  if (value.type === "focus" && typeof value.id === "string") return { type: "focus", id: value.id };
  return null;
}

/** What the view tells the page around it. */
export type ToPage =
  | { readonly source: "plantroom"; readonly type: "ask"; readonly id: string; readonly name: string }
  | { readonly source: "plantroom"; readonly type: "ready" }
  | { readonly source: "plantroom"; readonly type: "forgotten" }
  | {
      readonly source: "plantroom";
      readonly type: "pulse";
      readonly pointsPerSecond: number;
      readonly alarms: number;
      readonly warnings: number;
      readonly silent: number;
      readonly age: number | null;
      readonly connected: boolean;
      readonly plant: string | null;
      readonly away: readonly AwayStore[];
    };

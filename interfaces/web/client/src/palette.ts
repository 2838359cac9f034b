// Normal equipment is grey, and hue is left to what is abnormal (ISA-101). Colours that people with any kind of colour vision tell apart (they differ in lightness as well as in hue), each
// with a sign of its own, because colour alone is not enough.
import type { SceneAsset } from "./protocol";

export type Status = SceneAsset["status"];

export interface Sign {
  readonly color: string;
  readonly sign: string;
  readonly word: string;
}

// The worst first.
export const STATUSES = ["alarm", "warning", "stale", "unknown", "normal"] as const satisfies readonly Status[];

export const SIGNS: Readonly<Record<Status, Sign>> = {
  alarm: { color: "#d23b0f", sign: "▲", word: "Alarm" },
  warning: { color: "#f2b705", sign: "◆", word: "Warning" },
  stale: { color: "#8f7fb8", sign: "◷", word: "Stale" },
  unknown: { color: "#c2cad3", sign: "○", word: "No data" },
  normal: { color: "#7c8a98", sign: "●", word: "Normal" },
};

/** Whether a state needs somebody: its colour is seen whatever else is shown. */
export const abnormal = (status: Status): boolean => status === "alarm" || status === "warning";

/** Of the outline around what an answer speaks of: an outline and never a fill, so that an alarm's colour stays. */
export const HIGHLIGHT = "#1a73e8";

const MEDIA: readonly (readonly [RegExp, string, string])[] = [
  [/chilled|cold|cooling/, "#2f7fd6", "Chilled water"],
  [/condens/, "#14958f", "Condenser water"],
  [/hot|heat|steam/, "#d2562b", "Hot water"],
  [/gas|fuel/, "#a8842c", "Gas"],
  [/elec|power/, "#8a4fc4", "Electricity"],
  [/water|sewage|storm/, "#2d93b8", "Water"],
  [/air/, "#6f8fa8", "Air"],
];
const OTHER = { color: "#8795a5", word: "Other" } as const;

/** The colour and the word for what flows through a connection; plants name media in their own words. */
export function medium(name: string | null): { readonly color: string; readonly word: string } {
  const found = name === null ? undefined : MEDIA.find(([pattern]) => pattern.test(name.toLowerCase()));
  return found ? { color: found[1], word: found[2] } : OTHER;
}

export interface Theme {
  readonly background: string;
  readonly slab: string;
  readonly room: string;
  readonly edge: string;
  readonly away: string; // what is not highlighted moves towards it
  readonly sky: number;
  readonly sun: number;
  readonly shadow: number;
}

export const THEMES: Readonly<Record<"light" | "dark", Theme>> = {
  light: {
    background: "#e9eef3", slab: "#e6edf4", room: "#c9d8e6", edge: "#8fa2b5", away: "#d9e1e9", sky: 1.9, sun: 1.6, shadow: 0.16,
  },
  dark: {
    background: "#11171f", slab: "#293644", room: "#41566b", edge: "#607890", away: "#2a3643", sky: 1.3, sun: 1.6, shadow: 0.4,
  },
};

/** The worst of several states. */
export function worst(statuses: readonly Status[]): Status {
  return STATUSES.find((status) => statuses.includes(status)) ?? "unknown";
}

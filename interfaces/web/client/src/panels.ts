// The small panels over the scene: legend, tooltip, floors and the list that a keyboard reaches.
import { HIGHLIGHT, medium, SIGNS, STATUSES, type Status } from "./palette";
import type { SceneAsset, SceneModel, ScenePlace, SceneReading } from "./protocol";

const LISTED = 200;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function swatch(color: string, sign: string): HTMLElement {
  const made = element("span", "swatch", sign);
  made.style.color = color;
  made.setAttribute("aria-hidden", "true");
  return made;
}

/** The states that occur with how many things have each, then the media that flow. */
export function legend(target: HTMLElement, statuses: readonly Status[], media: readonly (string | null)[]): void {
  const counts = new Map<Status, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  const states = STATUSES.toReversed().filter((status) => counts.has(status)).map((status) => {
    const { color, sign, word } = SIGNS[status];
    return element("li", "", swatch(color, sign), `${word} `, element("b", "", String(counts.get(status))));
  });
  const words = new Map(media.map((name) => [medium(name).word, medium(name).color]));
  const flows = words.size > 1 ? [...words].map(([word, color]) => element("li", "flow", swatch(color, "━"), word)) : [];
  target.replaceChildren(...states, element("li", "answer", swatch(HIGHLIGHT, "▣"), "In the answer"), ...flows);
}

/** "3 min ago"; ``now`` and ``at`` are epoch milliseconds. */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}

export function tooltip(thing: SceneAsset | ScenePlace, status: Status, readings: readonly SceneReading[], now: number): Node[] {
  const { color, sign, word } = SIGNS[status];
  const kind = "class" in thing ? (thing.class ?? "Unknown class").replaceAll("_", " ") : thing.kind;
  const place = "class" in thing && thing.place ? ` · ${thing.place}` : "";
  const rows = readings.map((reading) =>
    element("tr", reading.status, element("th", "", reading.label), element("td", "", reading.text)),
  );
  const newest = Math.max(...readings.map((reading) => reading.at ?? 0));
  return [
    element("strong", "", thing.name),
    element("span", "kind", kind + place),
    element("span", "state", swatch(color, sign), word, ...(newest > 0 ? [` · ${ago(newest, now)}`] : [])),
    ...(rows.length > 0 ? [element("table", "", ...rows)] : []),
    element("span", "hint", "Click to ask about it"),
  ];
}

/** Buttons that show one floor alone; there are none where there is only one floor. */
export function floors(target: HTMLElement, model: SceneModel, choose: (id: string | null) => void): void {
  const names = new Map(model.places.map((place) => [place.id, place.name]));
  const building = (place: ScenePlace): string => names.get(place.parent ?? "") ?? "\uffff";
  const all = model.places.filter((place) => place.kind === "Floor" || place.kind === "Area");
  const sorted = all.toSorted((a, b) => building(b).localeCompare(building(a)) || b.box.z - a.box.z || a.name.localeCompare(b.name));
  target.replaceChildren();
  if (sorted.length < 2) return;
  for (const floor of [null, ...sorted]) {
    const button = element("button", "", floor?.name ?? "All floors");
    button.type = "button";
    button.setAttribute("aria-pressed", String(floor === null));
    button.onclick = () => {
      for (const other of target.children) other.setAttribute("aria-pressed", String(other === button));
      choose(floor?.id ?? null);
    };
    target.append(button);
  }
}

const RANK = new Map<Status, number>(STATUSES.map((status, index) => [status, index]));

/** What the words ask for, the worst state first. */
export function matching(assets: readonly SceneAsset[], statuses: ReadonlyMap<string, Status>, words: string): SceneAsset[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const statusOf = (asset: SceneAsset): Status => statuses.get(asset.id) ?? asset.status;
  const text = (asset: SceneAsset): string =>
    `${asset.name} ${(asset.class ?? "").replaceAll("_", " ")} ${asset.place ?? ""} ${SIGNS[statusOf(asset)].word}`.toLowerCase();
  return assets
    .filter((asset) => wanted.every((word) => text(asset).includes(word)))
    .toSorted((a, b) => RANK.get(statusOf(a))! - RANK.get(statusOf(b))! || a.name.localeCompare(b.name, "en", { numeric: true }));
}

export interface ListChoice {
  look(id: string | null): void;
  ask(id: string): void;
}

export function list(target: HTMLElement, found: readonly SceneAsset[], statuses: ReadonlyMap<string, Status>, choice: ListChoice): void {
  const rows = found.slice(0, LISTED).map((asset) => {
    const { color, sign, word } = SIGNS[statuses.get(asset.id) ?? asset.status];
    const state = element("span", "state", swatch(color, sign), word);
    const about = element("span", "kind", [(asset.class ?? "").replaceAll("_", " "), asset.place ?? ""].filter(Boolean).join(" · "));
    const button = element("button", "", element("strong", "", asset.name), state, about);
    button.type = "button";
    button.dataset.id = asset.id;
    button.setAttribute("aria-label", `Ask about ${asset.name}, ${word}`);
    button.onfocus = button.onpointerenter = () => choice.look(asset.id);
    button.onblur = button.onpointerleave = () => choice.look(null);
    button.onclick = () => choice.ask(asset.id);
    return element("li", "", button);
  });
  const rest = found.length - rows.length;
  const note = rest > 0 ? [element("li", "note", `and ${rest} more: type to narrow the list`)] : [];
  const none = found.length === 0 ? [element("li", "note", "Nothing matches.")] : [];
  target.replaceChildren(...rows, ...note, ...none);
}

// Wires the scene, the panels, the server and the page around the view.
import "@fontsource-variable/inter/wght.css";
import "./style.css";
import { Live } from "./live";
import { parsePage, type ToPage } from "./messages";
import { type Status, THEMES } from "./palette";
import { floors, legend, list, matching, tooltip } from "./panels";
import type { LiveMessage, SceneAsset, SceneModel, ScenePlace, SceneReading, StateMessage } from "./protocol";
import { PlantScene } from "./scene";
import type { Covered } from "./transform";

const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const [stage, tip, notice, things, rows] = ["stage", "tooltip", "notice", "things", "rows"].map((id) => byId(id)) as [
  HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement,
];
const filter = byId<HTMLInputElement>("filter");
const openList = byId<HTMLButtonElement>("list");
const clear = byId<HTMLButtonElement>("clear");

const LABEL = 26; // pixels that a label takes above its thing

const known = new Map<string, SceneAsset | ScenePlace>();
const statuses = new Map<string, Status>();
const readings = new Map<string, readonly SceneReading[]>();
let model: SceneModel | null = null;
let highlighted: { ids: readonly string[]; focus: string | null } = { ids: [], focus: null };
let hovered: { id: string; x: number; y: number } | null = null;

const tell = (message: ToPage): void => parent.postMessage(message, location.origin);
const ask = (id: string): void => tell({ source: "plantroom", type: "ask", id, name: known.get(id)?.name ?? id });

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const scene = new PlantScene(stage, { hovered: showTooltip, picked: ask, covered }, THEMES.light);

function setTheme(dark: boolean): void {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  scene.setTheme(dark ? THEMES.dark : THEMES.light);
}

/** The panels at the view's sides, with room for the labels over what stands highest. */
function covered(): Covered {
  const { clientWidth: width, clientHeight: height } = stage;
  const across = matchMedia("(max-width: 640px), (max-height: 380px)").matches;
  const west = things.hidden || across ? 0 : things.getBoundingClientRect().right;
  const east = across ? 0 : width - byId("floors").getBoundingClientRect().left;
  const south = height - byId("legend").getBoundingClientRect().top;
  const share = (pixels: number, of: number): number => Math.min(0.4, Math.max(0, pixels / of));
  return {
    top: share(byId("toolbar").getBoundingClientRect().bottom + LABEL, height),
    right: share(byId("floors").childElementCount > 0 ? east : 0, width),
    bottom: share(south, height),
    left: share(west, width),
  };
}

function showTooltip(id: string | null, x: number, y: number): void {
  const thing = id === null ? undefined : known.get(id);
  tip.hidden = !thing;
  hovered = thing && id !== null ? { id, x, y } : null;
  if (!thing || id === null) return;
  tip.replaceChildren(...tooltip(thing, statuses.get(id) ?? "unknown", readings.get(id) ?? [], Date.now()));
  const room = stage.getBoundingClientRect();
  const listed = things.hidden ? 0 : things.offsetLeft + things.offsetWidth; // it says most of the tooltip itself
  tip.hidden = listed + tip.offsetWidth + 16 > room.width;
  tip.style.left = `${Math.max(listed + 8, Math.min(x + 16, room.width - tip.offsetWidth - 8))}px`;
  tip.style.top = `${Math.max(8, Math.min(y + 16, room.height - tip.offsetHeight - 8))}px`;
}

function showHighlight(): void {
  const found = scene.highlight(highlighted.ids, highlighted.focus);
  clear.hidden = found.length === 0;
  stage.dataset.highlighted = String(found.length);
}

function showList(): void {
  if (things.hidden || !model) return;
  list(rows, matching(model.assets, statuses, filter.value), statuses, { look: (id) => scene.hover(id), ask: askFromList });
}

/** Where the list covers the view it makes way for the answer. */
function askFromList(id: string): void {
  scene.hover(null);
  ask(id);
  if (things.offsetWidth > stage.clientWidth / 2) openList.click();
}

function showLegend(): void {
  if (!model) return;
  legend(byId("legend"), model.assets.map((asset) => statuses.get(asset.id) ?? asset.status), model.connections.map(({ medium }) => medium));
}

async function load(): Promise<void> {
  const answer = await fetch("../api/scene");
  if (!answer.ok) throw new Error(String(answer.status));
  model = (await answer.json()) as SceneModel;
  known.clear();
  for (const thing of [...model.places, ...model.assets]) {
    known.set(thing.id, thing);
    statuses.set(thing.id, thing.status);
    readings.set(thing.id, thing.readings);
  }
  scene.show(model);
  floors(byId("floors"), model, (id) => scene.showFloor(id));
  notice.textContent = model.assets.length === 0 ? "The plant has no equipment yet. Import a plant to see it here." : "";
  notice.hidden = model.assets.length > 0;
  showLegend();
  showList();
  if (highlighted.ids.length > 0) showHighlight();
  stage.dataset.ready = "true";
}

function loadOrTell(): void {
  load().catch(() => {
    notice.hidden = false;
    notice.textContent = "The plant cannot be shown: the server does not answer. Trying again…";
    setTimeout(loadOrTell, 3000);
  });
}

function showState(message: StateMessage): void {
  for (const { id, status, readings: latest } of message.changed) {
    statuses.set(id, status);
    readings.set(id, latest);
  }
  scene.update(message.changed);
  if (message.changed.length > 0) {
    showLegend();
    if (!rows.contains(document.activeElement)) showList();
    if (hovered) showTooltip(hovered.id, hovered.x, hovered.y);
  }
  const age = message.newest === null ? null : Math.max(0, message.at - message.newest) / 1000;
  tell({ source: "plantroom", type: "pulse", pointsPerSecond: message.points_per_second, alarms: message.alarms, warnings: message.warnings, silent: message.silent, age, connected: true, plant: model?.name ?? null, away: message.away });
}

function receive(message: LiveMessage): void {
  if (message.type === "reload") loadOrTell();
  else if (message.type === "state") showState(message);
  else {
    highlighted = message;
    showHighlight();
  }
}

function connected(yes: boolean): void {
  stage.dataset.connected = String(yes);
  if (!yes) tell({ source: "plantroom", type: "pulse", pointsPerSecond: 0, alarms: 0, warnings: 0, silent: 0, age: null, connected: false, plant: null, away: [] });
}

byId("fit").onclick = () => void scene.fit(true);
const spread = byId<HTMLButtonElement>("spread");
spread.onclick = () => {
  const on = spread.getAttribute("aria-pressed") !== "true";
  spread.setAttribute("aria-pressed", String(on));
  scene.setSpread(on);
};
clear.onclick = () => {
  highlighted = { ids: [], focus: null };
  showHighlight();
};
openList.onclick = () => {
  things.hidden = !things.hidden;
  openList.setAttribute("aria-expanded", String(!things.hidden));
  showList();
  if (!things.hidden) filter.focus();
};
filter.oninput = showList;
things.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    openList.click();
    openList.focus();
  }
});
prefersDark.addEventListener("change", (event) => setTheme(event.matches));
addEventListener("message", (event) => {
  if (event.origin !== location.origin || event.source !== parent) return;
  const message = parsePage(event.data);
  if (message?.type === "theme") setTheme(message.dark);
  if (message?.type === "focus") scene.highlight([message.id], message.id);
});
// For the browser tests and for people who debug: where a thing is drawn, in pixels of the view.
Object.assign(window, { plantroom: { locate: (id: string) => scene.locate(id) } });

setTheme(prefersDark.matches);
loadOrTell();
const token = new URLSearchParams(location.search).get("token") ?? "";
const address = new URL(`../api/scene/live?token=${encodeURIComponent(token)}`, location.href);
address.protocol = address.protocol.replace("http", "ws");
const forgotten = (): void => tell({ source: "plantroom", type: "forgotten" });
new Live(address.href, "../api/health", { message: receive, connected, forgotten }).open();
tell({ source: "plantroom", type: "ready" });

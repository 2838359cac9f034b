// The scene: one imperative class over plain three. One instanced mesh for each shape of equipment, drawn on demand.
import CameraControls from "camera-controls";
import {
  BackSide, Box3, BoxGeometry, BufferAttribute, type BufferGeometry, Color, DirectionalLight, EdgesGeometry, Group,
  HemisphereLight, InstancedMesh, LineBasicMaterial, LineSegments, Matrix4, Mesh, MeshBasicMaterial, MeshLambertMaterial,
  PCFShadowMap, PerspectiveCamera, PlaneGeometry, Quaternion, Raycaster, Scene, Sphere, Spherical, Vector2, Vector3, Vector4,
  ShadowMaterial, WebGLRenderer, BufferGeometry as Geometry,
} from "three";
import { LineMaterial } from "three/addons/lines/LineMaterial.js";
import { LineSegments2 } from "three/addons/lines/LineSegments2.js";
import { LineSegmentsGeometry } from "three/addons/lines/LineSegmentsGeometry.js";
import { CSS2DObject, CSS2DRenderer } from "three/addons/renderers/CSS2DRenderer.js";
import { abnormal, HIGHLIGHT, medium, SIGNS, type Status, type Theme } from "./palette";
import type { SceneAsset, SceneConnection, SceneModel, ScenePlace, ThingState } from "./protocol";
import { drawing } from "./shapes";
import { around, type Bounds, boxInView, type Covered, duct, spread, standing, standpoint, type Vec } from "./transform";

CameraControls.install({
  THREE: { Vector2, Vector3, Vector4, Quaternion, Matrix4, Spherical, Box3, Sphere, Raycaster },
});

const DIMMED = 0.72; // how far what is not highlighted moves towards the background
const LABELS = 60; // more labels than this hide each other
const SHADOWS = 4000; // above this many things a shadow pass costs more than it shows
const STOREY = 3.2; // metres between floors that are spread, beside their own height
const LINES = 0.42;
const CLOSEST = 14; // metres around a single thing when flying to it
const OUTLINE = 3; // pixels
const DRAG = 5; // pixels: who moves further does not click
const HIDDEN = new Matrix4().makeScale(0, 0, 0);

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly bounds: Bounds;
  readonly floor: string | null;
  readonly asset: SceneAsset | null;
  readonly place: ScenePlace | null;
  status: Status;
}

interface Slot {
  readonly mesh: InstancedMesh;
  readonly index: number;
  readonly matrix: Matrix4;
}

export interface Observer {
  /** ``null`` when nothing is under the pointer; x and y are CSS pixels from the view's corner. */
  hovered(id: string | null, x: number, y: number): void;
  picked(id: string): void;
  /** What panels take of the view. */
  covered(): Covered;
}

export class PlantScene {
  readonly #renderer: WebGLRenderer;
  readonly #labels = new CSS2DRenderer();
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(42, 1, 0.5, 4000);
  readonly #controls: CameraControls;
  readonly #sun = new DirectionalLight("#ffffff", 1);
  readonly #sky = new HemisphereLight("#ffffff", "#b7c4d2", 1);
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #plant = new Group();
  readonly #marks = new Group();
  readonly #things = new Map<string, Thing>();
  readonly #slots = new Map<string, Slot>();
  readonly #tags = new Map<string, CSS2DObject>();
  #model: SceneModel | null = null;
  #spread = true;
  #lifts = new Map<string, number>();
  #connections: readonly SceneConnection[] = [];
  #highlighted: readonly string[] = [];
  #hovered: string | null = null;
  #floor: string | null = null;
  #theme: Theme;
  #last = performance.now();
  #due = false;
  #pointer: { x: number; y: number } | null = null;

  constructor(
    readonly stage: HTMLElement,
    readonly observer: Observer,
    theme: Theme,
  ) {
    this.#theme = theme;
    this.#renderer = new WebGLRenderer({ antialias: true, preserveDrawingBuffer: true, powerPreference: "high-performance" });
    this.#renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.#renderer.shadowMap.type = PCFShadowMap;
    this.#renderer.shadowMap.autoUpdate = false;
    this.#labels.domElement.className = "labels";
    stage.append(this.#renderer.domElement, this.#labels.domElement);
    this.#controls = new CameraControls(this.#camera, this.#renderer.domElement);
    this.#controls.maxPolarAngle = Math.PI / 2 - 0.03;
    this.#controls.dollyToCursor = true;
    this.#controls.smoothTime = 0.22;
    this.#scene.add(this.#plant, this.#marks, this.#sun, this.#sun.target, this.#sky);
    this.#applyTheme();
    this.#listen();
    new ResizeObserver(() => this.#resize()).observe(stage);
    this.#resize();
  }

  /** Draw this plant instead of whatever was drawn before. */
  show(model: SceneModel): void {
    this.#clear();
    this.#model = model;
    this.#lifts = this.#spread ? spread(model.places, STOREY) : new Map();
    this.#connections = model.connections;
    for (const place of model.places) this.#addThing(place, null);
    for (const asset of model.assets) this.#addThing(null, asset);
    for (const place of model.places) this.#drawPlace(place);
    const shapes = Map.groupBy(model.assets, (asset) => asset.shape);
    for (const [shape, assets] of shapes) this.#drawEquipment(shape, assets);
    this.#drawConnections();
    this.#placeGround();
    this.#recolor();
    this.#marksAnew();
    this.#resize();
    void this.fit(false);
  }

  /** With the floors of a building apart from each other, or as they are. */
  setSpread(spread: boolean): void {
    this.#spread = spread;
    if (!this.#model) return;
    const statuses = [...this.#things.values()].map(({ id, status }) => ({ id, status, readings: [] }));
    this.show(this.#model);
    this.update(statuses);
  }

  update(changed: readonly ThingState[]): void {
    let different = false;
    for (const { id, status } of changed) {
      const thing = this.#things.get(id);
      if (!thing || thing.status === status) continue;
      thing.status = status;
      different = true;
    }
    if (!different) return;
    this.#recolor();
    this.#marksAnew();
  }

  /** Mark these things and no others, and fly to where all can be seen; ids that are not in the scene are left out. */
  highlight(ids: readonly string[], focus: string | null, smooth = true): string[] {
    this.#highlighted = ids.filter((id) => this.#things.has(id));
    this.#recolor();
    this.#marksAnew();
    const target = focus !== null && this.#things.has(focus) ? [focus, ...this.#highlighted] : this.#highlighted;
    if (target.length > 0) void this.#flyTo(target, smooth);
    return [...this.#highlighted];
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#applyTheme();
    this.#repaintPlaces();
    this.#recolor();
  }

  /** Only this floor and what stands on it; ``null`` is everything. */
  showFloor(floor: string | null): void {
    this.#floor = floor;
    for (const [id, slot] of this.#slots) {
      slot.mesh.setMatrixAt(slot.index, this.#visible(id) ? slot.matrix : HIDDEN);
      slot.mesh.instanceMatrix.needsUpdate = true;
    }
    for (const child of this.#plant.children) {
      const id = child.userData.place as string | undefined;
      if (id !== undefined) child.visible = this.#visible(id);
    }
    this.#drawConnections();
    this.#marksAnew();
    this.#renderer.shadowMap.needsUpdate = true;
    if (floor === null) void this.fit(true);
    else void this.#flyTo([floor], true);
  }

  async fit(smooth: boolean): Promise<void> {
    await this.#look([...this.#things.values()].map((thing) => thing.bounds), smooth, new Vector3(-0.5, 0.62, 0.86).normalize(), 0.02);
  }

  /** Where a thing's middle is in the view, in CSS pixels: for keyboards, tooltips and tests. */
  locate(id: string): { x: number; y: number } | null {
    const thing = this.#things.get(id);
    if (!thing) return null;
    const point = ballAround(thing.bounds).center.project(this.#camera);
    return { x: ((point.x + 1) / 2) * this.stage.clientWidth, y: ((1 - point.y) / 2) * this.stage.clientHeight };
  }

  hover(id: string | null): void {
    if (id === this.#hovered) return;
    this.#hovered = id;
    this.#marksAnew();
    const at = id === null ? null : this.locate(id);
    this.observer.hovered(id, at?.x ?? 0, at?.y ?? 0);
  }

  /** Draw when the browser is ready to; several requests make one picture. */
  request(): void {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame((now) => this.#frame(now));
  }

  #frame(now: number): void {
    this.#due = false;
    const moved = this.#controls.update(Math.min((now - this.#last) / 1000, 0.1));
    this.#last = now;
    if (this.#pointer) this.#hoverAt(this.#pointer);
    this.#renderer.render(this.#scene, this.#camera);
    this.#declutter();
    this.#labels.render(this.#scene, this.#camera);
    this.stage.dataset.moving = String(moved);
    if (moved) this.request();
  }

  /** Of labels that would hide each other the more important one stays: they were made in that order. */
  #declutter(): void {
    const taken: { x: number; y: number; half: number }[] = [];
    for (const tag of this.#tags.values()) {
      const at = tag.position.clone().project(this.#camera);
      const x = ((at.x + 1) / 2) * this.stage.clientWidth;
      const y = ((1 - at.y) / 2) * this.stage.clientHeight;
      const half = 10 + (tag.element.textContent?.length ?? 0) * 3.4;
      tag.visible = at.z < 1 && !taken.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 21);
      if (tag.visible) taken.push({ x, y, half });
    }
  }

  #listen(): void {
    const canvas = this.#renderer.domElement;
    let pressed: { x: number; y: number } | null = null;
    for (const event of ["control", "controlstart", "transitionstart", "update", "wake"] as const) {
      this.#controls.addEventListener(event, () => this.request());
    }
    canvas.addEventListener("pointermove", (event) => {
      this.#pointer = { x: event.offsetX, y: event.offsetY };
      this.request();
    });
    canvas.addEventListener("pointerleave", (event) => {
      if (isLabel(event.relatedTarget)) return; // a label is part of what it names
      this.#pointer = null;
      this.hover(null);
    });
    canvas.addEventListener("pointerdown", (event) => {
      pressed = { x: event.clientX, y: event.clientY };
    });
    canvas.addEventListener("click", (event) => {
      const dragged = pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > DRAG;
      const id = dragged ? null : this.#under(event.offsetX, event.offsetY);
      if (id !== null) this.observer.picked(id);
    });
  }

  #hoverAt({ x, y }: { x: number; y: number }): void {
    this.#pointer = null;
    const id = this.#under(x, y);
    this.#renderer.domElement.style.cursor = id === null ? "grab" : "pointer";
    if (id !== this.#hovered) {
      this.#hovered = id;
      this.#marksAnew();
    }
    this.observer.hovered(id, x, y);
  }

  /** The equipment under the pointer, or else the room there. */
  #under(x: number, y: number): string | null {
    const at = new Vector2((x / this.stage.clientWidth) * 2 - 1, 1 - (y / this.stage.clientHeight) * 2);
    const ray = new Raycaster();
    ray.setFromCamera(at, this.#camera);
    const shown = this.#plant.children.filter((child) => child.visible);
    const hit = ray.intersectObjects(shown.filter((child) => child instanceof InstancedMesh), false)[0];
    if (hit?.instanceId !== undefined) return (hit.object.userData.ids as string[])[hit.instanceId] ?? null;
    const rooms = shown.flatMap((child) => child.children).filter((part) => typeof part.userData.place === "string");
    return (ray.intersectObjects(rooms, false)[0]?.object.userData.place as string | undefined) ?? null;
  }

  #addThing(place: ScenePlace | null, asset: SceneAsset | null): void {
    if (asset) {
      const bounds = raised(standing(asset.position, asset.size), this.#lifts.get(asset.floor ?? "") ?? 0);
      this.#things.set(asset.id, { id: asset.id, name: asset.name, bounds, floor: asset.floor, asset, place: null, status: asset.status });
    } else if (place) {
      const floor = place.kind === "Space" ? place.parent : place.id;
      const bounds = raised(boxInView(place.box), this.#lifts.get(floor ?? "") ?? 0);
      this.#things.set(place.id, { id: place.id, name: place.name, bounds, floor, asset: null, place, status: place.status });
    }
  }

  #visible(id: string): boolean {
    const thing = this.#things.get(id);
    return this.#floor === null || thing?.floor === this.#floor;
  }

  #drawPlace(place: ScenePlace): void {
    if (place.kind === "Building") return;
    const { min, max } = this.#things.get(place.id)!.bounds;
    const flat = place.kind !== "Space" || max[1] - min[1] < 0.6;
    const height = flat ? 0.14 : max[1] - min[1];
    const geometry = new BoxGeometry(max[0] - min[0], height, max[2] - min[2]);
    const body = new Mesh(geometry, new MeshLambertMaterial({ transparent: true, depthWrite: flat }));
    body.receiveShadow = flat;
    body.renderOrder = flat ? 0 : 2;
    const edges = new LineSegments(new EdgesGeometry(geometry), new LineBasicMaterial({ transparent: true, opacity: flat ? 0.8 : 0.4 }));
    edges.renderOrder = 3;
    const group = new Group();
    group.add(body, edges);
    group.position.set((min[0] + max[0]) / 2, flat ? min[1] - height / 2 : (min[1] + max[1]) / 2, (min[2] + max[2]) / 2);
    group.userData = { place: place.id, flat };
    body.userData.place = flat ? undefined : place.id;
    this.#plant.add(group);
  }

  #repaintPlaces(): void {
    for (const child of this.#plant.children) {
      const id = child.userData.place as string | undefined;
      if (id === undefined) continue;
      const [body, edges] = child.children as [Mesh<BufferGeometry, MeshLambertMaterial>, LineSegments<BufferGeometry, LineBasicMaterial>];
      const status = this.#things.get(id)?.status ?? "unknown";
      const troubled = status === "alarm" || status === "warning";
      const flat = child.userData.flat as boolean;
      body.material.color.set(flat ? this.#theme.slab : troubled ? SIGNS[status].color : this.#theme.room);
      // Through the floors one sees what an answer is about.
      body.material.opacity = flat ? (this.#highlighted.length > 0 ? 0.3 : 0.9) : troubled ? 0.34 : 0.2;
      body.material.depthWrite = flat && this.#highlighted.length === 0;
      edges.material.color.set(troubled && !flat ? SIGNS[status].color : this.#theme.edge);
    }
  }

  #drawEquipment(shape: SceneAsset["shape"], assets: readonly SceneAsset[]): void {
    const mesh = new InstancedMesh(drawing(shape), new MeshLambertMaterial(), assets.length);
    const turn = new Quaternion();
    assets.forEach((asset, index) => {
      const { min, max } = this.#things.get(asset.id)!.bounds;
      const foot = new Vector3((min[0] + max[0]) / 2, min[1], (min[2] + max[2]) / 2);
      const scale = new Vector3(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
      const matrix = new Matrix4().compose(foot, turn, scale);
      mesh.setMatrixAt(index, matrix);
      this.#slots.set(asset.id, { mesh, index, matrix });
    });
    mesh.userData.ids = assets.map((asset) => asset.id);
    mesh.castShadow = mesh.receiveShadow = this.#things.size <= SHADOWS;
    mesh.computeBoundingSphere();
    this.#plant.add(mesh);
  }

  #drawConnections(): void {
    this.#plant.children.filter((child) => child.userData.connections).forEach((child) => this.#discard(child as LineSegments));
    const lanes = new Map<string, number>();
    const points: number[] = [];
    const colors: number[] = [];
    for (const connection of this.#connections) {
      const run = this.#run(connection, lanes);
      const color = new Color(medium(connection.medium).color);
      for (let i = 0; i + 1 < run.length; i++) {
        points.push(...run[i]!, ...run[i + 1]!);
        colors.push(color.r, color.g, color.b, color.r, color.g, color.b);
      }
    }
    const geometry = new Geometry();
    geometry.setAttribute("position", new BufferAttribute(new Float32Array(points), 3));
    geometry.setAttribute("color", new BufferAttribute(new Float32Array(colors), 3));
    const lines = new LineSegments(geometry, new LineBasicMaterial({ vertexColors: true, transparent: true, opacity: LINES }));
    lines.userData.connections = true;
    lines.renderOrder = 1;
    this.#plant.add(lines);
  }

  #run({ start, end }: SceneConnection, lanes: Map<string, number>): Vec[] {
    const [from, to] = [this.#things.get(start), this.#things.get(end)];
    if (!from || !to || !(this.#visible(start) && this.#visible(end))) return [];
    const lane = lanes.get(start) ?? lanes.size;
    lanes.set(start, lane);
    return duct(from.bounds, to.bounds, lane);
  }

  #placeGround(): void {
    const all = around([...this.#things.values()].map((thing) => thing.bounds));
    if (!all) return;
    const { center, radius } = ballAround(all);
    const ground = new Mesh(new PlaneGeometry(radius * 6, radius * 6), new ShadowMaterial());
    ground.rotation.x = -Math.PI / 2;
    ground.position.set(center.x, all.min[1] - 0.4, center.z);
    ground.receiveShadow = true;
    ground.userData.ground = true;
    this.#plant.add(ground);
    this.#sun.position.copy(center).add(new Vector3(-0.5, 1, 0.35).multiplyScalar(radius * 2));
    this.#sun.target.position.copy(center);
    this.#sun.castShadow = this.#renderer.shadowMap.enabled = this.#things.size <= SHADOWS;
    const reach = this.#sun.shadow.camera;
    [reach.left, reach.right, reach.top, reach.bottom] = [-radius, radius, radius, -radius].map((side) => side * 1.1) as [number, number, number, number];
    [reach.near, reach.far] = [0.5, radius * 5];
    reach.updateProjectionMatrix();
    this.#sun.shadow.mapSize.set(2048, 2048);
    this.#sun.shadow.bias = -0.0006;
    this.#sun.shadow.normalBias = 0.06;
    this.#sun.shadow.intensity = 0.6;
    this.#renderer.shadowMap.needsUpdate = true;
    this.#camera.far = radius * 14;
    this.#camera.updateProjectionMatrix();
    this.#controls.maxDistance = radius * 6;
    this.#applyTheme();
  }

  #applyTheme(): void {
    this.#scene.background = new Color(this.#theme.background);
    this.#sky.intensity = this.#theme.sky;
    this.#sun.intensity = this.#theme.sun;
    for (const child of this.#plant.children) {
      if (child.userData.ground) ((child as Mesh).material as ShadowMaterial).opacity = this.#theme.shadow;
    }
    this.request();
  }

  #recolor(): void {
    const some = this.#highlighted.length > 0;
    const marked = new Set(this.#withParts(this.#highlighted));
    const away = new Color(this.#theme.away);
    const color = new Color();
    for (const [id, { mesh, index }] of this.#slots) {
      color.set(SIGNS[this.#things.get(id)!.status].color);
      if (some && !marked.has(id) && !abnormal(this.#things.get(id)!.status)) color.lerp(away, DIMMED);
      mesh.setColorAt(index, color);
      if (mesh.instanceColor) mesh.instanceColor.needsUpdate = true;
    }
    for (const child of this.#plant.children) {
      if (child.userData.connections) ((child as LineSegments).material as LineBasicMaterial).opacity = some ? LINES / 3 : LINES;
    }
    this.#repaintPlaces();
    this.request();
  }

  /** Outlines and labels: few things at a time, so they are simply built again. Labels stay the same, because people click them. */
  #marksAnew(): void {
    const before = new Map(this.#tags);
    this.#tags.clear();
    for (const mark of [...this.#marks.children]) if (!(mark instanceof CSS2DObject)) this.#unmark(mark);
    const shown = this.#highlighted.filter((id) => this.#visible(id));
    for (const id of this.#withParts(shown).slice(0, 500)) this.#outline(id, HIGHLIGHT, 0.12);
    if (this.#hovered !== null && !shown.includes(this.#hovered)) this.#outline(this.#hovered, "#1d2b3a", 0.08);
    const among = new Set(shown);
    this.#trace(({ start, end }) => among.has(start) && among.has(end));
    if (this.#hovered !== null) this.#trace(({ start, end }) => start === this.#hovered || end === this.#hovered);
    this.#label(shown, before);
    for (const [id, tag] of before) if (this.#tags.get(id) !== tag) this.#unmark(tag);
    this.request();
  }

  /** The more important ones first: where two would hide each other, the first is shown. */
  #label(shown: readonly string[], before: ReadonlyMap<string, CSS2DObject>): void {
    const all = [...this.#things.values()].filter((thing) => thing.asset && this.#visible(thing.id));
    const troubled = all.filter((thing) => thing.status === "alarm").map(({ id }) => id);
    const critical = this.#highlighted.length === 0 ? all.filter((thing) => thing.asset?.critical).map(({ id }) => id) : [];
    const hovered = this.#hovered === null ? [] : [this.#hovered];
    for (const id of [...hovered, ...troubled.slice(0, LABELS), ...shown.slice(0, LABELS), ...critical.slice(0, LABELS)]) {
      this.#tag(id, shown.includes(id), before.get(id));
    }
  }

  /** A highlight of something is one of its parts too. */
  #withParts(ids: readonly string[]): string[] {
    const all = new Set(ids);
    for (let before = -1; before !== all.size; ) {
      before = all.size;
      for (const asset of this.#model?.assets ?? []) if (asset.whole !== null && all.has(asset.whole)) all.add(asset.id);
    }
    return [...all];
  }

  #tag(id: string, highlighted: boolean, before: CSS2DObject | undefined): void {
    const thing = this.#things.get(id);
    if (!thing || this.#tags.has(id)) return;
    const tag = before ?? new CSS2DObject(this.#labelled(id));
    const alarm = thing.status === "alarm";
    tag.element.className = `tag${alarm ? " alarm" : ""}${highlighted ? " highlighted" : ""}`;
    tag.element.textContent = alarm ? `${SIGNS.alarm.sign} ${thing.name}` : thing.name;
    tag.center.set(0.5, 1);
    const { min, max } = thing.bounds;
    tag.position.set((min[0] + max[0]) / 2, max[1] + 0.4, (min[2] + max[2]) / 2);
    this.#tags.set(id, tag);
    if (!before) this.#marks.add(tag);
  }

  /** A label is a button for what it names; a drag or a wheel over it moves the view. Keyboards have the equipment list. */
  #labelled(id: string): HTMLElement {
    const canvas = this.#renderer.domElement;
    const label = document.createElement("button");
    let pressed: { x: number; y: number } | null = null;
    label.type = "button";
    label.tabIndex = -1;
    label.addEventListener("pointerenter", () => {
      this.#pointer = null; // where it was on the canvas a moment ago
      this.hover(id);
    });
    label.addEventListener("pointerleave", (event) => {
      if (event.relatedTarget !== canvas && !isLabel(event.relatedTarget)) this.hover(null);
    });
    label.addEventListener("pointerdown", (event) => {
      pressed = { x: event.clientX, y: event.clientY };
      canvas.dispatchEvent(new PointerEvent(event.type, event));
    });
    label.addEventListener("wheel", (event) => canvas.dispatchEvent(new WheelEvent(event.type, event)), { passive: true });
    label.addEventListener("click", (event) => {
      if (!pressed || Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) <= DRAG) this.observer.picked(id);
    });
    return label;
  }

  #outline(id: string, color: string, thickness: number): void {
    const slot = this.#slots.get(id);
    const bounds = this.#things.get(id)?.bounds;
    if (slot) this.#outlineEquipment(slot, bounds!, color, thickness);
    else if (bounds) this.#outlinePlace(bounds, color);
  }

  /** A rim: the same shape a little larger and inside out; and its edges, which are seen from far as well. Its own colour, above all that of an alarm, stays. */
  #outlineEquipment(slot: Slot, { min, max }: Bounds, color: string, thickness: number): void {
    const size = new Vector3(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
    const grown = new Vector3(1 + (2 * thickness) / size.x, 1 + (2 * thickness) / size.y, 1 + (2 * thickness) / size.z);
    const rim = new Mesh(slot.mesh.geometry, new MeshBasicMaterial({ color, side: BackSide, transparent: true }));
    rim.applyMatrix4(slot.matrix);
    rim.scale.multiply(grown);
    rim.position.y -= thickness;
    rim.userData.borrowed = true;
    const edges = thickLines(new EdgesGeometry(slot.mesh.geometry, 35), color);
    edges.applyMatrix4(slot.matrix);
    [rim.renderOrder, edges.renderOrder] = [6, 7]; // after the floors that may lie before them
    this.#marks.add(rim, edges);
  }

  #outlinePlace({ min, max }: Bounds, color: string): void {
    const box = new BoxGeometry(max[0] - min[0], Math.max(max[1] - min[1], 0.1), max[2] - min[2]);
    const edges = thickLines(new EdgesGeometry(box), color);
    box.dispose();
    edges.position.set((min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2);
    edges.renderOrder = 4;
    this.#marks.add(edges);
  }

  /** Some of the connections, over everything else. */
  #trace(wanted: (connection: SceneConnection) => boolean): void {
    const own = this.#connections.filter(wanted);
    const points = own.flatMap((connection) => {
      const run = this.#run(connection, new Map([[connection.start, 0]]));
      return run.slice(0, -1).flatMap((point, i) => [...point, ...run[i + 1]!]);
    });
    if (points.length === 0) return;
    const geometry = new Geometry();
    geometry.setAttribute("position", new BufferAttribute(new Float32Array(points), 3));
    const lines = new LineSegments(geometry, new LineBasicMaterial({ color: HIGHLIGHT, depthTest: false }));
    lines.renderOrder = 5;
    this.#marks.add(lines);
  }

  #unmark(mark: Group["children"][number]): void {
    this.#marks.remove(mark);
    if (mark instanceof CSS2DObject) mark.element.remove();
    if (!(mark instanceof Mesh || mark instanceof LineSegments)) return;
    if (!mark.userData.borrowed) (mark.geometry as BufferGeometry).dispose();
    (mark.material as MeshBasicMaterial).dispose();
  }

  async #flyTo(ids: readonly string[], smooth: boolean): Promise<void> {
    const boxes = ids.map((id) => this.#things.get(id)!.bounds);
    const all = around(boxes);
    if (!all) return;
    const missing = Math.max(0, CLOSEST - ballAround(all).radius) / 2; // one pump alone should be seen with what is around it
    const grown = boxes.map(({ min, max }) => ({ min: moved(min, -missing), max: moved(max, missing) }));
    const from = this.#camera.position.clone().sub(this.#controls.getTarget(new Vector3())).normalize();
    from.setY(Math.min(Math.max(from.y, 0.4), 0.75));
    await this.#look(grown, smooth, from.normalize(), 0.05);
  }

  /** See all boxes from a direction, between the panels and with a share of the view free at each side. */
  async #look(boxes: readonly Bounds[], smooth: boolean, from: Vector3, free: number): Promise<void> {
    if (boxes.length === 0) return;
    const forward = from.clone().negate();
    const right = forward.clone().cross(new Vector3(0, 1, 0)).normalize();
    const up = right.clone().cross(forward);
    const tall = Math.tan((this.#camera.fov * Math.PI) / 360);
    const lens = { forward: forward.toArray(), up: up.toArray(), right: right.toArray(), tall, wide: tall * this.#camera.aspect };
    const { top, right: east, bottom, left } = this.observer.covered();
    const { eye, depth } = standpoint(boxes, lens, { top: top + free, right: east + free, bottom: bottom + free, left: left + free });
    const [x, y, z] = eye;
    const target = new Vector3(...eye).addScaledVector(forward, Math.max(depth, 1));
    this.stage.dataset.moving = "true";
    this.request();
    await this.#controls.setLookAt(x, y, z, target.x, target.y, target.z, smooth && !this.#calm.matches);
  }

  #resize(): void {
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    if (width === 0 || height === 0) return;
    this.#camera.aspect = width / height;
    this.#camera.updateProjectionMatrix();
    this.#renderer.setSize(width, height);
    this.#labels.setSize(width, height);
    this.request();
  }

  #discard(child: Mesh | LineSegments | InstancedMesh | Group): void {
    this.#plant.remove(child);
    child.traverse((part) => {
      if (!(part instanceof Mesh || part instanceof LineSegments)) return;
      (part.geometry as BufferGeometry).dispose();
      (part.material as MeshBasicMaterial).dispose();
      if (part instanceof InstancedMesh) part.dispose();
    });
  }

  #clear(): void {
    for (const child of [...this.#plant.children]) this.#discard(child as Group);
    for (const mark of [...this.#marks.children]) this.#unmark(mark);
    this.#things.clear();
    this.#slots.clear();
    this.#tags.clear();
    this.#hovered = null;
    this.#floor = null;
  }
}

const isLabel = (target: EventTarget | null): boolean => target instanceof Element && target.classList.contains("tag");

function thickLines(edges: EdgesGeometry, color: string): LineSegments2 {
  const lines = new LineSegments2(new LineSegmentsGeometry().fromEdgesGeometry(edges), new LineMaterial({ color, linewidth: OUTLINE, transparent: true }));
  edges.dispose();
  return lines;
}

function raised({ min, max }: Bounds, lift: number): Bounds {
  return { min: [min[0], min[1] + lift, min[2]], max: [max[0], max[1] + lift, max[2]] };
}

function moved([x, y, z]: Vec, by: number): Vec {
  return [x + by, y + by, z + by];
}

function ballAround({ min, max }: Bounds): { center: Vector3; radius: number } {
  const box = new Box3(new Vector3(...min), new Vector3(...max));
  const ball = box.getBoundingSphere(new Sphere());
  return { center: ball.center, radius: Math.max(ball.radius, 1) };
}

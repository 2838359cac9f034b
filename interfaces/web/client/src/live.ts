// The one connection to the server: it comes back by itself, a little later each time.
import { parseLive } from "./messages";
import type { LiveMessage } from "./protocol";

export interface Listener {
  message(message: LiveMessage): void;
  connected(yes: boolean): void;
  /** The server is there again and does not know this page any more: it was started anew. */
  forgotten(): void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export class Live {
  #socket: WebSocket | null = null;
  #wait = FIRST_WAIT_MS;
  #welcome = false;

  constructor(
    readonly address: string,
    readonly health: string,
    readonly listener: Listener,
  ) {}

  open(): void {
    const socket = new WebSocket(this.address);
    this.#socket = socket;
    let opened = false;
    socket.onopen = () => {
      this.#welcome = opened = true;
      this.#wait = FIRST_WAIT_MS;
      this.listener.connected(true);
    };
    socket.onmessage = (event) => {
      const message = parseLive(String(event.data));
      if (message) this.listener.message(message);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.listener.connected(false);
      if (this.#welcome && !opened) void this.#askWhy();
      setTimeout(() => this.open(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    };
  }

  /** A page that was welcome once is refused by a server that answers everything else. */
  async #askWhy(): Promise<void> {
    const answer = await fetch(this.health).catch(() => null);
    if (answer?.ok) this.listener.forgotten();
  }
}

// The one connection to the server: it comes back by itself, a little later each time.
import { parseLive } from "./messages";
import type { LiveMessage } from "./protocol";

export interface Listener {
  message(message: LiveMessage): void;
  connected(yes: boolean): void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export class Live {
  #socket: WebSocket | null = null;
  #wait = FIRST_WAIT_MS;

  constructor(
    readonly address: string,
    readonly listener: Listener,
  ) {}

  open(): void {
    const socket = new WebSocket(this.address);
    this.#socket = socket;
    socket.onopen = () => {
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
      setTimeout(() => this.open(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    };
  }
}

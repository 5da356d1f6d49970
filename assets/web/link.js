// The live link: what the studio shows, kept up to date, and the way back for orders. Reconnects by itself; what was shown last
// stays. The messages are those of src/core/live.rs.

import { Offset } from "./offset.js";

const VERSION = 1;
const ROAD = "/api/v1/live";
const ME = "/api/v1/me";
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2000;
// A line that has said nothing for so long is given up: the clock is asked for far more often.
const SILENCE_MS = 6000;
const CLOCK_MS = 2000;
const FIRST_CLOCK_MS = 150;
const FIRST_CLOCKS = 5;
const HEALTH_MS = 5000;

/** This page's clock in whole nanoseconds. */
const ours = () => Math.round(performance.now() * 1e6);

/** `kind` is "page" or "remote". `changed(what)` is called after each change, with the name of what changed. */
export class Link {
  scenes = null;
  look = null;
  status = null;
  mirrors = {};
  /** Text and motion that belong together; the text that is shown stays until the motion of the next one has come. */
  text = null;
  motion = null;
  connected = false;
  /** Why there is no line, where more is known than that. */
  trouble = "";
  studio = "";
  name = "";
  offset = new Offset();
  /** Figures about frames for the studio, or null. */
  smoothness = () => null;

  #kind;
  #changed;
  #next = { text: null, motion: null };
  #socket = null;
  #wait = FIRST_WAIT_MS;
  #heard = 0;
  #clocks = 0;
  #timer = 0;
  #opening = false;

  constructor(kind, changed) {
    this.#kind = kind;
    this.#changed = changed;
    setInterval(() => this.#watch(), 1000);
    setInterval(() => this.#health(), HEALTH_MS);
    document.addEventListener("visibilitychange", () => this.#wake());
    window.addEventListener("online", () => this.#wake());
    this.#open();
  }

  /** The studio's clock in nanoseconds; null before it is known. */
  now() {
    const now = ours();
    return this.offset.nanos === null ? null : now + this.offset.at(now);
  }

  /** Sends an order; false when there is no line. */
  order(order) {
    return this.#send({ type: "order", order });
  }

  async #open() {
    if (this.#opening) return;
    this.#opening = true;
    clearTimeout(this.#timer);
    try {
      const answer = await fetch(ME, { cache: "no-store" });
      if (answer.status === 401) return location.replace("/pair");
      if (!answer.ok) throw new Error(answer.status === 404 ? "Sharing is switched off in the studio." : "");
      const me = await answer.json();
      this.studio = me.studio;
      this.name = me.name ?? "";
    } catch (error) {
      this.#opening = false;
      return this.#lost(error instanceof TypeError ? "" : error.message);
    }
    this.#opening = false;
    const socket = new WebSocket(`ws://${location.host}${ROAD}`);
    this.#socket = socket;
    this.#heard = performance.now();
    socket.onopen = () => {
      this.#send({ type: "hello", version: VERSION, name: this.name || "A browser", kind: this.#kind });
      this.#clocks = 0;
      this.#ask();
    };
    socket.onmessage = (event) => {
      const received = ours();
      this.#heard = performance.now();
      this.#take(JSON.parse(event.data), received);
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#lost("");
    };
  }

  #take(update, received) {
    switch (update.type) {
      case "welcome":
        if (update.version !== VERSION) return this.#lost("This page is of another version. Load it again.");
        this.connected = true;
        this.trouble = "";
        this.#wait = FIRST_WAIT_MS;
        break;
      case "clock":
        this.offset.hear(update.sent, update.now, received);
        break;
      case "text":
      case "motion":
        this.#next[update.type] = update;
        if (this.#next.text?.revision === this.#next.motion?.revision) {
          this.text = this.#next.text;
          this.motion = this.#next.motion;
        }
        break;
      case "mirrors":
        this.mirrors = update.mirrors;
        break;
      case "scenes":
      case "look":
      case "status":
        this[update.type] = update;
        break;
    }
    this.#changed(update.type, update);
  }

  #lost(trouble) {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.connected = false;
    this.trouble = trouble;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    this.#changed("lost", null);
  }

  /** Back in front: what waited is tried at once. */
  #wake() {
    if (document.hidden) return;
    this.#wait = FIRST_WAIT_MS;
    if (!this.#socket) this.#open();
    else this.#ask();
  }

  #watch() {
    if (this.#socket && performance.now() - this.#heard > SILENCE_MS) this.#lost("");
  }

  /** Asks for the studio's clock, a few times quickly and then now and then. */
  #ask() {
    const socket = this.#socket;
    if (!this.#send({ type: "clock", sent: ours() })) return;
    this.#clocks += 1;
    clearTimeout(this.#timer);
    const wait = this.#clocks < FIRST_CLOCKS ? FIRST_CLOCK_MS : CLOCK_MS;
    this.#timer = setTimeout(() => this.#socket === socket && this.#ask(), wait);
  }

  #health() {
    if (!this.connected || this.offset.nanos === null) return;
    const [offset_ms, round_trip_ms] = [this.offset.nanos / 1e6, this.offset.roundTrip / 1e6];
    this.#send({ type: "health", offset_ms, round_trip_ms, smoothness: this.smoothness() });
  }

  #send(report) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(report));
    return true;
  }
}

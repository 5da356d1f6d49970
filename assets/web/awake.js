// Keeps the screen on. Browsers have a wake lock for that, but only on pages that came encrypted; a silent video that plays
// does the same on others. Both may be refused: then the page says so instead of going dark in the middle of a sentence.

const VIDEO = "/web/awake.mp4";

export class Awake {
  /** "on", "off" or "refused". */
  state = "off";
  #lock = null;
  #video = null;
  #changed;
  #wanted = false;

  constructor(changed) {
    this.#changed = changed;
    document.addEventListener("visibilitychange", () => {
      // Browsers take both away from a page that is not seen.
      if (this.#wanted && !document.hidden) this.keep();
    });
  }

  /** Asks for it; a browser grants it only in answer to a touch, so that it is asked for again at each one. */
  async keep() {
    this.#wanted = true;
    try {
      if (navigator.wakeLock) {
        if (!this.#lock || this.#lock.released) {
          this.#lock = await navigator.wakeLock.request("screen");
          this.#lock.addEventListener("release", () => this.#set(document.hidden ? "off" : "refused"));
        }
      } else {
        await this.#play();
      }
      this.#set("on");
    } catch {
      this.#set(this.#video || navigator.wakeLock ? "refused" : "off");
    }
  }

  async #play() {
    if (!this.#video) {
      this.#video = document.createElement("video");
      this.#video.src = VIDEO;
      this.#video.loop = true;
      this.#video.playsInline = true;
      this.#video.className = "awake";
      this.#video.setAttribute("aria-hidden", "true");
      this.#video.addEventListener("pause", () => this.#set("refused"));
      document.body.append(this.#video);
    }
    if (this.#video.paused) await this.#video.play();
  }

  #set(state) {
    if (this.state === state) return;
    this.state = state;
    this.#changed(state);
  }
}

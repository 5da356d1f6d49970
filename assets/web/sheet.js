// The rows on the screen. Each is set on one line at its place and made smaller where this browser's font comes out wider than
// the column; rows are never broken again. Only those near the screen exist, and scrolling moves them all by one transform.

import { bisect } from "./course.js";

// As in src/gpu/passes/prompter: free space beside the column, and the soft edges, in ems.
const GUTTER = 1;
const FADE = 0.9;
// Full brightness up to this distance from the eye line, dimmest from the second on, in rows.
const NEAR = 0.9;
const FAR = 4.2;
// Rows kept beyond both edges, and how far the place may be from the point the rows are placed around, in ems: browsers
// count pixels in single precision.
const MARGIN = 8;
const REACH = 400;

export class Sheet {
  text = null;
  look = {};
  /** Pixels to the em. */
  em = 0;
  /** Height of the eye line in pixels. */
  eye = 0;
  /** The position the rows are placed around. */
  base = 0;
  #window;
  #lines;
  #rows = new Map();
  #shift = "";

  /** `window` shows what `lines` holds. */
  constructor(window, lines) {
    this.#window = window;
    this.#lines = lines;
  }

  /** Takes a text and a look over. */
  show(text, look, position) {
    this.text = text;
    this.look = look ?? {};
    this.measure(position);
  }

  /** Fits everything to the window's size. */
  measure(position) {
    const { clientWidth: width, clientHeight: height } = this.#window;
    const column = Math.max(this.text?.column_ems || this.look.column_ems || 20, 1);
    const margin = width * Math.min(Math.max(this.look.margin || 0, 0), 0.45);
    this.em = (width - 2 * margin) / (column + 2 * GUTTER);
    this.column = column * this.em;
    this.left = margin + GUTTER * this.em;
    this.eye = Math.round(height * Math.min(Math.max(this.look.eye_line ?? 0.36, 0), 1));
    this.#lines.style.setProperty("--em", `${this.em}px`);
    this.#lines.style.left = `${this.left}px`;
    this.#lines.style.width = `${this.column}px`;
    this.#dim(height);
    this.#rows.forEach((row) => row.remove());
    this.#rows.clear();
    this.base = position;
    this.move(position);
  }

  /** Brings the position to the eye line; `snapped` (0 to 1) is how far it has eased onto whole pixels. */
  move(position, snapped = 0) {
    if (Math.abs(position - this.base) > REACH) {
      this.base = position;
      this.#rows.forEach((row, index) => this.#place(row, this.text.rows[index]));
    }
    const exact = this.eye - (position - this.base) * this.em;
    const shift = exact + (Math.round(exact) - exact) * snapped * snapped * (3 - 2 * snapped);
    const transform = `translate3d(0, ${shift.toFixed(3)}px, 0)`;
    if (transform !== this.#shift) this.#lines.style.transform = this.#shift = transform;
    this.#keep(position);
  }

  /** Adds rows that come near and drops those that are far. */
  #keep(position) {
    const rows = this.text?.rows ?? [];
    const top = position - this.eye / this.em - MARGIN;
    const bottom = position + (this.#window.clientHeight - this.eye) / this.em + MARGIN;
    const first = bisect(rows, (row) => row.top + row.height > top);
    const end = bisect(rows, (row) => row.top > bottom);
    for (const [index, row] of this.#rows) {
      if (index >= first && index < end) continue;
      row.remove();
      this.#rows.delete(index);
    }
    const added = [];
    for (let index = first; index < end; index += 1) {
      if (this.#rows.has(index)) continue;
      const row = this.#make(rows[index], index);
      this.#rows.set(index, row);
      added.push(row);
    }
    if (!added.length) return;
    this.#lines.append(...added);
    // All are measured before any is changed, so that the browser lays out once.
    const widths = added.map((row) => row.firstChild.getBoundingClientRect().width);
    const turned = widths.map((width) => width > this.column && this.column / width);
    added.forEach((row, i) => turned[i] && row.style.setProperty("--fit", turned[i]));
  }

  #make(row, index) {
    const line = document.createElement("div");
    line.className = "row";
    line.dir = row.rtl ? "rtl" : "ltr";
    line.dataset.row = index;
    const inner = document.createElement("span");
    row.runs.forEach((run, i) => {
      const span = document.createElement("span");
      span.className = run.style;
      span.textContent = i + 1 === row.runs.length ? run.text.trimEnd() : run.text;
      inner.append(span);
    });
    line.append(inner);
    this.#place(line, row);
    return line;
  }

  #place(line, row) {
    line.style.top = `${((row.top - this.base) * this.em).toFixed(3)}px`;
    line.style.height = line.style.lineHeight = `${(row.height * this.em).toFixed(3)}px`;
  }

  /** Text is dimmed away from the eye line and fades at the edges. */
  #dim(height) {
    const far = this.look.far_brightness ?? 1;
    const row = (this.look.line_height ?? 1.4) * this.em;
    const smooth = (x) => (x <= 0 ? 0 : x >= 1 ? 1 : x * x * (3 - 2 * x));
    const fade = FADE * this.em;
    const light = (y) => {
      const away = smooth((Math.abs(y - this.eye) / row - NEAR) / (FAR - NEAR));
      return (1 + (far - 1) * away) * smooth(Math.min(y, height - y) / fade);
    };
    const stops = [];
    for (let i = 0; i <= 32; i += 1) {
      const y = (height * i) / 32;
      stops.push(`rgb(0 0 0 / ${light(y).toFixed(3)}) ${y.toFixed(1)}px`);
    }
    const mask = `linear-gradient(${stops.join(", ")})`;
    this.#window.style.webkitMaskImage = mask;
    this.#window.style.maskImage = mask;
  }
}

// The prompter page: where the words stand is computed from the anchors for every frame, on the studio's clock.

import { atRest, rowAt, secsLeft, state } from "./course.js";
import { Awake } from "./awake.js";
import { Link } from "./link.js";
import { Sheet } from "./sheet.js";

const at = (id) => document.getElementById(id);
const [stage, lines, eye, sign, controls] = ["stage", "lines", "eye", "sign", "controls"].map(at);
const CONTROLS_MS = 4000;
// Part of the way onto whole pixels that one frame goes.
const SNAP_STEP = 0.125;

export const sheet = new Sheet(at("window"), lines);
export const link = new Link("page", changed);
link.smoothness = smoothness;

/** The studio's time for which the words were last placed, in nanoseconds. */
export let drawn = 0;
let snapped = 0;
let frame = 0;
/** Intervals between frames while the text moved, in milliseconds. */
let intervals = [];
let last = 0;

function changed(what) {
  if (what === "motion" || what === "text") {
    if (sheet.text !== link.text) sheet.show(link.text, link.look, position());
  } else if (what === "look") {
    dress(link.look);
    sheet.show(link.text, link.look, position());
    mark();
  }
  mirror();
  mark();
  figures();
  say();
  wake();
}

/** Where the text stands now, in ems. */
function position() {
  const now = link.now();
  return link.motion && now !== null ? state(link.motion.course, now)[0] : sheet.base;
}

function wake() {
  if (!frame) frame = requestAnimationFrame(draw);
}

function draw(time) {
  frame = 0;
  const now = link.now();
  if (!link.motion || now === null) return;
  const resting = atRest(link.motion.course, now);
  snapped = Math.min(Math.max(snapped + (resting ? SNAP_STEP : -SNAP_STEP), 0), 1);
  sheet.move(state(link.motion.course, now)[0], snapped);
  drawn = now;
  if (!resting) {
    if (last) intervals.push(time - last);
    last = time;
  } else {
    last = 0;
  }
  if (!resting || snapped < 1) wake();
}

/** How evenly frames came since it was last asked. */
function smoothness() {
  const sorted = intervals.sort((a, b) => a - b);
  intervals = [];
  if (sorted.length < 30) return null;
  const part = (p) => sorted[Math.min(Math.floor(sorted.length * p), sorted.length - 1)];
  const period = part(0.5);
  const missed = sorted.reduce((sum, each) => sum + Math.max(Math.round(each / period) - 1, 0), 0);
  const longest_ms = sorted[sorted.length - 1];
  return { frames: sorted.length, period_ms: period, p50_ms: period, p99_ms: part(0.99), longest_ms, missed };
}

/** Colours and shape as the studio has them; what this version does not know stays as it is. */
function dress(look) {
  const colours = look.palette ?? {};
  const names = { background: "--ground", text: "--ink", cue: "--cue", heading: "--heading", marker: "--mark" };
  for (const [name, variable] of Object.entries(names)) {
    const value = colours[name];
    if (/^#[0-9a-f]{6}$/i.test(value ?? "")) document.documentElement.style.setProperty(variable, value);
    else document.documentElement.style.removeProperty(variable);
  }
  const face = typeof look.face === "string" ? JSON.stringify(look.face) : "";
  if (face) lines.style.setProperty("--face", face);
  else lines.style.removeProperty("--face");
  lines.className = [look.align, look.cues ?? "italic"].filter((word) => /^[a-z]+$/.test(word ?? "")).join(" ");
}

/** The eye line. */
function mark() {
  const kind = link.look?.marker ?? "triangle";
  const side = link.text?.rtl ? "end" : "start";
  eye.className = kind === "triangle" ? side : kind;
  eye.hidden = !link.text?.rows.length;
  eye.style.top = `${sheet.eye}px`;
  eye.style.setProperty("--em", `${sheet.em}px`);
  eye.style.setProperty("--gutter", `${sheet.left ?? 0}px`);
}

/** Mirrored as chosen here; else as the studio says for this display, or for all. */
function mirror() {
  const studio = link.mirrors?.[link.name] ?? link.look?.mirror ?? {};
  for (const way of ["horizontal", "vertical"]) {
    const own = localStorage.getItem(`mirror-${way}`);
    const on = own === null ? Boolean(studio[way]) : own === "true";
    stage.classList.toggle(way, on);
    at(way).setAttribute("aria-pressed", on);
  }
}

const clock = (secs) => {
  const whole = Math.max(Math.round(secs), 0);
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
};

/** The line at the top: what goes on, and what the look asks for. */
function figures() {
  const now = link.now();
  const mode = link.status?.mode ?? { is: "idle" };
  const words = {
    countdown: () => `Starts in ${Math.max(Math.ceil((mode.ends - now) / 1e9), 0)}`,
    recording: () => clock((now - mode.since) / 1e9),
    paused: () => `PAUSED ${clock((mode.at - mode.since) / 1e9)}`,
    rehearsing: () => `Rehearsal ${clock((now - mode.since) / 1e9)}`,
  };
  at("mode").className = mode.is;
  put("mode", now === null ? "" : (words[mode.is]?.() ?? ""));
  const here = position();
  const row = link.text?.rows[rowAt(link.text.rows, here)];
  put("scene", link.look?.show_scene && row ? (link.scenes?.scenes[row.scene] ?? "") : "");
  put("left", link.look?.show_time && link.motion ? `−${clock(secsLeft(link.motion.plan, here))}` : "");
  put("pace", link.look?.show_pace && link.status ? `${Math.round(link.status.words_per_minute)} wpm` : "");
}

function put(id, text) {
  if (at(id).textContent !== text) at(id).textContent = text;
}

/** Small signs: no line, no script. */
function say() {
  sign.hidden = link.connected;
  put("sign", link.trouble || (link.text ? "No line to the studio" : "Looking for the studio…"));
  const empty = link.connected && link.text && !link.text.rows.length;
  at("empty").hidden = !empty;
  put("empty", empty ? "No script is open in the studio." : "");
}

const awake = new Awake((state) => {
  const words = { on: "", off: "", refused: "This browser lets the screen go dark. Set the device's own screen time-out longer." };
  put("awake", words[state]);
});

let leaving = 0;
function reveal() {
  controls.classList.remove("away");
  clearTimeout(leaving);
  leaving = setTimeout(() => controls.classList.add("away"), CONTROLS_MS);
}

document.addEventListener("pointerdown", () => {
  awake.keep();
  reveal();
});
document.addEventListener("keydown", reveal);

for (const way of ["horizontal", "vertical"]) {
  at(way).addEventListener("click", () => {
    localStorage.setItem(`mirror-${way}`, at(way).getAttribute("aria-pressed") !== "true");
    mirror();
  });
}

at("full").hidden = !document.documentElement.requestFullscreen;
at("full").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen().catch(() => (at("full").hidden = true));
});

new ResizeObserver(() => {
  sheet.measure(position());
  mark();
  wake();
}).observe(at("window"));
setInterval(figures, 250);
// Once the fonts are there, rows are fitted anew.
document.fonts.ready.then(() => sheet.text && sheet.measure(position()));
if (navigator.wakeLock) awake.keep();
reveal();
say();

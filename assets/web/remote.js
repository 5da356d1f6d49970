// The remote page: buttons become orders, at the touch and not at its end. What is shown comes back from the studio, so that it is
// true also when somebody else gives the orders.

import { rowAt, secsLeft, state } from "./course.js";
import { Awake } from "./awake.js";
import { Link } from "./link.js";

const at = (id) => document.getElementById(id);
const [pad, note, record, scenes] = ["pad", "note", "record", "scenes"].map(at);
const PLAY = "M7 4v16l13-8z";
const PAUSE = "M6 4h4v16H6zM14 4h4v16h-4z";
const REPEAT_AFTER_MS = 450;
const REPEAT_MS = 160;
const SURE_MS = 3000;
const NOTE_MS = 5000;

export const link = new Link("remote", changed);
const awake = new Awake(() => {});
/** A sentence from the studio, for a while. */
let said = "";
let saidTimer = 0;
let sureTimer = 0;
let asked = false;

function changed(what, update) {
  if (what === "scenes") list();
  if (what === "refused") tell(update.reason);
  if (what === "welcome") offered();
  show();
}

function tell(text) {
  said = text;
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => {
    said = "";
    show();
  }, NOTE_MS);
  show();
}

function give(order) {
  if (!link.order(order)) return;
  navigator.vibrate?.(10);
}

const command = (name) => give({ do: "command", name });

/** What this studio does not know is not offered. */
async function offered() {
  if (asked) return;
  asked = true;
  try {
    const answer = await fetch("/api/v1/control");
    const known = JSON.stringify(await answer.json());
    if (!answer.ok) return;
    for (const button of pad.querySelectorAll("[data-command]")) {
      button.hidden = !known.includes(`"${button.dataset.command}"`);
    }
  } catch {
    asked = false;
  }
}

/** At the press; for as long as it is held where that is useful; by keys like any button. */
function wire(button, act) {
  let timer = 0;
  const end = () => clearTimeout(timer);
  const again = () => {
    act();
    timer = setTimeout(again, REPEAT_MS);
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || pad.disabled) return;
    act();
    if ("repeats" in button.dataset) timer = setTimeout(again, REPEAT_AFTER_MS);
  });
  for (const name of ["pointerup", "pointerleave", "pointercancel", "contextmenu"]) button.addEventListener(name, end);
  button.addEventListener("click", (event) => event.detail === 0 && act());
}

for (const button of pad.querySelectorAll("[data-command]")) wire(button, () => command(button.dataset.command));

const doing = (...modes) => modes.includes(link.status?.mode.is);
const busy = () => doing("recording", "paused", "countdown");

wire(record, () => {
  if (!busy()) return command("record");
  if (record.classList.contains("sure")) {
    sure(false);
    return command("stop");
  }
  sure(true);
});

/** A take is stopped by the second touch only. */
function sure(on) {
  clearTimeout(sureTimer);
  record.classList.toggle("sure", on);
  if (on) sureTimer = setTimeout(() => sure(false), SURE_MS);
  show();
}

function list() {
  const items = (link.scenes?.scenes ?? []).map((title, scene) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const name = document.createElement("span");
    name.textContent = title || "Untitled";
    button.dataset.number = scene + 1;
    button.append(name);
    button.addEventListener("click", () => pad.disabled || give({ do: "scene", scene }));
    item.append(button);
    return item;
  });
  scenes.replaceChildren(...items);
  current = -1;
}

const clock = (secs) => {
  const whole = Math.max(Math.floor(secs), 0);
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
};

function put(id, text) {
  if (at(id).textContent !== text) at(id).textContent = text;
}

let current = -1;
function show() {
  pad.disabled = !link.connected;
  const mode = link.status?.mode ?? { is: "idle" };
  const lost = link.trouble || "No line to the studio. Trying again…";
  put("note", link.connected ? said : `${lost}${busy() ? " The take goes on." : ""}`);
  put("title", link.scenes?.title || link.studio || "Remote");
  const now = link.now();
  const words = {
    countdown: () => `in ${Math.max(Math.ceil((mode.ends - now) / 1e9), 0)}`,
    recording: () => clock((now - mode.since) / 1e9),
    paused: () => `PAUSED ${clock((mode.at - mode.since) / 1e9)}`,
    rehearsing: () => `Rehearsal ${clock((now - mode.since) / 1e9)}`,
  };
  at("mode").className = mode.is;
  put("mode", now === null ? "" : (words[mode.is]?.() ?? ""));
  record.classList.toggle("rolling", busy());
  pad.classList.toggle("take", doing("recording", "paused"));
  const turn = doing("paused") ? "Resume" : "Pause";
  at("pause-take").classList.toggle("paused", doing("paused"));
  if (at("pause-take").lastElementChild.textContent !== turn) at("pause-take").lastElementChild.textContent = turn;
  at("turning").setAttribute("d", doing("paused") ? PLAY : PAUSE);
  const word = !busy() ? "Record" : record.classList.contains("sure") ? "Tap again to stop" : "Stop";
  if (record.lastElementChild.textContent !== word) record.lastElementChild.textContent = word;
  const pace = link.status ? String(Math.round(link.status.words_per_minute)) : "–";
  at("pace").firstElementChild.textContent = pace;
  const running = Boolean(link.motion?.course.running);
  at("playing").setAttribute("d", running ? PAUSE : PLAY);
  at("play").setAttribute("aria-label", running ? "Pause" : "Play");
  place(now);
}

/** Where the prompter is: time left, progress, the current scene. */
function place(now) {
  if (!link.motion || now === null) return;
  const position = state(link.motion.course, now)[0];
  const legs = link.motion.plan.legs;
  const left = secsLeft(link.motion.plan, position);
  const total = legs.reduce((sum, leg) => sum + leg.secs, 0);
  put("left", total ? `−${clock(left)}` : "");
  at("progress").firstElementChild.style.transform = `scaleX(${total ? 1 - left / total : 0})`;
  const scene = link.text?.rows[rowAt(link.text.rows, position)]?.scene ?? -1;
  if (scene === current) return;
  current = scene;
  [...scenes.children].forEach((item, i) => {
    item.firstElementChild.setAttribute("aria-current", i === scene);
    if (i === scene) item.scrollIntoView({ block: "nearest" });
  });
}

document.addEventListener("pointerdown", () => awake.keep());
if (navigator.wakeLock) awake.keep();
setInterval(show, 250);
show();

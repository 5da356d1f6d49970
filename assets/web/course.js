// Motion, as src/core/prompter/course.rs and pace.rs have it: a display gets a few anchors and finds its place at every moment
// by itself. Times are the studio's clock in nanoseconds, positions in ems. tests/phone compares both with the same vectors.

/** Position and velocity (ems, ems per second) of an anchor at a moment not before it. */
function anchorState(anchor, now) {
  const dt = Math.max((now - anchor.at) / 1e9, 0);
  const line = anchor.target + anchor.velocity * dt;
  const g = anchor.settle_secs;
  if (dt >= g || g <= 0) return [line, anchor.velocity];
  const x = dt / g;
  const x2 = x * x;
  const x3 = x2 * x;
  // Quintic Hermite that starts at (error, error_velocity, acceleration 0) and ends at rest on the line.
  const h0 = 1 - 10 * x3 + 15 * x3 * x - 6 * x3 * x2;
  const h1 = x - 6 * x3 + 8 * x3 * x - 3 * x3 * x2;
  const d0 = -30 * x2 + 60 * x3 - 30 * x2 * x2;
  const d1 = 1 - 18 * x2 + 32 * x3 - 15 * x2 * x2;
  const b = anchor.error_velocity * g;
  return [line + anchor.error * h0 + b * h1, anchor.velocity + (anchor.error * d0 + b * d1) / g];
}

/** The first index for which `beyond` holds; `items` are in such an order that it holds for all after it. */
export function bisect(items, beyond) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (beyond(items[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Position and velocity of a course. */
export function state(course, now) {
  const at = bisect(course.anchors, (anchor) => anchor.at > now);
  return anchorState(course.anchors[Math.max(at - 1, 0)], now);
}

/** True when nothing moves any more unless somebody acts. */
export function atRest(course, now) {
  const last = course.anchors[course.anchors.length - 1];
  return last.velocity === 0 && (now - last.at) / 1e9 >= last.settle_secs;
}

/** Seconds from a position to the end of the plan. */
export function secsLeft(plan, position) {
  let secs = 0;
  for (const leg of plan.legs) {
    if (position >= leg.to) continue;
    secs += position <= leg.from ? leg.secs : (leg.secs * (leg.to - position)) / (leg.to - leg.from);
  }
  return secs;
}

/** Index of the row at a position: the last one whose top is above it; -1 when there is no row. */
export function rowAt(rows, position) {
  return rows.length ? Math.max(bisect(rows, (row) => row.top > position) - 1, 0) : -1;
}

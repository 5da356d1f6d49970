// How far the studio's clock is from this page's, estimated as NTP does (RFC 5905, section 8), like src/core/offset.rs: the
// quickest of the last answers is believed, small corrections are made at a speed nobody sees. All times in nanoseconds.

const KEPT = 8;
// The first answers are believed at once: nothing was shown by the clock before.
const FIRST = 5;
// A second of age makes an answer worse by so much: clocks drift apart.
const DRIFT = 15e-6;
// A change beyond this is no correction: the studio was restarted, or this device slept.
const STEP = 50e6;
// Smaller changes are made at this speed, in seconds per second.
const SLEW = 0.005;

export class Offset {
  samples = [];
  heard = 0;
  nanos = null;
  roundTrip = 0;
  #from = 0;
  #since = 0;

  /** Weighs one answer: ours when the question left, theirs when they answered, ours when the answer came. */
  hear(sent, theirs, received) {
    if (received < sent) return;
    const sample = { offset: theirs - (sent + received) / 2, roundTrip: received - sent, received };
    const doubt = (s) => s.roundTrip / 2 + (received - s.received) * DRIFT;
    const best = () => this.samples.reduce((a, b) => (doubt(b) < doubt(a) ? b : a));
    if (this.samples.length) {
      // The truth lies in both stretches. When they do not meet, a clock has moved and the old answers are void.
      const believed = best();
      const apart = Math.abs(sample.offset - believed.offset);
      if (apart > doubt(sample) + doubt(believed)) {
        this.samples = [];
        if (apart > STEP) this.heard = 0;
      }
    }
    this.samples.push(sample);
    if (this.samples.length > KEPT) this.samples.shift();
    this.heard += 1;
    const believed = best();
    const shown = this.nanos === null ? 0 : this.at(received);
    this.#from = this.heard <= FIRST ? believed.offset : shown;
    this.#since = received;
    this.nanos = believed.offset;
    this.roundTrip = believed.roundTrip;
  }

  /** Theirs minus ours at a moment of ours. */
  at(ours) {
    const way = Math.max(ours - this.#since, 0) * SLEW;
    const left = this.nanos - this.#from;
    return Math.abs(left) <= way ? this.nanos : this.#from + Math.sign(left) * way;
  }
}

//! The way into the file with the gate before it: pictures and sound go through, are left out while the take is paused, and join
//! again without a gap.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::gate::{Gate, Passed};
use super::intake::Intake;
use super::watch::OnEvent;
use super::{Counters, Event};
use crate::core::frame::{AudioBlock, Frame};
use crate::core::take_clock::TakeClock;
use crate::core::time::Moment;

/// An intake behind a gate.
pub struct Gated {
    gate: Gate,
    intake: Intake,
    counters: Arc<Counters>,
    on_event: Arc<OnEvent>,
}

impl std::fmt::Debug for Gated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gated").field("gate", &self.gate).field("intake", &self.intake).finish_non_exhaustive()
    }
}

impl Gated {
    pub fn new(gate: Gate, intake: Intake, counters: Arc<Counters>, on_event: Arc<OnEvent>) -> Gated {
        Gated { gate, intake, counters, on_event }
    }

    pub fn frame(&mut self, frame: &Frame) {
        let passed = self.gate.frame(frame);
        self.pass(&passed);
        self.begin();
    }

    pub fn sound(&mut self, block: &AudioBlock) {
        if self.gate.waves_through(block) {
            self.intake.sound(block);
        } else {
            let passed = self.gate.sound(block);
            self.pass(&passed);
        }
        self.begin();
    }

    /// Whether another frame may wait for the encoder.
    pub fn has_room(&self) -> bool {
        self.intake.has_room()
    }

    pub fn pause(&mut self, at: Moment) {
        if self.gate.pause(at) {
            self.counters.paused.store(true, Ordering::Relaxed);
            self.tell();
        }
    }

    pub fn resume(&mut self, at: Moment) {
        let passed = self.gate.resume(at);
        self.pass(&passed);
    }

    /// The take's clock, once the take has begun.
    pub fn clock(&self) -> Option<&TakeClock> {
        self.gate.clock()
    }

    /// No more input; what is inside flows out to the end.
    pub fn close(&mut self) {
        self.intake.close();
    }

    fn begin(&mut self) {
        if let (None, Some(zero)) = (self.gate.clock(), self.intake.zero()) {
            self.gate.begin(zero);
        }
    }

    fn pass(&mut self, passed: &Passed) {
        if let Some(frame) = &passed.frame {
            self.intake.frame(frame);
        }
        passed.sound.iter().for_each(|block| self.intake.sound(block));
        if passed.resumed {
            self.resumed();
        }
    }

    fn resumed(&self) {
        self.counters.paused.store(false, Ordering::Relaxed);
        self.tell();
    }

    fn tell(&self) {
        if let Some(clock) = self.gate.clock() {
            (self.on_event)(Event::Turned(clock.clone()));
        }
    }
}

//! A device of our own, for drawing without a window (tests, thumbnails, the self-test), and a description of what the machine
//! draws with. The window's device comes from eframe; both have the same limits, so what works in one works in the other.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::error::Error;

/// What `doctor` says about an adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterReport {
    pub name: String,
    /// Driver and its version, as it calls itself.
    pub driver: String,
    /// `vulkan`, `metal`, `dx12`.
    pub backend: String,
    /// Draws on the processor: works everywhere, and costs frames.
    pub software: bool,
}

impl AdapterReport {
    /// Describes an adapter, the window's or our own.
    pub fn of(adapter: &wgpu::Adapter) -> AdapterReport {
        let info = adapter.get_info();
        AdapterReport {
            name: info.name,
            driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
            backend: info.backend.to_string(),
            software: info.device_type == wgpu::DeviceType::Cpu,
        }
    }
}

impl std::fmt::Display for AdapterReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}, {})", self.name, self.backend, self.driver)?;
        if self.software { f.write_str(", in software") } else { Ok(()) }
    }
}

/// An adapter and a device without a window.
#[derive(Clone, Debug)]
pub struct Offscreen {
    pub adapter: wgpu::Adapter,
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
}

impl Offscreen {
    /// Opens the fastest adapter; takes up to a second on a cold driver, so not on the window's thread.
    pub fn open() -> Result<Offscreen, Error> {
        let instance = instance();
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..wgpu::RequestAdapterOptions::default()
        };
        let adapter = ready(instance.request_adapter(&options))
            .ok_or_else(|| Error::NoAdapter("the driver did not answer".into()))?
            .map_err(|error| Error::NoAdapter(error.to_string()))?;
        let descriptor = wgpu::DeviceDescriptor { label: Some("offscreen"), ..wgpu::DeviceDescriptor::default() };
        let refused = |detail: String| Error::NoDevice { adapter: adapter.get_info().name, detail };
        let (device, queue) = ready(adapter.request_device(&descriptor))
            .ok_or_else(|| refused("the driver did not answer".into()))?
            .map_err(|error| refused(error.to_string()))?;
        Ok(Offscreen { adapter, device, queue })
    }
}

/// Everything the machine could draw with; empty when there is no driver.
pub fn adapters() -> Vec<AdapterReport> {
    let found = ready(instance().enumerate_adapters(wgpu::Backends::PRIMARY)).unwrap_or_default();
    found.iter().map(AdapterReport::of).collect()
}

fn instance() -> wgpu::Instance {
    wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: wgpu::Backends::PRIMARY,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    })
}

/// The value of a future that is ready at once, which all of wgpu's are outside a browser.
pub fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::problem::Problem;

    #[test]
    fn the_adapter_in_use_is_among_those_listed() {
        let gpu = Offscreen::open().expect("a Vulkan driver, if only Mesa's lavapipe");
        let report = AdapterReport::of(&gpu.adapter);
        assert!(adapters().contains(&report), "{report}");
        assert!(report.to_string().starts_with(&report.name) && report.to_string().contains(&report.backend));
    }

    #[test]
    fn no_driver_becomes_a_sentence_with_a_way_out() {
        let problem = Problem::from(Error::NoAdapter("no Vulkan loader".into()));
        assert!(problem.what.contains("no Vulkan loader") && problem.fix.contains("mesa-vulkan-drivers"));
        assert_eq!(problem.exit_code(), 3);
    }
}

//! Real microphones. The only file that names cpal.
//!
//! ```text
//! cpal's callback ── samples ─ ring of 1 s ──> thread `microphone` ── blocks of 10 ms ──> on_block
//!   (no lock,     └─ marks ── ring ──────────>   (owns the stream,
//!    no allocation)                               smooths stamps)  ── Stalled, Back, Lost ──> on_event
//! ```
//!
//! The stream is dropped on its first real
//! error: a dead sound server makes the library report errors without end, spinning a core.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, FromSample, InputCallbackInfo, SampleFormat, SizedSample, StreamConfig};

use super::blocks::{self, Blocks, Feed};
use super::formats::{SoundOffer, sound_distance};
use super::stamps::PRIMING;
use super::stop::{Stop, StopSignal};
use super::{Error, OnBlock, OnEvent, What};
use crate::clock;
use crate::core::device::{Device, DeviceEvent};
use crate::core::frame::AudioFormat;
use crate::core::time::{Moment, SECOND};

/// Samples per callback: 20 ms at 48 kHz. The library makes the card's buffer twice that; with half as much a busy machine
/// overran it eight times as often. The library's own default lost a quarter of the sound with PulseAudio.
const CALLBACK_FRAMES: u32 = 960;
/// More channels than this are left out: takes are mono or stereo.
const MAX_CHANNELS: u16 = 2;
/// How long a microphone may take to open and give its first sound, and how much of it from its start to the sound;
/// Bluetooth headsets change profile first.
const OPEN_LIMIT: Duration = Duration::from_secs(8);
const FIRST_SOUND_LIMIT: Duration = Duration::from_secs(4);
/// How long the library waits for sound before it looks whether the device still exists.
const LIBRARY_WAIT: Duration = Duration::from_secs(2);
/// How long the thread sleeps when no callback wakes it.
const NAP: Duration = Duration::from_millis(50);
const STALL_NANOS: u64 = SECOND / 2;
const LOST_NANOS: u64 = 10 * SECOND;
/// A driver that says sound is older than this is wrong.
const MAX_AGE: Duration = Duration::from_millis(500);

/// A microphone that gave its first sound and waits for somewhere to put the next.
#[derive(Debug)]
pub struct Opened {
    pub device: Device,
    pub format: AudioFormat,
    pub gaps: Arc<AtomicU64>,
    stop: Stop,
    consumer: SyncSender<(OnBlock, OnEvent)>,
}

/// What the stream's thread tells the thread `microphone`, besides the rings.
#[derive(Debug, Default)]
struct Trouble {
    /// The first error after which nothing good can come.
    failure: OnceLock<String>,
    /// The device lost samples that were never counted.
    overrun: AtomicBool,
}

/// A stream that runs and what comes out of it.
struct Listening {
    stream: cpal::Stream,
    blocks: Blocks,
    trouble: Arc<Trouble>,
    format: AudioFormat,
    device: Device,
}

/// The microphones that are there, default first. May block on a hanging sound server: call it where that is bounded.
pub fn list() -> Vec<Device> {
    quiet_alsa();
    let host = cpal::default_host();
    let default = host.default_input_device().filter(|device| device.default_input_config().is_ok());
    let others = host.input_devices().into_iter().flatten().filter(is_for_people);
    let mut devices: Vec<Device> = Vec::new();
    for device in default.into_iter().chain(others).filter_map(|device| described(&device)) {
        if devices.iter().all(|known| known.name != device.name) {
            // A card with several inputs gives them all the same words.
            let alike = devices.iter().filter(|known| known.label.starts_with(&device.label)).count();
            let label = if alike == 0 { device.label } else { format!("{} ({})", device.label, alike + 1) };
            devices.push(Device { label, ..device });
        }
    }
    devices
}

/// Opens the microphone of that name and takes its first sound, within `OPEN_LIMIT`.
pub fn open(name: &str) -> Result<Opened, Error> {
    let stop = Stop::new();
    let gaps = Arc::new(AtomicU64::new(0));
    let (opened_sender, opened) = sync_channel(1);
    let (consumer, consumer_receiver) = sync_channel(1);
    let (signal, counted, name_there) = (stop.signal(), Arc::clone(&gaps), name.to_owned());
    thread::Builder::new()
        .name("microphone".to_owned())
        .spawn(move || run(&name_there, &signal, &counted, &opened_sender, &consumer_receiver))
        .map_err(|error| Error::Failed { what: What::Microphone, device: name.to_owned(), detail: error.to_string() })?;
    let no_answer = |_| Error::NoAnswer { what: What::Microphone, device: name.to_owned() };
    let (device, format) = opened.recv_timeout(OPEN_LIMIT).map_err(no_answer)??;
    Ok(Opened { device, format, gaps, stop, consumer })
}

impl Opened {
    /// Lets blocks flow.
    pub fn start(self, on_block: OnBlock, on_event: OnEvent) -> Stop {
        // A thread that has ended meanwhile has logged why; it is found out when no block comes.
        drop(self.consumer.try_send((on_block, on_event)));
        self.stop
    }
}

impl Trouble {
    /// The stream's error callback. Some errors are news, not failures.
    fn report(&self, error: &cpal::Error) {
        match error.kind() {
            ErrorKind::Xrun => self.overrun.store(true, Ordering::Relaxed),
            ErrorKind::RealtimeDenied | ErrorKind::DeviceChanged => {}
            _ if self.failure.get().is_none() => drop(self.failure.set(error.to_string())),
            _ => {}
        }
    }
}

/// The life of the thread `microphone`.
fn run(
    name: &str,
    signal: &StopSignal,
    gaps: &Arc<AtomicU64>,
    opened: &SyncSender<Result<(Device, AudioFormat), Error>>,
    consumer: &Receiver<(OnBlock, OnEvent)>,
) {
    quiet_alsa();
    let listening = catch_unwind(AssertUnwindSafe(|| listen(name, signal, gaps))).unwrap_or_else(|_| {
        Err(Error::Failed { what: What::Microphone, device: name.to_owned(), detail: "its driver failed".to_owned() })
    });
    let mut listening = match listening {
        Ok(listening) => listening,
        Err(error) => return drop(opened.try_send(Err(error))),
    };
    // Nobody waits any more when opening took too long; then the other end of `consumer` is gone as well.
    let told = opened.try_send(Ok((listening.device.clone(), listening.format)));
    let Some((mut on_block, on_event)) = told.ok().and_then(|()| consumer.recv().ok()) else {
        return;
    };
    let device = listening.device.label.clone();
    let failure = pump(&mut listening, signal, &mut on_block, &on_event);
    if let Some(detail) = failure.filter(|_| !signal.is_stopped()) {
        on_event(DeviceEvent::Lost { device, detail });
    }
    // Last and alone: libpulse can hang for good when its server was killed while holding a lock of theirs.
    drop((on_block, on_event));
    drop(listening.stream);
}

/// Hands on blocks until stopped (`None`) or until the stream fails (its words).
fn pump(listening: &mut Listening, signal: &StopSignal, on_block: &mut OnBlock, on_event: &OnEvent) -> Option<String> {
    let device = || listening.device.label.clone();
    let mut newest = clock::now();
    let mut stalled = false;
    loop {
        let came = listening.blocks.take(&mut |block| {
            if !signal.is_stopped() {
                on_block(block);
            }
        });
        if signal.is_stopped() {
            return None;
        }
        if let Some(failure) = listening.trouble.failure.get() {
            return Some(failure.clone());
        }
        let now = clock::now();
        if came {
            newest = now;
            if std::mem::take(&mut stalled) {
                on_event(DeviceEvent::Back { device: device() });
            }
        }
        let silent = now.since(newest);
        if silent > STALL_NANOS && !std::mem::replace(&mut stalled, true) {
            on_event(DeviceEvent::Stalled { device: device() });
        }
        if silent > LOST_NANOS {
            return Some("it sent no sound for ten seconds".to_owned());
        }
        thread::park_timeout(NAP);
    }
}

/// Opens the stream and waits until its clock can be told.
fn listen(name: &str, signal: &StopSignal, gaps: &Arc<AtomicU64>) -> Result<Listening, Error> {
    let found = find(name).ok_or_else(|| Error::Absent { what: What::Microphone, name: name.to_owned() })?;
    let device = described(&found).unwrap_or_else(|| Device { name: name.to_owned(), label: name.to_owned() });
    let failed = |error: cpal::Error| of_cpal(&device.label, &error);
    let (mut config, sample_format) = best_config(&found, &device.label)?;
    let kept = config.channels.min(MAX_CHANNELS);
    let format = AudioFormat { sample_rate: config.sample_rate, channels: kept };
    let trouble = Arc::new(Trouble::default());
    let mut open = |buffer_size| {
        config.buffer_size = buffer_size;
        let (feed, blocks) = blocks::pair(format, Arc::clone(gaps), thread::current());
        let stream = build(&found, config, sample_format, feed, Arc::clone(&trouble))?;
        stream.play()?;
        Ok((stream, blocks))
    };
    let (stream, mut blocks) = open(BufferSize::Fixed(CALLBACK_FRAMES))
        .or_else(|error: cpal::Error| {
            tracing::debug!(microphone = device.label, %error, "callback size refused, taking the device's own");
            open(BufferSize::Default)
        })
        .map_err(failed)?;
    let limit = Moment(clock::now().0 + FIRST_SOUND_LIMIT.as_nanos() as u64);
    while !blocks.prime(PRIMING) {
        if let Some(failure) = trouble.failure.get() {
            return Err(Error::of_driver(What::Microphone, &device.label, failure.clone()));
        }
        if signal.is_stopped() || clock::now() > limit {
            return Err(Error::NoAnswer { what: What::Microphone, device: device.label });
        }
        thread::park_timeout(NAP);
    }
    Ok(Listening { stream, blocks, trouble, format, device })
}

/// Any device of that name, as listed, by the library's own id or by the system's (`pulse`, `plughw:CARD=Mic,DEV=0`).
fn find(name: &str) -> Option<cpal::Device> {
    let host = cpal::default_host();
    let named = |device: &cpal::Device| device.id().is_ok_and(|id| id.to_string() == name || id.id() == name);
    let default = host.default_input_device().filter(named);
    default.or_else(|| host.devices().ok()?.find(named))
}

/// The format nearest to 48 kHz stereo, cheapest conversion first.
fn best_config(device: &cpal::Device, label: &str) -> Result<(StreamConfig, SampleFormat), Error> {
    let offers = device.supported_input_configs().map_err(|error| of_cpal(label, &error))?;
    let offers = offers.filter_map(|offer| {
        let format_cost = format_cost(offer.sample_format())?;
        let (min_rate, max_rate) = (offer.min_sample_rate(), offer.max_sample_rate());
        let sound = SoundOffer { channels: offer.channels(), min_rate, max_rate, format_cost };
        let (sample_rate, distance) = sound_distance(&sound);
        let config = StreamConfig { channels: offer.channels(), sample_rate, buffer_size: BufferSize::Default };
        (config.channels > 0 && sample_rate > 0).then_some((distance, config, offer.sample_format()))
    });
    let best = offers.min_by_key(|(distance, ..)| *distance).map(|(_, config, format)| (config, format));
    let detail = || "no sample format that can be read".to_owned();
    best.ok_or_else(|| Error::NoFormat { what: What::Microphone, device: label.to_owned(), detail: detail() })
}

fn format_cost(format: SampleFormat) -> Option<u32> {
    let readable = [SampleFormat::F32, SampleFormat::I32, SampleFormat::I16, SampleFormat::F64, SampleFormat::U16];
    let rest = [SampleFormat::U32, SampleFormat::I8, SampleFormat::U8];
    readable.iter().chain(&rest).position(|&readable| readable == format).map(|position| position as u32)
}

fn build(
    device: &cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
    feed: Feed,
    trouble: Arc<Trouble>,
) -> Result<cpal::Stream, cpal::Error> {
    match format {
        SampleFormat::F32 => build_as::<f32>(device, config, feed, trouble),
        SampleFormat::F64 => build_as::<f64>(device, config, feed, trouble),
        SampleFormat::I8 => build_as::<i8>(device, config, feed, trouble),
        SampleFormat::I16 => build_as::<i16>(device, config, feed, trouble),
        SampleFormat::I32 => build_as::<i32>(device, config, feed, trouble),
        SampleFormat::U8 => build_as::<u8>(device, config, feed, trouble),
        SampleFormat::U16 => build_as::<u16>(device, config, feed, trouble),
        SampleFormat::U32 => build_as::<u32>(device, config, feed, trouble),
        _ => Err(ErrorKind::UnsupportedConfig.into()),
    }
}

fn build_as<T: SizedSample + Send + 'static>(
    device: &cpal::Device,
    config: StreamConfig,
    mut feed: Feed,
    trouble: Arc<Trouble>,
) -> Result<cpal::Stream, cpal::Error>
where
    f32: FromSample<T>,
{
    let (channels, kept) = (usize::from(config.channels.max(1)), usize::from(config.channels.min(MAX_CHANNELS)));
    let (told, wake) = (Arc::clone(&trouble), thread::current());
    let on_error = move |error: cpal::Error| {
        told.report(&error);
        wake.unpark();
    };
    // Neither locks nor allocates.
    let on_data = move |data: &[T], info: &InputCallbackInfo| {
        let stamp = info.timestamp();
        let age = stamp.callback.saturating_duration_since(stamp.capture).min(MAX_AGE);
        let moment = Moment(clock::now().0.saturating_sub(age.as_nanos() as u64));
        let samples = data.chunks_exact(channels).flat_map(|frame| &frame[..kept]);
        let samples = samples.map(|&sample| <f32 as FromSample<T>>::from_sample_(sample));
        feed.accept(data.len() / channels, moment, trouble.overrun.swap(false, Ordering::Relaxed), samples);
    };
    device.build_input_stream::<T, _, _>(config, on_data, on_error, Some(LIBRARY_WAIT))
}

fn of_cpal(device: &str, error: &cpal::Error) -> Error {
    let (what, device) = (What::Microphone, device.to_owned());
    match error.kind() {
        ErrorKind::PermissionDenied => Error::Denied { what, device },
        ErrorKind::DeviceBusy => Error::Busy { what, device },
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => Error::Absent { what, name: device },
        ErrorKind::UnsupportedConfig | ErrorKind::UnsupportedOperation => {
            Error::NoFormat { what, device, detail: error.to_string() }
        }
        _ => Error::Failed { what, device, detail: error.to_string() },
    }
}

fn described(device: &cpal::Device) -> Option<Device> {
    let name = device.id().ok()?.to_string();
    let label = device.description().map_or_else(|_| name.clone(), |description| description.name().to_owned());
    Some(Device { name, label })
}

/// ALSA lists every plug-in and each card many times over. People need the sound servers and each card once, through the
/// plug-in that converts formats.
fn is_for_people(device: &cpal::Device) -> bool {
    let Ok(id) = device.id() else {
        return false;
    };
    if !cfg!(target_os = "linux") {
        return true;
    }
    match id.id() {
        "pulse" | "pipewire" => device.default_input_config().is_ok(),
        name => name.strip_prefix("plughw:CARD=").is_some_and(|card| !card.starts_with(|first: char| first.is_ascii_digit())),
    }
}

/// ALSA writes each failed attempt to standard error, which belongs to the person; failures come back as errors anyway.
/// This silences the present thread.
#[cfg(target_os = "linux")]
fn quiet_alsa() {
    use std::ffi::{c_char, c_int, c_void};
    /// `snd_local_error_handler_t`; a `va_list` is passed as a pointer on the systems this is built for.
    type Handler = extern "C" fn(*const c_char, c_int, *const c_char, c_int, *const c_char, *mut c_void);
    unsafe extern "C" {
        fn snd_lib_error_set_local(handler: Option<Handler>) -> Option<Handler>;
    }
    extern "C" fn ignore(_: *const c_char, _: c_int, _: *const c_char, _: c_int, _: *const c_char, _: *mut c_void) {}
    // SAFETY: sets a thread-local pointer to a function that reads none of its arguments.
    unsafe { snd_lib_error_set_local(Some(ignore)) };
}

#[cfg(not(target_os = "linux"))]
fn quiet_alsa() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_counts_and_news_is_none() {
        let trouble = Trouble::default();
        trouble.report(&cpal::Error::new(ErrorKind::RealtimeDenied));
        trouble.report(&cpal::Error::new(ErrorKind::Xrun));
        assert!(trouble.failure.get().is_none() && trouble.overrun.load(Ordering::Relaxed));
        for number in 0..100_000 {
            trouble.report(&cpal::Error::with_message(ErrorKind::BackendError, format!("storm {number}")));
        }
        assert_eq!(trouble.failure.get().map(String::as_str), Some("storm 0"));
    }
}

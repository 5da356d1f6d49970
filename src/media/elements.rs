//! Making, setting and linking elements without panics: the bindings panic on an unknown property or value, and both can
//! come from a profile file or an older GStreamer.

use gstreamer as gst;
use gstreamer::glib;
use gstreamer::prelude::*;
use tracing::warn;

use super::error::Error;

/// An element of the factory `factory`, called `name` in its pipeline.
pub(super) fn make(factory: &str, name: &str) -> Result<gst::Element, Error> {
    gst::ElementFactory::make(factory).name(name).build().map_err(|_| Error::NoElement(factory.to_owned()))
}

/// Sets a property from text, as `gst-launch` would.
pub(super) fn set(element: &gst::Element, property: &str, text: &str) -> Result<(), Error> {
    let wrong = || Error::Property {
        element: element.factory().map(|f| f.name().to_string()).unwrap_or_default(),
        property: property.to_owned(),
        value: text.to_owned(),
    };
    let spec = element.find_property(property).ok_or_else(wrong)?;
    if !spec.flags().contains(glib::ParamFlags::WRITABLE) {
        return Err(wrong());
    }
    let value = glib::Value::deserialize_with_pspec(text, &spec).map_err(|_| wrong())?;
    // The bindings panic on these too.
    if !in_range(&spec, &value) {
        return Err(wrong());
    }
    element.set_property_from_value(property, &value);
    Ok(())
}

/// Whether a number lies within its property's bounds; what is no number has none.
fn in_range(spec: &glib::ParamSpec, value: &glib::Value) -> bool {
    fn within<T: PartialOrd>(bounds: Option<(T, T)>, value: Option<T>) -> bool {
        bounds.zip(value).is_none_or(|((least, most), value)| least <= value && value <= most)
    }
    within(spec.downcast_ref::<glib::ParamSpecInt>().map(|s| (s.minimum(), s.maximum())), value.get().ok())
        && within(spec.downcast_ref::<glib::ParamSpecUInt>().map(|s| (s.minimum(), s.maximum())), value.get().ok())
        && within(spec.downcast_ref::<glib::ParamSpecInt64>().map(|s| (s.minimum(), s.maximum())), value.get().ok())
        && within(spec.downcast_ref::<glib::ParamSpecUInt64>().map(|s| (s.minimum(), s.maximum())), value.get().ok())
        && within(spec.downcast_ref::<glib::ParamSpecFloat>().map(|s| (s.minimum(), s.maximum())), value.get().ok())
        && within(spec.downcast_ref::<glib::ParamSpecDouble>().map(|s| (s.minimum(), s.maximum())), value.get().ok())
}

/// Adds the elements to `bin` and links them in order.
pub(super) fn chain(bin: &impl IsA<gst::Bin>, elements: &[gst::Element]) -> Result<(), Error> {
    for element in elements {
        bin.add(element).map_err(|error| Error::build(&element.name(), error))?;
    }
    gst::Element::link_many(elements).map_err(|error| {
        let names: Vec<_> = elements.iter().map(|e| e.name().to_string()).collect();
        Error::build(&names.join(" – "), error)
    })
}

/// The same in a bin that is running already.
pub(super) fn chain_running(bin: &impl IsA<gst::Bin>, elements: &[gst::Element]) -> Result<(), Error> {
    chain(bin, elements)?;
    for element in elements.iter().rev() {
        element.sync_state_with_parent().map_err(|error| Error::build(&element.name(), error))?;
    }
    Ok(())
}

/// A static pad that every element of this kind has.
pub(super) fn pad(element: &gst::Element, name: &str) -> Result<gst::Pad, Error> {
    element.static_pad(name).ok_or_else(|| Error::build(&element.name(), format!("no pad {name}")))
}

/// Takes a pipeline down on a thread of its own: going to Null waits for streaming threads, and a hung encoder or sound
/// server must not hang the caller.
pub(super) fn discard(pipeline: gst::Pipeline) {
    let spawned = std::thread::Builder::new().name("media-teardown".into()).spawn(move || {
        if pipeline.set_state(gst::State::Null).is_err() {
            warn!("a pipeline did not stop in order");
        }
    });
    if let Err(error) = spawned {
        warn!(%error, "no thread to stop a pipeline");
    }
}

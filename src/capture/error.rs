//! What can go wrong with a device, and the one sentence a person reads about it.

pub use crate::core::device::What;
use crate::core::problem::Problem;

/// Why a device did not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// None was asked for, or none is there: go on without.
    #[error("no {what}")]
    NoDevice { what: What },
    /// The named device is not plugged in.
    #[error("{what} \"{name}\" is not there")]
    Absent { what: What, name: String },
    /// The system does not let this user have it.
    #[error("no permission for {what} \"{device}\"")]
    Denied { what: What, device: String },
    /// Another program has it.
    #[error("{what} \"{device}\" is busy")]
    Busy { what: What, device: String },
    /// It offers nothing this program reads.
    #[error("{what} \"{device}\" has no usable format: {detail}")]
    NoFormat { what: What, device: String, detail: String },
    /// It opened and stayed silent, or did not even open in time.
    #[error("{what} \"{device}\" does not answer")]
    NoAnswer { what: What, device: String },
    #[error("{what} \"{device}\" failed: {detail}")]
    Failed { what: What, device: String, detail: String },
    /// A camera does not let one of its controls be read or set.
    #[error("camera \"{device}\" refuses {control}: {detail}")]
    Refused { device: String, control: &'static str, detail: String },
}

impl Error {
    /// Sorts a driver's own words by the operating system's error number in them.
    pub(super) fn of_driver(what: What, device: &str, detail: String) -> Error {
        let device = device.to_owned();
        let has = |number: i32| detail.contains(&format!("os error {number})"));
        // EACCES and EPERM; EBUSY; ENOENT, ENXIO and ENODEV.
        if has(13) || has(1) {
            Error::Denied { what, device }
        } else if has(16) {
            Error::Busy { what, device }
        } else if has(2) || has(6) || has(19) {
            Error::Absent { what, name: device }
        } else {
            Error::Failed { what, device, detail }
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        match error {
            Error::NoDevice { what } => {
                Problem::missing(format!("There is no {what}."), format!("Plug a {what} in, or choose the synthetic one."))
            }
            Error::Absent { what, name } => Problem::missing(
                format!("The {what} “{name}” is not plugged in."),
                format!("Plug it in, or choose another {what} (`onetake doctor` lists them)."),
            ),
            Error::Denied { what, device } => Problem::missing(
                format!("The system does not allow this user to use the {what} “{device}”."),
                permission_fix(what),
            ),
            Error::Busy { what, device } => Problem::missing(
                format!("Another program is using the {what} “{device}”."),
                "Close that program (a call, a browser tab), then try again.",
            ),
            Error::NoFormat { what, device, detail } => Problem::missing(
                format!("The {what} “{device}” offers no format that Onetake reads ({detail})."),
                format!("Choose another {what}, or set this one to YUYV, NV12 or MJPEG with its own tool."),
            ),
            Error::NoAnswer { what, device } => Problem::missing(
                format!("The {what} “{device}” does not deliver anything."),
                "Unplug it and plug it in again, then try again.",
            ),
            Error::Failed { what, device, detail } => Problem::missing(
                format!("The {what} “{device}” could not be opened: {detail}."),
                format!("Unplug it and plug it in again, or choose another {what}."),
            ),
            Error::Refused { device, control, detail } => Problem::missing(
                format!("The camera “{device}” did not take “{control}”: {detail}."),
                "It goes on as it was. Unplug it and plug it in again if that stays so.",
            ),
        }
    }
}

fn permission_fix(what: What) -> &'static str {
    match (cfg!(target_os = "linux"), what) {
        (true, What::Camera) => "Add the user to the group `video` (`sudo usermod -aG video $USER`) and log in again.",
        (true, What::Microphone) => "Add the user to the group `audio` (`sudo usermod -aG audio $USER`) and log in again.",
        (false, _) => "Allow it in the system's privacy settings, then try again.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drivers_words_are_sorted_by_their_number() {
        let of = |detail: &str| Error::of_driver(What::Camera, "Cam", format!("V4L2 Error: {detail}"));
        assert!(matches!(of("Permission denied (os error 13)"), Error::Denied { .. }));
        assert!(matches!(of("Device or resource busy (os error 16)"), Error::Busy { .. }));
        assert!(matches!(of("No such device (os error 19)"), Error::Absent { .. }));
        assert!(matches!(of("Invalid argument (os error 22)"), Error::Failed { .. }));
    }

    #[test]
    fn a_denied_camera_names_the_group() {
        let problem = Problem::from(Error::Denied { what: What::Camera, device: "Cam".into() });
        assert_eq!(problem.exit_code(), 3);
        if cfg!(target_os = "linux") {
            assert!(problem.fix.contains("`video`"), "{problem}");
        }
    }
}

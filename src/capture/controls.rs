//! Reading and setting what a camera can be set to, by the camera's stable name. Beside the stream, not through it: a
//! control may be set while a take runs, and a driver that takes its time over it holds nothing else up. Cameras on systems
//! other than Linux have none here.

use super::Error;
use crate::core::camera_controls::{CameraControl, Known};

/// What can be set on the camera now. May take as long as its driver likes.
pub fn list(camera: &str) -> Result<Vec<CameraControl>, Error> {
    system::list(camera)
}

/// Sets one control to the nearest value it takes; on return the camera has it.
pub fn set(camera: &str, known: &'static Known, value: i64) -> Result<(), Error> {
    system::set(camera, known, value)
}

#[cfg(target_os = "linux")]
mod system {
    use super::*;
    use crate::capture::What;
    use crate::capture::v4l::{controls, names};

    pub fn list(camera: &str) -> Result<Vec<CameraControl>, Error> {
        let (number, card) = find(camera)?;
        controls::list(number).map_err(|error| Error::of_driver(What::Camera, &card, error.to_string()))
    }

    pub fn set(camera: &str, known: &'static Known, value: i64) -> Result<(), Error> {
        let (number, device) = find(camera)?;
        let refused = |error| Error::Refused { device, control: known.label, detail: why(&error) };
        controls::set(number, known, value).map_err(refused)
    }

    /// The camera's node and what people call it.
    fn find(camera: &str) -> Result<(u32, String), Error> {
        let mut names = names::all(names::Roots::of_system());
        let found = names::number_of(&names, camera).and_then(|number| Some((number, names.remove(&number)?.card)));
        found.ok_or_else(|| Error::Absent { what: What::Camera, name: camera.to_owned() })
    }

    /// What the kernel's numbers mean here: EINVAL, EACCES, EBUSY, ERANGE, ENODEV.
    fn why(error: &std::io::Error) -> String {
        let words = match error.raw_os_error() {
            Some(22) => "it has no such control any more",
            Some(13) => "it decides that by itself now, or this user has no permission",
            Some(16) => "it can't be changed while the camera is in use",
            Some(34) => "the value is outside its range",
            Some(19) => "it was unplugged",
            _ => return error.to_string(),
        };
        words.to_owned()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::*;

    pub fn list(_: &str) -> Result<Vec<CameraControl>, Error> {
        Ok(Vec::new())
    }

    pub fn set(camera: &str, known: &'static Known, _: i64) -> Result<(), Error> {
        let detail = "cameras can't be set on this system".to_owned();
        Err(Error::Refused { device: camera.to_owned(), control: known.label, detail })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::camera_controls::named;
    use crate::core::device::What;
    use crate::core::problem::Problem;

    #[test]
    fn a_camera_that_is_not_there_is_said() {
        if cfg!(target_os = "linux") {
            let error = list("v4l:nowhere").unwrap_err();
            assert_eq!(error, Error::Absent { what: What::Camera, name: "v4l:nowhere".to_owned() });
        }
        assert!(set("v4l:nowhere", named("gain").unwrap(), 3).is_err());
    }

    #[test]
    fn a_refusal_names_camera_and_control() {
        let refused = Error::Refused { device: "Cam".into(), control: "Gain", detail: "the value is outside its range".into() };
        let problem = Problem::from(refused);
        assert!(problem.what.contains("“Cam”") && problem.what.contains("“Gain”"), "{problem}");
    }
}

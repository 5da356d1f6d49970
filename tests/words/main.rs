//! Words from writers, by the real binary and the real jobs against a fake of OpenAI's form: a theme becomes a project, a prompt a
//! better one, a take its captions; every order is a row and is paid once.

mod binary;
mod captions;
#[allow(dead_code, reason = "other tests need more of it")]
#[path = "../rig/fake.rs"]
mod fake;
#[path = "../rig/marker.rs"]
mod marker;
mod prompts;
mod rig;
#[allow(dead_code, reason = "other tests need more of it")]
#[path = "../rig/sse.rs"]
mod sse;

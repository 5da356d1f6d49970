//! Each answer of a provider is one sentence that says what is wrong.

use super::*;
use crate::core::problem::Problem;
use crate::core::storage::{Provider, Secret};

fn place() -> Place {
    let empty = String::new;
    Place {
        provider: Provider::S3,
        bucket: "films".into(),
        endpoint: "http://127.0.0.1:9000".into(),
        region: "us-east-1".into(),
        account: empty(),
        prefix: empty(),
    }
}

fn keys() -> Keys {
    Keys::S3 { id: "id".into(), secret: Secret::new("secret-of-mine"), session: None }
}

fn sorted(doing: Doing, failure: Failure) -> Error {
    let answer = Answer { host: "127.0.0.1:9000".into(), failure };
    let error = object_store::Error::Generic { store: "S3", source: Box::new(answer) };
    sort(&place(), &keys(), doing, "takes/1/take.mkv", &error)
}

fn status(status: u16, code: &str) -> Status {
    Status { status, code: code.into(), message: "It says secret-of-mine.".into(), ..Status::default() }
}

#[test]
fn each_failure_says_exactly_what_is_wrong() {
    let region = Status { region: Some("eu-central-1".into()), ..status(301, "PermanentRedirect") };
    let late = Status { ahead_secs: Some(-1_500), ..status(403, "RequestTimeTooSkewed") };
    let early = Status { ahead_secs: Some(86_400), ..status(403, "AccessDenied") };
    for (doing, failure, says) in [
        (Doing::Write, Failure::Status(status(403, "SignatureDoesNotMatch")), "127.0.0.1:9000 does not accept the secret key."),
        (Doing::Write, Failure::Status(status(403, "InvalidAccessKeyId")), "127.0.0.1:9000 does not know the access key."),
        (Doing::Write, Failure::Status(late), "The clock of this computer is 25 minutes behind the storage's."),
        (Doing::Write, Failure::Status(early), "The clock of this computer is 24 hours ahead of the storage's."),
        (Doing::Write, Failure::Status(status(404, "NoSuchBucket")), "There is no bucket “films” at 127.0.0.1:9000."),
        (Doing::Write, Failure::Status(status(404, "")), "There is no bucket “films” at 127.0.0.1:9000."),
        (Doing::Read, Failure::Status(status(404, "")), "takes/1/take.mkv is not in the bucket “films” at 127.0.0.1:9000."),
        (Doing::Write, Failure::Status(region), "The bucket “films” at 127.0.0.1:9000 is in the region eu-central-1."),
        (
            Doing::Delete,
            Failure::Status(status(403, "AccessDenied")),
            "These keys may not delete in the bucket “films” at 127.0.0.1:9000.",
        ),
        (Doing::Write, Failure::Status(status(429, "")), "127.0.0.1:9000 asks for fewer requests (429)."),
        (Doing::Write, Failure::Status(status(503, "SlowDown")), "127.0.0.1:9000 asks for fewer requests (503)."),
        (
            Doing::Write,
            Failure::Status(status(500, "InternalError")),
            "127.0.0.1:9000 has a trouble of its own (500, InternalError).",
        ),
        (Doing::Write, Failure::Status(status(400, "BadDigest")), "What arrived at 127.0.0.1:9000 is not what was sent."),
        (Doing::Write, Failure::Status(status(418, "Tea")), "127.0.0.1:9000 refused (418, Tea): It says …."),
        (Doing::Write, Failure::NoHost, "There is no computer named 127.0.0.1:9000."),
        (Doing::Write, Failure::Closed, "Nothing answers at 127.0.0.1:9000."),
        (Doing::Write, Failure::Slow, "127.0.0.1:9000 did not answer in time."),
        (Doing::Write, Failure::Broken, "The connection to 127.0.0.1:9000 broke off in the middle."),
        (
            Doing::Write,
            Failure::Tls("unknown issuer".into()),
            "No secure connection to 127.0.0.1:9000 could be made (unknown issuer).",
        ),
    ] {
        let problem = Problem::from(sorted(doing, failure));
        assert_eq!(problem.what, says);
        assert!(!problem.fix.is_empty() && !problem.to_string().contains("secret-of-mine"), "{problem}");
    }
}

#[test]
fn what_may_pass_is_told_from_what_stays() {
    for passes in
        [Failure::Slow, Failure::Broken, Failure::Closed, Failure::Status(status(500, "")), Failure::Status(status(429, ""))]
    {
        assert!(sorted(Doing::Write, passes).may_pass());
    }
    for stays in [Failure::Tls(String::new()), Failure::Status(status(403, "")), Failure::Status(status(404, "NoSuchUpload"))] {
        assert!(!sorted(Doing::Write, stays).may_pass());
    }
    let busy = Status { retry_secs: Some(7), ..status(503, "SlowDown") };
    assert_eq!(sorted(Doing::Write, Failure::Status(busy)).asked_secs(), Some(7));
}

#[test]
fn texts_without_an_answer_hide_addresses_and_keys() {
    for text in [
        "Generic S3 error · bad thing at http://x/?sig=1 with secret-of-mine",
        "Error decoding response body",
        "Object at location x not found",
    ] {
        let error = object_store::Error::Generic { store: "S3", source: text.into() };
        let problem = Problem::from(sort(&place(), &keys(), Doing::Read, "k", &error));
        assert!(!problem.to_string().contains("secret-of-mine") && !problem.to_string().contains("sig=1"), "{problem}");
    }
}

//! What a provider answered when it did not do what it was asked, in its own terms. It travels as the innermost cause of an error of
//! object_store, and is found there again.

/// The longest text of a provider that is shown.
const MESSAGE: usize = 200;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    /// Of the request.
    pub host: String,
    pub failure: Failure,
}

/// What came instead of what was wanted.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Failure {
    /// A status that is no success.
    Status(Status),
    /// Nobody by that name.
    NoHost,
    /// Nobody listens there.
    Closed,
    /// TLS could not be agreed on; why, in the library's words.
    Tls(String),
    /// No answer in time.
    Slow,
    /// The connection broke in the middle.
    Broken,
    /// Anything else, in the library's words.
    Other(String),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Status {
    pub status: u16,
    /// The provider's name for it, such as `NoSuchBucket`.
    pub code: String,
    /// Its words, one line, shortened.
    pub message: String,
    /// Where the bucket really is.
    pub region: Option<String>,
    /// How far this machine's clock is ahead of the provider's.
    pub ahead_secs: Option<i64>,
    /// When to come back.
    pub retry_secs: Option<u32>,
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.failure {
            Failure::Status(Status { status, code, .. }) => write!(f, "{} answered {status} {code}", self.host),
            failure => write!(f, "{}: {failure:?}", self.host),
        }
    }
}

impl std::error::Error for Answer {}

/// The answer that an error goes back to.
pub(super) fn behind<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Answer> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(answer) = error.downcast_ref() {
            return Some(answer);
        }
        cause = error.source();
    }
    None
}

impl Status {
    /// Reads the body of an error: S3's and Azure's XML, or the JSON of Google's tokens.
    pub fn read(status: u16, body: &str) -> Status {
        let (code, message) = if body.trim_start().starts_with('{') { json(body) } else { xml(body) };
        let region = element(body, "Region").map(one_line).filter(|region| !region.is_empty());
        Status { status, code, message, region, ..Status::default() }
    }
}

fn xml(body: &str) -> (String, String) {
    let code = element(body, "Code").map(one_line).unwrap_or_default();
    let message = element(body, "Message").or_else(|| element(body, "Details")).map(one_line).unwrap_or_default();
    (code, message)
}

fn json(body: &str) -> (String, String) {
    let value: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().map(one_line).unwrap_or_default();
    match &value["error"] {
        serde_json::Value::Object(error) => {
            let status = error.get("status").map(text).unwrap_or_default();
            (status, error.get("message").map(text).unwrap_or_default())
        }
        error => (text(error), text(&value["error_description"])),
    }
}

/// The text of the first element of this name. Enough for flat error documents, and can't be led astray by large or nested ones.
fn element<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    rest.split_once("</").map(|(text, _)| text)
}

/// One line fit for people.
pub(super) fn one_line(text: &str) -> String {
    // Azure adds the request's id and time in lines of their own, which tell people nothing.
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let plain =
        first.replace("&quot;", "“").replace("&apos;", "’").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let line: String = plain.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MESSAGE).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_answer_is_found_behind_other_errors() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] Answer);
        let answer = Answer { host: "127.0.0.1:9000".into(), failure: Failure::Slow };
        assert_eq!(behind(&Outer(answer.clone())), Some(&answer));
        assert_eq!(behind(&std::io::Error::other("something else")), None);
    }

    #[test]
    fn errors_of_all_three_are_read() {
        let s3 = "<?xml version=\"1.0\"?>\n<Error><Code>PermanentRedirect</Code><Message>Use the &quot;right&quot; endpoint.</Message><Region>eu-central-1</Region></Error>";
        let read = Status::read(301, s3);
        assert_eq!((read.code.as_str(), read.message.as_str()), ("PermanentRedirect", "Use the “right“ endpoint."));
        assert_eq!(read.region.as_deref(), Some("eu-central-1"));
        let azure = "\u{feff}<?xml version=\"1.0\"?><Error><Code>ContainerNotFound</Code><Message>The container does not exist.\nRequestId:1\nTime:2</Message></Error>";
        assert_eq!(Status::read(404, azure).message, "The container does not exist.");
        let token = r#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#;
        assert_eq!(Status::read(400, token).code, "invalid_grant");
        let json = r#"{"error":{"code":403,"message":"Denied.","status":"PERMISSION_DENIED"}}"#;
        assert_eq!(Status::read(403, json).code, "PERMISSION_DENIED");
        assert_eq!(Status::read(500, "<html>").code, "");
    }

    proptest! {
        #[test]
        fn no_body_panics(body in "\\PC{0,300}", tail in "[<>/&a-zA-Z{}\":]{0,80}") {
            let _ = Status::read(400, &format!("{body}{tail}"));
        }
    }
}

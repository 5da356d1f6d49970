//! Where an upload goes. A bare server address means a Onetake server and its own road; an address with a path is a tus
//! endpoint as it stands, so other servers work too. The token belongs to one origin: an upload that a server places on
//! another one is refused, not followed.

use reqwest::Url;

use super::error::Error;

/// The tus endpoint of a Onetake server.
const ROAD: &str = "/api/v1/studio/tus";

/// The endpoint for a server address as people write it.
pub(super) fn endpoint(server: &str) -> Result<Url, Error> {
    let mut url = root(server)?;
    if url.path() == "/" {
        url.set_path(ROAD);
    }
    Ok(url)
}

/// A Onetake server itself, whose other roads begin here. An address that names its tus endpoint is understood; another path
/// stays, for the server may stand behind another one.
pub(super) fn base(server: &str) -> Result<Url, Error> {
    let mut url = root(server)?;
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix(ROAD).unwrap_or(path).to_owned();
    url.set_path(&path);
    url.set_query(None);
    Ok(url)
}

/// The live link of a server, as a WebSocket's address. A path stays: the server may stand behind another one.
pub(super) fn live(server: &str) -> Result<Url, Error> {
    let mut url = root(server)?;
    let path = format!("{}{}", url.path().trim_end_matches('/'), crate::core::live::ROAD);
    url.set_path(&path);
    url.set_query(None);
    let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
    url.set_scheme(scheme).map_err(|()| Error::Address { why: "it can't be a live link".to_owned() })?;
    Ok(url)
}

/// A recording's file on the Onetake server whose uploads come in at `endpoint`.
pub(super) fn recording(endpoint: &Url, id: &str) -> Result<Url, Error> {
    let plain = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let studio = endpoint.path().trim_end_matches('/').strip_suffix("/tus").filter(|_| plain(id));
    let Some(studio) = studio else {
        let what = "it keeps no recordings that can be fetched".to_owned();
        return Err(Error::Nonsense { host: host(endpoint), what });
    };
    let mut url = endpoint.clone();
    url.set_path(&format!("{studio}/recordings/{id}/file"));
    url.set_query(None);
    Ok(url)
}

/// A server's address, checked.
fn root(server: &str) -> Result<Url, Error> {
    let refuse = |why: &str| Error::Address { why: why.to_owned() };
    let mut url = Url::parse(server.trim()).map_err(|error| refuse(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("it begins neither with http:// nor with https://"));
    }
    if url.host_str().is_none() {
        return Err(refuse("it names no host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("a name or password does not belong into it"));
    }
    url.set_fragment(None);
    Ok(url)
}

/// The upload's own address from a `Location`, which may be relative to the endpoint.
pub(super) fn located(endpoint: &Url, location: &str) -> Result<Url, Error> {
    let url = endpoint
        .join(location.trim())
        .map_err(|_| Error::Nonsense { host: host(endpoint), what: "the new upload's address can't be read".to_owned() })?;
    if url.origin() == endpoint.origin() {
        return Ok(url);
    }
    Err(Error::Elsewhere { host: host(endpoint), target: host(&url) })
}

/// Host and port, which is all that messages say of an address.
pub(super) fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    }
}

/// True for this machine, where no proxy has a say.
pub(super) fn loopback(url: &Url) -> bool {
    let name = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_server_is_a_onetake_server() {
        assert_eq!(endpoint("http://127.0.0.1:8080").unwrap().as_str(), "http://127.0.0.1:8080/api/v1/studio/tus");
        assert_eq!(endpoint("https://tus.example/files/ ").unwrap().as_str(), "https://tus.example/files/");
    }

    #[test]
    fn the_roads_of_a_server_begin_at_its_base() {
        for (server, path) in [("http://a:1", "/"), ("http://a:1/api/v1/studio/tus/", "/"), ("https://a/one/?b=c", "/one")] {
            assert_eq!(base(server).unwrap().path(), path);
        }
    }

    #[test]
    fn a_live_link_is_a_web_socket_of_the_same_server() {
        assert_eq!(live("http://127.0.0.1:8080").unwrap().as_str(), "ws://127.0.0.1:8080/api/v1/live");
        assert_eq!(live(" https://studio.example/one/?a=b#c").unwrap().as_str(), "wss://studio.example/one/api/v1/live");
        for bad in ["", "studio", "ws://a/b", "http://user:secret@host/"] {
            assert!(matches!(live(bad), Err(Error::Address { .. })), "{bad}");
        }
    }

    #[test]
    fn a_recording_lies_beside_the_uploads() {
        let base = endpoint("https://studio.example/").unwrap();
        let file = recording(&base, "0193-ab").unwrap();
        assert_eq!(file.as_str(), "https://studio.example/api/v1/studio/recordings/0193-ab/file");
        for (server, id) in
            [("https://tus.example/files/", "1"), ("https://studio.example/", "../x"), ("https://studio.example/", "")]
        {
            assert!(matches!(recording(&endpoint(server).unwrap(), id), Err(Error::Nonsense { .. })), "{server} {id}");
        }
    }

    #[test]
    fn addresses_that_can_not_work_are_refused() {
        for bad in ["", "studio", "ftp://a/b", "file:///etc/passwd", "http://user:secret@host/", "http://"] {
            let error = endpoint(bad).unwrap_err();
            assert!(matches!(error, Error::Address { .. }) && !error.to_string().contains("secret"), "{bad}");
        }
    }

    #[test]
    fn an_upload_stays_on_its_origin() {
        let base = endpoint("http://127.0.0.1:8080").unwrap();
        assert_eq!(located(&base, "/x/1").unwrap().as_str(), "http://127.0.0.1:8080/x/1");
        for away in ["http://127.0.0.1:8081/x", "https://127.0.0.1:8080/x", "//evil.example/x", "http://evil.example/"] {
            assert!(matches!(located(&base, away), Err(Error::Elsewhere { .. })), "{away}");
        }
    }

    #[test]
    fn this_machine_is_known_by_any_of_its_names() {
        for (url, here) in [("http://[::1]:1/", true), ("http://localhost/", true), ("http://10.0.0.1/", false)] {
            assert_eq!(loopback(&Url::parse(url).unwrap()), here);
        }
    }
}

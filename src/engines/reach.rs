//! Addresses: an engine's base as a person gives it, and how far away another address is. What an engine answers with is only
//! followed to where that engine itself could be, or an answer could make this program knock at doors of the person's own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

use crate::core::generate::{Class, Failure};

/// Where an address lies, as seen from this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    Public,
    /// A network of somebody's own.
    Private,
    /// This machine.
    Loopback,
    /// The next cable, where clouds keep what is nobody's business; also what is no address of one machine.
    Link,
}

/// An engine's address, checked.
pub fn base(address: &str) -> Result<Url, Failure> {
    let refuse = |why: &str| Failure::new(Class::Invalid, format!("The engine's address can't be used: {why}."));
    let mut url = Url::parse(address.trim()).map_err(|error| refuse(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(refuse("it begins neither with http:// nor with https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("a name or password does not belong into it"));
    }
    url.set_fragment(None);
    url.set_query(None);
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Host and port, which is all that messages say of an address.
pub fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    }
}

/// How far an address is by what is written; a name is only known when it has been looked up, but for those of this machine and of
/// home networks.
pub fn of(url: &Url) -> Reach {
    let name = url.host_str().unwrap_or_default().trim_matches(['[', ']']).trim_end_matches('.');
    if let Ok(ip) = name.parse::<IpAddr>() {
        return of_ip(ip);
    }
    if name == "localhost" || name.ends_with(".localhost") {
        return Reach::Loopback;
    }
    let home = [".local", ".lan", ".internal", ".home.arpa"].iter().any(|ending| name.ends_with(ending));
    if home || !name.contains('.') { Reach::Private } else { Reach::Public }
}

/// How far a machine is.
pub fn of_ip(ip: IpAddr) -> Reach {
    match ip {
        IpAddr::V4(ip) => of_v4(ip),
        IpAddr::V6(ip) => of_v6(ip),
    }
}

/// Whether an engine whose base lies `from` here may name something that lies `to` there. The base's own host is always allowed by
/// whoever asks.
pub fn may_name(from: Reach, to: Reach) -> bool {
    match to {
        Reach::Public => true,
        Reach::Private => matches!(from, Reach::Private | Reach::Loopback),
        Reach::Loopback => from == Reach::Loopback,
        Reach::Link => false,
    }
}

fn of_v4(ip: Ipv4Addr) -> Reach {
    let [a, b, c, _] = ip.octets();
    if ip.is_loopback() {
        return Reach::Loopback;
    }
    // 100.64.0.0/10 lies between a provider and its customers (RFC 6598), 198.18.0.0/15 on test benches (RFC 2544).
    if ip.is_private() || (a == 100 && (64..128).contains(&b)) || (a == 198 && (b & 0xfe) == 18) {
        return Reach::Private;
    }
    let nowhere = a == 0 || a >= 224 || (a == 192 && b == 0 && c == 0);
    if ip.is_link_local() || nowhere { Reach::Link } else { Reach::Public }
}

fn of_v6(ip: Ipv6Addr) -> Reach {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return of_v4(inner);
    }
    if ip.is_loopback() {
        return Reach::Loopback;
    }
    let parts = ip.segments();
    let low = || {
        let [.., a, b, c, d] = ip.octets();
        Ipv4Addr::new(a, b, c, d)
    };
    match parts {
        // Addresses of the older kind behind a translator (RFC 6052), and 6to4 (RFC 3056).
        [0x64, 0xff9b, ..] => of_v4(low()),
        [0x2002, high, next, ..] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = next.to_be_bytes();
            of_v4(Ipv4Addr::new(a, b, c, d))
        }
        [0, 0, 0, 0, 0, 0, ..] => Reach::Link,
        [first, ..] if first & 0xfe00 == 0xfc00 => Reach::Private,
        [first, ..] if first & 0xffc0 == 0xfe80 || first & 0xff00 == 0xff00 => Reach::Link,
        _ => Reach::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(address: &str) -> Reach {
        of(&Url::parse(address).unwrap())
    }

    #[test]
    fn every_way_to_write_a_machine_of_ones_own_is_seen() {
        for address in
            ["http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]:8/", "http://[::ffff:127.0.0.1]/"]
        {
            assert_eq!(reach(address), Reach::Loopback, "{address}");
        }
        for address in ["http://localhost/", "http://a.localhost./"] {
            assert_eq!(reach(address), Reach::Loopback, "{address}");
        }
        for address in
            ["http://10.0.0.7/", "http://192.168.1.1/", "http://172.20.0.1/", "http://100.100.0.1/", "http://[fd00::1]/"]
        {
            assert_eq!(reach(address), Reach::Private, "{address}");
        }
        for address in ["http://nas/", "http://nas.local/", "http://[64:ff9b::a00:1]/"] {
            assert_eq!(reach(address), Reach::Private, "{address}");
        }
        for address in
            ["http://169.254.169.254/", "http://0.0.0.0/", "http://[fe80::1]/", "http://[::]/", "http://[2002:a9fe:a9fe::]/"]
        {
            assert_eq!(reach(address), Reach::Link, "{address}");
        }
        for address in ["https://cdn.example.com/", "https://8.8.8.8/", "https://[2606:4700::1]/"] {
            assert_eq!(reach(address), Reach::Public, "{address}");
        }
    }

    #[test]
    fn a_cloud_names_nothing_of_ones_own() {
        for to in [Reach::Private, Reach::Loopback, Reach::Link] {
            assert!(!may_name(Reach::Public, to));
        }
        assert!(may_name(Reach::Loopback, Reach::Loopback) && may_name(Reach::Private, Reach::Private));
        assert!(!may_name(Reach::Private, Reach::Loopback) && !may_name(Reach::Loopback, Reach::Link));
    }

    #[test]
    fn a_base_keeps_its_path_and_nothing_behind_it() {
        assert_eq!(base(" https://a.example/api/v1/?x=1#y ").unwrap().as_str(), "https://a.example/api/v1");
        for bad in ["", "a.example", "ftp://a.example", "https://name:word@a.example", "file:///etc/passwd"] {
            assert_eq!(base(bad).unwrap_err().class, Class::Invalid, "{bad}");
        }
    }
}

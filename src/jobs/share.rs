//! Sharing on the local network: the embedded server's door there, the codes that let phones in, the addresses of this machine.
//! Done on the library's thread, in order: a stop never overtakes its start.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::sync::Arc;

use crate::core::problem::Problem;
use crate::studio::Message;
use crate::studio::share::{Code, Device, Effect, Message as Share, Place};

use super::house::Ways;
use super::server::Embedded;

/// Addresses that are shown at most.
const MOST: usize = 4;
/// Beginnings of the names of networks that are inside this machine or lead elsewhere; no phone is there.
const INSIDE: [&str; 11] = ["docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "lxc", "podman", "tun", "tap", "wg"];

/// Runs one effect and tells the studio what came of it.
pub fn run(embedded: &Arc<Embedded>, ways: &Ways, effect: Effect) {
    let tell = |message: Share| ways.outbox.send(Message::Share(message));
    match effect {
        Effect::Start { port } => {
            let place = embedded.share(port).map(|port| Place { port, urls: urls(port) });
            tell(Share::Started(place));
        }
        Effect::Stop => embedded.unshare(),
        Effect::NewCode => {
            let made = embedded.pairing().new_code().map_err(Problem::from);
            tell(Share::CodeMade(made.map(|(text, until)| Code { text, until })));
        }
        Effect::DropCode => embedded.pairing().drop_code(),
        Effect::List => tell(Share::Listed(list(embedded))),
        Effect::Revoke { id } => {
            if let Err(error) = embedded.pairing().revoke(&id) {
                ways.outbox.problem(error);
            }
            tell(Share::Listed(list(embedded)));
        }
    }
}

fn list(embedded: &Embedded) -> Result<(Vec<String>, Vec<Device>), Problem> {
    let known = embedded.pairing().devices()?;
    let now = jiff::Timestamp::now();
    let unseen = |seen: &str| {
        let seen: Option<jiff::Timestamp> = seen.parse().ok();
        seen.map_or(0, |seen| u64::try_from(now.duration_since(seen).as_secs()).unwrap_or(0))
    };
    let device = |device: crate::server::pairing::Device| Device {
        unseen_secs: if device.connected { 0 } else { unseen(&device.known.last_seen_at) },
        id: device.known.id,
        name: device.known.name,
        connected: device.connected,
    };
    Ok((embedded.shared_port().map_or_else(Vec::new, urls), known.into_iter().map(device).collect()))
}

fn urls(port: u16) -> Vec<String> {
    addresses().into_iter().map(|address| format!("http://{address}:{port}")).collect()
}

/// Where other machines of the network reach this one, the likeliest first.
fn addresses() -> Vec<Ipv4Addr> {
    let found = if_addrs::get_if_addrs().unwrap_or_default();
    let usable = found.into_iter().filter_map(|interface| match interface.ip() {
        IpAddr::V4(ip) if !ip.is_loopback() && !ip.is_link_local() => Some((interface.name, ip)),
        _ => None,
    });
    ranked(usable.collect(), way_out())
}

fn ranked(mut found: Vec<(String, Ipv4Addr)>, way_out: Option<Ipv4Addr>) -> Vec<Ipv4Addr> {
    let inside = |name: &str| INSIDE.iter().any(|start| name.starts_with(start));
    found.sort_by_key(|(name, ip)| (inside(name), Some(*ip) != way_out, !ip.is_private()));
    let mut addresses: Vec<Ipv4Addr> = found.into_iter().map(|(_, ip)| ip).collect();
    addresses.dedup();
    addresses.truncate(MOST);
    addresses
}

/// The address of the network by which this machine reaches others. A UDP socket that is connected sends nothing; the far
/// address is one that documents use (RFC 5737).
fn way_out() -> Option<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    match socket.local_addr().ok()?.ip() {
        IpAddr::V4(ip) => Some(ip),
        IpAddr::V6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_network_that_leads_out_comes_first_and_containers_last() {
        let ip = |d| Ipv4Addr::new(192, 168, 1, d);
        let bridge = Ipv4Addr::new(172, 17, 0, 1);
        let found = vec![("docker0".to_owned(), bridge), ("eth1".to_owned(), ip(9)), ("wlan0".to_owned(), ip(4))];
        assert_eq!(ranked(found, Some(ip(4))), [ip(4), ip(9), bridge]);
        assert!(ranked(Vec::new(), None).is_empty());
    }
}

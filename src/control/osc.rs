//! OSC over UDP: what lighting desks, show control and button boxes speak. One datagram is one packet (OSC 1.0); a bundle's
//! messages are taken at once, in order. Nothing is answered, so nobody can be flooded with our help.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use rosc::{OscPacket, OscType};
use tokio::net::UdpSocket;
use tokio_util::sync::CancellationToken;

use crate::core::control::{Argument, Osc, read_osc};
use crate::core::live::Order;

use super::error::Error;
use super::{Gate, Passed};

/// Longer datagrams are no orders. The bound also keeps bundles from being nested deeper than reading them may go.
const LONGEST: usize = 1536;
/// How often the counts are told, and what waits is let through.
const PULSE: Duration = Duration::from_millis(250);

/// What came since it was switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Orders passed on.
    pub taken: u64,
    /// Datagrams and messages that were none of ours, could not be read, or were too many.
    pub ignored: u64,
}

/// An open socket.
#[derive(Debug)]
pub struct Listener {
    socket: UdpSocket,
    commands: Vec<&'static str>,
}

impl Listener {
    /// Opens the port: on this machine only, or (`lan`) for the whole network. Must be called within a runtime. `commands` are
    /// the names that are taken.
    pub fn open(port: u16, lan: bool, commands: Vec<&'static str>) -> Result<Listener, Error> {
        let address = if lan { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
        let failed = |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::AddrInUse => Error::PortTaken { port },
            _ => Error::Port { port, source },
        };
        let socket = std::net::UdpSocket::bind((address, port)).map_err(failed)?;
        socket.set_nonblocking(true).map_err(failed)?;
        Ok(Listener { socket: UdpSocket::from_std(socket).map_err(failed)?, commands })
    }

    pub fn address(&self) -> Option<SocketAddr> {
        self.socket.local_addr().ok()
    }

    /// Listens until it is cancelled. `on_counts` is called after changes, a few times a second at most.
    pub async fn listen(
        self,
        cancel: CancellationToken,
        on_order: impl Fn(Order) + Send + Sync,
        on_counts: impl Fn(Counts) + Send + Sync,
    ) {
        let mut hearing = Hearing { gate: Gate::new(), counts: Counts::default(), commands: self.commands };
        let mut told = hearing.counts;
        let mut pulse = tokio::time::interval(PULSE);
        pulse.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // One more byte, to tell what is too long from what just fits.
        let mut datagram = [0; LONGEST + 1];
        loop {
            tokio::select! {
                () = cancel.cancelled() => return,
                received = self.socket.recv_from(&mut datagram) => match received {
                    Ok((length, _)) => hearing.datagram(&datagram[..length], &on_order),
                    Err(error) => {
                        tracing::debug!(%error, "an OSC datagram was not received");
                        tokio::time::sleep(PULSE).await;
                    }
                },
                _ = pulse.tick(), if hearing.gate.waiting() || told != hearing.counts => {
                    if let Some(order) = hearing.gate.late() {
                        on_order(order);
                    }
                    if told != hearing.counts {
                        told = hearing.counts;
                        on_counts(told);
                    }
                }
            }
        }
    }
}

/// What is heard, and what became of it.
struct Hearing {
    gate: Gate,
    counts: Counts,
    commands: Vec<&'static str>,
}

impl Hearing {
    fn datagram(&mut self, bytes: &[u8], on_order: &impl Fn(Order)) {
        if bytes.len() > LONGEST {
            self.counts.ignored += 1;
            return;
        }
        match rosc::decoder::decode_udp(bytes) {
            Ok((_, packet)) => self.packet(packet, on_order),
            Err(error) => {
                tracing::debug!(%error, "an OSC datagram can't be read");
                self.counts.ignored += 1;
            }
        }
    }

    fn packet(&mut self, packet: OscPacket, on_order: &impl Fn(Order)) {
        match packet {
            OscPacket::Message(message) => {
                let arguments: Vec<Argument> = message.args.iter().map(argument).collect();
                match read_osc(&message.addr, &arguments, &self.commands) {
                    Osc::Order(order) => self.order(order, on_order),
                    Osc::Release => {}
                    Osc::Unknown => self.counts.ignored += 1,
                }
            }
            OscPacket::Bundle(bundle) => bundle.content.into_iter().for_each(|packet| self.packet(packet, on_order)),
        }
    }

    fn order(&mut self, order: Order, on_order: &impl Fn(Order)) {
        match self.gate.pass(order) {
            Passed::Now(order) => {
                self.counts.taken += 1;
                on_order(order);
            }
            Passed::Later => self.counts.taken += 1,
            Passed::No => self.counts.ignored += 1,
        }
    }
}

fn argument(value: &OscType) -> Argument {
    match value {
        OscType::Int(number) => Argument::Number(f64::from(*number)),
        OscType::Long(number) => Argument::Number(*number as f64),
        OscType::Float(number) => Argument::Number(f64::from(*number)),
        OscType::Double(number) => Argument::Number(*number),
        OscType::Bool(on) => Argument::Number(f64::from(u8::from(*on))),
        // “Impulse”: OSC 1.0 calls it infinitum, OSC 1.1 a press without a value.
        OscType::Inf => Argument::Number(1.0),
        _ => Argument::Other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hearing() -> Hearing {
        Hearing { gate: Gate::new(), counts: Counts::default(), commands: vec!["mark"] }
    }

    #[test]
    fn a_bundle_in_a_bundle_in_a_bundle_is_no_trap() {
        let mut packet =
            rosc::encoder::encode(&OscPacket::Message(rosc::OscMessage { addr: "/onetake/mark".into(), args: vec![] }))
                .unwrap();
        while packet.len() + 20 <= LONGEST {
            let mut outer = b"#bundle\0\0\0\0\0\0\0\0\x01".to_vec();
            outer.extend((packet.len() as u32).to_be_bytes());
            outer.extend(packet);
            packet = outer;
        }
        let orders = std::cell::Cell::new(0);
        let mut hearing = hearing();
        hearing.datagram(&packet, &|_| orders.set(orders.get() + 1));
        assert_eq!((orders.get(), hearing.counts), (1, Counts { taken: 1, ignored: 0 }));
        hearing.datagram(&[b'/'; LONGEST + 1], &|_| orders.set(9));
        assert_eq!((orders.get(), hearing.counts.ignored), (1, 1));
    }

    proptest! {
        #[test]
        fn any_datagram_is_read_without_harm(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), head in 0..3usize) {
            let start: &[u8] = [&b""[..], b"#bundle\0\0\0\0\0\0\0\0\x01", b"/onetake/mark\0\0\0,"][head];
            bytes.splice(0..0, start.iter().copied());
            hearing().datagram(&bytes, &|_| ());
        }
    }
}

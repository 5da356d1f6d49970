//! A Wayland desktop as far as recording its screen goes: a private bus with a portal on it, a private PipeWire server, and a
//! stream in it that moves. The stream is real, and so is everything the program does; only nobody is asked.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, connection, interface};

use super::place::{Guard, wait_for};

/// What people answer, in the portal's numbers.
const YES: u32 = 0;
const NO: u32 = 1;

/// What the desktop hands out to be shown its choice again.
pub const TOKEN: &str = "the-same-screen";

/// The desktop; it ends with the test, however that ends.
pub struct Wayland {
    folder: tempfile::TempDir,
    bus: String,
    asked: Arc<Mutex<Vec<Option<String>>>>,
    /// Kept for their drops, in this order.
    _portal: Connection,
    _runtime: tokio::runtime::Runtime,
    _servers: Vec<Guard>,
}

/// The portal: says yes or no at once.
struct Portal {
    pipewire: PathBuf,
    node: u32,
    refuses: bool,
    asked: Arc<Mutex<Vec<Option<String>>>>,
}

type Options = HashMap<String, OwnedValue>;

impl Wayland {
    pub fn start(refuses: bool) -> Wayland {
        let folder = tempfile::tempdir().unwrap();
        let mut bus_server = server(folder.path(), "", "dbus-daemon", &["--session", "--nofork", "--print-address"]);
        let mut bus = String::new();
        BufReader::new(bus_server.0.stdout.take().unwrap()).read_line(&mut bus).unwrap();
        let bus = bus.trim().to_owned();
        let mut servers = vec![server(folder.path(), &bus, "pipewire", &[])];
        let pipewire = folder.path().join("pipewire-0");
        wait_for("the PipeWire server", || UnixStream::connect(&pipewire).ok());
        servers.push(server(folder.path(), &bus, "wireplumber", &[]));
        servers.push(bus_server);
        servers.push(stream(folder.path(), &bus));
        let node = wait_for("the stream", || node(folder.path()));
        let asked = Arc::default();
        let portal = Portal { pipewire, node, refuses, asked: Arc::clone(&asked) };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let serve = async {
            let builder = connection::Builder::address(bus.as_str())?.name("org.freedesktop.portal.Desktop")?;
            builder.serve_at("/org/freedesktop/portal/desktop", portal)?.build().await
        };
        let portal = runtime.block_on(serve).unwrap();
        Wayland { folder, bus, asked, _portal: portal, _runtime: runtime, _servers: servers }
    }

    /// Lets a program run on this desktop.
    pub fn run(&self, command: &mut Command) {
        around(command, self.folder.path(), &self.bus).env("WAYLAND_DISPLAY", "wayland-0").env("DISPLAY", ":4094");
    }

    /// The tokens by which the desktop was asked to show the person's choice again, one for each time.
    pub fn asked(&self) -> Vec<Option<String>> {
        self.asked.lock().unwrap().clone()
    }
}

fn around<'a>(command: &'a mut Command, runtime: &Path, bus: &str) -> &'a mut Command {
    command.env("XDG_RUNTIME_DIR", runtime).env("PIPEWIRE_RUNTIME_DIR", runtime).env("DBUS_SESSION_BUS_ADDRESS", bus)
}

fn server(runtime: &Path, bus: &str, program: &str, arguments: &[&str]) -> Guard {
    let mut command = Command::new(program);
    // Its state must not outlive the test either.
    around(&mut command, runtime, bus).env("HOME", runtime).env_remove("XDG_STATE_HOME").env_remove("DISPLAY");
    let child = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    Guard(child.unwrap_or_else(|error| panic!("{program} is needed: run scripts/setup test ({error})")))
}

/// The number of the stream on the PipeWire server, once it is there.
fn node(runtime: &Path) -> Option<u32> {
    let output = around(&mut Command::new("pw-dump"), runtime, "").output().expect("pw-dump is needed: run scripts/setup test");
    let objects: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).ok()?;
    let moves = |object: &&serde_json::Value| object["info"]["props"]["node.name"] == "moves";
    u32::try_from(objects.iter().find(moves)?["id"].as_u64()?).ok()
}

/// The stream's pictures move; PipeWire 0.3's sink gives nothing but a crash to what is not made for it.
fn stream(runtime: &Path, bus: &str) -> Guard {
    let mut command = Command::new("gst-launch-1.0");
    command.args(["-q", "videotestsrc", "is-live=true", "pattern=ball", "!"]);
    command.args(["video/x-raw,format=BGRx,width=320,height=180,framerate=30/1", "!", "pipewiresink", "mode=provide"]);
    command.arg("stream-properties=props,node.name=moves,media.class=Video/Source");
    Guard(around(&mut command, runtime, bus).stderr(Stdio::null()).spawn().unwrap())
}

impl Portal {
    /// Answers a request by a signal, as portals do.
    async fn answer(
        &self,
        header: &Header<'_>,
        connection: &Connection,
        options: &Options,
        code: u32,
        results: HashMap<&str, Value<'_>>,
    ) -> OwnedObjectPath {
        let path = object("request", header, options, "handle_token");
        let emitter = SignalEmitter::new(connection, path.clone()).unwrap();
        emitter.emit("org.freedesktop.portal.Request", "Response", &(code, results)).await.unwrap();
        path
    }
}

/// The object that a caller names by a token.
fn object(kind: &str, header: &Header<'_>, options: &Options, token: &str) -> OwnedObjectPath {
    let sender = header.sender().unwrap().trim_start_matches(':').replace('.', "_");
    let token: &str = options[token].downcast_ref().unwrap();
    ObjectPath::try_from(format!("/org/freedesktop/portal/desktop/{kind}/{sender}/{token}")).unwrap().into()
}

#[interface(name = "org.freedesktop.portal.ScreenCast")]
impl Portal {
    async fn create_session(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> OwnedObjectPath {
        let session = object("session", &header, &options, "session_handle_token").to_string();
        self.answer(&header, connection, &options, YES, HashMap::from([("session_handle", Value::from(session))])).await
    }

    async fn select_sources(
        &self,
        _session: OwnedObjectPath,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> OwnedObjectPath {
        let token = options.get("restore_token").and_then(|token| token.downcast_ref::<&str>().ok().map(str::to_owned));
        self.asked.lock().unwrap().push(token);
        self.answer(&header, connection, &options, YES, HashMap::new()).await
    }

    async fn start(
        &self,
        _session: OwnedObjectPath,
        _parent: String,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> OwnedObjectPath {
        if self.refuses {
            return self.answer(&header, connection, &options, NO, HashMap::new()).await;
        }
        let facts = HashMap::from([("source_type", Value::from(1u32))]);
        let streams = Value::from(vec![(self.node, facts)]);
        let results = HashMap::from([("streams", streams), ("restore_token", Value::from(TOKEN))]);
        self.answer(&header, connection, &options, YES, results).await
    }

    fn open_pipe_wire_remote(&self, _session: OwnedObjectPath, _options: Options) -> zbus::zvariant::OwnedFd {
        OwnedFd::from(UnixStream::connect(&self.pipewire).unwrap()).into()
    }

    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        4
    }
}

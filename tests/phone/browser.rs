//! A headless Chromium of its own for each test, driven by the WebDriver protocol (W3C) over plain HTTP.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::rig::PATIENCE;

/// What keeps Chromium from asking anything of anybody, and from needing a GPU or a namespace of its own.
const FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-proxy-server",
    "--hide-scrollbars",
    "--lang=en",
    "--window-size=1000,900",
];

pub struct Browser {
    driver: Child,
    runtime: Runtime,
    client: reqwest::Client,
    /// Address of the session.
    session: String,
    _profile: TempDir,
}

impl Browser {
    pub fn start() -> Browser {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is needed: run scripts/setup test");
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse::<u16>().ok())
            .expect("chromedriver says its port");
        // Read on, or its pipe fills.
        std::thread::spawn(move || lines.for_each(drop));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let profile = tempfile::tempdir().unwrap();
        let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let options = json!({ "args": flags });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let mut browser =
            Browser { driver, runtime, client, session: format!("http://127.0.0.1:{port}/session"), _profile: profile };
        let session = browser.post("", &wanted)["sessionId"].as_str().expect("a session").to_owned();
        browser.session = format!("{}/{session}", browser.session);
        browser
    }

    pub fn go(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// The address shown.
    pub fn url(&self) -> String {
        self.get("/url").as_str().unwrap().to_owned()
    }

    /// Runs the body of an async function in the page and answers with what it returns.
    pub fn run(&self, body: &str) -> Value {
        self.try_run(body).unwrap_or_else(|error| panic!("{error}"))
    }

    /// As `run`; an error where the page went away meanwhile.
    fn try_run(&self, body: &str) -> Result<Value, Value> {
        let script = format!(
            "const done = arguments[arguments.length - 1]; (async () => {{ {body} }})().then(done, (e) => done('threw: ' + e));"
        );
        self.try_post("/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// The value of an expression in the page.
    pub fn value(&self, expression: &str) -> Value {
        self.run(&format!("return {expression};"))
    }

    pub fn text(&self, id: &str) -> String {
        self.value(&format!("document.getElementById('{id}').textContent")).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression holds in the page, and over to the next page where need be.
    pub fn until(&self, what: &str, expression: &str) {
        let begin = Instant::now();
        while self.try_run(&format!("return Boolean({expression});")) != Ok(json!(true)) {
            assert!(begin.elapsed() < PATIENCE, "still not so: {what}\n{}", self.value("document.body.innerText"));
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    /// Clicks as a person does: a press and a release in the middle of the element.
    pub fn click(&self, css: &str) {
        let found = self.post("/element", &json!({ "using": "css selector", "value": css }));
        let element = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str).expect(css);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    pub fn type_into(&self, css: &str, text: &str) {
        let found = self.post("/element", &json!({ "using": "css selector", "value": css }));
        let element = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str).expect(css);
        self.post(&format!("/element/{element}/clear"), &json!({}));
        self.post(&format!("/element/{element}/value"), &json!({ "text": text }));
    }

    /// Gives a cookie to the page's host, as a studio does that paired the browser earlier.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let cookie = json!({ "name": name, "value": value, "path": "/", "httpOnly": true, "sameSite": "Strict" });
        self.post("/cookie", &json!({ "cookie": cookie }));
    }

    /// Makes the page as large as a phone's, in CSS pixels.
    pub fn size(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": width < 1000 });
        let command = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": metrics });
        self.post("/goog/cdp/execute", &command);
    }

    pub fn picture(&self, path: &Path) {
        let png = STANDARD.decode(self.get("/screenshot").as_str().unwrap()).unwrap();
        std::fs::write(path, png).unwrap();
    }

    /// What the page complained about.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({ "type": "browser" }));
        let messages = log.as_array().into_iter().flatten().filter(|entry| entry["level"] == "SEVERE");
        messages.map(|entry| entry["message"].to_string()).collect()
    }

    fn get(&self, road: &str) -> Value {
        let answer = self.answer(self.client.get(format!("{}{road}", self.session)));
        answer.unwrap_or_else(|error| panic!("{road}: {error}"))
    }

    fn post(&self, road: &str, body: &Value) -> Value {
        self.try_post(road, body).unwrap_or_else(|error| panic!("{road}: {error}"))
    }

    fn try_post(&self, road: &str, body: &Value) -> Result<Value, Value> {
        self.answer(self.client.post(format!("{}{road}", self.session)).json(body))
    }

    fn answer(&self, request: reqwest::RequestBuilder) -> Result<Value, Value> {
        self.runtime.block_on(async {
            let answer: Value = request.send().await.expect("the driver answers").json().await.expect("in JSON");
            let value = answer["value"].clone();
            if value["error"].is_null() { Ok(value) } else { Err(value) }
        })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends Chromium with it.
        let _ = self.runtime.block_on(async { self.client.delete(&self.session).send().await });
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

//! The book in headless Chromium: no console errors, search, a quiz by keyboard, phone width.
//!
//! Skipped, and it says so, where there is no Chromium (`CHROMIUM` may name one). The browser
//! is driven by its own protocol over two named pipes: no driver to install.

#![cfg(unix)]

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use book::make::make;
use book::serve::{Shelf, listen, serve};
use serde_json::{Value, json};

fn chromium() -> Option<String> {
    let named = std::env::var("CHROMIUM").ok();
    let usual = ["chromium", "chromium-browser", "google-chrome"].map(str::to_owned);
    named.into_iter().chain(usual).find(|name| {
        let asked = Command::new(name)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        asked.is_ok_and(|status| status.success())
    })
}

/// A browser with one page.
struct Browser {
    process: Child,
    to: File,
    from: BufReader<File>,
    session: String,
    last: u64,
    /// Errors that pages wrote to the console, and exceptions.
    errors: Vec<String>,
    _folder: tempfile::TempDir,
}

impl Browser {
    fn start(program: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pipe = |name: &str| {
            let path = folder.path().join(name);
            let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo");
            assert!(made.success());
            path
        };
        let (to, from) = (pipe("to"), pipe("from"));
        let script = "exec \"$1\" --headless --no-sandbox --disable-gpu --remote-debugging-pipe --user-data-dir=\"$2\" about:blank 3<\"$3\" 4>\"$4\"";
        let process = Command::new("sh")
            .args(["-c", script, "sh", program])
            .arg(folder.path().join("profile"))
            .args([&to, &from])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the shell");
        let to = File::options().write(true).open(to).expect("the pipe");
        let from = BufReader::new(File::open(from).expect("the pipe"));
        let mut browser = Self {
            process,
            to,
            from,
            session: String::new(),
            last: 0,
            errors: Vec::new(),
            _folder: folder,
        };
        let target = browser.call("Target.createTarget", &json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.call("Target.attachToTarget", &attach);
        attached["sessionId"]
            .as_str()
            .expect("a session")
            .clone_into(&mut browser.session);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        browser
    }

    /// Calls a method and waits for its answer; notes what happens meanwhile.
    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        let mut message = json!({"id": self.last, "method": method, "params": params});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.to
            .write_all(format!("{message}\0").as_bytes())
            .expect("the browser reads");
        loop {
            let mut bytes = Vec::new();
            self.from
                .read_until(0, &mut bytes)
                .expect("the browser answers");
            assert!(!bytes.is_empty(), "the browser has ended");
            bytes.pop();
            let answer: Value = serde_json::from_slice(&bytes).expect("JSON");
            if answer["id"] == json!(self.last) {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.note(&answer);
        }
    }

    fn note(&mut self, event: &Value) {
        let params = &event["params"];
        match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => self.errors.push(params.to_string()),
            Some("Runtime.consoleAPICalled") if params["type"] == "error" => {
                self.errors.push(params.to_string());
            }
            Some("Log.entryAdded") if params["entry"]["level"] == "error" => {
                self.errors.push(params["entry"].to_string());
            }
            Some("Network.requestWillBeSent") => {
                let url = params["request"]["url"].as_str().unwrap_or("");
                if !url.starts_with("http://localhost:")
                    && !url.starts_with("data:")
                    && !url.starts_with("about:")
                {
                    self.errors.push(format!("asked the network for {url}"));
                }
            }
            _ => {}
        }
    }

    fn value(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "returnByValue": true});
        self.call("Runtime.evaluate", &params)["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    fn until(&mut self, expression: &str) {
        let started = Instant::now();
        while self.value(expression) != json!(true) {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "never true: {expression}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn open(&mut self, address: &str) {
        self.call("Page.navigate", &json!({"url": address}));
        self.until(&format!(
            "location.href === {address:?} && document.readyState === 'complete'"
        ));
    }

    fn key(&mut self, key: &str, code: u32, text: &str) {
        let mut down =
            json!({"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code});
        if !text.is_empty() {
            down["text"] = json!(text);
        }
        self.call("Input.dispatchKeyEvent", &down);
        let up = json!({"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code});
        self.call("Input.dispatchKeyEvent", &up);
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the repository")
        .to_owned()
}

#[test]
fn a_reader_finds_everything_in_order() {
    let Some(program) = chromium() else {
        eprintln!("SKIPPED: there is no Chromium here, so no page was looked at");
        return;
    };
    let out = tempfile::tempdir().expect("a temporary folder");
    make(&root(), out.path(), jiff::civil::date(2027, 1, 4))
        .unwrap_or_else(|error| panic!("{error:#}"));
    let shelf = Arc::new(Shelf::default());
    shelf.load(out.path()).expect("readable");
    let (listener, port) = listen(0).expect("a free port");
    std::thread::spawn(move || serve(&listener, &shelf));
    let site = format!("http://localhost:{port}");
    let mut browser = Browser::start(&program);

    let summary = std::fs::read_to_string(root().join("book/src/SUMMARY.md")).expect("the summary");
    let pages: Vec<String> = summary
        .lines()
        .filter_map(|line| Some(line.rsplit_once("](")?.1.split_once(".md)")?.0.to_owned()))
        .collect();
    phone(&mut browser);
    for page in &pages {
        browser.open(&format!("{site}/{page}.html"));
        let wide = browser.value("document.documentElement.scrollWidth");
        assert!(
            wide.as_u64().is_some_and(|wide| wide <= 390),
            "{page} is {wide} wide on a phone"
        );
        assert_eq!(
            browser.value("document.querySelector('main h1') !== null"),
            json!(true),
            "{page}"
        );
    }
    browser.call("Emulation.clearDeviceMetricsOverride", &json!({}));

    themes(&mut browser, &site);
    search(&mut browser, &site);
    quiz(&mut browser, &site);
    assert!(browser.errors.is_empty(), "{}", browser.errors.join("\n"));
}

fn phone(browser: &mut Browser) {
    let phone = json!({"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true});
    browser.call("Emulation.setDeviceMetricsOverride", &phone);
}

/// Light and dark follow the reader's system, and text can be read in both.
fn themes(browser: &mut Browser, site: &str) {
    for (scheme, class) in [("dark", "navy"), ("light", "light")] {
        let feature = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        browser.call("Emulation.setEmulatedMedia", &feature);
        browser.open(&format!("{site}/week2/ingestion.html?{scheme}"));
        browser.until(&format!(
            "document.documentElement.classList.contains('{class}')"
        ));
        let card = "getComputedStyle(document.querySelector('.checkpoint'))";
        assert_ne!(
            browser.value(&format!("{card}.color")),
            browser.value(&format!("{card}.backgroundColor"))
        );
    }
}

fn search(browser: &mut Browser, site: &str) {
    browser.open(&format!("{site}/week2/ingestion.html"));
    browser.key("s", 83, "s");
    browser.until("document.activeElement.id === 'mdbook-searchbar'");
    browser.call("Input.insertText", &json!({"text": "quarantine"}));
    browser.key("ArrowRight", 39, "");
    browser.until("document.querySelectorAll('#mdbook-searchresults li').length > 0");
}

/// Finds a wrong answer and the right one with Tab, arrows and Enter alone.
fn quiz(browser: &mut Browser, site: &str) {
    let course = workbook::course::Course::load(&root(), "base").expect("the facts");
    let unit = course
        .checkpoints
        .iter()
        .find(|unit| {
            let week = unit.week.unwrap_or(0);
            let path = root().join(format!("book/src/week{week}/{}.md", unit.facts.id));
            std::fs::read_to_string(path).is_ok_and(|text| text.contains("{{#quiz"))
        })
        .expect("a chapter has a quiz");
    let question = &unit.facts.questions[0];
    let address = format!(
        "{site}/week{}/{}.html",
        unit.week.unwrap_or(0),
        unit.facts.id
    );
    browser.open(&address);
    browser.value("document.querySelector('.quiz form input').focus()");
    browser.key("Enter", 13, "\r");
    browser.until("document.querySelector('.quiz .verdict').textContent.startsWith('Choose')");
    browser.key(" ", 32, " ");
    for at in 0..question.options.len() {
        let right = at == question.answer;
        browser.until(&format!(
            "document.activeElement.value === '{at}' && document.activeElement.checked"
        ));
        browser.key("Enter", 13, "\r");
        let state = if right { "right" } else { "wrong" };
        browser.until(&format!(
            "document.querySelector('.quiz form').dataset.state === '{state}'"
        ));
        let shown = browser.value("!document.querySelector('.quiz .why').hidden");
        assert_eq!(
            shown,
            json!(right),
            "the reason comes with the right answer"
        );
        if at + 1 < question.options.len() {
            browser.key("ArrowRight", 39, "");
        }
    }
    assert_eq!(
        browser.value("location.href"),
        json!(address),
        "an arrow key did not turn the page"
    );
}

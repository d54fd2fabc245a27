//! The report in a real browser: it renders without an error and without the network, and
//! fits a phone. Runs where Chromium is on the PATH.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

/// A frame of a given width (Chromium's own windows are never as narrow as a phone), and
/// what it sees of the report in it.
const FRAME: &str = "<iframe id=frame width=WIDTH height=800></iframe><script>
frame.onload = () => {
    const page = frame.contentDocument.documentElement;
    const seen = document.documentElement.dataset;
    seen.overflow = String(page.scrollWidth > page.clientWidth);
    seen.fetched = String(frame.contentWindow.performance.getEntriesByType('resource').length);
    seen.heading = page.querySelector('h1').textContent;
};
frame.srcdoc = HTML;
</script>";

/// The DOM and the log of a page, `None` where there is no Chromium.
fn open(page: &Path, profile: &Path) -> Option<(String, String)> {
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args([
            "--no-first-run",
            "--enable-logging=stderr",
            "--dump-dom",
            "--window-size=1400,900",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", page.display()))
        .output();
    let Ok(output) = output else {
        // Not `println!`: the harness keeps the output of a passing test to itself.
        let _ = writeln!(
            io::stderr(),
            "SKIPPED: the report in a browser: no chromium on the PATH"
        );
        return None;
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Some((text(&output.stdout), text(&output.stderr)))
}

#[test]
fn the_report_renders_without_errors_or_network_and_fits_a_phone() {
    let folder = tempfile::tempdir().unwrap();
    assert_cmd::Command::cargo_bin("capstone")
        .unwrap()
        .args(["run", "--rows", "2000", "--lake"])
        .arg(folder.path())
        .assert()
        .success();
    let html = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    let html = serde_json::to_string(&html).unwrap().replace("</", "<\\/");
    for width in ["1200", "360"] {
        let page = folder.path().join(format!("frame-{width}.html"));
        std::fs::write(&page, FRAME.replace("WIDTH", width).replace("HTML", &html)).unwrap();
        let Some((dom, log)) = open(&page, &folder.path().join("profile")) else {
            return;
        };
        let console: Vec<&str> = log
            .lines()
            .filter(|line| line.contains("CONSOLE"))
            .collect();
        assert_eq!(console, Vec::<&str>::new(), "at {width} pixels");
        let seen = dom.split_once('>').map_or("", |(html, _)| html);
        assert!(
            seen.contains("data-heading=\"Open Payments, 2022 to 2024\""),
            "at {width}: {seen}"
        );
        assert!(
            seen.contains("data-overflow=\"false\""),
            "at {width} it scrolls sideways: {seen}"
        );
        assert!(
            seen.contains("data-fetched=\"0\""),
            "at {width} it fetches something: {seen}"
        );
    }
}

//! A Rocket server.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;

use rocket::config::{Config, LogLevel, Shutdown};
use rocket::error::ErrorKind;
use rocket::http::{ContentType, Header};
use rocket::tokio::runtime;
use rocket::{Responder, State, get, routes};

struct Site {
    nonce: String,
    payload_1kb: Arc<[u8]>,
    payload_1mb: Arc<[u8]>,
}

#[derive(Responder)]
struct Health {
    body: &'static str,
    target: Header<'static>,
    nonce: Header<'static>,
}

#[get("/healthz")]
fn health(site: &State<Site>) -> Health {
    Health {
        body: "ok",
        target: Header::new("x-httpdyno-target", "rocket"),
        nonce: Header::new("x-httpdyno-nonce", site.nonce.clone()),
    }
}

#[get("/payload/1kb")]
fn payload_1kb(site: &State<Site>) -> (ContentType, Arc<[u8]>) {
    (ContentType::Binary, Arc::clone(&site.payload_1kb))
}

#[get("/payload/1mb")]
fn payload_1mb(site: &State<Site>) -> (ContentType, Arc<[u8]>) {
    (ContentType::Binary, Arc::clone(&site.payload_1mb))
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("rocket: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let workers = from_env::<NonZeroUsize>("WORKERS", Some("1"))?.get();
    let config = Config {
        address: from_env::<IpAddr>("HOST", Some("127.0.0.1"))?,
        port: from_env("PORT", None)?,
        workers,
        log_level: LogLevel::Off,
        cli_colors: false,
        // Rocket's own 2 s and 3 s, plus the one that it always adds, would let one slow client hold the process.
        shutdown: Shutdown {
            grace: 0,
            mercy: 0,
            ..Shutdown::default()
        },
        ..Config::release_default()
    };
    let pattern = |length: usize| (0..length).map(|index| (index * 31 + 7) as u8).collect();
    let site = Site {
        nonce: from_env("HTTPDYNO_NONCE", Some(""))?,
        payload_1kb: pattern(1024),
        payload_1mb: pattern(1024 * 1024),
    };
    let rocket = rocket::custom(config)
        .manage(site)
        .mount("/", routes![health, payload_1kb, payload_1mb]);
    // `#[launch]` and `rocket::execute` take `workers` from Rocket.toml or ROCKET_WORKERS only, never from a
    // custom configuration: so here is the runtime that they would build, with our number of threads.
    let runtime = runtime::Builder::new_multi_thread()
        .thread_name("rocket-worker-thread")
        .worker_threads(workers)
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start the runtime: {error}"))?;
    let launched = runtime.block_on(rocket.launch());
    runtime.shutdown_background();
    match launched {
        Ok(_) => Ok(()),
        // Connections that outlive their time end with the process.
        Err(error) if matches!(error.kind(), ErrorKind::Shutdown(_, None)) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

fn from_env<T: FromStr>(name: &str, default: Option<&str>) -> Result<T, String> {
    let text = std::env::var(name).ok().or(default.map(str::to_owned));
    let text = text.ok_or_else(|| format!("{name} is not set"))?;
    text.parse()
        .map_err(|_| format!("{name} does not take the value {text:?}"))
}

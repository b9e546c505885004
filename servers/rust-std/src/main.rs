//! A server on `std::net` alone: one blocking thread a connection.

mod connection;
mod http;
mod site;

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::process::ExitCode;
use std::str::FromStr;
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::site::Site;

const ACCEPT_RETRY_PAUSE: Duration = Duration::from_millis(10);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("rust-std: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let address = SocketAddr::new(
        from_env::<IpAddr>("HOST", Some("127.0.0.1"))?,
        from_env::<u16>("PORT", None)?,
    );
    let nonce = from_env::<String>("HTTPDYNO_NONCE", Some(""))?;
    // Threads and connections end with the process, so the site may live as long.
    let site: &'static Site = Box::leak(Box::new(Site::new("rust-std", &nonce)));
    let mut signals = Signals::new([SIGTERM, SIGINT])
        .map_err(|error| format!("cannot handle signals: {error}"))?;
    let listener = TcpListener::bind(address)
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
    thread::spawn(move || accept(&listener, site));
    signals.forever().next();
    Ok(())
}

fn accept(listener: &TcpListener, site: &'static Site) {
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                // When no thread can be had the connection is dropped, and the server lives on.
                let _ = thread::Builder::new().spawn(move || connection::serve(stream, site));
            }
            // Out of descriptors, mostly: give connections time to end.
            Err(_) => thread::sleep(ACCEPT_RETRY_PAUSE),
        }
    }
}

fn from_env<T: FromStr>(name: &str, default: Option<&str>) -> Result<T, String> {
    let text = std::env::var(name).ok().or(default.map(str::to_owned));
    let text = text.ok_or_else(|| format!("{name} is not set"))?;
    text.parse()
        .map_err(|_| format!("{name} does not take the value {text:?}"))
}

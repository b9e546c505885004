//! A server on tokio's TCP sockets: one task a connection.

mod connection;
mod http;
mod site;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::site::Site;

const ACCEPT_RETRY_PAUSE: Duration = Duration::from_millis(10);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("tokio: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let address = SocketAddr::new(
        from_env::<IpAddr>("HOST", Some("127.0.0.1"))?,
        from_env::<u16>("PORT", None)?,
    );
    let workers = from_env::<NonZeroUsize>("WORKERS", Some("1"))?;
    let nonce = from_env::<String>("HTTPDYNO_NONCE", Some(""))?;
    // Tasks and connections end with the process, so the site may live as long.
    let site: &'static Site = Box::leak(Box::new(Site::new("tokio", &nonce)));
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(workers.get())
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start the runtime: {error}"))?;
    // Spawned, not blocked on: what `block_on` runs stays on the main thread, outside the worker threads.
    let served = runtime.block_on(async { runtime.spawn(serve_until_signal(address, site)).await });
    runtime.shutdown_background();
    match served {
        Ok(outcome) => outcome.map_err(|error| format!("cannot serve on {address}: {error}")),
        Err(panic) => Err(panic.to_string()),
    }
}

/// Dropping the future of the accept loop and then the runtime ends every connection.
async fn serve_until_signal(address: SocketAddr, site: &'static Site) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let listener = TcpListener::bind(address).await?;
    tokio::select! {
        () = accept(&listener, site) => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

async fn accept(listener: &TcpListener, site: &'static Site) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection::serve(stream, site));
            }
            // Out of descriptors, mostly: give connections time to end.
            Err(_) => tokio::time::sleep(ACCEPT_RETRY_PAUSE).await,
        }
    }
}

fn from_env<T: FromStr>(name: &str, default: Option<&str>) -> Result<T, String> {
    let text = std::env::var(name).ok().or(default.map(str::to_owned));
    let text = text.ok_or_else(|| format!("{name} is not set"))?;
    text.parse()
        .map_err(|_| format!("{name} does not take the value {text:?}"))
}

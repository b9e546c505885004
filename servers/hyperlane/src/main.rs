//! A hyperlane server: routes fill the response, one response middleware sends it.

mod hooks;

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::str::FromStr;

use hyperlane::{Server, ServerConfig};
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("hyperlane: {reason}");
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
    hooks::prepare(from_env::<String>("HTTPDYNO_NONCE", Some(""))?);
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(workers.get())
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start the runtime: {error}"))?;
    let served = runtime.block_on(serve_until_signal(address));
    runtime.shutdown_background();
    served.map_err(|reason| format!("cannot serve on {address}: {reason}"))
}

/// `run` spawns the accept loop on the worker threads; here only the signals are awaited.
async fn serve_until_signal(address: SocketAddr) -> Result<(), String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let mut config = ServerConfig::default();
    config.set_address(address.to_string());
    config.set_nodelay(Some(true));
    let mut server = Server::from(config);
    server
        .request_middleware::<hooks::PresumeNotFound>()
        .route::<hooks::Health>("/healthz")
        .route::<hooks::Payload1kb>("/payload/1kb")
        .route::<hooks::Payload1mb>("/payload/1mb")
        .response_middleware::<hooks::Send>()
        .request_error::<hooks::Refuse>();
    let control = server.run().await.map_err(|error| error.to_string())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    control.shutdown().await;
    Ok(())
}

fn from_env<T: FromStr>(name: &str, default: Option<&str>) -> Result<T, String> {
    let text = std::env::var(name).ok().or(default.map(str::to_owned));
    let text = text.ok_or_else(|| format!("{name} is not set"))?;
    text.parse()
        .map_err(|_| format!("{name} does not take the value {text:?}"))
}

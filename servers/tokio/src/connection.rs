//! One connection, from its first request to its end.

use std::io;
use std::time::Duration;

use bytes::Buf;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::http::{self, Inbox, Persistence};
use crate::site::{DateText, Site};

const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
const LINGER_TIMEOUT: Duration = Duration::from_secs(1);
const LINGER_MAX_READS: usize = 64;

/// Serves `stream` until either side ends it. Its errors end the connection, which is all there is to do about them.
pub async fn serve(mut stream: TcpStream, site: &Site) {
    if serve_requests(&mut stream, site).await.is_ok() {
        let _ = timeout(LINGER_TIMEOUT, linger(&mut stream)).await;
    }
}

async fn serve_requests(stream: &mut TcpStream, site: &Site) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut inbox = Inbox::new();
    let mut date = DateText::default();
    let mut head = Vec::with_capacity(512);
    loop {
        let request = match http::parse(inbox.unread()) {
            Ok(Some(request)) => request,
            Ok(None) => {
                if receive(stream, &mut inbox).await? == 0 {
                    return Ok(());
                }
                continue;
            }
            Err(refusal) => {
                let answer = site.refusal(refusal);
                answer.write_head(&mut head, date.now(), Persistence::Close);
                return send(stream, &head, answer.body_for("GET")).await;
            }
        };
        let answer = site.resource(request.method, request.path);
        answer.write_head(&mut head, date.now(), request.persistence);
        send(stream, &head, answer.body_for(request.method)).await?;
        if request.persistence == Persistence::Close {
            return Ok(());
        }
        let (head_bytes, body_bytes) = (request.head_bytes, request.body_bytes);
        inbox.consume(head_bytes);
        let mut remaining_bytes = inbox.skip(body_bytes);
        while remaining_bytes > 0 {
            if receive(stream, &mut inbox).await? == 0 {
                return Ok(());
            }
            remaining_bytes = inbox.skip(remaining_bytes);
        }
    }
}

async fn receive(stream: &mut TcpStream, inbox: &mut Inbox) -> io::Result<usize> {
    let count = timeout(IDLE_TIMEOUT, stream.read(inbox.spare())).await??;
    inbox.received(count);
    Ok(count)
}

/// Head and body in one system call where the socket takes both.
async fn send(stream: &mut TcpStream, head: &[u8], body: &[u8]) -> io::Result<()> {
    stream.write_all_buf(&mut Buf::chain(head, body)).await
}

/// Closing with unread input makes the kernel send RST, which can take the answer away from the client:
/// so end our half first and read on for a bounded while.
async fn linger(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut scrap = [0; 4096];
    for _ in 0..LINGER_MAX_READS {
        if stream.read(&mut scrap).await? == 0 {
            break;
        }
    }
    Ok(())
}

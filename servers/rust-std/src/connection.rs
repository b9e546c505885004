//! One connection, from its first request to its end.

use std::io::{self, IoSlice, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::http::{self, Inbox, Persistence};
use crate::site::{DateText, Site};

const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
const LINGER_TIMEOUT: Duration = Duration::from_secs(1);
const LINGER_MAX_READS: usize = 64;

/// Serves `stream` until either side ends it. Its errors end the connection, which is all there is to do about them.
pub fn serve(mut stream: TcpStream, site: &Site) {
    if serve_requests(&mut stream, site).is_ok() {
        let _ = linger(&mut stream);
    }
}

fn serve_requests(stream: &mut TcpStream, site: &Site) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(IDLE_TIMEOUT))?;
    let mut inbox = Inbox::new();
    let mut date = DateText::default();
    let mut head = Vec::with_capacity(512);
    loop {
        let request = match http::parse(inbox.unread()) {
            Ok(Some(request)) => request,
            Ok(None) => {
                if receive(stream, &mut inbox)? == 0 {
                    return Ok(());
                }
                continue;
            }
            Err(refusal) => {
                let answer = site.refusal(refusal);
                answer.write_head(&mut head, date.now(), Persistence::Close);
                return send(stream, &head, answer.body_for("GET"));
            }
        };
        let answer = site.resource(request.method, request.path);
        answer.write_head(&mut head, date.now(), request.persistence);
        send(stream, &head, answer.body_for(request.method))?;
        if request.persistence == Persistence::Close {
            return Ok(());
        }
        let (head_bytes, body_bytes) = (request.head_bytes, request.body_bytes);
        inbox.consume(head_bytes);
        let mut remaining_bytes = inbox.skip(body_bytes);
        while remaining_bytes > 0 {
            if receive(stream, &mut inbox)? == 0 {
                return Ok(());
            }
            remaining_bytes = inbox.skip(remaining_bytes);
        }
    }
}

fn receive(stream: &mut TcpStream, inbox: &mut Inbox) -> io::Result<usize> {
    let count = stream.read(inbox.spare())?;
    inbox.received(count);
    Ok(count)
}

/// Head and body in one system call where the socket takes both.
fn send(stream: &mut TcpStream, head: &[u8], body: &[u8]) -> io::Result<()> {
    let mut parts = [IoSlice::new(head), IoSlice::new(body)];
    let mut parts = &mut parts[..];
    // Drops empty parts, so that an empty body leaves nothing to write.
    IoSlice::advance_slices(&mut parts, 0);
    while !parts.is_empty() {
        match stream.write_vectored(parts) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => IoSlice::advance_slices(&mut parts, count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Closing with unread input makes the kernel send RST, which can take the answer away from the client:
/// so end our half first and read on for a bounded while.
fn linger(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(LINGER_TIMEOUT))?;
    let mut scrap = [0; 4096];
    for _ in 0..LINGER_MAX_READS {
        if stream.read(&mut scrap)? == 0 {
            break;
        }
    }
    Ok(())
}

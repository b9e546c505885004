//! The part of HTTP/1.1 that this server speaks, without any I/O: bytes in, requests out.
//! `httparse` reads the head; what a head *means* (framing, persistence) is decided here after RFC 9112.
//! The servers `rust-std` and `tokio` carry the same copy of this file, because every server folder stands alone.

use std::ops::Range;

/// The longest request head accepted; a longer one is answered 431.
pub const HEAD_MAX_BYTES: usize = 16 * 1024;
const HEADERS_MAX: usize = 100;

/// One complete request head.
#[derive(Debug, PartialEq)]
pub struct Request<'a> {
    pub method: &'a str,
    /// Without query, and without scheme and authority.
    pub path: &'a str,
    pub persistence: Persistence,
    pub head_bytes: usize,
    /// What follows the head and belongs to this request.
    pub body_bytes: u64,
}

/// What becomes of the connection after the answer, and so what its `connection` header says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Persistence {
    KeepAlive,
    /// HTTP/1.0 keeps alive only when both sides say so.
    KeepAliveAnnounced,
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refusal {
    BadRequest,
    HeadTooLarge,
    UnknownTransferCoding,
}

/// Reads the first request of `bytes`; `None` means that its head is not complete yet.
pub fn parse(bytes: &[u8]) -> Result<Option<Request<'_>>, Refusal> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut head = httparse::Request::new(&mut headers);
    let head_bytes = match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if bytes.len() < HEAD_MAX_BYTES => return Ok(None),
        Ok(httparse::Status::Partial) | Err(httparse::Error::TooManyHeaders) => {
            return Err(Refusal::HeadTooLarge);
        }
        Err(_) => return Err(Refusal::BadRequest),
    };
    let (Some(method), Some(target), Some(minor_version)) = (head.method, head.path, head.version)
    else {
        return Err(Refusal::BadRequest);
    };
    let fields = Fields::read(head.headers)?;
    if minor_version == 1 && fields.hosts != 1 {
        return Err(Refusal::BadRequest);
    }
    Ok(Some(Request {
        method,
        path: path_of(target),
        persistence: fields.persistence(minor_version),
        head_bytes,
        body_bytes: fields.content_length.unwrap_or(0),
    }))
}

/// The header fields that decide about framing and persistence.
#[derive(Default)]
struct Fields {
    hosts: usize,
    content_length: Option<u64>,
    close: bool,
    keep_alive: bool,
    expects_continue: bool,
}

impl Fields {
    fn read(headers: &[httparse::Header<'_>]) -> Result<Self, Refusal> {
        let mut fields = Self::default();
        let mut transfer_coding = false;
        for header in headers {
            if header.name.eq_ignore_ascii_case("host") {
                fields.hosts += 1;
            } else if header.name.eq_ignore_ascii_case("connection") {
                fields.close |= has_token(header.value, "close");
                fields.keep_alive |= has_token(header.value, "keep-alive");
            } else if header.name.eq_ignore_ascii_case("content-length") {
                let length = decimal(header.value).ok_or(Refusal::BadRequest)?;
                if fields.content_length.is_some_and(|other| other != length) {
                    return Err(Refusal::BadRequest);
                }
                fields.content_length = Some(length);
            } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
                transfer_coding = true;
            } else if header.name.eq_ignore_ascii_case("expect") {
                fields.expects_continue = true;
            }
        }
        match (transfer_coding, fields.content_length) {
            // Both at once is how requests are smuggled.
            (true, Some(_)) => Err(Refusal::BadRequest),
            (true, None) => Err(Refusal::UnknownTransferCoding),
            (false, _) => Ok(fields),
        }
    }

    fn persistence(&self, minor_version: u8) -> Persistence {
        // A client that is answered before its `100 Continue` may or may not send the body: only closing is safe.
        if self.close || self.expects_continue {
            return Persistence::Close;
        }
        match (minor_version, self.keep_alive) {
            (0, false) => Persistence::Close,
            (0, true) => Persistence::KeepAliveAnnounced,
            _ => Persistence::KeepAlive,
        }
    }
}

fn has_token(value: &[u8], token: &str) -> bool {
    value
        .split(|&byte| byte == b',')
        .any(|item| item.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

/// Digits only: `str::parse` alone would take a leading `+`.
fn decimal(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}

fn path_of(target: &str) -> &str {
    let origin = match target.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => {
            rest.find('/').map_or("/", |slash| &rest[slash..])
        }
        _ => target,
    };
    origin.split('?').next().unwrap_or(origin)
}

/// Bytes received and not yet consumed. Holds exactly one head of the largest size, so it never grows.
pub struct Inbox {
    storage: Box<[u8]>,
    unread: Range<usize>,
}

impl Inbox {
    pub fn new() -> Self {
        Self {
            storage: vec![0; HEAD_MAX_BYTES].into_boxed_slice(),
            unread: 0..0,
        }
    }

    pub fn unread(&self) -> &[u8] {
        &self.storage[self.unread.clone()]
    }

    /// Room for the next read; never empty as long as `unread` is shorter than `HEAD_MAX_BYTES`.
    pub fn spare(&mut self) -> &mut [u8] {
        if self.unread.is_empty() {
            self.unread = 0..0;
        } else if self.unread.end == self.storage.len() {
            self.storage.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
        }
        &mut self.storage[self.unread.end..]
    }

    pub fn received(&mut self, count: usize) {
        self.unread.end += count;
    }

    pub fn consume(&mut self, count: usize) {
        self.unread.start += count;
    }

    /// Drops what is here of a body of `length` bytes and returns how many are still to come.
    pub fn skip(&mut self, length: u64) -> u64 {
        let here = usize::try_from(length)
            .unwrap_or(usize::MAX)
            .min(self.unread.len());
        self.consume(here);
        length - here as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persistence_of(request: &str) -> Persistence {
        parse(request.as_bytes()).unwrap().unwrap().persistence
    }

    #[test]
    fn a_head_is_incomplete_until_its_last_byte() {
        let request = b"GET /healthz?x=1 HTTP/1.1\r\nHost: a\r\n\r\n";
        for length in 0..request.len() {
            assert_eq!(parse(&request[..length]), Ok(None), "{length} bytes");
        }
        let complete = parse(request).unwrap().unwrap();
        assert_eq!((complete.method, complete.path), ("GET", "/healthz"));
        assert_eq!(
            (complete.head_bytes, complete.body_bytes),
            (request.len(), 0)
        );
    }

    #[test]
    fn only_the_first_of_several_pipelined_requests_is_read() {
        let two = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n";
        assert_eq!(parse(two).unwrap().unwrap().head_bytes, two.len() / 2);
    }

    #[test]
    fn an_absolute_target_is_reduced_to_its_path() {
        assert_eq!(
            path_of("http://example.test/payload/1kb?a://b"),
            "/payload/1kb"
        );
        assert_eq!(path_of("http://example.test"), "/");
        assert_eq!(path_of("/x?u=http://y/z"), "/x");
    }

    #[test]
    fn persistence_follows_version_and_connection_header() {
        assert_eq!(
            persistence_of("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
            Persistence::KeepAlive
        );
        assert_eq!(persistence_of("GET / HTTP/1.0\r\n\r\n"), Persistence::Close);
        assert_eq!(
            persistence_of("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
            Persistence::KeepAliveAnnounced
        );
        assert_eq!(
            persistence_of("GET / HTTP/1.1\r\nHost: a\r\nConnection: te, CLOSE\r\n\r\n"),
            Persistence::Close
        );
    }

    #[test]
    fn ambiguous_or_malformed_framing_is_refused() {
        let cases = [
            ("GET / HTTP/1.1\r\n\r\n", Refusal::BadRequest),
            ("GET /\r\n\r\n", Refusal::BadRequest),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                Refusal::BadRequest,
            ),
            ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", Refusal::BadRequest),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
                Refusal::BadRequest,
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                Refusal::BadRequest,
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                Refusal::BadRequest,
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                Refusal::UnknownTransferCoding,
            ),
        ];
        for (request, refusal) in cases {
            assert_eq!(parse(request.as_bytes()), Err(refusal), "{request:?}");
        }
    }

    #[test]
    fn heads_are_bounded_in_bytes_and_in_fields() {
        let mut endless = b"GET / HTTP/1.1\r\nHost: a\r\nX: ".to_vec();
        endless.resize(HEAD_MAX_BYTES - 1, b'x');
        assert_eq!(parse(&endless), Ok(None));
        endless.push(b'x');
        assert_eq!(parse(&endless), Err(Refusal::HeadTooLarge));
        let with_fields = |count: usize| {
            format!(
                "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
                "A: b\r\n".repeat(count - 1)
            )
        };
        assert!(matches!(
            parse(with_fields(HEADERS_MAX).as_bytes()),
            Ok(Some(_))
        ));
        assert_eq!(
            parse(with_fields(HEADERS_MAX + 1).as_bytes()),
            Err(Refusal::HeadTooLarge)
        );
    }

    #[test]
    fn the_inbox_keeps_unread_bytes_when_it_makes_room() {
        let mut inbox = Inbox::new();
        inbox.spare().fill(b'a');
        inbox.received(HEAD_MAX_BYTES);
        inbox.consume(HEAD_MAX_BYTES - 3);
        assert_eq!(inbox.spare().len(), HEAD_MAX_BYTES - 3);
        assert_eq!(inbox.unread(), b"aaa");
        assert_eq!(inbox.skip(5), 2);
        assert!(inbox.unread().is_empty());
    }
}

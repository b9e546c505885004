//! What this server answers, built once at start.
//! The servers `rust-std` and `tokio` carry the same copy of this file, because every server folder stands alone.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::http::{Persistence, Refusal};

pub struct Site {
    health: Resource,
    payload_1kb: Resource,
    payload_1mb: Resource,
    not_found: Resource,
    bad_request: Resource,
    head_too_large: Resource,
    unknown_transfer_coding: Resource,
}

/// One possible answer: everything that does not change from request to request.
pub struct Resource {
    status: &'static str,
    fields: String,
    body: Vec<u8>,
}

impl Site {
    pub fn new(target: &str, nonce: &str) -> Self {
        let witness = format!("x-httpdyno-target: {target}\r\nx-httpdyno-nonce: {nonce}\r\n");
        let text = |status, body: &str| Resource::new(status, "text/plain", "", body.into());
        let payload =
            |length| Resource::new("200 OK", "application/octet-stream", "", pattern(length));
        Self {
            health: Resource::new("200 OK", "text/plain", &witness, b"ok".to_vec()),
            payload_1kb: payload(1024),
            payload_1mb: payload(1024 * 1024),
            not_found: text("404 Not Found", "not found\n"),
            bad_request: text("400 Bad Request", "bad request\n"),
            head_too_large: text(
                "431 Request Header Fields Too Large",
                "request head too large\n",
            ),
            unknown_transfer_coding: text("501 Not Implemented", "unknown transfer coding\n"),
        }
    }

    pub fn resource(&self, method: &str, path: &str) -> &Resource {
        match (method, path) {
            ("GET" | "HEAD", "/healthz") => &self.health,
            ("GET" | "HEAD", "/payload/1kb") => &self.payload_1kb,
            ("GET" | "HEAD", "/payload/1mb") => &self.payload_1mb,
            _ => &self.not_found,
        }
    }

    pub fn refusal(&self, refusal: Refusal) -> &Resource {
        match refusal {
            Refusal::BadRequest => &self.bad_request,
            Refusal::HeadTooLarge => &self.head_too_large,
            Refusal::UnknownTransferCoding => &self.unknown_transfer_coding,
        }
    }
}

impl Resource {
    fn new(status: &'static str, content_type: &str, more_fields: &str, body: Vec<u8>) -> Self {
        let length = body.len();
        let fields =
            format!("content-type: {content_type}\r\ncontent-length: {length}\r\n{more_fields}");
        Self {
            status,
            fields,
            body,
        }
    }

    /// The body to send after the head: a HEAD request gets none.
    pub fn body_for(&self, method: &str) -> &[u8] {
        if method == "HEAD" { &[] } else { &self.body }
    }

    /// Replaces the content of `head` by this answer's head.
    pub fn write_head(&self, head: &mut Vec<u8>, date: &str, persistence: Persistence) {
        let connection = match persistence {
            Persistence::KeepAlive => "",
            Persistence::KeepAliveAnnounced => "connection: keep-alive\r\n",
            Persistence::Close => "connection: close\r\n",
        };
        head.clear();
        write!(
            head,
            "HTTP/1.1 {}\r\n{}date: {date}\r\n{connection}\r\n",
            self.status, self.fields
        )
        .expect("a Vec takes every write");
    }
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 31 + 7) as u8).collect()
}

/// The `date` header's value, written anew only when the second changes.
#[derive(Default)]
pub struct DateText {
    second: u64,
    text: String,
}

impl DateText {
    pub fn now(&mut self) -> &str {
        let now = SystemTime::now();
        let second = now
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        if self.text.is_empty() || second != self.second {
            self.second = second;
            self.text = httpdate::fmt_http_date(now);
        }
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_follow_the_contract_pattern() {
        let site = Site::new("t", "n");
        let small = site.resource("GET", "/payload/1kb").body_for("GET");
        let large = site.resource("GET", "/payload/1mb").body_for("GET");
        assert_eq!((small.len(), large.len()), (1024, 1_048_576));
        assert!(
            large
                .iter()
                .enumerate()
                .all(|(index, &byte)| usize::from(byte) == (index * 31 + 7) % 256)
        );
        assert_eq!(small, &large[..1024]);
    }

    #[test]
    fn a_head_answer_announces_the_length_of_the_body_it_leaves_out() {
        let site = Site::new("t", "n");
        let resource = site.resource("HEAD", "/payload/1kb");
        let mut head = Vec::new();
        resource.write_head(&mut head, "today", Persistence::Close);
        let head = String::from_utf8(head).unwrap();
        assert!(resource.body_for("HEAD").is_empty());
        assert!(head.contains("content-length: 1024\r\n"), "{head}");
        assert!(head.ends_with("connection: close\r\n\r\n"), "{head}");
    }

    #[test]
    fn the_witness_names_target_and_nonce() {
        let site = Site::new("some-id", "abc");
        let mut head = Vec::new();
        site.resource("GET", "/healthz")
            .write_head(&mut head, "today", Persistence::KeepAlive);
        let head = String::from_utf8(head).unwrap();
        assert!(
            head.contains("x-httpdyno-target: some-id\r\nx-httpdyno-nonce: abc\r\n"),
            "{head}"
        );
    }

    #[test]
    fn anything_else_is_not_found() {
        let site = Site::new("t", "n");
        for (method, path) in [
            ("POST", "/healthz"),
            ("GET", "/healthz/"),
            ("GET", "/"),
            ("get", "/healthz"),
        ] {
            assert!(
                std::ptr::eq(site.resource(method, path), &site.not_found),
                "{method} {path}"
            );
        }
    }
}

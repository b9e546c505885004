//! The steps of hyperlane's pipeline, in the order in which a request meets them.

use std::sync::OnceLock;

use hyperlane::{Context, Method, RequestError, ServerHook, Status, Stream};

const TARGET: &str = "hyperlane";
const CONTENT_TYPE: &str = "content-type";

/// Hooks are made anew for every request and take no state, so what they share is static.
static SITE: OnceLock<Site> = OnceLock::new();

struct Site {
    nonce: String,
    payload_1kb: Vec<u8>,
    payload_1mb: Vec<u8>,
}

/// Builds what the hooks share. To be called once, before the server runs.
pub fn prepare(nonce: String) {
    let pattern = |length: usize| (0..length).map(|index| (index * 31 + 7) as u8).collect();
    SITE.get_or_init(|| Site {
        nonce,
        payload_1kb: pattern(1024),
        payload_1mb: pattern(1024 * 1024),
    });
}

fn site() -> &'static Site {
    SITE.get()
        .expect("the site is prepared before the server runs")
}

fn is_read(ctx: &Context) -> bool {
    matches!(ctx.get_request().get_method(), Method::Get | Method::Head)
}

/// A path without a route reaches the response middleware as it is, so it has to be a 404 beforehand.
pub struct PresumeNotFound;

impl ServerHook for PresumeNotFound {
    async fn new(_: &mut Stream, _: &mut Context) -> Self {
        Self
    }

    async fn handle(self, _: &mut Stream, ctx: &mut Context) -> Status {
        ctx.get_mut_response()
            .set_status_code(404)
            .set_header(CONTENT_TYPE, "text/plain");
        Status::Continue
    }
}

pub struct Health;

impl ServerHook for Health {
    async fn new(_: &mut Stream, _: &mut Context) -> Self {
        Self
    }

    async fn handle(self, _: &mut Stream, ctx: &mut Context) -> Status {
        if is_read(ctx) {
            ctx.get_mut_response()
                .set_status_code(200)
                .set_header("x-httpdyno-target", TARGET)
                .set_header("x-httpdyno-nonce", &site().nonce)
                .set_body("ok");
        }
        Status::Continue
    }
}

pub struct Payload1kb;

impl ServerHook for Payload1kb {
    async fn new(_: &mut Stream, _: &mut Context) -> Self {
        Self
    }

    async fn handle(self, _: &mut Stream, ctx: &mut Context) -> Status {
        answer_payload(ctx, &site().payload_1kb);
        Status::Continue
    }
}

pub struct Payload1mb;

impl ServerHook for Payload1mb {
    async fn new(_: &mut Stream, _: &mut Context) -> Self {
        Self
    }

    async fn handle(self, _: &mut Stream, ctx: &mut Context) -> Status {
        answer_payload(ctx, &site().payload_1mb);
        Status::Continue
    }
}

fn answer_payload(ctx: &mut Context, payload: &'static [u8]) {
    if is_read(ctx) {
        ctx.get_mut_response()
            .set_status_code(200)
            .set_header(CONTENT_TYPE, "application/octet-stream")
            .set_body(payload);
    }
}

/// Hyperlane sends nothing by itself: this is where every response leaves.
pub struct Send;

impl ServerHook for Send {
    async fn new(_: &mut Stream, _: &mut Context) -> Self {
        Self
    }

    async fn handle(self, stream: &mut Stream, ctx: &mut Context) -> Status {
        let keep_alive = ctx.get_request().is_enable_keep_alive();
        let is_head = matches!(ctx.get_request().get_method(), Method::Head);
        let response = ctx.get_mut_response();
        if !keep_alive {
            response.set_header("connection", "close");
        }
        let body_bytes = response.get_body().len();
        let mut message = response.build();
        if is_head {
            // `build` takes content-length from the body, so the body can only be left out afterwards.
            message.truncate(message.len() - body_bytes);
        }
        if stream.try_send(message).await.is_err() {
            stream.set_closed(true);
        }
        Status::Continue
    }
}

/// Answers a malformed request; hyperlane closes the connection after it.
pub struct Refuse;

impl ServerHook for Refuse {
    async fn new(_: &mut Stream, _: &mut Context) -> Self {
        Self
    }

    async fn handle(self, stream: &mut Stream, ctx: &mut Context) -> Status {
        // A keep-alive connection that ends or falls idle comes here too. It asked nothing, so it is told nothing.
        if stream.get_line_buffer().is_empty() {
            return Status::Continue;
        }
        let error = ctx.try_get_request_error_data().unwrap_or_default();
        if matches!(
            error,
            RequestError::ClientDisconnected(_) | RequestError::ReadTimeout(_)
        ) {
            return Status::Continue;
        }
        let message = ctx
            .get_mut_response()
            .reset()
            .set_status_code(error.get_http_status_code())
            .set_header(CONTENT_TYPE, "text/plain")
            .set_header("connection", "close")
            .build();
        let _ = stream.try_send(message).await;
        Status::Continue
    }
}

package main

// hostile answers, each of which a strict client must refuse (RFC 9112) or bound.
var hostile = map[string]string{
	"cl-and-te":     ok + "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	"duplicate-cl":  ok + "content-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
	"listed-cl":     ok + "content-length: 5, 6\r\n\r\nhello!",
	"negative-cl":   ok + "content-length: -5\r\n\r\nhello",
	"signed-cl":     ok + "content-length: +5\r\n\r\nhello",
	"hex-cl":        ok + "content-length: 0x5\r\n\r\nhello",
	"empty-cl":      ok + "content-length: \r\n\r\nhello",
	"huge-cl":       ok + "content-length: 99999999999999999999\r\n\r\nhello",
	"bad-chunk":     ok + "transfer-encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n",
	"huge-chunk":    ok + "transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello\r\n0\r\n\r\n",
	"long-chunk":    ok + "transfer-encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n",
	"bad-coding":    ok + "transfer-encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
	"space-in-name": ok + "content-length : 5\r\n\r\nhello",
	"nul-in-value":  ok + "x-nul: a\x00b\r\ncontent-length: 5\r\n\r\nhello",
	"garbage":       "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 is not HTTP\r\n\r\n",
	"http09":        "<html>no status line at all</html>\r\n\r\n",
	"bare-lf":       "HTTP/1.1 200 OK\ncontent-length: 5\n\nhello",
	"obs-fold":      ok + "x-folded: one\r\n two\r\ncontent-length: 5\r\n\r\nhello",
	"status-99":     "HTTP/1.1 99 Too Low\r\ncontent-length: 5\r\n\r\nhello",
	"status-1000":   "HTTP/1.1 1000 Too High\r\ncontent-length: 5\r\n\r\nhello",
	"http2":         "HTTP/2.0 200 OK\r\ncontent-length: 5\r\n\r\nhello",
	"status-101":    "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: chat\r\n\r\n",
}

const ok = "HTTP/1.1 200 OK\r\n"

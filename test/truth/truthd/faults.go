package main

import (
	"bytes"
	"compress/gzip"
	"strings"
	"sync"
	"time"
)

// resetOnAccept is the one fault that strikes before a request.
const resetOnAccept = "reset-on-accept"

// Endless answers end after this much, whatever the client does.
const (
	endlessFor   = time.Minute
	endlessBytes = 4 << 30
)

// fault answers one request as HTTP forbids it; false ends the connection.
type fault func(c *connection, w *wire, a reply) bool

// faults by the name that a program calls them.
var faults = map[string]fault{
	"silent": func(c *connection, _ *wire, _ reply) bool { c.waitForEnd(); return false },
	"fin":    func(c *connection, _ *wire, _ reply) bool { c.finish(); return false },
	"reset":  func(c *connection, _ *wire, _ reply) bool { c.reset(); return false },
	"truncated": func(c *connection, _ *wire, a reply) bool {
		c.send(truncated(a.canned))
		c.finish()
		return false
	},
	"truncated-head": func(c *connection, _ *wire, a reply) bool {
		c.send(a.canned.head[:len(a.canned.head)/2])
		c.finish()
		return false
	},
	"reset-in-body": func(c *connection, _ *wire, a reply) bool {
		c.send(truncated(a.canned))
		// The client must see the bytes before the RST throws them away.
		time.Sleep(5 * time.Millisecond)
		c.reset()
		return false
	},
	"two-responses": func(c *connection, _ *wire, a reply) bool {
		return c.send(append(bytes.Clone(a.canned.whole), a.canned.whole...))
	},
	// The second response comes when the client has long taken the first one, and perhaps asked again.
	"late-response": func(c *connection, _ *wire, a reply) bool {
		return c.send(a.canned.whole) && pause(5) && c.send(a.canned.whole)
	},
	"unsolicited": func(c *connection, _ *wire, a reply) bool {
		return c.send(append(bytes.Clone(a.canned.whole), "and another thing"...))
	},
	"interim-100": func(c *connection, w *wire, a reply) bool { return c.interim("100 Continue", w, a) },
	"interim-103": func(c *connection, w *wire, a reply) bool { return c.interim("103 Early Hints", w, a) },
	"endless-interim": func(c *connection, _ *wire, _ reply) bool {
		return c.endless("", "HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n")
	},
	"slow-headers": func(c *connection, w *wire, a reply) bool { return c.trickle(a.canned.whole, 0, w.IntervalMs) },
	"slow-body": func(c *connection, w *wire, a reply) bool {
		return c.trickle(a.canned.whole, len(a.canned.head)+2, w.IntervalMs)
	},
	"endless-status-line": func(c *connection, _ *wire, _ reply) bool { return c.endless("HTTP/1.1 200 ", "very OK ") },
	"endless-headers": func(c *connection, _ *wire, _ reply) bool {
		return c.endless("HTTP/1.1 200 OK\r\n", "x-more: "+strings.Repeat("x", 100)+"\r\n")
	},
	"endless-body": func(c *connection, _ *wire, _ reply) bool {
		return c.endless("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", strings.Repeat("x", 1024))
	},
	"endless-chunks": func(c *connection, _ *wire, _ reply) bool {
		return c.endless("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "400\r\n"+strings.Repeat("x", 1024)+"\r\n")
	},
	"endless-chunk-ext": func(c *connection, _ *wire, _ reply) bool {
		return c.endless("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;", strings.Repeat("x", 1024))
	},
	"endless-trailers": func(c *connection, _ *wire, _ reply) bool {
		return c.endless("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", "x-more: "+strings.Repeat("x", 100)+"\r\n")
	},
	"gzip-bomb": func(c *connection, _ *wire, _ reply) bool {
		return c.send(plain("200 OK", "content-encoding: gzip\r\n", bomb()))
	},
}

func init() {
	for name, text := range hostile {
		faults[name] = func(c *connection, _ *wire, _ reply) bool { return c.send([]byte(text)) }
	}
}

func (c *connection) send(out []byte) bool {
	_, err := c.tcp.Write(out)
	return err == nil
}

func (c *connection) interim(status string, w *wire, a reply) bool {
	for range max(1, w.Count) {
		if !c.send([]byte("HTTP/1.1 " + status + "\r\n\r\n")) {
			return false
		}
	}
	return c.send(a.canned.whole)
}

// trickle sends what comes before `from` at once and each byte after it alone.
func (c *connection) trickle(out []byte, from int, intervalMs int64) bool {
	if !c.send(out[:from]) {
		return false
	}
	for i := from; i < len(out); i++ {
		if !pause(intervalMs) || !c.send(out[i:i+1]) {
			return false
		}
	}
	return true
}

func (c *connection) endless(begin, again string) bool {
	block := []byte(strings.Repeat(again, 1+(64<<10)/len(again)))
	c.tcp.SetWriteDeadline(time.Now().Add(endlessFor))
	if !c.send([]byte(begin)) {
		return false
	}
	for sent := 0; sent < endlessBytes; sent += len(block) {
		if !c.send(block) {
			return false
		}
	}
	return false
}

// waitForEnd takes whatever comes until the client gives up.
func (c *connection) waitForEnd() {
	c.tcp.SetReadDeadline(time.Now().Add(endlessFor))
	var sink [4096]byte
	for {
		if _, err := c.tcp.Read(sink[:]); err != nil {
			return
		}
	}
}

func pause(ms int64) bool {
	time.Sleep(time.Duration(ms) * time.Millisecond)
	return true
}

// bomb is about 200 KiB that unpack to 200 MiB.
var bomb = sync.OnceValue(func() string {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	zeros := make([]byte, 1<<20)
	for range 200 {
		writer.Write(zeros)
	}
	writer.Close()
	return packed.String()
})

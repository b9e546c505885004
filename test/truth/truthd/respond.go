package main

import (
	"io"
	"time"
)

// reply is one answer that is due now.
type reply struct {
	kind      kind
	number    int64
	arrivedNs int64
	canned    *canned
	isHead    bool
}

// respond writes an answer and counts it by its kind; false ends the connection. The hold time ends just before the
// first byte of the answer goes out.
func (r *run) respond(c *connection, a reply) bool {
	held := nowNs() - a.arrivedNs
	t := &r.truth
	// Counted before it is written: who has the whole answer can ask for the truth and finds it there.
	t.responses[a.kind].Add(1)
	if a.kind == kindOK {
		t.okHold.record(held)
	} else {
		t.otherHold.record(held)
	}
	switch a.kind {
	case kindOK:
		return r.writeCorrect(c, a)
	case kindWrongBody:
		return r.write(c, a.canned.encode(a.number, a.canned.wrong)) && !a.canned.closing
	case kind500:
		return r.write(c, plain("500 Internal Server Error", "", "broken on purpose"))
	case kindUnready:
		return r.write(c, plain("503 Service Unavailable", "", ""))
	case kindNotFound:
		return r.write(c, plain("404 Not Found", "", ""))
	case kindReset:
		c.reset()
	case kindTruncated:
		r.write(c, truncated(a.canned))
		c.finish()
	case kindFault:
		return faults[r.program.Wire.Mode](c, r.program.Wire, a)
	}
	return false
}

func (r *run) writeCorrect(c *connection, a reply) bool {
	if a.isHead {
		return r.write(c, append(append([]byte(nil), a.canned.head...), "\r\n"...))
	}
	out := a.canned.correct(a.number)
	r.truth.bodyBytes.Add(int64(len(a.canned.body)))
	r.truth.wireBytes.Add(int64(len(out)))
	ok := r.write(c, out)
	if a.canned.closing {
		c.finish()
		return false
	}
	return ok
}

func (r *run) write(c *connection, out []byte) bool {
	_, err := c.tcp.Write(out)
	if err != nil {
		r.truth.writeErrors.Add(1)
	}
	return err == nil
}

// truncated is a correct answer without the second half of its body.
func truncated(c *canned) []byte {
	return c.whole[:len(c.whole)-(len(c.body)+1)/2]
}

// finish sends FIN and waits for the peer's: closing with bytes unread would send RST instead.
func (c *connection) finish() {
	c.tcp.CloseWrite()
	c.tcp.SetReadDeadline(time.Now().Add(finGrace))
	io.Copy(io.Discard, c.tcp)
}

package main

import (
	"net"
	"strings"
	"sync/atomic"
	"time"
)

const finGrace = time.Second

type server struct {
	nonce   string
	current atomic.Pointer[run]
}

// install puts a program to work; counters begin anew, requests under way count for the program they came under.
func (s *server) install(p program) error {
	next, err := newRun(p)
	if err != nil {
		return err
	}
	if last := s.current.Swap(next); last != nil {
		last.release()
	}
	return nil
}

func (s *server) accept(listener *net.TCPListener) {
	for {
		tcp, err := listener.AcceptTCP()
		if err != nil {
			time.Sleep(time.Millisecond)
			continue
		}
		r := s.current.Load()
		r.truth.connections.Add(1)
		c := newConnection(tcp)
		if w := r.program.Wire; w != nil && w.Mode == resetOnAccept {
			c.reset()
			continue
		}
		go s.serve(c)
	}
}

func (s *server) serve(c *connection) {
	defer c.tcp.Close()
	for {
		req, err := c.next()
		if err != nil {
			return
		}
		if !s.answer(c, req) {
			return
		}
	}
}

// answer deals with one request and says whether the connection goes on.
func (s *server) answer(c *connection, req request) bool {
	arrived := nowNs()
	r := s.current.Load()
	path := string(req.path)
	if path == "/healthz" || path == "/truth" {
		return s.answerControl(c, r, path) && !req.closing
	}
	number := r.arrive(arrived)
	if req.nonce != nil {
		r.truth.nonces.add(req.nonce)
	}
	k, canned := r.kindOf(number), &r.canned
	switch {
	case arrived < r.program.UnreadyMs*1e6:
		k = kindUnready
	case path == "/payload/1kb":
		canned = &payload1KB
	case path == "/payload/1mb":
		canned = &payload1MB
	case !strings.HasPrefix(path, "/load"):
		k = kindNotFound
	}
	if due := r.dueNs(number, arrived) + r.unseenNs(path); due > arrived {
		time.Sleep(time.Duration(due - nowNs()))
	}
	if r.program.BurnUs > 0 {
		r.truth.burnedNs.Add(burn(r.program.BurnUs * 1000))
	}
	return r.respond(c, reply{kind: k, number: number, arrivedNs: arrived, canned: canned, isHead: string(req.method) == "HEAD"}) && !req.closing
}

var (
	payload1KB = newCanned(1<<10, "", false)
	payload1MB = newCanned(1<<20, "", false)
)

// answerControl answers on the port under load what no program touches, readiness aside, and counts none of it.
func (s *server) answerControl(c *connection, r *run, path string) bool {
	var out []byte
	switch {
	case nowNs() < r.program.UnreadyMs*1e6:
		out = plain("503 Service Unavailable", "", "")
	case path == "/truth":
		out = plain("200 OK", "content-type: application/json\r\n", string(s.truthJSON()))
	default:
		out = plain("200 OK", "x-httpdyno-target: truthd\r\nx-httpdyno-nonce: "+s.nonce+"\r\n", "ok")
	}
	_, err := c.tcp.Write(out)
	return err == nil
}

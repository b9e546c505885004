package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
)

const maxRequestHead = 64 << 10

// connection reads requests from one socket and writes whatever it is told.
type connection struct {
	tcp *net.TCPConn
	// buffer[begin:end] has been read and not yet consumed.
	buffer     []byte
	begin, end int
}

// request is valid until the next one is read.
type request struct {
	method, path []byte
	nonce        []byte
	closing      bool
}

var (
	headEnd    = []byte("\r\n\r\n")
	errTooLong = errors.New("request head too long")
	errNotHTTP = errors.New("not a request line")
)

func newConnection(tcp *net.TCPConn) *connection {
	return &connection{tcp: tcp, buffer: make([]byte, 4096)}
}

// next waits for a whole request, body included.
func (c *connection) next() (request, error) {
	for {
		if at := bytes.Index(c.buffer[c.begin:c.end], headEnd); at >= 0 {
			head := c.buffer[c.begin : c.begin+at+2]
			c.begin += at + len(headEnd)
			req, bodyBytes, err := parseHead(head)
			if err != nil {
				return req, err
			}
			return req, c.skip(bodyBytes)
		}
		if err := c.fill(); err != nil {
			return request{}, err
		}
	}
}

// fill reads more; a head that is read in part moves to the front, and what earlier requests point at is lost.
func (c *connection) fill() error {
	if c.begin > 0 {
		copy(c.buffer, c.buffer[c.begin:c.end])
		c.end -= c.begin
		c.begin = 0
	}
	if c.end == len(c.buffer) {
		if len(c.buffer) >= maxRequestHead {
			return errTooLong
		}
		c.buffer = append(c.buffer, make([]byte, len(c.buffer))...)
	}
	n, err := c.tcp.Read(c.buffer[c.end:])
	c.end += n
	if n > 0 {
		return nil
	}
	return err
}

func (c *connection) skip(bodyBytes int) error {
	have := min(bodyBytes, c.end-c.begin)
	c.begin += have
	if have == bodyBytes {
		return nil
	}
	_, err := io.CopyN(io.Discard, c.tcp, int64(bodyBytes-have))
	return err
}

func parseHead(head []byte) (request, int, error) {
	line, rest, _ := bytes.Cut(head, []byte("\r\n"))
	method, target, found := bytes.Cut(line, []byte(" "))
	path, version, versioned := bytes.Cut(target, []byte(" "))
	if !found || !versioned {
		return request{}, 0, errNotHTTP
	}
	req := request{method: method, path: path, closing: string(version) == "HTTP/1.0"}
	bodyBytes := 0
	for len(rest) > 0 {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case len(name) == 10 && bytes.EqualFold(name, []byte("connection")):
			req.closing = bytes.EqualFold(value, []byte("close"))
		case len(name) == 13 && bytes.EqualFold(name, []byte("x-truth-nonce")):
			req.nonce = value
		case len(name) == 14 && bytes.EqualFold(name, []byte("content-length")):
			length, err := strconv.Atoi(string(value))
			if err != nil || length < 0 {
				return req, 0, errNotHTTP
			}
			bodyBytes = length
		}
	}
	return req, bodyBytes, nil
}

// reset ends the connection with RST.
func (c *connection) reset() {
	c.tcp.SetLinger(0)
	c.tcp.Close()
}

package main

import (
	"fmt"
	"strconv"
)

// canned holds the correct answer, encoded once.
type canned struct {
	framing  string
	body     []byte
	wrong    []byte
	truthID  bool
	whole    []byte // head and body, where no number goes in between
	head     []byte // status line and headers, without the blank line
	closing  bool
	wireSize int
}

const truthIDDigits = 12

func newCanned(bodyBytes int, framing string, truthID bool) canned {
	c := canned{framing: framing, body: pattern(bodyBytes), truthID: truthID, closing: framing == "close"}
	c.wrong = append([]byte(nil), c.body...)
	if bodyBytes > 0 {
		c.wrong[bodyBytes/2] ^= 0xff
	}
	head := "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\n"
	payload := c.body
	switch framing {
	case "chunked":
		head += "transfer-encoding: chunked\r\n"
		payload = chunked(c.body)
	case "close":
		head += "connection: close\r\n"
	default:
		head += "content-length: " + strconv.Itoa(bodyBytes) + "\r\n"
	}
	c.head = []byte(head)
	c.whole = append([]byte(head+"\r\n"), payload...)
	c.wireSize = len(c.whole)
	if truthID {
		c.wireSize += len("x-truth-id: \r\n") + truthIDDigits
	}
	return c
}

// correct is the answer to the request with this number.
func (c *canned) correct(number int64) []byte {
	if !c.truthID {
		return c.whole
	}
	return c.encode(number, c.body)
}

// encode gives an answer with a body that may be another one of the same length.
func (c *canned) encode(number int64, body []byte) []byte {
	out := append(make([]byte, 0, c.wireSize), c.head...)
	if c.truthID {
		out = fmt.Appendf(out, "x-truth-id: %0*d\r\n", truthIDDigits, number)
	}
	out = append(out, "\r\n"...)
	if c.framing == "chunked" {
		return append(out, chunked(body)...)
	}
	return append(out, body...)
}

// pattern is the payload of the server contract: byte i is (i * 31 + 7) mod 256.
func pattern(length int) []byte {
	body := make([]byte, length)
	for i := range body {
		body[i] = byte(i*31 + 7)
	}
	return body
}

// chunked cuts a body into chunks of 1, 2, 4, … bytes, so that a parser meets every cut.
func chunked(body []byte) []byte {
	var out []byte
	for size := 1; len(body) > 0; size *= 2 {
		part := body[:min(size, len(body))]
		out = fmt.Appendf(out, "%x\r\n", len(part))
		out = append(append(out, part...), "\r\n"...)
		body = body[len(part):]
	}
	return append(out, "0\r\n\r\n"...)
}

func plain(status, headers, body string) []byte {
	return fmt.Appendf(nil, "HTTP/1.1 %s\r\n%scontent-length: %d\r\n\r\n%s", status, headers, len(body), body)
}

package main

import "slices"

// kind is what becomes of one request.
type kind uint8

const (
	kindOK kind = iota
	kind500
	kindReset
	kindTruncated
	kindWrongBody
	kindUnready
	kindNotFound
	kindFault
	kinds
)

var kindNames = [kinds]string{"ok", "status500", "reset", "truncated", "wrongBody", "unready", "notFound", "fault"}

var mixKinds = map[string]kind{
	"status500": kind500,
	"reset":     kindReset,
	"truncated": kindTruncated,
	"wrongBody": kindWrongBody,
}

func sortKinds(deck []kind) { slices.Sort(deck) }

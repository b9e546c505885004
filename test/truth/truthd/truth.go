package main

import (
	"encoding/json"
	"sync"
	"sync/atomic"
)

// truth is what the server itself knows about one program's run.
type truth struct {
	requests    atomic.Int64
	connections atomic.Int64
	responses   [kinds]atomic.Int64
	bodyBytes   atomic.Int64
	wireBytes   atomic.Int64
	writeErrors atomic.Int64
	burnedNs    atomic.Int64
	okHold      histogram
	otherHold   histogram
	nonces      nonceSet
	arrivals    arrivalLog
}

// nonceSet counts what clients sent as x-truth-nonce.
type nonceSet struct {
	mutex sync.Mutex
	seen  map[string]struct{}
	count int64
}

func (s *nonceSet) add(nonce []byte) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.seen == nil {
		s.seen = map[string]struct{}{}
	}
	s.seen[string(nonce)] = struct{}{}
	s.count++
}

// arrivalLog keeps the first so many arrival times, in ns on the server's monotonic clock.
type arrivalLog struct {
	next  atomic.Int64
	times []int64
}

func (l *arrivalLog) add(ns int64) {
	if len(l.times) == 0 {
		return
	}
	if at := l.next.Add(1) - 1; at < int64(len(l.times)) {
		l.times[at] = ns
	}
}

func (l *arrivalLog) list() []int64 {
	return l.times[:min(l.next.Load(), int64(len(l.times)))]
}

func (t *truth) MarshalJSON() ([]byte, error) {
	responses := map[string]int64{}
	for k, name := range kindNames {
		responses[name] = t.responses[k].Load()
	}
	t.nonces.mutex.Lock()
	defer t.nonces.mutex.Unlock()
	return json.Marshal(map[string]any{
		"requests":          t.requests.Load(),
		"connections":       t.connections.Load(),
		"responses":         responses,
		"bodyBytes":         t.bodyBytes.Load(),
		"wireBytes":         t.wireBytes.Load(),
		"writeErrors":       t.writeErrors.Load(),
		"burnedNs":          t.burnedNs.Load(),
		"processCpuNs":      cpuNs(clockProcessCPU),
		"residentPeakBytes": residentPeak(),
		"nonces":            t.nonces.count,
		"uniqueNonces":      len(t.nonces.seen),
		"okHold":            t.okHold.summary(),
		"otherHold":         t.otherHold.summary(),
	})
}

package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// run is one program at work, with everything that is compiled from it and the truth about it.
type run struct {
	program  program
	delays   []int64
	kinds    []kind
	canned   canned
	truth    truth
	sequence atomic.Int64
	// beganNs is when its first request came, 0 before.
	beganNs atomic.Int64
	// seen are the paths asked for so far, kept only where the program tells them apart.
	seen    sync.Map
	ballast []byte
}

func newRun(p program) (*run, error) {
	kinds, err := dealKinds(p)
	if err != nil {
		return nil, err
	}
	if o := p.Oscillation; o != nil && o.PeriodMs < 1 {
		return nil, errors.New("program.oscillation: periodMs must be positive")
	}
	r := &run{program: p, delays: dealDelays(p), kinds: kinds}
	r.truth.arrivals.times = make([]int64, p.KeepArrivals)
	bodyBytes := 1024
	if p.BodyBytes != nil {
		bodyBytes = *p.BodyBytes
	}
	if !slices.Contains([]string{"", "length", "chunked", "close"}, p.Framing) {
		return nil, fmt.Errorf("program.framing: no %q", p.Framing)
	}
	r.canned = newCanned(bodyBytes, p.Framing, p.TruthID)
	if p.BallastBytes > 0 {
		if r.ballast, err = touched(p.BallastBytes); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *run) release() {
	if r.ballast != nil {
		syscall.Munmap(r.ballast)
	}
}

// arrive numbers a request, and starts what the program ties to the first one.
func (r *run) arrive(atNs int64) int64 {
	r.truth.requests.Add(1)
	r.truth.arrivals.add(atNs)
	if r.beganNs.Load() == 0 && r.beganNs.CompareAndSwap(0, atNs) {
		r.scheduleEvents()
	}
	number := r.sequence.Add(1) - 1
	if e := r.program.Exit; e != nil && e.AfterRequests > 0 && number >= e.AfterRequests {
		e.now()
	}
	return number
}

func (r *run) scheduleEvents() {
	if s := r.program.Spike; s != nil {
		time.AfterFunc(time.Duration(s.AtMs)*time.Millisecond, s.now)
	}
	if e := r.program.Exit; e != nil && e.AfterMs > 0 {
		time.AfterFunc(time.Duration(e.AfterMs)*time.Millisecond, e.now)
	}
}

func (s *spike) now() {
	memory, err := touched(s.Bytes)
	if err != nil {
		return
	}
	time.Sleep(time.Duration(s.ForMs) * time.Millisecond)
	syscall.Munmap(memory)
}

func (e *exit) now() {
	if e.Code < 0 {
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	os.Exit(e.Code)
}

func (r *run) kindOf(number int64) kind {
	if r.kinds == nil {
		return kindOK
	}
	return r.kinds[number%int64(len(r.kinds))]
}

// unseenNs is what the program holds back from an answer for its path.
func (r *run) unseenNs(path string) int64 {
	if r.program.UnseenPathUs == 0 {
		return 0
	}
	if _, seen := r.seen.LoadOrStore(path, nil); seen {
		return 0
	}
	return r.program.UnseenPathUs * 1000
}

// dueNs is when the answer to a request may go out.
func (r *run) dueNs(number, arrivedNs int64) int64 {
	p := &r.program
	sinceNs := arrivedNs - r.beganNs.Load()
	due := arrivedNs
	if len(r.delays) > 0 {
		due += r.delays[number%int64(len(r.delays))]
	}
	if p.DriftUsPerS != 0 {
		due += int64(p.DriftUsPerS * 1000 * float64(sinceNs) / 1e9)
	}
	if o := p.Oscillation; o != nil && (sinceNs/1e6/o.PeriodMs)%2 == 1 {
		due += o.ExtraUs * 1000
	}
	if s := p.SlowStart; s != nil && sinceNs < s.ForMs*1e6 {
		due += s.ExtraUs * 1000
	}
	if s := p.Stall; s != nil {
		begin := r.beganNs.Load() + s.StartMs*1e6
		if end := begin + s.DurationMs*1e6; due >= begin && due < end {
			due = end
		}
	}
	return due
}

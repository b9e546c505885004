package main

import (
	"math/bits"
	"sync/atomic"
)

const (
	// 512 bins an octave: a bin is at most 0.2 % wide, its middle within 0.1 % of every value in it.
	octaveBits = 9
	octave     = 1 << octaveBits
	maxShift   = 31
)

// histogram counts durations in ns, up to 2^41 (36 min).
type histogram struct {
	bins  [(maxShift + 2) * octave]atomic.Int64
	count atomic.Int64
	sum   atomic.Int64
	max   atomic.Int64
}

func (h *histogram) record(ns int64) {
	h.bins[binOf(ns)].Add(1)
	h.count.Add(1)
	h.sum.Add(ns)
	for {
		seen := h.max.Load()
		if ns <= seen || h.max.CompareAndSwap(seen, ns) {
			return
		}
	}
}

func binOf(ns int64) int {
	value := uint64(max(ns, 0))
	shift := max(0, bits.Len64(value)-octaveBits-1)
	if shift > maxShift {
		return (maxShift+2)*octave - 1
	}
	return shift<<octaveBits + int(value>>shift)
}

// middleOf is the value in ns that stands for a bin.
func middleOf(bin int) float64 {
	shift := max(0, bin>>octaveBits-1)
	mantissa := bin - shift<<octaveBits
	if shift == 0 {
		return float64(mantissa)
	}
	return (float64(mantissa) + 0.5) * float64(uint64(1)<<shift)
}

type holdSummary struct {
	Count int64        `json:"count"`
	SumNs int64        `json:"sumNs"`
	MaxNs int64        `json:"maxNs"`
	Bins  [][2]float64 `json:"bins"`
}

func (h *histogram) summary() holdSummary {
	s := holdSummary{Count: h.count.Load(), SumNs: h.sum.Load(), MaxNs: h.max.Load(), Bins: [][2]float64{}}
	for bin := range h.bins {
		if count := h.bins[bin].Load(); count > 0 {
			s.Bins = append(s.Bins, [2]float64{middleOf(bin), float64(count)})
		}
	}
	return s
}

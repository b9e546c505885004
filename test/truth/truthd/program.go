package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// program says how the server behaves; the zero value answers 1,024 bytes at once. Times without another origin count
// from the first request under the program.
type program struct {
	Seed uint64 `json:"seed"`
	// Delays are dealt in a seeded order, again and again: each group of as many requests as there are cards gets exactly these.
	DelayDeck []card `json:"delayDeck"`
	// UnseenPathUs is held back from the first answer to each path, query included, as by a server that caches by path.
	UnseenPathUs int64 `json:"unseenPathUs"`
	BodyBytes    *int  `json:"bodyBytes"`
	// Framing of a correct body: "length", "chunked" or "close".
	Framing string `json:"framing"`
	// TruthID adds x-truth-id, the number of the request, to each answer, always 12 digits long.
	TruthID bool `json:"truthId"`
	// BurnUs is CPU time of the answering thread, spent before the answer.
	BurnUs int64 `json:"burnUs"`
	// MixPerThousand deals other answers than the correct one, exactly so many of each 1,000 requests.
	MixPerThousand map[string]int `json:"mixPerThousand"`
	Stall          *span          `json:"stall"`
	DriftUsPerS    float64        `json:"driftUsPerS"`
	Oscillation    *oscillation   `json:"oscillation"`
	SlowStart      *slowStart     `json:"slowStart"`
	BallastBytes   int            `json:"ballastBytes"`
	Spike          *spike         `json:"spike"`
	Exit           *exit          `json:"exit"`
	// UnreadyMs since the start of the process, all answers are 503.
	UnreadyMs int64 `json:"unreadyMs"`
	Wire      *wire `json:"wire"`
	// KeepArrivals is how many arrival times are kept for GET /arrivals.
	KeepArrivals int `json:"keepArrivals"`
}

type card struct {
	Us    int64 `json:"us"`
	Times int   `json:"times"`
}

// span holds every response that would be due within it until it is over.
type span struct {
	StartMs    int64 `json:"startMs"`
	DurationMs int64 `json:"durationMs"`
}

// oscillation adds ExtraUs in every second period.
type oscillation struct {
	PeriodMs int64 `json:"periodMs"`
	ExtraUs  int64 `json:"extraUs"`
}

type slowStart struct {
	ForMs   int64 `json:"forMs"`
	ExtraUs int64 `json:"extraUs"`
}

type spike struct {
	AtMs  int64 `json:"atMs"`
	ForMs int64 `json:"forMs"`
	Bytes int   `json:"bytes"`
}

// exit ends the process after so many requests or so much time, whichever is set; by SIGKILL where Code is negative.
type exit struct {
	AfterRequests int64 `json:"afterRequests"`
	AfterMs       int64 `json:"afterMs"`
	Code          int   `json:"code"`
}

// wire breaks HTTP on the wire: Mode is one of `faults`, for every request or so many of each 1,000.
type wire struct {
	Mode        string `json:"mode"`
	PerThousand *int   `json:"perThousand"`
	Count       int    `json:"count"`
	IntervalMs  int64  `json:"intervalMs"`
}

func decodeProgram(text []byte, into *program) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("program: %w", err)
	}
	return nil
}

const deckSize = 1000

// dealDelays lays the cards out in a seeded order; a nil deck holds nothing back.
func dealDelays(p program) []int64 {
	var deck []int64
	for _, c := range p.DelayDeck {
		for range c.Times {
			deck = append(deck, c.Us*1000)
		}
	}
	shuffle(deck, p.Seed, 1)
	return deck
}

// dealKinds lays out what becomes of each of 1,000 requests; nil where all are answered correctly.
func dealKinds(p program) ([]kind, error) {
	if len(p.MixPerThousand) == 0 && p.Wire == nil {
		return nil, nil
	}
	deck := make([]kind, 0, deckSize)
	deal := func(k kind, times int) {
		for range times {
			deck = append(deck, k)
		}
	}
	for name, times := range p.MixPerThousand {
		k, known := mixKinds[name]
		if !known {
			return nil, fmt.Errorf("program.mixPerThousand: no answer of the kind %q", name)
		}
		deal(k, times)
	}
	if p.Wire != nil {
		if _, known := faults[p.Wire.Mode]; !known && p.Wire.Mode != resetOnAccept {
			return nil, fmt.Errorf("program.wire: no mode %q", p.Wire.Mode)
		}
		times := deckSize - len(deck)
		if p.Wire.PerThousand != nil {
			times = *p.Wire.PerThousand
		}
		deal(kindFault, times)
	}
	if len(deck) > deckSize {
		return nil, fmt.Errorf("program: %d of 1000 requests", len(deck))
	}
	deal(kindOK, deckSize-len(deck))
	// A map has no order: without one of its own the deck would not be the same twice.
	sortKinds(deck)
	shuffle(deck, p.Seed, 2)
	return deck, nil
}

func shuffle[T any](deck []T, seed, stream uint64) {
	random := rand.New(rand.NewPCG(seed, stream))
	random.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
}

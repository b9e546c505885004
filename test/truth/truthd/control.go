package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
)

// control serves the port that no program can disturb.
func (s *server) control(listener net.Listener) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /program", func(w http.ResponseWriter, r *http.Request) {
		var p program
		text, err := io.ReadAll(r.Body)
		if err == nil {
			err = decodeProgram(text, &p)
		}
		if err == nil {
			err = s.install(p)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	mux.HandleFunc("GET /truth", func(w http.ResponseWriter, _ *http.Request) {
		w.Write(s.truthJSON())
	})
	mux.HandleFunc("GET /arrivals", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(s.current.Load().truth.arrivals.list())
	})
	http.Serve(listener, mux)
}

func (s *server) truthJSON() []byte {
	text, err := json.Marshal(&s.current.Load().truth)
	if err != nil {
		panic(err)
	}
	return text
}

// A server on net/http.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

const (
	target            = "go-std"
	readHeaderTimeout = 10 * time.Second
	shutdownTimeout   = time.Second
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", target, err)
		os.Exit(1)
	}
}

func run() error {
	port := os.Getenv("PORT")
	if port == "" {
		return errors.New("PORT is not set")
	}
	workers, err := strconv.Atoi(envOr("WORKERS", "1"))
	if err != nil || workers < 1 {
		return fmt.Errorf("WORKERS does not take the value %q", os.Getenv("WORKERS"))
	}
	runtime.GOMAXPROCS(workers)

	listener, err := net.Listen("tcp", net.JoinHostPort(envOr("HOST", "127.0.0.1"), port))
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           routes(os.Getenv("HTTPDYNO_NONCE")),
		ReadHeaderTimeout: readHeaderTimeout,
	}
	stop, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer release()
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()

	select {
	case err := <-failed:
		return err
	case <-stop.Done():
		return shutDown(server)
	}
}

// shutDown lets running requests end, for a while: a client that reads slowly must not hold the process.
func shutDown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return server.Close()
	}
	return err
}

func routes(nonce string) http.Handler {
	mux := http.NewServeMux()
	// A GET pattern serves HEAD too; the root pattern makes other methods a 404 where the mux would say 405.
	mux.HandleFunc("/", http.NotFound)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("x-httpdyno-target", target)
		w.Header().Set("x-httpdyno-nonce", nonce)
		w.Write([]byte("ok"))
	})
	mux.HandleFunc("GET /payload/1kb", payload(1024))
	mux.HandleFunc("GET /payload/1mb", payload(1024*1024))
	return mux
}

func payload(length int) http.HandlerFunc {
	body := make([]byte, length)
	for i := range body {
		body[i] = byte(i*31 + 7)
	}
	contentLength := strconv.Itoa(length)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", contentLength)
		w.Write(body)
	}
}

func envOr(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

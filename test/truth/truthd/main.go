// Command truthd is an HTTP/1.1 server that knows what it did: it holds, fails and misbehaves as it is programmed, and
// counts and times everything itself, so that whoever measures it can be measured.
//
// It writes one line of JSON to stdout, {"port":…,"controlPort":…}. The control port takes POST /program and gives
// GET /truth and GET /arrivals, whatever the program does to the port under load.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
)

type options struct {
	host, port, control, program, nonce string
	null                                bool
	nullBody                            int
}

func main() {
	if err := start(readOptions()); err != nil {
		fmt.Fprintf(os.Stderr, "truthd: %v\n", err)
		os.Exit(2)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	<-stop
}

// readOptions takes flags, and what a target is told through its environment.
func readOptions() options {
	var o options
	flag.StringVar(&o.host, "host", envOr("HOST", "127.0.0.1"), "address to listen on")
	flag.StringVar(&o.port, "port", envOr("PORT", "0"), "port under load; 0 takes a free one")
	flag.StringVar(&o.control, "control-port", envOr("TRUTHD_CONTROL_PORT", "0"), "port of /program and /truth")
	flag.StringVar(&o.program, "program", envOr("TRUTHD_PROGRAM", "{}"), "program as JSON")
	flag.BoolVar(&o.null, "null", false, "answer every request alike, as fast as possible, and count nothing else")
	flag.IntVar(&o.nullBody, "null-body", 1024, "bytes of that answer")
	flag.Parse()
	o.nonce = os.Getenv("HTTPDYNO_NONCE")
	if workers, err := strconv.Atoi(os.Getenv("WORKERS")); err == nil && workers > 0 {
		runtime.GOMAXPROCS(workers)
	}
	return o
}

func start(o options) error {
	if o.null {
		port, err := serveNull(o)
		if err == nil {
			fmt.Printf("{\"port\":%d,\"controlPort\":0}\n", port)
		}
		return err
	}
	var first program
	if err := decodeProgram([]byte(o.program), &first); err != nil {
		return err
	}
	server := &server{nonce: o.nonce}
	if err := server.install(first); err != nil {
		return err
	}
	load, err := listen(o.host, o.port)
	if err != nil {
		return err
	}
	control, err := listen(o.host, o.control)
	if err != nil {
		return err
	}
	go server.accept(load)
	go server.control(control)
	return json.NewEncoder(os.Stdout).Encode(map[string]int{"port": portOf(load), "controlPort": portOf(control)})
}

func listen(host, port string) (*net.TCPListener, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, err
	}
	tcp, ok := listener.(*net.TCPListener)
	if !ok {
		return nil, errors.New("not a TCP listener")
	}
	return tcp, nil
}

func portOf(listener net.Listener) int {
	if address, ok := listener.Addr().(*net.TCPAddr); ok {
		return address.Port
	}
	return 0
}

func envOr(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

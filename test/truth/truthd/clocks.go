package main

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

var processStart = time.Now()

// nowNs is monotonic time since the process began.
func nowNs() int64 { return int64(time.Since(processStart)) }

// Clock ids of clock_gettime(2).
const (
	clockProcessCPU = 2
	clockThreadCPU  = 3
)

// cpuNs reads a CPU-time clock, exact to the ns, unlike the rusage of a running thread.
func cpuNs(clock uintptr) int64 {
	var spec syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&spec)), 0)
	return spec.Nano()
}

// burn spends CPU time on the calling thread and says how much it was in the end.
func burn(ns int64) int64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	begin := cpuNs(clockThreadCPU)
	for {
		if spent := cpuNs(clockThreadCPU) - begin; spent >= ns {
			return spent
		}
	}
}

// touched maps so many bytes outside the garbage collector's reach and makes them resident.
func touched(bytes int) ([]byte, error) {
	memory, err := syscall.Mmap(-1, 0, bytes, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(memory); i += 4096 {
		memory[i] = 1
	}
	return memory, nil
}

// residentPeak is the kernel's high-water mark of this process in bytes, 0 where it does not tell.
func residentPeak() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, found := strings.CutPrefix(line, "VmHWM:"); found {
			kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib * 1024
		}
	}
	return 0
}

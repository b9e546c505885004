/** Cumulative CPU time in ns, from an arbitrary zero; user and system are null where the kernel does not split it. */
export interface CpuTimes {
  totalNs: number;
  userNs: number | null;
  systemNs: number | null;
}

/** Reads CPU time from the files of one control group. */
export interface CgroupCpu {
  read(): CpuTimes;
  close(): void;
}

export interface CgroupMemoryReading {
  /** Anonymous memory of all its processes. */
  anonBytes: number;
  /** File pages charged to the group; shared memory, which the kernel files there too, is left out. */
  pageCacheBytes: number;
  /** High-water mark since the group was made, page cache included; null where the kernel keeps none. */
  peakWithCacheBytes: number | null;
  /** Processes that the kernel killed for lack of memory so far; null where it does not tell. */
  oomKills: number | null;
}

export interface CgroupMemory {
  read(): CgroupMemoryReading;
  close(): void;
}

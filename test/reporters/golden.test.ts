import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../harness/reporters/markdown.ts';
import { renderMarkedBlock } from '../../harness/reporters/markers.ts';
import { renderTerminal } from '../../harness/reporters/terminal.ts';
import { report } from './fixtures.ts';

/** What people see, whole: a change of any of these should be looked at. */
describe('the whole of', () => {
  it('the tables on a terminal of 100 columns', () => {
    expect(renderTerminal(report(), { width: 100, colour: false })).toMatchInlineSnapshot(`
      "1 KB  64 connections, closed loop, 7s, 3 rounds
      tokio serves 1 KB 1.9x as fast as node-http (1.7–2.0); hyperlane and tokio cannot be told apart.
        #  target               req/s             p99         CPU/req           memory            CPU
      1–2  tokio       147,000 ±2.5 %  1.31 ms ±2.5 %  6.71 µs ±2.5 %  32.0 MiB ±2.5 %  98.7 % ±0.0 %
      1–2  hyperlane   146,000 ±2.5 %  1.32 ms ±2.5 %  6.76 µs ±2.5 %  32.0 MiB ±2.5 %  98.7 % ±0.0 %
        3  node-http¹   78,000 ±2.5 %  2.46 ms ±2.5 %  12.7 µs ±2.5 %  32.0 MiB ±2.5 %  98.7 % ±0.0 %
        – gin²  failed: TARGET_ERRORS
      ¹ NOT_STEADY: the target had not settled when the measurement began, or drifted (node-http:
        throughput drifted by 4 %)
      ² TARGET_ERRORS: responses were wrong, cut off or missing (gin: 12 responses were cut off)

      1 MB  64 connections, closed loop, 7s, 3 rounds
      hyperlane serves 1 MB 1.7x as fast as node-http (1.6–1.9); not ranked, because the driver or the
        machine was the limit: tokio.
      #  target               req/s             transfer               p99           memory            CPU
      1  hyperlane     5,400 ±2.5 %     5.66 GB/s ±2.5 %    35.6 ms ±2.5 %  32.0 MiB ±2.5 %  98.7 % ±0.0 %
      2  node-http     3,100 ±2.5 %     3.25 GB/s ±2.5 %    61.9 ms ±2.5 %  32.0 MiB ±2.5 %  98.7 % ±0.0 %
      –  tokio      ≥ 6,700 ±2.5 %¹  ≥ 7.03 GB/s ±2.5 %¹  ≤ 28.7 ms ±2.5 %  32.0 MiB ±2.5 %  98.7 % ±0.0 %
      – gin²  invalid: NOISY_ENV
      ¹ DRIVER_SATURATED: the load driver, not the target, set the figure: a lower bound (tokio: driver
        CPU 99 %)
      ² NOISY_ENV: other work kept the CPUs busy during the measurement (gin: pressure 61 %)

      #: the places by throughput that a target may hold; targets that cannot be told apart share one. ±:
        half the range over rounds, relative to the figure. ≥ ≤: a bound, the driver or the machine set
        it. CPU/req: CPU time of the whole target over the window, divided by the responses completed in
        it.
      "
    `);
  });

  it('the tables on a terminal of 50 columns', () => {
    expect(renderTerminal(report(), { width: 50, colour: false })).toMatchInlineSnapshot(`
      "1 KB  64 connections, closed loop, 7s, 3 rounds
      tokio serves 1 KB 1.9x as fast as node-http
        (1.7–2.0); hyperlane and tokio cannot be told
        apart.
        #  target               req/s      p99  CPU/req
      1–2  tokio       147,000 ±2.5 %  1.31 ms  6.71 µs
      1–2  hyperlane   146,000 ±2.5 %  1.32 ms  6.76 µs
        3  node-http¹   78,000 ±2.5 %  2.46 ms  12.7 µs
        – gin²  failed: TARGET_ERRORS
      ¹ NOT_STEADY: the target had not settled when the
        measurement began, or drifted (node-http:
        throughput drifted by 4 %)
      ² TARGET_ERRORS: responses were wrong, cut off or
        missing (gin: 12 responses were cut off)

      1 MB  64 connections, closed loop, 7s, 3 rounds
      hyperlane serves 1 MB 1.7x as fast as node-http
        (1.6–1.9); not ranked, because the driver or the
        machine was the limit: tokio.
      #  target               req/s      transfer
      1  hyperlane     5,400 ±2.5 %     5.66 GB/s
      2  node-http     3,100 ±2.5 %     3.25 GB/s
      –  tokio      ≥ 6,700 ±2.5 %¹  ≥ 7.03 GB/s¹
      – gin²  invalid: NOISY_ENV
      ¹ DRIVER_SATURATED: the load driver, not the
        target, set the figure: a lower bound (tokio:
        driver CPU 99 %)
      ² NOISY_ENV: other work kept the CPUs busy during
        the measurement (gin: pressure 61 %)

      #: the places by throughput that a target may
        hold; targets that cannot be told apart share
        one. ±: half the range over rounds, relative to
        the figure. ≥ ≤: a bound, the driver or the
        machine set it. CPU/req: CPU time of the whole
        target over the window, divided by the responses
        completed in it.
      "
    `);
  });

  it('report.md', () => {
    expect(renderMarkdown(report())).toMatchInlineSnapshot(`
      "# httpdyno 2026-11-20t10-00-00

      **tokio serves 1 KB 1.9x as fast as node-http (1.7–2.0); hyperlane and tokio cannot be told apart.**

      hyperlane serves 1 MB 1.7x as fast as node-http (1.6–1.9); not ranked, because the driver or the machine was the limit: tokio.

      > **Note:** Virtual machine (KVM): neighbours that nothing here shows can take CPU time.

      ## 1 KB

      64 connections, closed loop, 7s, 3 rounds.

      | # | Target | Throughput (req/s) | Mean latency | p99 latency | CPU | CPU per request | Memory (peak) |
      | ---: | :--- | ---: | ---: | ---: | ---: | ---: | ---: |
      | 1–2 | tokio | 147,000 ±2.5 % | 435 µs ±2.5 % | 1.31 ms ±2.5 % | 98.7 % ±0.0 % | 6.71 µs ±2.5 % | 32.0 MiB ±2.5 % |
      | 1–2 | hyperlane | 146,000 ±2.5 % | 438 µs ±2.5 % | 1.32 ms ±2.5 % | 98.7 % ±0.0 % | 6.76 µs ±2.5 % | 32.0 MiB ±2.5 % |
      | 3 | node-http¹ | 78,000 ±2.5 % | 821 µs ±2.5 % | 2.46 ms ±2.5 % | 98.7 % ±0.0 % | 12.7 µs ±2.5 % | 32.0 MiB ±2.5 % |
      | – | gin² | *failed*: TARGET_ERRORS | – | – | – | – | – |

      ### 1 KB: latency

      | # | Target | Mean | p50 | p90 | p99 | p99.9 | Max | Jitter | Reliability |
      | ---: | :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
      | 1–2 | tokio | 435 µs ±2.5 % | 392 µs ±2.5 % | 610 µs ±2.5 % | 1.31 ms ±2.5 % | 3.05 ms ±2.5 % | 8.71 ms ±2.5 % | 218 µs ±2.5 % | 100 % ±0.0 % |
      | 1–2 | hyperlane | 438 µs ±2.5 % | 395 µs ±2.5 % | 614 µs ±2.5 % | 1.32 ms ±2.5 % | 3.07 ms ±2.5 % | 8.77 ms ±2.5 % | 219 µs ±2.5 % | 100 % ±0.0 % |
      | 3 | node-http¹ | 821 µs ±2.5 % | 738 µs ±2.5 % | 1.15 ms ±2.5 % | 2.46 ms ±2.5 % | 5.74 ms ±2.5 % | 16.4 ms ±2.5 % | 410 µs ±2.5 % | 100 % ±0.0 % |
      | – | gin² | *failed*: TARGET_ERRORS | – | – | – | – | – | – | – |

      - ¹ \`NOT_STEADY\`: the target had not settled when the measurement began, or drifted (node-http: throughput drifted by 4 %)
      - ² \`TARGET_ERRORS\`: responses were wrong, cut off or missing (gin: 12 responses were cut off)

      ## 1 MB

      64 connections, closed loop, 7s, 3 rounds.

      | # | Target | Throughput (req/s) | Transfer rate | CPU | Memory (peak) |
      | ---: | :--- | ---: | ---: | ---: | ---: |
      | 1 | hyperlane | 5,400 ±2.5 % | 5.66 GB/s ±2.5 % | 98.7 % ±0.0 % | 32.0 MiB ±2.5 % |
      | 2 | node-http | 3,100 ±2.5 % | 3.25 GB/s ±2.5 % | 98.7 % ±0.0 % | 32.0 MiB ±2.5 % |
      | – | tokio | ≥ 6,700 ±2.5 %¹ | ≥ 7.03 GB/s ±2.5 %¹ | 98.7 % ±0.0 % | 32.0 MiB ±2.5 % |
      | – | gin² | *invalid*: NOISY_ENV | – | – | – |

      ### 1 MB: latency

      | # | Target | Mean | p50 | p90 | p99 | p99.9 | Max | Jitter | Reliability |
      | ---: | :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
      | 1 | hyperlane | 11.9 ms ±2.5 % | 10.7 ms ±2.5 % | 16.6 ms ±2.5 % | 35.6 ms ±2.5 % | 83.0 ms ±2.5 % | 237 ms ±2.5 % | 5.93 ms ±2.5 % | 100 % ±0.0 % |
      | 2 | node-http | 20.6 ms ±2.5 % | 18.6 ms ±2.5 % | 28.9 ms ±2.5 % | 61.9 ms ±2.5 % | 145 ms ±2.5 % | 413 ms ±2.5 % | 10.3 ms ±2.5 % | 100 % ±0.0 % |
      | – | tokio | ≤ 9.55 ms ±2.5 % | ≤ 8.60 ms ±2.5 % | ≤ 13.4 ms ±2.5 % | ≤ 28.7 ms ±2.5 % | ≤ 66.9 ms ±2.5 % | ≤ 191 ms ±2.5 % | 4.78 ms ±2.5 % | 100 % ±0.0 % |
      | – | gin² | *invalid*: NOISY_ENV | – | – | – | – | – | – | – |

      - ¹ \`DRIVER_SATURATED\`: the load driver, not the target, set the figure: a lower bound (tokio: driver CPU 99 %)
      - ² \`NOISY_ENV\`: other work kept the CPUs busy during the measurement (gin: pressure 61 %)

      ## Charts

      ![throughput](throughput.svg)

      ![latency](latency.svg)

      ![efficiency](efficiency.svg)

      ![memory](memory.svg)

      ![over time](over-time.svg)

      ![rounds](rounds.svg)

      ## Legend

      - **±**: half the range over rounds (a fresh start each), relative to the figure, rounded up; none with a single valid round.
      - Figures are medians over valid rounds; percentiles are read from the merged histogram of all their requests, never averaged.
      - **#**: the places by throughput that a target may hold, 95 % sure of all at once; targets that cannot be told apart share one.
      - A factor stands with its 95 % interval, paired by round, or else with the quotient of the far ends of two such intervals.
      - **≥**, **≤**: a bound: the driver or the machine, not the target, set the figure; such a row is not ranked.
      - **n/a (needs N)**: fewer than N samples, so the percentile is not printed.
      - **Jitter**: standard deviation of the response time. **Reliability**: correct responses as a share of requests sent, rounded down.

      ## Method

      - 3 rounds, each with every target once a scenario in random order (seed 42), and a fresh start of the target for every trial.
      - Started as process, 1 worker each; readiness and the exact response were checked before any load.
      - 1 KB: GET /payload/1kb, 64 connections, closed loop, 7s, 3 rounds, after a warm-up of 2s to 5s that does not count.
      - 1 MB: GET /payload/1mb, 64 connections, closed loop, 7s, 3 rounds, after a warm-up of 2s to 5s that does not count.
      - Load driver of 1kb: dyno, 1 worker. Its ceiling is the highest of those that work here.
      - Targets ran on CPU 0, the driver on CPU 1.
      - Two targets are told apart where two of Student's tests on the logarithms of their ratios, paired by round, agree: one with the variance of all pairs, corrected by Holm over all pairs, and one with their own. At most 1 of 20 rankings tells any two apart that are alike.
      - CPU and memory are those of the whole target (control group or process tree) over exactly the measured window, page cache excluded.

      ## Targets

      | Id | Name | Language | Framework | Started as | SHA-256 |
      | :--- | :--- | :--- | :--- | :--- | :--- |
      | tokio | tokio | Rust | tokio 1.2.3 | process | \`beefbeefbeef\` |
      | hyperlane | hyperlane | Rust | hyperlane 1.2.3 | process | \`beefbeefbeef\` |
      | node-http | node-http | Rust | node-http 1.2.3 | process | \`beefbeefbeef\` |
      | gin | gin | Rust | gin 1.2.3 | process | \`beefbeefbeef\` |

      ## Environment

      | Machine |  |
      | :--- | :--- |
      | CPU | Test CPU 3000, 2 logical CPUs |
      | Memory | 8.00 GiB |
      | System | Debian GNU/Linux 13 (trixie), kernel 6.12.0, x64 |
      | Virtual machine | KVM |
      | Node | v24.21.0 |
      | Engine | none |
      | Control groups | v2 |
      | Governor | not readable |
      | httpdyno | 0.1.0 (abc1234def56) |
      | Fingerprint | f00df00df00df00d |

      ## Reproduce

      \`\`\`sh
      git checkout abc1234def5678abc1234def5678abc1234def56
      npm ci
      npm run bench -- --rounds 3 --seed 42
      \`\`\`
      "
    `);
  });

  it('the block in a README', () => {
    expect(renderMarkedBlock(report())).toMatchInlineSnapshot(`
      "* __Machine:__ Test CPU 3000, 2 CPUs, Debian GNU/Linux 13 (trixie), kernel 6.12.0
      * __Node:__ v24.21.0
      * __Run:__ 2026-11-20, httpdyno 0.1.0, \`npm run bench -- --rounds 3 --seed 42\`
      * __Method:__ 1 KB: 64 connections, closed loop, 7s, 3 rounds; 1 MB: 64 connections, closed loop, 7s, 3 rounds; load by dyno; fresh start of the target for every trial, in random order

      **tokio serves 1 KB 1.9x as fast as node-http (1.7–2.0); hyperlane and tokio cannot be told apart.**

      | # | Target | Throughput (req/s) | Mean latency | p99 latency | CPU | CPU per request | Memory (peak) |
      | ---: | :--- | ---: | ---: | ---: | ---: | ---: | ---: |
      | 1–2 | tokio | 147,000 ±2.5 % | 435 µs ±2.5 % | 1.31 ms ±2.5 % | 98.7 % ±0.0 % | 6.71 µs ±2.5 % | 32.0 MiB ±2.5 % |
      | 1–2 | hyperlane | 146,000 ±2.5 % | 438 µs ±2.5 % | 1.32 ms ±2.5 % | 98.7 % ±0.0 % | 6.76 µs ±2.5 % | 32.0 MiB ±2.5 % |
      | 3 | node-http¹ | 78,000 ±2.5 % | 821 µs ±2.5 % | 2.46 ms ±2.5 % | 98.7 % ±0.0 % | 12.7 µs ±2.5 % | 32.0 MiB ±2.5 % |
      | – | gin² | *failed*: TARGET_ERRORS | – | – | – | – | – |

      - ¹ \`NOT_STEADY\`: the target had not settled when the measurement began, or drifted
      - ² \`TARGET_ERRORS\`: responses were wrong, cut off or missing

      **hyperlane serves 1 MB 1.7x as fast as node-http (1.6–1.9); not ranked, because the driver or the machine was the limit: tokio.**

      | # | Target | Throughput (req/s) | Transfer rate | CPU | Memory (peak) |
      | ---: | :--- | ---: | ---: | ---: | ---: |
      | 1 | hyperlane | 5,400 ±2.5 % | 5.66 GB/s ±2.5 % | 98.7 % ±0.0 % | 32.0 MiB ±2.5 % |
      | 2 | node-http | 3,100 ±2.5 % | 3.25 GB/s ±2.5 % | 98.7 % ±0.0 % | 32.0 MiB ±2.5 % |
      | – | tokio | ≥ 6,700 ±2.5 %¹ | ≥ 7.03 GB/s ±2.5 %¹ | 98.7 % ±0.0 % | 32.0 MiB ±2.5 % |
      | – | gin² | *invalid*: NOISY_ENV | – | – | – |

      - ¹ \`DRIVER_SATURATED\`: the load driver, not the target, set the figure: a lower bound
      - ² \`NOISY_ENV\`: other work kept the CPUs busy during the measurement

      #: the places by throughput that a target may hold; those that cannot be told apart share one. ±: half the range over rounds, relative to the figure. ≥ and ≤: a bound, set by the driver or the machine."
    `);
  });
});

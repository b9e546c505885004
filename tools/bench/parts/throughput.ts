import { atLeast, figure } from '../figure.ts';
import { autocannon, dyno, type Generator, wrk } from '../generators.ts';
import { CONNECTIONS, interleave, type Part, runPinned } from '../rig.ts';
import { ratios } from '../statistics.ts';

const GENERATORS: ReadonlyMap<string, Generator> = new Map(
  [dyno, wrk, autocannon].map((generator) => [generator.id, generator]),
);

/** How much load one core of each generator makes, closed loop, against the same server on the other core. */
export const throughput: Part = {
  id: 'throughput',
  title: `Closed loop, ${CONNECTIONS} connections, one core for each generator`,
  async measure(bench) {
    const figures = [];
    for (const size of ['1kb', '1mb']) {
      const rates = await interleave(bench.rounds, [...GENERATORS.keys()], async (id) => {
        const generator = GENERATORS.get(id) ?? dyno;
        bench.progress(`${id} ${size}`);
        const { port, seconds } = bench;
        const load = { port, path: `/payload/${size}`, connections: CONNECTIONS, seconds, rateRps: null };
        return generator.rate(await runPinned(generator, load));
      });
      const of = (id: string): number[] => rates.get(id) ?? [];
      for (const id of GENERATORS.keys())
        figures.push(figure(`${size}.${id}`, `${id}, ${size}`, 'req/s', of(id)));
      figures.push(
        figure(`${size}.dyno/wrk`, `dyno / wrk, ${size}`, '', ratios(of('dyno'), of('wrk')), atLeast(1)),
        figure(
          `${size}.dyno/autocannon`,
          `dyno / autocannon, ${size}`,
          '',
          ratios(of('dyno'), of('autocannon')),
        ),
      );
    }
    return figures;
  },
};

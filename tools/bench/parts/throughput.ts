import { atLeast, type Figure, figure, missingFigure } from '../figure.ts';
import { autocannon, dyno, type Generator, wrk } from '../generators.ts';
import { type Bench, CONNECTIONS, interleave, isInstalled, type Part, runPinned } from '../rig.ts';
import { ratios } from '../statistics.ts';

const GENERATORS: ReadonlyMap<string, Generator> = new Map(
  [dyno, wrk, autocannon].map((generator) => [generator.id, generator]),
);

/** How much load one core of each generator makes, closed loop, against the same server on the other core. */
export const throughput: Part = {
  id: 'throughput',
  title: `Closed loop, ${CONNECTIONS} connections, one core for each generator`,
  async measure(bench) {
    const hasWrk = await isInstalled('wrk');
    const figures: Figure[] = [];
    for (const size of ['1kb', '1mb']) {
      const rates = await ratesAt(bench, size, hasWrk);
      const of = (id: string): number[] => rates.get(id) ?? [];
      for (const id of GENERATORS.keys()) {
        const title = `${id}, ${size}`;
        figures.push(
          rates.has(id)
            ? figure(`${size}.${id}`, title, 'req/s', of(id))
            : missingFigure(`${size}.${id}`, title, 'not installed'),
        );
      }
      const [own, autocannons] = [of('dyno'), of('autocannon')];
      figures.push(
        figure(`${size}.dyno/wrk`, `dyno / wrk, ${size}`, '', ratios(own, of('wrk')), atLeast(1)),
        figure(`${size}.dyno/autocannon`, `dyno / autocannon, ${size}`, '', ratios(own, autocannons)),
      );
    }
    return figures;
  },
};

function ratesAt(
  { port, seconds, rounds, progress }: Bench,
  size: string,
  hasWrk: boolean,
): Promise<Map<string, number[]>> {
  const load = { port, path: `/payload/${size}`, connections: CONNECTIONS, seconds, rateRps: null };
  const ids = [...GENERATORS.keys()].filter((id) => id !== wrk.id || hasWrk);
  return interleave(rounds, ids, async (id) => {
    const generator = GENERATORS.get(id) ?? dyno;
    progress(`${id} ${size}`);
    return generator.rate(await runPinned(generator, load));
  });
}

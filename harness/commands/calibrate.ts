import path from 'node:path';
import CliTable from 'cli-table3';
import { isoTime } from '../base/clock.ts';
import { EXIT, type ExitCode } from '../base/errors.ts';
import { formatNumber, formatShare, formatUs } from '../base/units.ts';
import type { Calibration } from '../model/calibration.ts';
import { probeEnvironment } from '../session/environment.ts';
import { storeCalibrations } from '../store/calibrations.ts';
import { takeMachineLock } from '../store/machine-lock.ts';
import { readScenarios } from '../store/scenario-files.ts';
import { createAdapters } from './adapters.ts';
import { measureCeiling } from './ceiling.ts';
import type { CommandContext } from './context.ts';
import { pinHarness } from './execute.ts';
import { refuseTooManyConnections } from './preflight.ts';
import { runLayout } from './prepare-run.ts';
import { integerIn, names, type Register } from './program.ts';
import { selectById } from './selection.ts';

interface CalibrateOptions {
  driver?: string[];
  scenario?: string[];
  rounds: number;
  connections?: number;
  driverWorkers?: number;
  results: string;
  json?: true;
}

export const register: Register = (program, context, outcome) => {
  program
    .command('calibrate')
    .description(
      'what the load drivers themselves reach and add on this machine, against a server that does nothing',
    )
    .option(
      '--driver <ids>',
      'drivers to calibrate, separated by commas (default: all that work here)',
      names,
    )
    .option('-s, --scenario <ids>', 'scenarios, separated by commas (default: all)', names)
    .option('-r, --rounds <n>', 'fresh starts of each', integerIn(1, 100), 3)
    .option('-c, --connections <n>', 'connections (default: as the scenario says)', integerIn(1, 100_000))
    .option(
      '--driver-workers <n>',
      'threads of the load driver (default: one for each of its CPUs)',
      integerIn(1, 256),
    )
    .option('--results <folder>', 'where it is stored for `run`', 'results')
    .option('--json', 'print the calibrations as JSON')
    .action(async (options: CalibrateOptions) => {
      outcome.code = await calibrate(context, options);
    });
};

async function calibrate(context: CommandContext, options: CalibrateOptions): Promise<ExitCode> {
  const adapters = await createAdapters(context);
  const scenarios = selectById(
    await readScenarios(path.join(context.project, 'scenarios')),
    options.scenario,
    '--scenario',
    'SCENARIO_UNKNOWN',
  ).map((scenario) => ({ ...scenario, connections: options.connections ?? scenario.connections }));
  const drivers = selectById([...adapters.drivers.values()], options.driver, '--driver', 'DRIVER_UNKNOWN');
  refuseTooManyConnections(Math.max(0, ...scenarios.map(({ connections }) => connections)));
  const layout = runLayout(options);
  const lock = await takeMachineLock(isoTime(context.clock));
  const entries: Calibration[] = [];
  try {
    await pinHarness(layout.cpus);
    for (const scenario of scenarios) {
      for (const driver of drivers) {
        const obstacle = await driver.unavailable();
        if (obstacle !== null || !driver.loops.includes(scenario.loop.kind)) {
          context.err(
            `${driver.id} ${scenario.id}: skipped: ${obstacle ?? `cannot drive an ${scenario.loop.kind} loop`}\n`,
          );
          continue;
        }
        context.err(`${driver.id} ${scenario.id}: ${options.rounds} fresh starts\n`);
        const outcome = await measureCeiling({
          context,
          adapters,
          layout,
          scenario,
          driver,
          rounds: options.rounds,
        });
        if (outcome.kind === 'calibrated') entries.push(outcome.calibration);
        else context.err(`${driver.id} ${scenario.id}: failed: ${outcome.why}\n`);
        if (context.interruption.signal.aborted) return EXIT.interrupted;
      }
    }
  } finally {
    await lock.release();
  }
  const { fingerprint } = await probeEnvironment(context.project);
  const machine = { fingerprint, harnessVersion: context.version };
  const file = await storeCalibrations(path.resolve(context.cwd, options.results), machine, entries);
  context.out(options.json === true ? `${JSON.stringify(entries, null, 2)}\n` : `${tableOf(entries)}\n`);
  context.err(`written: ${path.relative(context.cwd, file)}\n`);
  return entries.length === 0 ? EXIT.trials : EXIT.ok;
}

function tableOf(entries: readonly Calibration[]): string {
  const table = new CliTable({
    head: ['scenario', 'driver', 'ceiling req/s', '', 'driver CPU', 'service time p50', 'p99'],
    colAligns: ['left', 'left', 'right', 'left', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const latency = (us: number | null): string => (us === null ? 'n/a' : formatUs(us));
  for (const entry of entries) {
    table.push([
      entry.scenarioId,
      `${entry.driver} ${entry.driverVersion}`,
      formatNumber(entry.ceilingRps),
      entry.ceilingIs,
      formatShare(entry.driverCpuShare, 0),
      latency(entry.serviceTimeP50Us),
      latency(entry.serviceTimeP99Us),
    ]);
  }
  return table.toString();
}

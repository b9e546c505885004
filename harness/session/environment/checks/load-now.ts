import { formatNumber, formatShare } from '../../../base/units.ts';
import { layoutCpus } from '../../cpu-layout.ts';
import { type Check, defineCheck } from '../check.ts';
import { coreSiblings, formatCpuList, usableCpus } from '../machine-facts.ts';

/** The shares from which a trial, too, carries a warning. */
const PRESSURE_WARNS = 0.2;
const STEAL_WARNS = 0.05;
/** Two ticks of a 200 ms window on two CPUs: less cannot be told from rounding. */
const FOREIGN_SHARE_WARNS = 0.05;
/** One process that fills half a CPU disturbs whoever shares that CPU, however many there are. */
const FOREIGN_PROCESS_WARNS_CORES = 0.5;
/** At some µs each, less than one per cent of a CPU. */
const INTERRUPTS_WARN_PER_SEC = 1_000;

const pressure = defineCheck({
  id: 'cpu-pressure',
  group: 'load now',
  title: 'CPU pressure',
  why: 'work waits for a CPU, ours would too',
  unfit: { when: `more than ${formatShare(PRESSURE_WARNS, 0)}, now and over 10 s` },
  untold: 'not told: kernel without PSI',
  read: ({ activity: { pressureShare: share, pressureShare10s: share10s } }) =>
    share === null || share10s === null ? null : { share, share10s },
  // The average lags behind what has ended, a build of ours say, and the sample is short: only both together accuse.
  judge: ({ share, share10s }) => {
    const value = `${formatShare(share, 0)} now, ${formatShare(share10s, 0)} over 10 s`;
    return Math.min(share, share10s) > PRESSURE_WARNS
      ? { value, fix: 'stop what runs beside, or wait: cat /proc/pressure/cpu' }
      : { value };
  },
});

const steal = defineCheck({
  id: 'steal',
  group: 'load now',
  title: 'steal',
  why: 'CPU time that other machines got instead',
  unfit: { when: `more than ${formatShare(STEAL_WARNS, 0)} of CPU time` },
  read: ({ activity }) => activity.stealShare,
  judge: (share) => {
    const value = `${formatShare(share, 1)} of CPU time`;
    return share > STEAL_WARNS
      ? { value, fix: 'move to a VM with dedicated CPUs, or measure when the host is quiet' }
      : { value };
  },
});

const otherLoad = defineCheck({
  id: 'other-load',
  group: 'load now',
  title: 'other load',
  why: 'what others use, the target cannot',
  unfit: {
    when: `more than ${formatShare(FOREIGN_SHARE_WARNS, 0)} of our CPUs, or half of one by one process`,
  },
  read: ({ activity: { foreign }, tree, host }) =>
    foreign === null ? null : { ...foreign, cpus: usableCpus(tree, host.logicalCpus).length },
  judge: ({ cores, top, cpus }) => {
    const [first] = top;
    const busy = cores > FOREIGN_SHARE_WARNS * cpus || (first?.cores ?? 0) >= FOREIGN_PROCESS_WARNS_CORES;
    const total = `${formatNumber(cores)} CPUs`;
    if (!busy) return { value: total };
    if (first === undefined)
      return { value: `${total}, by whom is hidden`, fix: 'look from outside this container: top' };
    const users = top.map(({ name, cores: used }) => `${name} ${formatNumber(used)}`);
    const pids = top.map(({ pid }) => pid).join(',');
    return { value: `${total}: ${users.join(', ')}`, fix: `stop what you can spare: ps -fp ${pids}` };
  },
});

const interrupts = defineCheck({
  id: 'irq-affinity',
  group: 'load now',
  title: 'IRQs on the target',
  why: 'devices interrupt whom they are bound to',
  read: ({ activity: { interruptRates }, tree, host }) => {
    if (interruptRates === null) return null;
    const { target, driver, disjoint } = layoutCpus(usableCpus(tree, host.logicalCpus), (cpu) =>
      coreSiblings(tree, cpu),
    );
    const perSec = target.reduce((sum, cpu) => sum + (interruptRates.get(cpu) ?? 0), 0);
    return { perSec, target, driver: disjoint ? driver : [] };
  },
  judge: ({ perSec, target, driver }) => {
    const value = `${Math.round(perSec).toLocaleString('en-US')}/s on CPU ${formatCpuList(target)}`;
    if (perSec <= INTERRUPTS_WARN_PER_SEC * target.length || driver.length === 0) return { value };
    const cpus = formatCpuList(driver);
    const fix = `for f in /proc/irq/*/smp_affinity_list; do echo ${cpus} | sudo tee $f; done`;
    return { value, fix };
  },
});

export const LOAD_NOW_CHECKS: readonly Check[] = [pressure, steal, otherLoad, interrupts];

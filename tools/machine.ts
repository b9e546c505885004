import type { Check } from '../harness/session/environment/check.ts';
import { CHECKS } from '../harness/session/environment/checks/index.ts';

/** `docs/machine.md`: what makes a machine unfit to measure, and what is only worth knowing. */
export function machinePage(): string {
  return [
    '# Is this machine fit to measure?',
    '',
    '<!-- Written by `npm run docs` from harness/session/environment/checks; do not edit. -->',
    '',
    '`httpdyno doctor` looks at all of this and says what changes it. `run` keeps what it finds in the session and shows it beside',
    'the figures. `run --strict` refuses an unfit machine with exit code 4 before anything starts; `doctor --strict` gives the same verdict.',
    '',
    '**Unfit** is a machine on which figures move by chance between trials of one session, so that even their comparison cannot be',
    'defended. A **warning** bends all figures alike: trials of one session compare, absolute figures are of this machine only. So a',
    'virtual machine warns and is not unfit by itself; that its host takes CPU time away while you measure (steal) is.',
    '',
    '| check | why it matters | unfit when |',
    '|---|---|---|',
    ...CHECKS.map(row),
    '',
  ].join('\n');
}

function row({ title, why, unfitWhen }: Check): string {
  return `| ${title} | ${why} | ${unfitWhen ?? '-'} |`;
}

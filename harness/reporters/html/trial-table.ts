import { formatMetric } from '../figures.ts';
import { type Reason, REASONS } from '../../model/reason.ts';
import type { Session } from '../../model/session.ts';
import type { Trial } from '../../model/trial.ts';
import { htmlText, shortText } from '../escape.ts';

/** Columns of words, which read from the left. */
const TEXT_HEADS: ReadonlySet<string> = new Set(['Target', 'Scenario', 'Verdict', 'Reasons']);

/** Every trial with its verdict and reasons; the script adds filters, sorting and the download of histograms. */
export function trialSection(session: Session): string {
  const heads = [
    'Trial',
    'Round',
    'Target',
    'Scenario',
    'Verdict',
    'Throughput',
    'Sent',
    'Correct',
    'Reasons',
    'Histogram',
  ];
  return `<section id="trials" aria-labelledby="trials-title">
<h2 id="trials-title">Trials</h2>
<p>Each on a fresh start of its target. Only valid trials make figures.</p>
<div data-trial-filters></div>
<div class="scroll tall" tabindex="0" role="region" aria-labelledby="trials-title">
<table data-sortable data-trials><thead><tr>${heads.map((head) => `<th scope="col"${TEXT_HEADS.has(head) ? ' class="text"' : ''}>${head}</th>`).join('')}</tr></thead>
<tbody>${session.trials.map(trialRow).join('\n')}</tbody></table></div></section>`;
}

function trialRow(trial: Trial): string {
  const { index, round, targetId, scenarioId, verdict, reasons } = trial;
  const load = trial.verdict === 'aborted' ? null : trial.load;
  const seconds = load === null ? 0 : (load.window.endUs - load.window.startUs) / 1e6;
  const rps = load === null || !(seconds > 0) ? null : load.completedInWindow / seconds;
  const cells = [
    number(index, String(index + 1)),
    number(round, String(round + 1)),
    `<th scope="row">${htmlText(targetId)}</th>`,
    `<td class="name">${htmlText(scenarioId)}</td>`,
    `<td class="verdict">${verdict}</td>`,
    number(rps, rps === null ? 'n/a' : formatMetric('throughputRps', rps)),
    number(load?.counts.sent ?? null, load === null ? 'n/a' : load.counts.sent.toLocaleString('en-US')),
    number(load?.counts.ok ?? null, load === null ? 'n/a' : load.counts.ok.toLocaleString('en-US')),
    `<td class="text">${reasons.map(reasonText).join('<br>')}${logTail(trial)}</td>`,
    `<td data-histogram="${index}"></td>`,
  ];
  const filter = htmlText(
    `${targetId} ${scenarioId} ${verdict} ${reasons.map(({ code }) => code).join(' ')}`.toLowerCase(),
  );
  return `<tr class="${verdict}" data-verdict="${verdict}" data-filter="${filter}">${cells.join('')}</tr>`;
}

function reasonText({ code, detail }: Reason): string {
  const shown = detail === '' ? '' : ` (${htmlText(shortText(detail, 300))})`;
  return `<code>${htmlText(code)}</code> ${htmlText(REASONS[code].sentence)}${shown}`;
}

/** The last words of a target that did not do its job. */
function logTail({ verdict, logTail: lines }: Trial): string {
  if (verdict === 'valid' || lines.length === 0) return '';
  const shown = lines.slice(-20).map((line) => htmlText(shortText(line, 200)));
  return `<details><summary>Last log lines</summary><pre>${shown.join('\n')}</pre></details>`;
}

function number(value: number | null, text: string): string {
  return `<td data-value="${value ?? ''}">${text}</td>`;
}

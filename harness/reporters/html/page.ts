import { createHash } from 'node:crypto';
import type { Report, Reporter } from '../../model/ports.ts';
import { headlineOf } from '../headline.ts';
import { htmlText, plainText } from '../escape.ts';
import { environmentOf, methodOf, reproductionOf } from '../method.ts';
import { CLIENT_SCRIPT } from './client-bundle.ts';
import { pageDataOf } from './page-data.ts';
import { resultSections } from './result-tables.ts';
import { STYLE } from './style.ts';
import { trialSection } from './trial-table.ts';

/**
 * One self-contained page. Its policy allows nothing but the very script and style in it, named by hash: text that slipped
 * through as markup could neither run nor load anything. With a second report the two stand side by side.
 */
export function renderHtml(report: Report, other: Report | null = null): string {
  const beside = other === null ? '' : ` beside ${other.session.id}`;
  const title = `httpdyno ${report.session.id}${beside}`;
  const policy = [
    "default-src 'none'",
    `script-src '${sha256(CLIENT_SCRIPT)}'`,
    `style-src '${sha256(STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${htmlText(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to results</a>
<header><h1>${htmlText(title)}</h1>${headlines(report)}${warnings(report)}</header>
<main id="main">
${other === null ? '' : COMPARISON}
${resultSections(report)}
${PLOTS}
${trialSection(report.session)}
${other === null ? COMPARISON : ''}
${about(report)}
</main>
<script type="application/json" id="httpdyno-data">${jsonIsland(pageDataOf(report, other))}</script>
<script>${CLIENT_SCRIPT}</script>
</body>
</html>
`;
}

/** JSON that no HTML parser takes for markup and no script engine for a line end. */
export function jsonIsland(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}

function headlines(report: Report): string {
  const claims = report.session.scenarios.map((scenario) => htmlText(headlineOf(report, scenario)));
  return claims.map((claim, index) => `<p class="${index === 0 ? 'lead' : 'claim'}">${claim}</p>`).join('');
}

function warnings({ session, summary }: Report): string {
  const all = [...new Set([...summary.warnings, ...session.environment.warnings])];
  if (all.length === 0) return '';
  return `<ul class="warnings" aria-label="Warnings">${all.map((text) => `<li>${htmlText(text)}</li>`).join('')}</ul>`;
}

// What the script fills; without it the tables and everything about the session are still there.
const PLOTS = `<section id="percentiles" aria-labelledby="percentiles-title">
<h2 id="percentiles-title">Response time by percentile</h2>
<div data-plot="percentiles"></div>
</section>
<section id="time" aria-labelledby="time-title">
<h2 id="time-title">Over time</h2>
<div data-plot="time"></div>
</section>
<noscript><p>The two plots and the comparison need JavaScript; all figures are in the tables.</p></noscript>`;

const COMPARISON = `<section id="comparison" aria-labelledby="comparison-title">
<h2 id="comparison-title">Beside another session</h2>
<div data-comparison></div>
</section>`;

function about({ session }: Report): string {
  const method = methodOf(session).map((sentence) => `<li>${htmlText(sentence)}</li>`);
  const machine = environmentOf(session).map(
    ([what, value]) => `<tr><th scope="row">${htmlText(what)}</th><td>${htmlText(value)}</td></tr>`,
  );
  const commands = reproductionOf(session).map((line) => htmlText(plainText(line)));
  return `<section id="method"><h2>Method</h2><ul>${method.join('')}</ul></section>
<section id="environment"><h2>Environment</h2><table class="facts"><tbody>${machine.join('')}</tbody></table></section>
<section id="reproduce"><h2>Reproduce</h2><pre tabindex="0">${commands.join('\n')}</pre></section>`;
}

export const htmlReporter: Reporter = {
  id: 'html',
  fileName: 'report.html',
  render: (report) => renderHtml(report),
};

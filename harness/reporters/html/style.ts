import { DARK_RULES } from '../charts/style.ts';

/** Style of the page, light and dark by the reader's choice; printed black on white with everything open. */
export const STYLE = `
:root{color-scheme:light dark;--fg:#1c1c1c;--quiet:#565656;--bg:#fff;--raised:#f5f5f5;--line:#c9c9c9;--accent:#0057a3;--bad:#a3231f;--plot:#fff}
@media (prefers-color-scheme:dark){:root{--fg:#e9e9e9;--quiet:#b4b4b4;--bg:#161616;--raised:#232323;--line:#4a4a4a;--accent:#7cc0ff;--bad:#ff9a94;--plot:#0d1117}}
${DARK_RULES.replace('@media (', '@media screen and (')}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1560px;padding:1rem;font:15px/1.5 system-ui,DejaVu Sans,sans-serif;color:var(--fg);background:var(--bg)}
h1{font-size:1.5rem;margin:.5rem 0}
h2{font-size:1.2rem;margin:2rem 0 .5rem}
.lead{font-size:1.15rem;font-weight:600;margin:.25rem 0}
.claim{margin:.25rem 0}
.warnings{border-left:4px solid #c98a00;margin:.75rem 0;padding:.25rem 0 .25rem 1.5rem}
.notes{list-style:none;padding:0;color:var(--quiet);font-size:.9rem}
.skip{position:absolute;left:-9999px}
.skip:focus{left:1rem;background:var(--bg);padding:.5rem}
.scroll{overflow:auto;border:1px solid var(--line);border-radius:4px}
.tall{max-height:34rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}
.scroll>table{width:100%}
th,td{padding:.3rem .6rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
th[scope=row],td.text,td.refusal,.facts td{text-align:left}
td.text,td.name,td.verdict,#comparison th:nth-child(-n+2),#comparison td:nth-child(2){text-align:left}
td.text{white-space:normal;min-width:18rem}
thead th{position:sticky;top:0;background:var(--raised);z-index:1}
thead button{all:unset;cursor:pointer;font-weight:600}
thead button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
th[aria-sort=ascending] button::after{content:" \\2191"}
th[aria-sort=descending] button::after{content:" \\2193"}
tbody th{font-weight:600}
[data-sortable]:not([data-trials]) thead th:nth-child(2),thead th.text{text-align:left}
tbody th{max-width:14rem;overflow:hidden;text-overflow:ellipsis}
[data-sortable]:not([data-trials]) tbody th{position:sticky;left:0;background:var(--bg)}
small{color:var(--quiet)}
td small{display:block;white-space:nowrap}
tr.limited td{font-style:italic}
.refusal,tr.failed .verdict,tr.invalid .verdict,tr.aborted .verdict{color:var(--bad)}
pre{background:var(--raised);padding:.6rem;overflow:auto;margin:.25rem 0;white-space:pre-wrap}
.controls{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:.5rem 0;border:0;padding:0}
.controls legend{float:left;padding:0;margin-right:1rem;font-weight:600}
button,select,input{font:inherit;color:inherit;background:var(--raised);border:1px solid var(--line);border-radius:4px;padding:.15rem .6rem}
button{cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.swatch{width:1.6rem;height:.8rem;vertical-align:middle;margin-right:.3rem;background:var(--plot)}
.plot{display:block;width:100%;height:auto;background:var(--plot);border:1px solid var(--line);border-radius:4px;touch-action:pan-y}
.plot text{font:12px system-ui,DejaVu Sans,sans-serif;fill:var(--fg)}
.readout{min-height:3.2rem;font-variant-numeric:tabular-nums;font-size:.9rem;margin:.4rem 0}
.readout span{display:inline-block;margin-right:1.2rem}
@media print{:root{--fg:#000;--bg:#fff;--raised:#fff;--plot:#fff}.scroll{overflow:visible;border:0}.tall{max-height:none}button,.controls,.skip,.readout{display:none}thead button{display:inline}table{font-size:7.5pt}th,td{padding:.1rem .25rem;white-space:normal}thead th{position:static}section{break-inside:auto}tr{break-inside:avoid}}
`;

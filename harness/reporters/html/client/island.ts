import type { PageData } from '../page-data.ts';

const FORMAT = 'httpdyno-report-1';

const ISLAND = 'type="application/json" id="httpdyno-data">';

/**
 * The data in the text of another report page, or null where it holds none that this page understands. The text is searched,
 * never parsed as a document: nothing of it can act. An island holds no `<` before its end.
 */
export function dataOfPage(html: string): PageData | null {
  const from = html.indexOf(ISLAND);
  const to = html.indexOf('<', from + ISLAND.length);
  return from === -1 || to === -1 ? null : parseData(html.slice(from + ISLAND.length, to));
}

/** The data in JSON text, or null where it is not such data. */
export function parseData(json: string): PageData | null {
  try {
    const value: unknown = JSON.parse(json);
    return isPageData(value) ? value : null;
  } catch {
    return null;
  }
}

/** As much of the shape as a comparison relies on: a page that somebody edited must not break this one. */
function isPageData(value: unknown): value is PageData {
  if (!isRecord(value) || value['format'] !== FORMAT || !isRecord(value['session'])) return false;
  const { session, cells, metrics } = value;
  return (
    typeof session['id'] === 'string' &&
    typeof session['fingerprint'] === 'string' &&
    Array.isArray(metrics) &&
    Array.isArray(cells) &&
    cells.every((cell) => isRecord(cell) && typeof cell['target'] === 'string' && isRecord(cell['figures']))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

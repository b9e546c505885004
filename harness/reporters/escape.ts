/**
 * Text from targets, their logs and foreign result files is hostile until shown otherwise: it may hold terminal commands, markup or
 * formulas. Each output format has one function here that makes any text harmless in it and leaves it readable.
 */

// ECMA-48: CSI sequences, then the string sequences OSC, DCS, SOS, PM and APC up to their terminator, then any other escape.
const ESCAPE_SEQUENCES =
  // oxlint-disable-next-line no-control-regex
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g;
/** Controls, and the invisible marks that reorder or hide the text around them. */
// oxlint-disable-next-line no-control-regex
const UNSEEN = /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
// oxlint-disable-next-line no-control-regex
const LINE_BREAKS = /[\t\n\v\f\r\x85\u2028\u2029]+/g;

/** One line of visible text: no terminal commands, line breaks, control or direction characters. */
export function plainText(text: string): string {
  return text.replace(ESCAPE_SEQUENCES, '').replace(LINE_BREAKS, ' ').replace(UNSEEN, '').trim();
}

/** Plain text cut to a length in characters, with an ellipsis where something is missing. */
export function shortText(text: string, maxLength: number): string {
  const characters = Array.from(plainText(text));
  return characters.length <= maxLength
    ? characters.join('')
    : `${characters.slice(0, maxLength - 1).join('')}…`;
}

/** Text for a paragraph or table cell of GitHub-flavoured Markdown: nothing in it is markup. */
export function markdownText(text: string): string {
  return plainText(text)
    .replace(/[\\`*{}[\]|#~$!]|_(?![a-z\d])|(?<![a-z\d])_/gi, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/^[-+=]/, '\\$&')
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2');
}

/** Text as a code span for a table cell: the fence is longer than any run of backticks in it. */
export function markdownCode(text: string): string {
  const content = plainText(text).replace(/\|/g, '\\|');
  const longest = Math.max(0, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  return content === '' ? '' : `${fence}${padding}${content}${padding}${fence}`;
}

/** Text for an attribute or a text node of HTML, XML and SVG. */
export function htmlText(text: string): string {
  return plainText(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

/** An argument as a POSIX shell reads it back unchanged. */
export function shellWord(argument: string): string {
  const word = plainText(argument);
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;
}

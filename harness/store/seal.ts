import { createHash } from 'node:crypto';

/** The last member of a sealed file, up to its value; nothing else in the text of a record can look like this. */
const SEAL = ',\n "contentSha256": "';
const END = '"\n}\n';

/**
 * The JSON text of an object (indented by one) with one member more, last: the SHA-256 of all text before it. Being part of
 * the file, it is replaced with it in one rename, so that no crash can part the two. It shows accidents and careless
 * edits; whoever wants to deceive can seal anew.
 */
export function seal(json: string): string {
  const content = json.replace(/\n\}\n?$/, '');
  return `${content}${SEAL}${sha256(content)}${END}`;
}

/** Whether a text is as it was sealed: `none` for one that never was, as older versions wrote them. */
export function checkSeal(text: string): 'intact' | 'broken' | 'none' {
  if (!text.includes('"contentSha256"')) return 'none';
  const at = text.lastIndexOf(SEAL);
  if (at === -1) return 'broken';
  return text.slice(at) === `${SEAL}${sha256(text.slice(0, at))}${END}` ? 'intact' : 'broken';
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

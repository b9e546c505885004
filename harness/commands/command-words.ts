import { HarnessError } from '../base/errors.ts';

/**
 * The words of a command as a POSIX shell would split them, and nothing else that a shell does: quotes and backslashes
 * group, while `;`, `|`, `$`, `*` and the rest are ordinary characters of a word.
 */
export function commandWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  const characters = Array.from(text);
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? '';
    if (character === '\\' && quote !== "'") word = (word ?? '') + (characters[++i] ?? '\\');
    else if (character === quote) quote = null;
    else if (quote === null && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (quote === null && /\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + character;
  }
  if (quote !== null) throw new HarnessError('USAGE', `a quote (${quote}) is not closed in: ${text}`);
  if (word !== null) words.push(word);
  if (words.length === 0 || words.includes('') || text.includes('\0')) {
    throw new HarnessError('USAGE', `not a command: ${JSON.stringify(text)}`);
  }
  return words;
}

import type { Reporter } from '../model/ports.ts';
import { markdownReporter } from './markdown.ts';

/** Every file that a session can be reported as; a new reporter is one file and one line here. */
export const REPORTERS: readonly Reporter[] = [markdownReporter];

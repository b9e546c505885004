import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { generatedDocs } from './generated-docs.ts';

/** Rewrites the pages and schemas that are derived from the code; a test fails while they differ from it. */
for (const [file, text] of generatedDocs()) writeFileSync(path.join(import.meta.dirname, '..', file), text);

import type { Entry } from '../../journal/entry.ts';
import type { OutputOptions } from './output-format.ts';
import { shortOutput } from './short-output.ts';
import { catOutput, exportOutput, jsonOutput, verboseOutput } from './structured-output.ts';

/** One entry as text; raw bytes stand in it as lone surrogates. @param previous the entry printed before, for deltas */
export function formatEntry(entry: Entry, options: OutputOptions, previous?: Entry): string {
  // What a client sent without a MESSAGE= is for those who ask for all fields.
  const { format } = options;
  if (entry.message === '' && (format === 'cat' || format === 'with-unit' || format.startsWith('short'))) return '';
  switch (format) {
    case 'cat':
      return catOutput(entry, options);
    case 'verbose':
      return verboseOutput(entry, options);
    case 'export':
      return exportOutput(entry, options);
    case 'json':
    case 'json-pretty':
    case 'json-sse':
    case 'json-seq':
      return jsonOutput(entry, options);
    default:
      return shortOutput(entry, options, previous);
  }
}

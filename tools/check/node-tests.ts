/** Runs files of node:test tests and counts them; what fails is printed whole, what passes only counted. */
import { run as runTests } from 'node:test';
import { inspect } from 'node:util';
import { type Counts, NOTHING, type Run } from './phase.ts';

export interface TestOptions {
  /** Files at once. */
  readonly concurrency: number;
  /** For one test, in ms. */
  readonly timeoutMs: number;
  /** For all files together, in ms: ends also a test that never yields. */
  readonly deadlineMs: number;
}

interface Failure {
  readonly file: string;
  readonly name: string;
  readonly error: unknown;
}

/** The assertion or error that a test threw; node:test wraps it once. */
function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const text = typeof cause === 'string' ? cause : inspect(cause, { depth: 6 });
  return text.replaceAll(/^ +at .*\(?node:internal.*\n/gm, '');
}

function show(failures: readonly Failure[], root: string): string {
  return failures
    .map(({ file, name, error }) => {
      const where = file.startsWith(root) ? file.slice(root.length + 1) : file;
      return `✗ ${where}: ${name}\n${reason(error).replaceAll(/^/gm, '    ')}`;
    })
    .join('\n');
}

/**
 * @returns the counts when all passed
 * @throws Error that shows each failure
 */
export async function nodeTests(
  run: Run,
  files: readonly string[],
  options: TestOptions,
  note: (text: string) => void,
): Promise<Counts> {
  const failures: Failure[] = [];
  const output = new Map<string, string>();
  let passed = 0;
  const reasons: string[] = [];
  const events = runTests({
    files: [...files],
    concurrency: options.concurrency,
    timeout: options.timeoutMs,
    signal: AbortSignal.any([run.signal, AbortSignal.timeout(options.deadlineMs)]),
    isolation: 'process',
  });
  events.on('test:pass', (event) => {
    // A file counts by its tests; one without tests is itself an event at depth 0.
    if (event.details.type === 'suite' || event.file === undefined || event.name === event.file) return;
    if (event.skip !== undefined)
      reasons.push(`${event.name}: ${event.skip === true ? 'no reason given' : event.skip}`);
    else passed++;
    note(event.name);
  });
  events.on('test:fail', (event) => {
    const suite = event.details.type === 'suite' && event.details.error.message.includes('subtest');
    if (!suite) failures.push({ file: event.file ?? '', name: event.name, error: event.details.error });
  });
  for (const stream of ['test:stdout', 'test:stderr'] as const)
    events.on(stream, ({ file = '', message }) => {
      output.set(file, (output.get(file) ?? '') + message);
    });
  for await (const _ of events);
  if (run.signal.aborted) throw new Error('stopped: its time was over, or it was interrupted');
  const counts = { ...NOTHING, passed, failed: failures.length, skipped: reasons.length, reasons };
  if (failures.length === 0) return counts;
  const said = [...new Set(failures.map(({ file }) => file))]
    .filter((file) => output.has(file))
    .map((file) => `--- output of ${file}\n${output.get(file)}`);
  throw new TestFailure([show(failures, run.root), ...said].join('\n'), counts);
}

export class TestFailure extends Error {
  readonly counts: Counts;
  constructor(message: string, counts: Counts) {
    super(message);
    this.name = 'TestFailure';
    this.counts = counts;
  }
}

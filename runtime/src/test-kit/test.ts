/**
 * node:test, as much of it as our tests use, so that the same files run inside the real binary (tools/lohar puts it in
 * the place of node:test). Tests run one after the other; the program ends with "N passed, N failed".
 */
import { linuxSys } from '../linux/linux-sys.ts';
import { errorText, type Runtime, start } from '../start.ts';

const TEST_LIMIT_MS = 60_000;
const STDOUT = 1;

export interface TestContext {
  /** Runs when the test has ended, however it ended; the last one given runs first. */
  after(run: () => void | Promise<void>): void;
}
type Body = (context: TestContext) => void | Promise<void>;

const tests: { readonly name: string; readonly body: Body }[] = [];
const skipped = new Map<string, number>();
let current: Runtime | undefined;

function test(name: string, body: Body): void {
  tests.push({ name, body });
}
/** Told of, not run. @param why in the words of the last line */
test.skip = (_name: string, why: string): void => {
  skipped.set(why, (skipped.get(why) ?? 0) + 1);
};
export default test;

/** The kernel and the loop of the test program. @throws Error outside of a running test */
export function runtime(): Runtime {
  if (current === undefined) throw new Error('no test is running');
  return current;
}

const print = (text: string): void => void linuxSys.write(STDOUT, linuxSys.encode(`${text}\n`));

function within<T>({ loop }: Runtime, work: Promise<T>): Promise<T> {
  let stop = (): void => {};
  const late = new Promise<never>((_, reject) => {
    const timer = loop.after(TEST_LIMIT_MS, () => reject(new Error(`no end after ${TEST_LIMIT_MS} ms`)));
    stop = () => timer.cancel();
  });
  return Promise.race([work, late]).finally(stop);
}

async function runBody(body: Body): Promise<void> {
  const cleanups: (() => void | Promise<void>)[] = [];
  try {
    await body({ after: (run) => cleanups.push(run) });
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

async function runAll(runtime: Runtime): Promise<void> {
  let passed = 0;
  const failed: string[] = [];
  const wanted = tests.filter(({ name }) => name.includes(runtime.args[1] ?? ''));
  for (const { name, body } of wanted) {
    try {
      await within(runtime, runBody(body));
      passed++;
    } catch (error) {
      failed.push(name);
      print(`✗ ${name}\n${errorText(error)}`);
    }
  }
  const others = [...skipped].map(([why, count]) => `, ${count} skipped (${why})`).join('');
  print(`${passed} passed, ${failed.length} failed${others}`);
  runtime.sys.exit(failed.length === 0 ? 0 : 1);
}

export function runTests(): void {
  start((runtime) => {
    current = runtime;
    void runAll(runtime);
  });
}

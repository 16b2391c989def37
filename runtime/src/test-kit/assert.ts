/** node:assert/strict, as much of it as our tests use. */
import { equals } from './equals.ts';
import { show } from './show.ts';

class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

function fail(message: string | Error | undefined, otherwise: () => string): never {
  if (message instanceof Error) throw message;
  throw new AssertionError(message ?? otherwise());
}

type Message = string | Error;
/** A class, a pattern for the message, a check, or properties that the error must have. */
type Expected = (new (...args: never[]) => Error) | RegExp | ((error: unknown) => boolean) | object;

const isClass = (value: unknown): value is new (...args: never[]) => Error =>
  typeof value === 'function' && (value === Error || value.prototype instanceof Error);

function hasProperties(error: unknown, expected: object): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const names = new Set(Object.keys(expected));
  if (expected instanceof Error) names.add('message').add('name');
  return [...names].every((name) => {
    const want: unknown = Reflect.get(expected, name);
    const have: unknown = Reflect.get(error, name);
    return want instanceof RegExp && typeof have === 'string' ? want.test(have) : equals(have, want);
  });
}

function checkError(error: unknown, expected: Expected | undefined): void {
  if (expected === undefined) return;
  const fits = isClass(expected)
    ? error instanceof expected
    : expected instanceof RegExp
      ? expected.test(String(error))
      : typeof expected === 'function'
        ? expected(error) === true
        : hasProperties(error, expected);
  if (!fits) throw new AssertionError(`another error was thrown: ${show(error)}`, { cause: error });
}

interface Assert {
  (value: unknown, message?: Message): asserts value;
  ok(value: unknown, message?: Message): asserts value;
  equal<T>(actual: unknown, expected: T, message?: Message): asserts actual is T;
  notEqual(actual: unknown, expected: unknown, message?: Message): void;
  deepEqual<T>(actual: unknown, expected: T, message?: Message): asserts actual is T;
  notDeepEqual(actual: unknown, expected: unknown, message?: Message): void;
  match(text: string, pattern: RegExp, message?: Message): void;
  doesNotMatch(text: string, pattern: RegExp, message?: Message): void;
  throws(run: () => unknown, expected?: Expected | string, message?: Message): void;
  rejects(work: Promise<unknown> | (() => Promise<unknown>), expected?: Expected, message?: Message): Promise<void>;
  fail(message?: Message): never;
}

function ok(value: unknown, message?: Message): asserts value {
  if (!value) fail(message, () => `${show(value)} is not truthy`);
}

const assert: Assert = Object.assign((value: unknown, message?: Message) => ok(value, message), {
  ok,
  equal(actual: unknown, expected: unknown, message?: Message): void {
    if (!Object.is(actual, expected)) fail(message, () => `${show(actual)} is not ${show(expected)}`);
  },
  notEqual(actual: unknown, expected: unknown, message?: Message): void {
    if (Object.is(actual, expected)) fail(message, () => `it is ${show(actual)}`);
  },
  deepEqual(actual: unknown, expected: unknown, message?: Message): void {
    if (!equals(actual, expected)) fail(message, () => `\n  ${show(actual)}\nis not\n  ${show(expected)}`);
  },
  notDeepEqual(actual: unknown, expected: unknown, message?: Message): void {
    if (equals(actual, expected)) fail(message, () => `it is ${show(actual)}`);
  },
  match(text: string, pattern: RegExp, message?: Message): void {
    if (!pattern.test(text)) fail(message, () => `${show(text)} does not match ${pattern}`);
  },
  doesNotMatch(text: string, pattern: RegExp, message?: Message): void {
    if (pattern.test(text)) fail(message, () => `${show(text)} matches ${pattern}`);
  },
  throws(run: () => unknown, expected?: Expected | string, message?: Message): void {
    try {
      run();
    } catch (error) {
      checkError(error, typeof expected === 'string' ? undefined : expected);
      return;
    }
    fail(typeof expected === 'string' ? expected : message, () => 'nothing was thrown');
  },
  async rejects(work: Promise<unknown> | (() => Promise<unknown>), expected?: Expected, message?: Message) {
    try {
      await (typeof work === 'function' ? work() : work);
    } catch (error) {
      checkError(error, expected);
      return;
    }
    fail(message, () => 'the promise was fulfilled');
  },
  fail: (message?: Message): never => fail(message, () => 'failed'),
});

export default assert;

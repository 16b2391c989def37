import { errorText } from '../start.ts';
import assert from '../test-kit/assert.ts';
import test from '../test-kit/test.ts';

function thrower(): never {
  throw new RangeError('too much', { cause: new TypeError('the reason') });
}

test('an error shows name, message, causes, and the files and lines of TypeScript', () => {
  try {
    thrower();
  } catch (error) {
    const text = errorText(error);
    assert.match(text, /^RangeError: too much\n\s+at thrower \(runtime\/src\/errors\/errors\.kernel-test\.ts:6\)\n/);
    assert.match(
      text,
      /\ncaused by TypeError: the reason\n\s+at thrower \(runtime\/src\/errors\/errors\.kernel-test\.ts:6\)/,
    );
  }
});

const rows: readonly (readonly [thrown: unknown, text: string])[] = [
  [null, 'null was thrown (out of memory)'],
  [undefined, 'thrown: undefined'],
  ['text', 'thrown: text'],
  [Object.create(null), 'thrown: an object without a text'],
];
for (const [thrown, text] of rows)
  test(`whatever is thrown has a text: ${text}`, () => assert.equal(errorText(thrown), text));

test('causes in a circle end', () => {
  const error = new Error('round');
  error.cause = error;
  assert.equal(errorText(error).split('Error: round').length, 9);
});

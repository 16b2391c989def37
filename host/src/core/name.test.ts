import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { inventName, sandboxName } from './name.ts';
import { resolve } from './reference.ts';

for (const name of ['a', 'dev', 'a-b', '0', '9lives', 'a'.repeat(63), 'xn--bcher-kva']) {
  test(`"${name}" is a name`, () => assert.equal(sandboxName(name), name));
}

const refused: [name: string, why: string, remedy: string][] = [
  ['', 'it is empty', 'choose a name such as dev'],
  ['-dev', 'it begins with a dash', 'choose a name such as dev'],
  ['dev-', 'it ends with a dash', 'choose a name such as dev'],
  ['Dev', 'only a-z, 0-9 and dashes inside are allowed', 'choose a name such as dev'],
  ['a/b', 'only a-z, 0-9 and dashes inside are allowed', 'choose a name such as a-b'],
  ['..', 'only a-z, 0-9 and dashes inside are allowed', 'choose a name such as dev'],
  ['a b', 'only a-z, 0-9 and dashes inside are allowed', 'choose a name such as a-b'],
  ['a\n', 'only a-z, 0-9 and dashes inside are allowed', 'choose a name such as a'],
  ['bücher', 'only a-z, 0-9 and dashes inside are allowed', 'choose a name such as b-cher'],
  ['a'.repeat(64), 'it has 64 characters, 63 are allowed', `choose a name such as ${'a'.repeat(63)}`],
];
for (const [name, why, remedy] of refused) {
  test(`${JSON.stringify(name)} is no name: ${why}`, () => {
    assert.throws(
      () => sandboxName(name),
      (error) =>
        error instanceof BhattiError &&
        error.code === 'name.invalid' &&
        error.message.endsWith(`: ${why}`) &&
        error.remedy === remedy,
    );
  });
}

test('an invented name is one', () => {
  for (let byte = 0; byte < 256; byte += 1) {
    const name = inventName(Uint8Array.of(byte, 255 - byte, byte, byte));
    assert.equal(sandboxName(name), name);
  }
});

const known = [
  { id: 'aaaa000000000000', name: 'dev' },
  { id: 'aabb000000000000', name: 'web' },
  { id: 'cccc000000000000', name: 'aabb' },
];
const references: [reference: string, expected: string][] = [
  ['dev', 'dev'],
  ['aaaa', 'dev'],
  ['aabb', 'aabb'],
  ['aabb0', 'web'],
  ['cccc000000000000', 'aabb'],
  ['aa', 'sandbox.ambiguous'],
  ['zz', 'sandbox.not-found'],
  ['', 'sandbox.not-found'],
  ['DEV', 'sandbox.not-found'],
];
for (const [reference, expected] of references) {
  test(`"${reference}" means ${expected}`, () => {
    try {
      assert.equal(resolve(reference, known).name, expected);
    } catch (error) {
      if (!(error instanceof BhattiError)) throw error;
      assert.equal(error.code, expected);
    }
  });
}

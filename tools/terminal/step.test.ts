import assert from 'node:assert/strict';
import test from 'node:test';
import { duration, step } from './step.mjs';

class Sheet {
  text = '';
  readonly isTTY: boolean;
  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.text += text;
  }
}

const rows: [ms: number, text: string][] = [
  [0, '0.0 s'],
  [449, '0.4 s'],
  [9_949, '9.9 s'],
  [9_950, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min 00 s'],
  [125_000, '2 min 05 s'],
];
for (const [ms, text] of rows) test(`${ms} ms reads "${text}"`, () => assert.equal(duration(ms), text));

test('plain output is a line at the start and one at the end', async () => {
  const sheet = new Sheet(false);
  assert.equal(await step('image', async () => 7, { screen: sheet }), 7);
  assert.match(sheet.text, /^… image\n✓ image \(0\.\d s\)\n$/);
});

test('a terminal line is redrawn in place and closed once', async () => {
  const sheet = new Sheet(true);
  await step('image', async (note) => note('unpacking'), { screen: sheet });
  assert.equal(sheet.text.split('\n').length, 2);
  assert.ok(sheet.text.startsWith('\r\x1b[2K… image (0.0 s)'));
});

test('steps that go on at once share the line', async () => {
  const sheet = new Sheet(true);
  const other = Promise.withResolvers<void>();
  const long = step('image', () => other.promise, { screen: sheet });
  await step('unit', async () => undefined, { screen: sheet });
  const lines = sheet.text.replaceAll(/[\d.]+ s/g, 'now').split('\r\x1b[2K');
  assert.deepEqual(lines.slice(2), ['… image (now)  … unit (now)', '✓ unit (now)\n', '… image (now)']);
  other.resolve();
  await long;
  assert.match(sheet.text, /✓ image \(0\.\d s\)\n$/);
});

test('a failure closes the line with a cross and passes the error on', async () => {
  const sheet = new Sheet(false);
  const broken = new Error('no disk');
  await assert.rejects(
    step('image', () => Promise.reject(broken), { screen: sheet }),
    broken,
  );
  assert.match(sheet.text, /\n✗ image \(/);
});

test('the result is shown behind the label', async () => {
  const sheet = new Sheet(false);
  await step('unit', async () => 7, { screen: sheet, result: (count) => `${count} tests` });
  assert.match(sheet.text, /\n✓ unit: 7 tests \(0\.\d s\)\n$/);
});

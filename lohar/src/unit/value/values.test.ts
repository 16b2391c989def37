import assert from 'node:assert/strict';
import test from 'node:test';
import { addStatus, exitStatusName, exitStatusNameShort, formatStatusSet, NO_STATUSES } from './exit-status.ts';
import { parseRlimit } from './rlimit.ts';
import { parseBoolean, parseMode } from './scalar.ts';
import { parseSignal, signalName } from './signal.ts';
import { parseInteger, parsePercent, parseSize } from './size.ts';
import { formatTimeSpan, parseTimeSpan } from './time-span.ts';

// Lines 13 and 16 of the list.
const spans: [text: string, shown: string | null][] = [
  ['5', '5s'],
  ['1min30s', '1min 30s'],
  ['1min 30s', '1min 30s'],
  ['1M', '1month'],
  ['1m', '1min'],
  ['1h 30', '1h 30s'],
  ['1.5s', '1.500000s'],
  ['100ms', '100ms'],
  ['1.5ms', '1.500ms'],
  ['infinity', 'infinity'],
  ['0', '0'],
  ['90061', '1d 1h 1min 1s'],
  ['5us', '5us'],
  ['abc', null],
  ['5 parsecs', null],
  ['-5', null],
  ['', null],
];
for (const [text, shown] of spans)
  test(`time span ${text}`, () => {
    const span = parseTimeSpan(text);
    assert.equal(span === null ? null : formatTimeSpan(span), shown);
  });

test('sizes are powers of 1024', () => {
  assert.deepEqual(['1G', '1.5M', '4K', '12', '1G 500M', 'x', '-1', '', '1Q'].map(parseSize), [
    1073741824,
    1572864,
    4096,
    12,
    1073741824 + 500 * 1048576,
    null,
    null,
    null,
    null,
  ]);
});
test('percentages', () => assert.deepEqual(['50%', '12.5%', '150%', '5'].map(parsePercent), [5000, 1250, 15000, null]));
test('integers', () =>
  assert.deepEqual(['10', '-3', '0x10', '010', '3 # no', '08'].map(parseInteger), [10, -3, 16, 8, null, null]));
test('booleans (line 11)', () => {
  for (const text of ['1', 'yes', 'y', 'true', 't', 'on', 'YES', 'True', 'Y'])
    assert.equal(parseBoolean(text), true, text);
  for (const text of ['0', 'no', 'n', 'false', 'f', 'off']) assert.equal(parseBoolean(text), false, text);
  for (const text of ['2', 'maybe', '']) assert.equal(parseBoolean(text), null, text);
});
test('modes are octal', () =>
  assert.deepEqual(['077', '0755', '8', '17777'].map(parseMode), [0o77, 0o755, null, null]));
test('signals', () => {
  assert.deepEqual(['INT', 'SIGTERM', '9', 'RTMIN+3', 'RTMAX', 'BOGUS', '0', '65'].map(parseSignal), [
    2,
    15,
    9,
    37,
    64,
    null,
    null,
    null,
  ]);
  assert.deepEqual([15, 10, 34, 37, 64].map(signalName), ['TERM', 'USR1', 'RTMIN', 'RTMIN+3', 'RTMIN+30']);
});
test('names of exit statuses (lines 96 and 97)', () => {
  assert.deepEqual([7, 203, 126].map(exitStatusName), ['NOTRUNNING', 'EXEC', null]);
  assert.deepEqual([0, 1, 2, 7, 64, 203, 255].map(exitStatusNameShort), [
    'SUCCESS',
    'FAILURE',
    null,
    null,
    null,
    'EXEC',
    'EXCEPTION',
  ]);
});
test('a set of statuses and signals prints sorted (line 13)', () => {
  let set = NO_STATUSES;
  for (const word of ['1', '2', 'SIGUSR1', 'DATAERR']) set = addStatus(set, word) ?? set;
  assert.equal(formatStatusSet(set), '1 2 65 USR1');
  assert.equal(addStatus(set, 'bogus'), null);
});
test('resource limits (line 13)', () => {
  assert.deepEqual(parseRlimit('LimitFSIZE', '1M:2M'), { soft: 1048576, hard: 2097152 });
  assert.equal(parseRlimit('LimitNOFILE', '4K'), null);
  assert.deepEqual(parseRlimit('LimitNOFILE', 'infinity'), { soft: Infinity, hard: Infinity });
  assert.equal(parseRlimit('LimitNOFILE', '5:4'), null);
  assert.deepEqual(parseRlimit('LimitNICE', '-5'), { soft: 25, hard: 25 });
});

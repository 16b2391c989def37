import assert from 'node:assert/strict';
import test from 'node:test';
import {
  contextLine,
  type Draft,
  formatMonotonic,
  formatTime,
  parseMessage,
  parseRecord,
  parseSender,
  parseTabbed,
  parseTime,
  recordLine,
  recordStart,
} from './record.ts';

const at = { realtimeUs: 1_795_442_905_525_408, monotonicUs: 2_590_535_210 };
const plain: Draft = { priority: 6, identifier: 'sh', pid: 7003, message: 'err', fields: [] };

const rows: [name: string, draft: Draft, line: string][] = [
  ['a plain line', plain, '2026-11-23T14:08:25.525408Z 2590.535210 3278 6 c2 sh[7003]: err\n'],
  ['no pid', { ...plain, pid: 0 }, '2026-11-23T14:08:25.525408Z 2590.535210 3278 6 c2 sh: err\n'],
  ['no identifier', { ...plain, identifier: '' }, '2026-11-23T14:08:25.525408Z 2590.535210 3278 6 c2 -[7003]: err\n'],
  [
    'an identifier like our own syntax',
    { ...plain, identifier: 'a b[3]:' },
    '2026-11-23T14:08:25.525408Z 2590.535210 3278 6 c2 a\\x20b\\x5b3]\\x3a[7003]: err\n',
  ],
  [
    'the identifier -',
    { ...plain, identifier: '-', pid: 0 },
    '2026-11-23T14:08:25.525408Z 2590.535210 3278 6 c2 \\x2d: err\n',
  ],
  [
    'many lines and a tab',
    { ...plain, message: 'a\nb\tc\\' },
    '2026-11-23T14:08:25.525408Z 2590.535210 3278 6 c2 sh[7003]: a\\nb\\tc\\\\\n',
  ],
  ['an empty message', { ...plain, message: '' }, '2026-11-23T14:08:25.525408Z 2590.535210 3278 6 c2 sh[7003]: \n'],
  [
    'fields of its own',
    {
      ...plain,
      fields: [
        ['MYFIELD', 'a=b'],
        ['TWO', 'x\ty'],
      ],
    },
    '2026-11-23T14:08:25.525408Z 2590.535210 3278 6 c2 sh[7003]: err\tMYFIELD=a=b\tTWO=x\\ty\n',
  ],
];
for (const [name, draft, line] of rows)
  test(name, () => {
    assert.equal(recordLine(recordStart(at), 3278, 'c2', draft), line);
    const read = parseRecord(line.slice(0, -1));
    assert.ok(read);
    assert.equal(parseTime(read.time), at.realtimeUs);
    assert.equal(read.monotonicUs, at.monotonicUs);
    assert.deepEqual([read.seq, read.priority, read.contextId], [3278, 6, 'c2']);
    assert.deepEqual(parseSender(read.sender), { identifier: draft.identifier, pid: draft.pid });
    assert.equal(parseMessage(read.rest), draft.message);
    assert.deepEqual(parseTabbed(read.rest), draft.fields);
  });

const broken = [
  '',
  '#c2\t_UID=0',
  '2026-11-23T14:08:25.525408Z 2590.5',
  '2026-11-23T14:08:25.525408Z 1.0 x 6 c2 a: b',
  'x',
];
for (const line of broken) test(`no record: ${line}`, () => assert.equal(parseRecord(line), null));

test('a context line and back', () => {
  const fields = [
    ['_UID', '0'],
    ['_CMDLINE', 'sh -c "a\tb"'],
  ] as const;
  const line = contextLine('c12', fields);
  assert.equal(line, '#c12\t_UID=0\t_CMDLINE=sh -c "a\\tb"\n');
  assert.deepEqual(parseTabbed(line.slice(0, -1)), fields);
});

test('moments print with all their digits', () => {
  assert.equal(formatTime(1_000_007), '1970-01-01T00:00:01.000007Z');
  assert.equal(formatMonotonic(7), '0.000007');
  assert.equal(formatMonotonic(12_345_678), '12.345678');
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { Context, Entry } from '../../journal/entry.ts';
import { contextLine, type Draft, parseRecord, recordLine, recordStart } from '../../journal/record.ts';
import { PLAIN } from '../text/colour.ts';
import { UTC } from '../text/zone.ts';
import { formatEntry } from './format-entry.ts';
import { cursorOf, type OutputFormat, type OutputOptions, parseCursor } from './output-format.ts';

const BOOT = '3f596113cb9649aa9360fdc4613e8b1c';
const MACHINE = 'e751849fd0454b33a58f5cd98e55798f';
/** The entry of results/b11.txt. */
const context = new Context(
  contextLine('c1', [
    ['_BOOT_ID', BOOT],
    ['_MACHINE_ID', MACHINE],
    ['_HOSTNAME', 'lab'],
    ['_TRANSPORT', 'stdout'],
    ['SYSLOG_FACILITY', '3'],
    ['_COMM', 'sh'],
    ['_STREAM_ID', 'a382a636a30f42c884248298ab4a9db9'],
    ['_SYSTEMD_UNIT', 't-j1.service'],
  ]).slice(0, -1),
);
const moment = { realtimeUs: 1_795_442_905_525_408, monotonicUs: 2_590_535_210 };

function entryOf(draft: Partial<Draft> = {}, of = context): Entry {
  const whole: Draft = { priority: 6, identifier: 'sh', pid: 7003, message: 'err', fields: [], ...draft };
  const record = parseRecord(recordLine(recordStart(moment), 3278, 'c1', whole).slice(0, -1));
  assert.ok(record);
  return new Entry(record, of);
}
const options = (format: OutputFormat, also: Partial<OutputOptions> = {}): OutputOptions => ({
  format,
  all: false,
  full: true,
  columns: 80,
  zone: UTC,
  hostname: true,
  truncateNewline: false,
  colours: PLAIN,
  ...also,
});
const CURSOR = `s=${MACHINE};i=cce;b=${BOOT};m=9a686e2a;t=660f220992ca0;x=cce`;

const formats: [format: OutputFormat, text: string][] = [
  ['short', 'Nov 23 14:08:25 lab sh[7003]: err\n'],
  ['short-full', 'Mon 2026-11-23 14:08:25 UTC lab sh[7003]: err\n'],
  ['short-iso', '2026-11-23T14:08:25+00:00 lab sh[7003]: err\n'],
  ['short-iso-precise', '2026-11-23T14:08:25.525408+00:00 lab sh[7003]: err\n'],
  ['short-precise', 'Nov 23 14:08:25.525408 lab sh[7003]: err\n'],
  ['short-monotonic', '[ 2590.535210] lab sh[7003]: err\n'],
  ['short-delta', '[ 2590.535210                ] lab sh[7003]: err\n'],
  ['short-unix', '1795442905.525408 lab sh[7003]: err\n'],
  ['with-unit', 'Mon 2026-11-23 14:08:25 UTC lab t-j1.service[7003]: err\n'],
  ['cat', 'err\n'],
  [
    'verbose',
    `Mon 2026-11-23 14:08:25.525408 UTC [${CURSOR}]
    _BOOT_ID=${BOOT}
    _MACHINE_ID=${MACHINE}
    _HOSTNAME=lab
    _TRANSPORT=stdout
    SYSLOG_FACILITY=3
    _COMM=sh
    PRIORITY=6
    SYSLOG_IDENTIFIER=sh
    MESSAGE=err
    _PID=7003
    _STREAM_ID=a382a636a30f42c884248298ab4a9db9
    _SYSTEMD_UNIT=t-j1.service
`,
  ],
  [
    'json',
    `{"__CURSOR":"${CURSOR}","__REALTIME_TIMESTAMP":"1795442905525408","__MONOTONIC_TIMESTAMP":"2590535210","__SEQNUM":"3278","__SEQNUM_ID":"${MACHINE}","_BOOT_ID":"${BOOT}","_MACHINE_ID":"${MACHINE}","_HOSTNAME":"lab","_TRANSPORT":"stdout","SYSLOG_FACILITY":"3","_COMM":"sh","PRIORITY":"6","SYSLOG_IDENTIFIER":"sh","MESSAGE":"err","_PID":"7003","_STREAM_ID":"a382a636a30f42c884248298ab4a9db9","_SYSTEMD_UNIT":"t-j1.service"}\n`,
  ],
  [
    'export',
    `__CURSOR=${CURSOR}
__REALTIME_TIMESTAMP=1795442905525408
__MONOTONIC_TIMESTAMP=2590535210
__SEQNUM=3278
__SEQNUM_ID=${MACHINE}
_BOOT_ID=${BOOT}
_MACHINE_ID=${MACHINE}
_HOSTNAME=lab
_TRANSPORT=stdout
SYSLOG_FACILITY=3
_COMM=sh
PRIORITY=6
SYSLOG_IDENTIFIER=sh
MESSAGE=err
_PID=7003
_STREAM_ID=a382a636a30f42c884248298ab4a9db9
_SYSTEMD_UNIT=t-j1.service

`,
  ],
];
for (const [format, text] of formats)
  test(`-o ${format}`, () => assert.equal(formatEntry(entryOf(), options(format)), text));

test('-o json-pretty, -sse and -seq', () => {
  const only = { fields: new Set(['MESSAGE']) };
  const start = `{\n\t"__CURSOR" : "${CURSOR}",\n\t"__REALTIME_TIMESTAMP" : "1795442905525408",\n`;
  const text = formatEntry(entryOf({ message: '\x01' }), options('json-pretty', only));
  assert.ok(text.startsWith(start), text);
  assert.ok(text.endsWith(`\t"_BOOT_ID" : "${BOOT}",\n\t"MESSAGE" : [\n\t\t1\n\t]\n}\n`), text);
  assert.match(formatEntry(entryOf(), options('json-sse')), /^data: \{.*\}\n\n$/);
  assert.ok(formatEntry(entryOf(), options('json-seq')).startsWith('\x1e{'));
});

const json = (entry: Entry, all = false) => JSON.parse(formatEntry(entry, options('json', { all })));
const bodies: [
  name: string,
  draft: Partial<Draft>,
  format: OutputFormat,
  text: string,
  also?: Partial<OutputOptions>,
][] = [
  [
    'further lines are indented',
    { message: 'a\nb\n' },
    'short',
    `Nov 23 14:08:25 lab sh[7003]: a\n${' '.repeat(30)}b\n`,
  ],
  ['what was sent without a message is not shown', { message: '' }, 'short', ''],
  ['tabs are eight blanks', { message: 'a\tb' }, 'short', 'Nov 23 14:08:25 lab sh[7003]: a        b\n'],
  ['colours are cut', { message: '\x1b[31mred\x1b[0m' }, 'short', 'Nov 23 14:08:25 lab sh[7003]: red\n'],
  [
    'bytes are a blob',
    { message: 'bin\x01ary \udcff in the middle' },
    'short',
    'Nov 23 14:08:25 lab sh[7003]: [23B blob data]\n',
  ],
  ['-a shows them', { message: 'x\x01' }, 'short', 'Nov 23 14:08:25 lab sh[7003]: x\x01\n', { all: true }],
  ['-o cat shows them', { message: 'x\x01\udcff' }, 'cat', 'x\x01\udcff\n'],
  ['no pid', { pid: 0 }, 'short', 'Nov 23 14:08:25 lab sh: err\n'],
  [
    'a pid that the sender claims',
    { pid: 0, fields: [['SYSLOG_PID', '5']] },
    'short',
    'Nov 23 14:08:25 lab sh[5]: err\n',
  ],
  ['no identifier: the program', { identifier: '' }, 'short', 'Nov 23 14:08:25 lab sh[7003]: err\n'],
  ['--no-hostname', {}, 'short', 'Nov 23 14:08:25 sh[7003]: err\n', { hostname: false }],
  ['--truncate-newline', { message: 'a\nb' }, 'short', 'Nov 23 14:08:25 lab sh[7003]: a\n', { truncateNewline: true }],
  [
    '--no-full cuts at the width',
    { message: 'x'.repeat(100) },
    'short',
    `Nov 23 14:08:25 lab sh[7003]: ${'x'.repeat(13)}…\n`.replace('…', '…x'),
    { full: false, columns: 45 },
  ],
];
for (const [name, draft, format, text, also] of bodies)
  test(name, () => assert.equal(formatEntry(entryOf(draft), options(format, also)), text));

test('JSON: bytes, long values, repeated fields', () => {
  assert.deepEqual(json(entryOf({ message: 'a\x01\udcff' })).MESSAGE, [97, 1, 255]);
  assert.equal(json(entryOf({ message: 'x'.repeat(5000) })).MESSAGE, null);
  assert.equal(json(entryOf({ message: 'x'.repeat(5000) }), true).MESSAGE.length, 5000);
  const fields = [
    ['A', '1'],
    ['A', '2'],
  ] as const;
  assert.deepEqual(json(entryOf({ fields })).A, ['1', '2']);
});

test('export: a value of many lines has its length before it', () => {
  const text = formatEntry(entryOf({ message: 'a\nb' }), options('export', { fields: new Set(['MESSAGE']) }));
  assert.ok(text.endsWith('MESSAGE\n\x03\0\0\0\0\0\0\0a\nb\n\n'), JSON.stringify(text));
});

test('short-delta after an entry of the same boot', () => {
  const text = formatEntry(entryOf(), options('short-delta'), entryOf());
  assert.equal(text, '[ 2590.535210 <    0.000000 >] lab sh[7003]: err\n');
});

test('cursors lead back', () => {
  assert.equal(parseCursor(cursorOf(entryOf())), 3278);
  for (const bad of ['', 'bogus', 'i=zz']) assert.equal(parseCursor(bad), null);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { parsePriorityPrefix, parseSyslog, type SyslogMessage } from './syslog.ts';

const empty: SyslogMessage = { priority: 6, facility: 1, identifier: '', pid: '', timestamp: '', message: '' };
const rows: [name: string, input: string, expected: Partial<SyslogMessage>][] = [
  [
    'as glibc writes it',
    '<11>Nov 23 14:08:25 mytag[77]: hello: world',
    {
      priority: 3,
      facility: 1,
      timestamp: 'Nov 23 14:08:25 ',
      identifier: 'mytag',
      pid: '77',
      message: 'hello: world',
    },
  ],
  [
    'a day of one digit',
    '<30>Nov  3 04:08:25 cron: x',
    { priority: 6, facility: 3, timestamp: 'Nov  3 04:08:25 ', identifier: 'cron', message: 'x' },
  ],
  [
    'no timestamp',
    '<14>postfix/smtpd[5]: connect',
    { facility: 1, identifier: 'postfix/smtpd', pid: '5', message: 'connect' },
  ],
  ['no identifier', '<13>just words here', { priority: 5, message: 'just words here' }],
  ['no priority', 'tag: text', { identifier: 'tag', message: 'text' }],
  ['an identifier alone', '<14>tag:', { identifier: 'tag' }],
  ['brackets in the middle', 'a[1]b: x', { identifier: 'a[1]b', message: 'x' }],
  ['two pairs of brackets', 'a[1][2]: x', { identifier: 'a[1]', pid: '2', message: 'x' }],
  ['a priority too long', '<1234>x', { message: '<1234>x' }],
  ['a priority of letters', '<ab>x', { message: '<ab>x' }],
  ['line feeds at the end are cut', '<14>t: x\n\n', { identifier: 't', message: 'x' }],
  ['line feeds inside stay', '<14>t: x\ny', { identifier: 't', message: 'x\ny' }],
  ['a NUL ends it', '<14>t: x\0', { identifier: 't', message: 'x' }],
  ['nothing', '', {}],
  ['blanks only', ' \n ', {}],
  ['two blanks after the identifier', '<14>t:  x', { identifier: 't', message: ' x' }],
];
for (const [name, input, expected] of rows)
  test(name, () => assert.deepEqual(parseSyslog(input), { ...empty, ...expected }));

test('a line prefix takes one priority only', () => {
  assert.deepEqual(parsePriorityPrefix('<3>x', false), { value: 3, rest: 'x' });
  assert.deepEqual(parsePriorityPrefix('<03>x', false), { value: 3, rest: 'x' });
  assert.equal(parsePriorityPrefix('<8>x', false), null);
  assert.equal(parsePriorityPrefix('<11>x', false), null);
  assert.deepEqual(parsePriorityPrefix('<11>x', true), { value: 11, rest: 'x' });
});

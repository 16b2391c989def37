import assert from 'node:assert/strict';
import test from 'node:test';
import { quoteCommandLine, splitCommandLine } from './command-line.ts';

const rows: [name: string, argv: string[], text: string][] = [
  ['plain', ['/bin/sleep', '9999'], '/bin/sleep 9999'],
  // Recorded: results/b11.txt
  [
    'blanks',
    ['/sbin/agetty', '-o', '-p -- \\u', '--noclear', '-', 'linux'],
    '/sbin/agetty -o "-p -- \\\\u" --noclear - linux',
  ],
  [
    'what a shell would expand',
    ['/bin/sh', '-c', 'for i in 1; do echo line $i; done; echo err >&2; printf "no newline"'],
    '/bin/sh -c "for i in 1; do echo line \\$i; done; echo err >&2; printf \\"no newline\\""',
  ],
  ['line feeds', ['a', 'b\nc'], 'a "b\\nc"'],
  ['an empty argument', ['a', ''], 'a ""'],
  ['UTF-8 needs none', ['añ€'], 'añ€'],
  ['bytes that are no UTF-8', ['\udcff'], '"\\377"'],
  ['an escape', ['\x1b'], '"\\033"'],
];
for (const [name, argv, text] of rows) test(name, () => assert.equal(quoteCommandLine(argv), text));

test('what /proc tells', () => {
  assert.deepEqual(splitCommandLine('a\0b\0\0c\0'), ['a', 'b', '', 'c']);
  assert.deepEqual(splitCommandLine('title of a daemon\0\0\0'), ['title of a daemon']);
  assert.deepEqual(splitCommandLine(''), []);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { type Command, parseCommands } from './command.ts';
import { mergeEnvironment, withoutEnvironment } from './environment.ts';
import { parseEnvironmentFile } from './environment-file.ts';
import { expandArguments } from './expand.ts';
import { type Machine, specifiersOf } from './specifier.ts';

const machine: Machine = {
  machineId: () => 'M'.repeat(32),
  bootId: () => 'B'.repeat(32),
  hostname: () => 'lab',
  kernelRelease: () => '6.8',
  architecture: 'x86-64',
  osRelease: (field) => ({ ID: 'ubuntu', VERSION_ID: '24.04' })[field] ?? '',
  rootHome: () => '/root',
  rootShell: () => '/usr/bin/bash',
};
const resolve = specifiersOf({ id: 't-sq@a.b:c_d.service', fragment: '/etc/systemd/system/t-sq@.service' }, machine);

function one(line: string): Command {
  const parsed = parseCommands(line, resolve);
  assert.ok(parsed.ok, line);
  assert.equal(parsed.commands.length, 1);
  return parsed.commands[0] as Command;
}
const environment = new Map([
  ['ONE', 'override'],
  ['TWO', 'two two'],
  ['THREE', '  a   b  '],
  ['EMPTY', ''],
  ['Q', "'x y' z"],
  ['BS', 'a\\b'],
  ['DOL', 'pre$ONE'],
]);

/** `§{` stands for a dollar sign and a brace, which a linter takes for a slip. */
const dollars = (text: string): string => text.replaceAll('§', '$');

// Section 3 of the list: the arguments after /bin/x, as <word><word>.
const rows: [line: string, result: string][] = [
  ['$ONE $TWO $THREE $EMPTY $NOPE end', '<override><two><two><a><b><end>'],
  ['$Q', '<x y><z>'],
  ['§{ONE} §{TWO} §{THREE} §{EMPTY} §{NOPE} end', '<override><two two><  a   b  ><><><end>'],
  ['§{Q}', "<'x y' z>"],
  ['"$TWO"', '<two><two>'],
  ["'$TWO'", '<two><two>'],
  ['"§{TWO}"', '<two two>'],
  ["'a §{ONE} b'", '<a override b>'],
  ['x$TWO', '<x$TWO>'],
  ['a$ONE.b', '<a$ONE.b>'],
  ['"a $ONE b"', '<a $ONE b>'],
  ['x§{TWO}y', '<xtwo twoy>'],
  ['§{ONE}-x', '<override-x>'],
  ['$1 $ONE-x $ONE/x $ONE$ONE', ''],
  ['$$ONE', '<$ONE>'],
  ['$§{ONE}', '<§{ONE}>'],
  ['$$', '<$>'],
  ['§{ONE', '<§{ONE>'],
  ['\\$ONE', '<\\$ONE>'],
  ['§{DOL}', '<pre$ONE>'],
  ['$BS', '<ab>'],
  ['"x"y', '<xy>'],
  ['a"b c"d', '<ab cd>'],
  ["'p'q", '<pq>'],
  ['"a\\"b"', '<a"b>'],
  ["'a\\'b'", "<a'b>"],
  ['"a\\nb"', '<a\nb>'],
  ['\\x41 \\101 \\u0042', '<A><A><B>'],
  ['a\\sb', '<a b>'],
  ['"tab\\tx"', '<tab\tx>'],
  ['"\\\\"', '<\\>'],
  ['a\\ b', '<a\\ b>'],
  ['"" \'\'', '<><>'],
  ['* ~ > x | cat && y `z` #word', '<*><~><>><x><|><cat><&&><y><`z`><#word>'],
  ['\\; ";" \';\' a;b', '<;><;><;><a;b>'],
  ['\\xc3\\xbc', '<ü>'],
];
for (const [line, result] of rows)
  test(`ExecStart=/bin/x ${line}`, () => {
    const argv = expandArguments(one(`/bin/x ${dollars(line)}`).argv.slice(1), environment).argv;
    assert.equal(argv.map((word) => `<${word}>`).join(''), dollars(result));
  });

test('names that are no names and names that are not set are told apart (line 40)', () => {
  const { unset, invalid } = expandArguments(['$1', '$ONE-x', '$ONE/x', '$NOPE'], environment);
  assert.deepEqual([unset, invalid], [['NOPE'], ['1', 'ONE-x', 'ONE/x']]);
});
test('an unknown escape is kept and warned about (line 41)', () => {
  const parsed = parseCommands('/bin/x \\$ONE', resolve);
  assert.deepEqual(parsed.warnings, ['Ignoring unknown escape sequences: "\\$ONE"']);
});
test('a lone semicolon begins the next command (line 44)', () => {
  const parsed = parseCommands('/bin/a 1 ; /bin/b 2', resolve);
  assert.deepEqual(parsed.ok && parsed.commands.map((c) => c.argv), [
    ['/bin/a', '1'],
    ['/bin/b', '2'],
  ]);
});
test('prefixes combine (lines 45 and 46)', () => {
  assert.deepEqual(one('-@/bin/x zero one'), {
    path: '/bin/x',
    argv: ['zero', 'one'],
    ignoreFailure: true,
    noExpand: false,
    privileges: '',
  });
  assert.equal(one('!!:/bin/x').privileges, '!!');
  assert.equal(one('!!:/bin/x').noExpand, true);
  assert.deepEqual(one(':targ $ONE %%').argv, ['targ', '$ONE', '%']);
});

const bad: [line: string, fatal: boolean, warning: string][] = [
  ['bin/sleep 1', true, 'Neither a valid executable name nor an absolute path: bin/sleep'],
  ['-bin/sleep 1', false, 'Neither a valid executable name nor an absolute path, ignoring: bin/sleep'],
  ["/bin/sh -c 'open", true, 'Unbalanced quoting, ignoring: "/bin/sh -c \'open"'],
  ['/bin/x D=%D', true, 'Failed to resolve unit specifiers in D=%D: Invalid slot'],
  ['/bin/', true, 'Executable path specifies a directory: /bin/'],
  ['-', false, "Empty path in command line, ignoring: '-'"],
  ['@/bin/x', true, 'Empty executable name or zeroeth argument: @/bin/x'],
];
for (const [line, fatal, warning] of bad)
  test(`refused: ${line}`, () =>
    assert.deepEqual(parseCommands(line, resolve), { ok: false, fatal, warnings: [warning] }));

// Line 60.
const specifiers: [text: string, value: string | null][] = [
  ['%n|%N|%p|%P|%i|%I|%j|%J|%f', 't-sq@a.b:c_d.service|t-sq@a.b:c_d|t-sq|t/sq|a.b:c_d|a.b:c_d|sq|sq|/a.b:c_d'],
  ['%y %Y', '/etc/systemd/system/t-sq@.service /etc/systemd/system'],
  ['%u %U %g %G %h %s', 'root 0 root 0 /root /usr/bin/bash'],
  [
    '%t %S %C %L %E %T %V %d',
    '/run /var/lib /var/cache /var/log /etc /tmp /var/tmp /run/credentials/t-sq@a.b:c_d.service',
  ],
  ['%H %l %q %v %a %o %w <%W%B%A%M> %%', 'lab lab lab 6.8 x86-64 ubuntu 24.04 <> %'],
  ['%z', null],
  ['100%', '100%'],
  ['a%-b', 'a%-b'],
];
for (const [text, value] of specifiers) test(`specifiers in ${text}`, () => assert.equal(resolve(text), value));

test('environment files (lines 51 and 52)', () => {
  const text = [
    'A=un quoted  ',
    'B="dq $A \\$x \\"in\\" \\n"',
    "C='single $A \\n'",
    'D=a\\',
    'b',
    'E=un"mid"quoted \'x\'',
    '   F=  lead',
    '# comment',
    '; comment',
    'I=trail # notcomment',
    'J',
    'K=',
    'L="two',
    'lines"',
    'M=back\\slash \\\\ \\t',
    'N="a" "b"',
    'O=$A',
    'export H=exp',
    '9X=bad',
    'A=last',
  ].join('\n');
  const { entries, invalid } = parseEnvironmentFile(text);
  assert.deepEqual(entries, [
    'A=last',
    'B=dq $A $x "in" \\n',
    'C=single $A \\n',
    'D=ab',
    'E=un"mid"quoted \'x\'',
    'F=lead',
    'I=trail # notcomment',
    'K=',
    'L=two\nlines',
    'M=backslash \\ t',
    'N=ab',
    'O=$A',
  ]);
  assert.deepEqual(invalid, ['export H=exp', '9X=bad']);
});
test('assignments merge by name and UnsetEnvironment= drops by name or by value (line 50)', () => {
  const merged = mergeEnvironment(['A=1', 'B=2'], ['A=3', 'C=4']);
  assert.deepEqual(merged, ['A=3', 'B=2', 'C=4']);
  assert.deepEqual(withoutEnvironment(merged, ['B', 'C=other', 'A=3']), ['C=4']);
});

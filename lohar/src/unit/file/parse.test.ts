import assert from 'node:assert/strict';
import test from 'node:test';
import { parseUnitFile } from './parse.ts';

const known = new Set(['Unit', 'Service', 'Install']);
function shown(text: string): string[] {
  return parseUnitFile(text, known).items.map((item) =>
    item.is === 'warning'
      ? `${item.line}: ${item.text}`
      : `${item.line}: [${item.section}] ${item.key}=<${item.value}>`,
  );
}

const rows: [name: string, text: string, items: string[]][] = [
  ['an assignment', '[Unit]\nDescription=x y', ['2: [Unit] Description=<x y>']],
  ['blanks around everything are cut', '  \t[Unit] \n  A \t=  b  ', ['2: [Unit] A=<b>']],
  ['byte order mark and CRLF', '\ufeff[Unit]\r\nA=b\r\n', ['2: [Unit] A=<b>']],
  ['comments of both kinds', '[Unit]\n# A=1\n ; A=2\nA=3 # kept', ['4: [Unit] A=<3 # kept>']],
  ['a continued value is one line', '[Unit]\nA=b \\\n  c', ['3: [Unit] A=<b    c>']],
  ['comments inside a continued value are skipped', '[Unit]\nA=b \\\n# no\n; no\nc', ['5: [Unit] A=<b  c>']],
  ['an empty line ends a continuation', '[Unit]\nA=b \\\n\nB=c', ['3: [Unit] A=<b>', '4: [Unit] B=<c>']],
  ['a continuation at the end of the file', '[Unit]\nA=b \\', ['3: [Unit] A=<b>']],
  ['an escaped backslash continues nothing', '[Unit]\nA=b\\\\\nB=c', ['2: [Unit] A=<b\\\\>', '3: [Unit] B=<c>']],
  ['before any section', 'A=1\n[Unit]\nB=2', ['1: Assignment outside of section. Ignoring.', '3: [Unit] B=<2>']],
  ['an unknown section', '[Bogus]\nA=1\n[Unit]\nB=2', ["1: Unknown section 'Bogus'. Ignoring.", '4: [Unit] B=<2>']],
  ['a section of one’s own', '[X-Mine]\nA=1', []],
  ['no equals sign', '[Unit]\nnonsense', ["2: Missing '=', ignoring line."]],
  ['no key', '[Unit]\n=x', ["2: Missing key name before '=', ignoring line."]],
  ['bytes that are no UTF-8', '[Unit]\nA=\udcff', ['2: Line is not UTF-8 encoded, ignoring assignment: A=\ufffd']],
];
for (const [name, text, items] of rows) test(name, () => assert.deepEqual(shown(text), items));

test('a broken section header spoils the file', () => {
  const parsed = parseUnitFile('[Unit\nA=1', known);
  assert.equal(parsed.ok, false);
  assert.deepEqual(parsed.items, [{ is: 'warning', line: 1, text: "Invalid section header '[Unit'" }]);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { bordersCrossed, circular } from './borders.ts';
import { importsOf } from './imports.ts';
import { lengths, tooLong } from './length.ts';
import { brokenLinks, missingPages } from './links.ts';
import { badNames } from './names.ts';
import { packageProblems } from './packages.ts';
import type { Problem, Source } from './problem.ts';
import { bannedWords, unknownHosts } from './words.ts';

const file = (path: string, text: string): Source => ({ path, text });
const said = (problems: readonly Problem[]): string[] => problems.map(({ where, what }) => `${where} ${what}`);
const word = (...parts: string[]): string => parts.join('');

test('imports are read with their kind, over several lines too', () => {
  const text = [
    "import type { A } from './a.ts';",
    'import {',
    '  b,',
    "} from '@bhatti/wire/b.ts';",
    "import fs from 'node:fs';",
    "import { z } from '@hono/zod-openapi/sub';",
    "export { c } from '../c.ts';",
    `const text = "import no from './no.ts'";`,
    "await import('./late.ts');",
  ].join('\n');
  assert.deepEqual(importsOf(file('host/src/x/y.ts', text)), [
    { kind: 'file', path: 'host/src/x/a.ts', typeOnly: true },
    { kind: 'file', path: 'wire/src/b.ts', typeOnly: false },
    { kind: 'node', name: 'node:fs', typeOnly: false },
    { kind: 'package', name: '@hono/zod-openapi', typeOnly: false },
    { kind: 'file', path: 'host/src/c.ts', typeOnly: false },
    { kind: 'file', path: 'host/src/x/late.ts', typeOnly: false },
  ]);
});

const borders: [name: string, path: string, imported: string, crossed: boolean][] = [
  ['wire knows no Node', 'wire/src/a.ts', 'node:fs', true],
  ['a test of wire may know Node', 'wire/src/a.test.ts', 'node:test', false],
  ['lohar knows wire', 'lohar/src/agent/a.ts', '@bhatti/wire/frame.ts', false],
  ['wire does not know lohar', 'wire/src/a.ts', '@bhatti/lohar/main.ts', true],
  ['the pure part of lohar does not know its manager', 'lohar/src/unit/a.ts', '../manager/b.ts', true],
  ['operations know ports', 'host/src/operations/a.ts', '../ports/engine.ts', false],
  ['operations do not know adapters', 'host/src/operations/a.ts', '../engine/b.ts', true],
  ['the CLI does not know operations', 'host/src/cli/a.ts', '../operations/b.ts', true],
  ['main joins everything', 'host/src/main/a.ts', '../engine/b.ts', false],
  ['a package belongs to the folders that name it', 'host/src/core/a.ts', 'zod', true],
];
for (const [name, path, imported, crossed] of borders)
  test(name, () =>
    assert.equal(bordersCrossed([file(path, `import { a } from '${imported}';\n`)]).length, Number(crossed)),
  );

test('a circle of imports is named, one of types alone is none', () => {
  const a = file('a.ts', "import { b } from './b.ts';\n");
  assert.deepEqual(said(circular([a, file('b.ts', "import { a } from './a.ts';\n")])), [
    'a.ts is in a circle of imports: a.ts -> b.ts -> a.ts',
  ]);
  assert.deepEqual(circular([a, file('b.ts', "import type { a } from './a.ts';\n")]), []);
});

const words: [name: string, path: string, line: string, found: boolean][] = [
  ['a leftover', 'a.ts', `// ${word('TO', 'DO')}: later`, true],
  ['a leftover in a page', 'a.md', word('FIX', 'ME'), true],
  ['a cast to anything', 'a.ts', `x as ${word('an', 'y')}`, true],
  ['the same words in a sentence', 'a.ts', `  // the same ${word('as a', 'ny')} other`, false],
  ['a word that only begins like it', 'a.ts', 'as anything', false],
  ['a test that is not run', 'a.test.ts', `${word('test', '.only')}('x')`, true],
  ['a skip with a reason', 'a.test.ts', "{ skip: isRoot && 'root may do all' }", false],
  ['a sleep in a test', 'a.test.ts', word('await sl', 'eep(100)'), true],
  ['a test that holds something for ever', 'a.test.ts', 'new Promise((end) => setTimeout(end, 60_000))', false],
  ['a sleep elsewhere', 'a.ts', word('await sl', 'eep(100)'), false],
  ['a path of one machine', 'a.json', word('/wo', 'rk/main'), true],
];
for (const [name, path, line, found] of words)
  test(`${found ? 'found' : 'let be'}: ${name}`, () =>
    assert.equal(bannedWords(file(path, line)).length, Number(found)));

test('only known hosts are named', () => {
  const text =
    'see https://github.com/x, http://localhost:80/, http://mirror.example/a, http://$' +
    '{host}/ and\nhttp://other.net/';
  assert.deepEqual(said(unknownHosts(file('a.ts', text))), ['a.ts:2 names the host other.net']);
});

test('names say what a file is about', () => {
  assert.deepEqual(
    badNames(['a/index.ts', 'a/util.ts', 'a/snakeCase.ts', 'a/good-name.test.ts', 'README.md', 'a/B.json']).map(
      ({ where }) => where,
    ),
    ['a/index.ts', 'a/util.ts', 'a/snakeCase.ts'],
  );
});

test('a file over 500 lines is too long, unless it is a table', () => {
  const long = file('a.ts', 'x\n'.repeat(501));
  assert.deepEqual(said(tooLong([long])), ['a.ts has 501 lines, more than 500: split it']);
  assert.deepEqual(tooLong([long], { 'a.ts': 'a table of signals' }), []);
  assert.deepEqual(tooLong([file('a.ts', 'x\n'.repeat(500))]), []);
});

test('lengths leave tests out', () =>
  assert.equal(
    lengths([file('a.ts', 'x\n'.repeat(10)), file('b.ts', 'x\n'.repeat(400)), file('a.test.ts', 'x\n'.repeat(900))]),
    '2 source files, median 400 lines, 50 % under 300',
  ));

test('links lead to files and headings that are there', () => {
  const page = file(
    'docs/a.md',
    '# A page: `x`\n[ok](b.md) [ok](#a-page-x) [no](c.md) [no](b.md#nope) [ok](../tools) [ok](b.md#b)\n',
  );
  assert.deepEqual(said(brokenLinks([page, file('docs/b.md', '## B\n')], ['docs/a.md', 'docs/b.md', 'tools/x.ts'])), [
    'docs/a.md links to c.md, which is not there',
    'docs/a.md links to b.md#nope, a heading that is not there',
  ]);
});

test('pages named in comments are there', () => {
  const source = file('a/x.ts', '// see docs/b.md and (docs/c/d.md)\n// not other-docs/e.md\n');
  assert.deepEqual(said(missingPages([source], ['docs/b.md'])), ['a/x.ts:1 names docs/c/d.md, which is not there']);
});

test('packages agree on one version, pin what they need and use it', () => {
  const root = { name: 'r', version: '1.2.3', dependencies: { used: '1.0.0', loose: '^1.0.0' } };
  const problems = packageProblems([
    file('package.json', JSON.stringify(root)),
    file('host/package.json', JSON.stringify({ name: 'h', version: '1.2.4' })),
    file('a.ts', "import { a } from 'used';\nimport { l } from 'loose';\nconst version = '1.2.3';\n"),
    file('b/package.json', JSON.stringify({ name: 'b', version: '1.2.3', dependencies: { unused: '2.0.0' } })),
  ]);
  assert.deepEqual(said(problems), [
    'host/package.json has version 1.2.4, the root has 1.2.3',
    'package.json does not pin loose (^1.0.0)',
    'b/package.json depends on unused, which no file imports',
    'a.ts writes the version 1.2.3 again',
  ]);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { parseRecipe } from './recipe.ts';

const sizes = `minimum: { cpus: 1, memoryMib: 256 }
comfortable: { cpus: 1, memoryMib: 512 }
diskMib: 1024
usedMibMax: 200
`;
const whole = `description: a test
base: minimal
packages: [jq] # a comment
${sizes}`;

test('a recipe is read, with what it leaves out', () => {
  const recipe = parseRecipe(whole, 'recipe.yaml');
  assert.deepEqual([recipe.base, recipe.packages, recipe.files, recipe.enable], ['minimal', ['jq'], [], []]);
});

const faults: [name: string, text: string, why: string][] = [
  ['an unknown key', `${whole}package: [jq]\n`, '8: unknown key package'],
  ['an unknown key further in', whole.replace('cpus: 1', 'cpu: 1'), '4: unknown key minimum.cpu'],
  [
    'a list where one word belongs',
    whole.replace('base: minimal', 'base: [a]'),
    '2: base: Invalid input: expected string, received array',
  ],
  ['a bad item of a list', whole.replace('[jq]', '\n  - jq\n  - "-o"'), '5: packages.1: not a package name'],
  ['a missing key', whole.replace(/diskMib.*\n/, ''), '1: diskMib: Invalid input: expected number, received undefined'],
  ['neither base nor bootstrap', whole.replace('base: minimal\n', ''), '1: the recipe: needs either base or bootstrap'],
  ['a path that climbs', `${whole}cut: [/a/../b]\n`, '8: cut.0: must not climb with ..'],
  ['a path with a blank', `${whole}cut: ["/a b"]\n`, '8: cut.0: an absolute path in the image, without spaces'],
  [
    'a mode YAML would read as a number',
    `${whole}directories: [{ path: /a, mode: 0755 }]\n`,
    '8: directories.0.mode: Invalid input: expected string, received number',
  ],
  [
    'broken YAML',
    'description: [\n',
    '2: Flow sequence in block collection must be sufficiently indented and end with a ] at line 2, column 1:',
  ],
  [
    'a rehearsal that is no list',
    `${whole}rehearsal: jq --version\n`,
    '8: rehearsal: Invalid input: expected array, received string',
  ],
  ['an empty rehearsal', `${whole}rehearsal: [" "]\n`, '8: rehearsal.0: a command line for the shell'],
  ['a rehearsal of two lines', `${whole}rehearsal: ["a\\nb"]\n`, '8: rehearsal.0: a command line for the shell'],
  [
    'more rehearsals than a clone has time for',
    `${whole}rehearsal: [a, b, c, d, e]\n`,
    '8: rehearsal: Too big: expected array to have <=4 items',
  ],
  ['a key twice', `${whole}base: docker\n`, '8: Map keys must be unique at line 8, column 1:'],
  ['aliases, which could multiply', `a: &a [x]\nb: [*a, *a]\n${whole}`, '1: Alias resolution is disabled'],
  ['an empty file', '', '1: the recipe: Invalid input: expected object, received null'],
];
for (const [name, text, why] of faults)
  test(`${name} is refused with its line`, () => {
    assert.throws(
      () => parseRecipe(text, 'tiers/x/recipe.yaml'),
      (error) => {
        assert.ok(error instanceof BhattiError);
        assert.equal(error.code, 'recipe.invalid');
        assert.equal(error.message, `cannot read recipe tiers/x/recipe.yaml:${why}`);
        return true;
      },
    );
  });

import assert from 'node:assert/strict';
import test from 'node:test';
import { mapStack } from '@bhatti/runtime/errors/line-map.ts';
import { transform } from 'esbuild';
import { lineMap, type ScriptMap } from './line-map.ts';

async function scriptOf(
  script: string,
  sourcefile: string,
  source: string,
): Promise<{ code: string; entry: ScriptMap }> {
  const { code, map } = await transform(source, { sourcefile, loader: 'ts', sourcemap: 'external' });
  return { code, entry: { script, map: JSON.parse(map) } };
}

/** The line of the script that holds `text`. */
const lineOf = (code: string, text: string): number => code.split('\n').findIndex((line) => line.includes(text)) + 1;

test('frames of several scripts name their sources; unknown ones stay as they are', async () => {
  const padding = 'type Nothing = 1;\n'.repeat(300);
  const one = await scriptOf('program.js', 'a.ts', `${padding}export const first = 1;\n\n\nexport const second = 2;\n`);
  const two = await scriptOf(
    'init-AB12.js',
    'b.ts',
    `interface X {\n  y: 1;\n}\nexport function third(x: X) {\n  return x;\n}\n`,
  );
  const table = () => lineMap([one.entry, two.entry], (source) => `src/${source}`);
  const stack = [
    `    at f (program.js:${lineOf(one.code, 'second')}:7)`,
    `    at g (init-AB12.js:${lineOf(two.code, 'third')})`,
    `    at h (program.js:${lineOf(one.code, 'first')}:1)`,
    '    at i (program.js:9999:1)',
    '    at j (other.js:1:1)',
    '    at k (native)',
  ].join('\n');
  assert.deepEqual(mapStack(stack, table).split('\n'), [
    '    at f (src/a.ts:304)',
    '    at g (src/b.ts:4)',
    '    at h (src/a.ts:301)',
    '    at i (program.js:9999:1)',
    '    at j (other.js:1:1)',
    '    at k (native)',
  ]);
});

test('a stack without a frame of ours needs no table', () =>
  assert.equal(
    mapStack('    at k (native)', () => assert.fail('it was read')),
    '    at k (native)',
  ));

/** `bhatti bench` on a daemon with a pool: a table, a picture, and no sandbox left, however it ended. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { until } from '../until.ts';
import { type Lab, openLab, outcome } from './lab.ts';

interface Reply {
  readonly accelerator: string;
  readonly rows: readonly { operation: string; samples: readonly number[]; p50: number }[];
}

let lab: Lab;
before(() => {
  lab = openLab({ BHATTI_POOL: '1' });
});
after(() => lab.close());

const names = async (): Promise<string> => (await lab.ok('list', '-q')).trim();

test('one round of everything: where a sandbox comes from decides how soon it is there', async () => {
  const svg = join(lab.scratch, 'bench.svg');
  const reply = JSON.parse(await lab.ok('bench', '--rounds', '1', '--json', '--svg', svg)) as Reply;
  assert.equal(reply.accelerator, 'tcg');
  const rows = Object.fromEntries(reply.rows.map(({ operation, samples, p50 }) => [operation, { samples, p50 }]));
  assert.deepEqual(
    Object.keys(rows).join(' '),
    'cold template pool fork exec parallel wake stop coldWake snapshot destroy',
  );
  const [pool = 0, template = 0, cold = 0] = ['pool', 'template', 'cold'].map((name) => rows[name]?.p50);
  assert.ok(pool < template && template < cold, `${pool} < ${template} < ${cold} ms`);
  const dots = reply.rows.reduce((sum, { samples }) => sum + samples.length, 0);
  assert.equal(readFileSync(svg, 'utf8').match(/<circle /g)?.length, dots);
  assert.equal(await names(), '');
});

test('Ctrl+C takes its sandboxes along', async () => {
  const bench = lab.begin(['bench']);
  const ended = outcome(bench);
  await until('it has a sandbox that runs', async () => (await lab.ok('list')).includes('running'));
  bench.kill('SIGINT');
  const { code, stdout, stderr } = await ended;
  assert.deepEqual([code, stdout], [130, ''], stderr);
  assert.match(stderr, /^Error: cannot finish: it was cancelled, and its sandboxes are gone$/m);
  assert.equal(await names(), '');
});

test('no rounds, and more than it takes, are refused', async () => {
  for (const rounds of ['0', '-1', '1001', 'many']) {
    const { code, stdout, stderr } = await lab.run(['bench', '--rounds', rounds]);
    assert.deepEqual([code, stdout], [125, ''], stderr);
  }
});

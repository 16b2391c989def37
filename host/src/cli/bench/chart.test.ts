import assert from 'node:assert/strict';
import test from 'node:test';
import { chart } from './chart.ts';
import type { Row } from './rows.ts';

const rows: Row[] = [
  { operation: 'cold', samples: [3000, 4000] },
  { operation: 'exec', samples: [20, 30, 25] },
];

test('every sample is a dot, and medians are written', () => {
  const picture = chart(rows, 'minimal', 'here');
  assert.equal(picture.match(/<circle /g)?.length, 5);
  assert.match(picture, />3000<\/text>/);
  assert.match(picture, />25\.0<\/text>/);
});

test('the axis has whole decades around the samples', () => {
  const labels = [...chart(rows, '', '').matchAll(/>(\d+ m?s)</g)].map(([, label]) => label);
  assert.deepEqual(labels, ['10 ms', '100 ms', '1 s', '10 s']);
});

test('samples on a power of ten have an axis, too', () => {
  assert.doesNotMatch(chart([{ operation: 'exec', samples: [100] }], '', ''), /NaN/);
});

test('a title is text', () => assert.match(chart(rows, 'a <b> & "c"', ''), /a &#60;b&#62; &#38; &#34;c&#34;/));

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BhattiError } from '@bhatti/wire/errors.ts';
import { readRecord, writeRecord } from './record.ts';
import { recordPath } from './record-path.ts';

test('what was written is read, and only what is known of it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bh-record-'));
  t.after(() => rmSync(folder, { recursive: true }));
  assert.equal(readRecord(folder), null);
  writeRecord(folder, { init: 'systemd', made: ['service', 'folder'] });
  assert.deepEqual(readRecord(folder), { init: 'systemd', made: ['folder', 'service'] });
  writeFileSync(recordPath(folder), '{"init":"script","made":["user","/etc"]}');
  assert.deepEqual(readRecord(folder), { init: 'script', made: ['user'] });
  for (const text of ['', '{', 'null', '{"init":"upstart","made":[]}', '{"init":"script"}']) {
    writeFileSync(recordPath(folder), text);
    assert.throws(
      () => readRecord(folder),
      (error) => error instanceof BhattiError && error.message.startsWith(`cannot read ${folder}/setup.json: `),
    );
  }
});

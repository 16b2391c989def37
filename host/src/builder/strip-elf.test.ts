import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { stripElf } from './strip-elf.ts';

test('a stripped program is shorter and runs', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bhatti-strip-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const program = readFileSync(process.execPath);
  const stripped = stripElf(program);
  assert.ok(stripped.length < program.length);
  writeFileSync(join(folder, 'node'), stripped, { mode: 0o755 });
  assert.equal(execFileSync(join(folder, 'node'), ['-p', '40 + 2'], { encoding: 'utf8' }), '42\n');
});

test('what is stripped already stays as it is, and so does what is no program', () => {
  const once = stripElf(readFileSync('/bin/sh'));
  for (const file of [once, Buffer.from('#!/bin/sh\n'), Buffer.alloc(0), once.subarray(0, 70)])
    assert.ok(stripElf(file).equals(file));
});

/**
 * npm run test:field [PACKAGE...]: tries packages in sandboxes, shows where they did otherwise than under real systemd, and
 * writes docs/field.md and docs/field.json. What was tried with the lohar and the recordings of now is not tried again.
 * Ends with 1 when something differs that has no known cause, or could not be tried.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FieldRow, fieldPage } from './field-page.ts';
import { causeOf } from './known-differences.ts';
import { FIELD_PACKAGES, installedFor } from './packages.ts';
import { recordingPath, upgradeOf, upgradePath } from './recording.ts';
import { withSandbox } from './sandbox.ts';
import { tryPackage, tryUpgrade } from './try-package.ts';

const ROOT = join(import.meta.dirname, '../..');
const SEEN = join(ROOT, 'build/field');
const ROWS = join(ROOT, 'docs/field.json');

/** Of what a row says: the program, and what real systemd did. */
function keyOf(name: string): string {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'build/amd64/lohar')));
  for (const path of [recordingPath(name), upgradePath(name)]) if (existsSync(path)) hash.update(readFileSync(path));
  return hash.digest('hex').slice(0, 12);
}

async function tried(name: string): Promise<FieldRow> {
  const from = performance.now();
  const row = { package: name, key: keyOf(name) };
  const seconds = (): number => Math.round((performance.now() - from) / 1000);
  try {
    const { seen, wrong } = await withSandbox(installedFor(name), (sandbox) => tryPackage(sandbox, name));
    writeFileSync(join(SEEN, `${name}.json`), `${JSON.stringify(seen, null, 1)}\n`);
    const version = seen.new_packages.find((one) => one.startsWith(`${name} `))?.split(' ')[1] ?? '';
    const explained = [...wrong, ...(await tryUpgrade(name))].map((one) => ({
      ...one,
      why: causeOf(name, one) ?? null,
    }));
    return { ...row, version, upgradedFrom: upgradeOf(name)?.from ?? null, seconds: seconds(), wrong: explained };
  } catch (error) {
    const lohar = error instanceof Error ? error.message : String(error);
    return {
      ...row,
      version: '',
      upgradedFrom: null,
      seconds: seconds(),
      wrong: [{ about: 'not tried', systemd: '', lohar, why: null }],
    };
  }
}

function say(row: FieldRow): void {
  const unknown = row.wrong.filter(({ why }) => why === null);
  if (unknown.length > 0) process.exitCode = 1;
  const told = unknown.map(({ about, systemd, lohar }) => `${about}\n  systemd: ${systemd}\n  lohar:   ${lohar}`);
  const known = row.wrong.length - unknown.length;
  const verdict = known > 0 ? `as systemd but for ${known} known differences` : 'as systemd';
  console.log(`${row.package} (${row.seconds} s): ${unknown.length === 0 ? verdict : told.join('\n')}`);
}

const rowsKept = (): FieldRow[] => (existsSync(ROWS) ? JSON.parse(readFileSync(ROWS, 'utf8')) : []);

/** Beside the rows of now: another run may have added some meanwhile. */
function keep(row: FieldRow): void {
  const rows = [...rowsKept().filter((one) => one.package !== row.package), row];
  const sorted = rows.sort((a, b) => (a.package < b.package ? -1 : 1));
  writeFileSync(ROWS, `${JSON.stringify(sorted, null, 2)}\n`);
  writeFileSync(join(ROOT, 'docs/field.md'), fieldPage(sorted));
}

mkdirSync(SEEN, { recursive: true });
const named = process.argv.slice(2);
for (const name of named.length > 0 ? named : FIELD_PACKAGES.map((one) => one.name)) {
  const kept = rowsKept().find((row) => row.package === name);
  const row = named.length === 0 && kept?.key === keyOf(name) ? kept : await tried(name);
  say(row);
  keep(row);
}

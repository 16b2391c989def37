/** A template of the tier minimal that all tests' daemons find on disk: each would boot one for itself. */
import { existsSync, linkSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Made by make-template.ts, before the tests. */
export const SHARED_TEMPLATE: string = join(import.meta.dirname, '../../build/template');
/** What a template consists of; the rest is of its keeper. */
const FILES = ['template.json', 'image', 'disk.qcow2', 'state', 'memory', 'memory.json'];

/** Of a daemon's data folder. */
export const templatesIn = (dataDir: string): string => join(dataDir, 'engine/templates');

export function linkTemplate(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const file of FILES) linkSync(join(from, file), join(to, file));
}

/** Into the data folder of a daemon that is not there yet; links need the same file system. */
export function giveTemplate(dataDir: string): void {
  if (!existsSync(SHARED_TEMPLATE) || statSync(SHARED_TEMPLATE).dev !== statSync(dataDir).dev) return;
  linkTemplate(SHARED_TEMPLATE, join(templatesIn(dataDir), 'shared'));
}

/** The one template that a daemon has made and written to disk; null when there is none yet. */
export function keptTemplate(dataDir: string): string | null {
  const names = readdirSync(templatesIn(dataDir));
  return (
    names.map((name) => join(templatesIn(dataDir), name)).find((path) => existsSync(join(path, 'memory.json'))) ?? null
  );
}
